/* time COMMAND [WORD...] - how long it took, its processor time, page faults and memory. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void print(const char *name, long seconds, long milliseconds)
{
	fprintf(stderr, "%-8s %ldm%ld.%03lds\n", name, seconds / 60, seconds % 60, milliseconds);
}

int main(int argc, char **argv)
{
	struct timespec begin, end;
	struct rusage usage;
	int status;
	pid_t pid;

	if (argc < 2)
		errx(2, "usage: time COMMAND [WORD...]");
	clock_gettime(CLOCK_MONOTONIC, &begin);
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		execvp(argv[1], argv + 1);
		err(errno == ENOENT ? 127 : 126, "%s", argv[1]);
	}
	signal(SIGINT, SIG_IGN);
	if (wait4(pid, &status, 0, &usage) < 0)
		err(1, "wait");
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (end.tv_nsec < begin.tv_nsec) {
		end.tv_nsec += 1000000000;
		end.tv_sec--;
	}
	fputc('\n', stderr);
	print("real", end.tv_sec - begin.tv_sec, (end.tv_nsec - begin.tv_nsec) / 1000000);
	print("user", usage.ru_utime.tv_sec, usage.ru_utime.tv_usec / 1000);
	print("sys", usage.ru_stime.tv_sec, usage.ru_stime.tv_usec / 1000);
	fprintf(stderr, "%-8s %ld page faults, %ld with input, %ld KiB at most\n", "memory",
		usage.ru_minflt + usage.ru_majflt, usage.ru_majflt, usage.ru_maxrss);
	if (WIFSIGNALED(status))
		warnx("%s: %s", argv[1], strsignal(WTERMSIG(status)));
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
