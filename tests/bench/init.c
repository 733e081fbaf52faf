/* The first program of the machine that `make bench` starts: runs mmbench, then turns it off. */
#include <stdio.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	char *const argv[] = {"mmbench", "-r", "5", NULL};
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execv("/bin/mmbench", argv);
		perror("/bin/mmbench");
		_exit(127);
	}
	if (pid < 0)
		perror("fork");
	else if (waitpid(pid, &status, 0) < 0 || status)
		printf("mmbench ended with status 0x%x\n", status);
	reboot(RB_POWER_OFF);
	return 1;
}
