/*
 * bomb - a user whose processes make processes until the limit stops them, RLIMIT_NPROC; threads
 * count too. Then all are killed, and can be made again.
 */
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define LIMIT 30

/* Forks as long as it can; everybody stays. */
static void explode(void)
{
	for (;;) {
		int pid = fork();

		if (pid < 0 && errno != EAGAIN)
			_exit(9);
		if (pid < 0)
			break;
	}
	for (;;)
		pause();
}

static int forks_until_refused(void)
{
	int n = 0, pid;

	while ((pid = fork()) >= 0) {
		while (!pid)
			pause();
		n++;
	}
	CHECK(errno == EAGAIN);
	return n;
}

static int sleep_for_ever(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return 0;
}

int main(void)
{
	static char stack[4096];
	struct rlimit limit = {LIMIT, LIMIT};
	int status, pid;

	/* The superuser is not limited. */
	CHECK(setrlimit(RLIMIT_NPROC, &limit) == 0);
	CHECK(setgid(1000) == 0 && setuid(1000) == 0);
	CHECK(forks_until_refused() == LIMIT - 1);
	CHECK(clone(sleep_for_ever, stack + sizeof(stack), CLONE_VM | CLONE_SIGHAND | CLONE_THREAD,
		    NULL) == -1 &&
	      errno == EAGAIN);
	CHECK(kill(-1, SIGKILL) == 0); /* all of this user but the caller */
	while (wait(&status) > 0)
		;
	CHECK(errno == ECHILD);
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		explode();
	}
	for (int i = 0; i < 200; i++)
		sched_yield();
	CHECK(fork() < 0 && errno == EAGAIN);
	CHECK(kill(-pid, SIGKILL) == 0);
	CHECK(waitpid(pid, &status, 0) == pid && WTERMSIG(status) == SIGKILL);
	for (int i = 0; i < 200; i++)
		sched_yield();
	pid = fork();
	if (!pid)
		_exit(7);
	CHECK(waitpid(pid, &status, 0) == pid && status == 7 << 8);
	return 0;
}
