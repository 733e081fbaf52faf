/* System calls about the process itself: its end, and who it is. */
#include "kernel/exit.h"
#include "kernel/sched.h"
#include "kernel/syscall.h"

long sys_exit(int code)
{
	do_exit(W_EXITCODE(code));
}

/* A process is one task; its threads will end here together. */
long sys_exit_group(int code)
{
	do_exit(W_EXITCODE(code));
}

long sys_getpid(void)
{
	return current->tgid;
}
