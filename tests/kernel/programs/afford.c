/*
 * afford WHAT - makes a process, a thread or a new program of itself, and says by its status what
 * it saw: 0: it worked, or there was no memory for it; EFAULT: something else went wrong.
 */
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static int refused(void)
{
	return errno == ENOMEM || errno == EAGAIN ? 0 : EFAULT;
}

static int reap(int pid)
{
	int status;

	if (pid < 0)
		return refused();
	return waitpid(pid, &status, 0) == pid && status == 5 << 8 ? 0 : EFAULT;
}

static int afford_fork(void)
{
	int pid = fork();

	if (!pid)
		_exit(5);
	return reap(pid);
}

static int afford_vfork(void)
{
	int pid = vfork();

	if (!pid)
		_exit(5);
	return reap(pid);
}

static int nothing(void *arg)
{
	(void)arg;
	return 5;
}

/* With all kinds of sharing but that of a process. */
static int afford_clone(void)
{
	static char stack[4096];

	return reap(clone(nothing, stack + sizeof(stack),
			  CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | SIGCHLD, NULL));
}

static int afford_thread(void)
{
	static char stack[4096];
	static volatile int tid = 1;
	int ret = clone(nothing, stack + sizeof(stack),
			CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
				CLONE_CHILD_CLEARTID,
			NULL, NULL, NULL, &tid);

	if (ret < 0)
		return refused();
	while (tid)
		syscall(SYS_futex, &tid, 0, 1, NULL, NULL, 0);
	return 0;
}

static int afford_exec(const char *path)
{
	char *argv[] = {(char *)path, (char *)"nothing", NULL};

	execv(path, argv);
	return refused();
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "fork"))
		return afford_fork();
	if (!strcmp(what, "vfork"))
		return afford_vfork();
	if (!strcmp(what, "clone"))
		return afford_clone();
	if (!strcmp(what, "thread"))
		return afford_thread();
	if (*what == '/')
		return afford_exec(what);
	return 0;
}
