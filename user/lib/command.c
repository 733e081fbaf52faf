/* Commands for the shell: system() waits for one, popen() talks to one. */
#include <errno.h>
#include <fcntl.h>
#include <paths.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

static void run(const char *command)
{
	execl(_PATH_BSHELL, "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return status;
}

/* Meanwhile the caller does not hear ^C and ^\, and finds the child's end itself. */
int system(const char *command)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, old_int, old_quit;
	sigset_t block, old_mask;
	pid_t pid;
	int status = -1;

	if (!command)
		return access(_PATH_BSHELL, X_OK) == 0;
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	sigprocmask(SIG_BLOCK, &block, &old_mask);
	sigaction(SIGINT, &ignore, &old_int);
	sigaction(SIGQUIT, &ignore, &old_quit);
	pid = fork();
	if (pid == 0) {
		sigaction(SIGINT, &old_int, NULL);
		sigaction(SIGQUIT, &old_quit, NULL);
		sigprocmask(SIG_SETMASK, &old_mask, NULL);
		run(command);
	}
	if (pid > 0)
		status = wait_for(pid);
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGQUIT, &old_quit, NULL);
	sigprocmask(SIG_SETMASK, &old_mask, NULL);
	return status;
}

FILE *popen(const char *command, const char *mode)
{
	int theirs = *mode == 'r' ? STDOUT_FILENO : STDIN_FILENO;
	int mine = 1 - theirs;
	FILE *file;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return NULL;
	file = __new_file(fds[mine], mine ? O_WRONLY : O_RDONLY);
	if (!file) {
		close(fds[0]);
		close(fds[1]);
		return NULL;
	}
	file->child = fork();
	if (file->child == 0) {
		dup2(fds[theirs], theirs);
		run(command);
	}
	close(fds[theirs]);
	if (file->child < 0) {
		fclose(file);
		return NULL;
	}
	return file;
}

int pclose(FILE *file)
{
	pid_t child = file->child;

	fclose(file);
	return wait_for(child);
}
