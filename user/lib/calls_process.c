/* System calls on processes: making them, waiting for them, who they are, how they run. */
#include <errno.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

pid_t fork(void)
{
	return (pid_t)syscall(SYS_fork);
}

/*
 * Until the child is done, it uses our stack. The return address must therefore not lie
 * there when it returns from here: it waits in a register, which the child has as its own.
 */
__asm__(".section .text\n"
	".globl vfork\n"
	".type vfork, @function\n"
	"vfork:\n"
	"	popl %ecx\n"
	"	movl $190, %eax\n"
	"	int $0x80\n"
	"	pushl %ecx\n"
	"	cmpl $-4095, %eax\n"
	"	jae 1f\n"
	"	ret\n"
	"1:	negl %eax\n"
	"	movl %eax, errno\n"
	"	movl $-1, %eax\n"
	"	ret\n"
	".size vfork, . - vfork\n");

/*
 * clone(fn, stack, flags, arg, parent_tid, tls, child_tid): the kernel wants flags, stack,
 * parent_tid, tls, child_tid in ebx, ecx, edx, esi, edi. The child finds fn and arg on its
 * stack.
 */
__asm__(".section .text\n"
	".globl clone\n"
	".type clone, @function\n"
	"clone:\n"
	"	pushl %ebx\n"
	"	pushl %esi\n"
	"	pushl %edi\n"
	"	movl 20(%esp), %ecx\n"
	"	andl $-16, %ecx\n"
	"	subl $16, %ecx\n"
	"	movl 28(%esp), %eax\n"
	"	movl %eax, (%ecx)\n"
	"	movl 16(%esp), %eax\n"
	"	movl %eax, 4(%ecx)\n"
	"	movl 24(%esp), %ebx\n"
	"	movl 32(%esp), %edx\n"
	"	movl 36(%esp), %esi\n"
	"	movl 40(%esp), %edi\n"
	"	movl $120, %eax\n"
	"	int $0x80\n"
	"	testl %eax, %eax\n"
	"	jz 2f\n"
	"	popl %edi\n"
	"	popl %esi\n"
	"	popl %ebx\n"
	"	js 1f\n"
	"	ret\n"
	"1:	negl %eax\n"
	"	movl %eax, errno\n"
	"	movl $-1, %eax\n"
	"	ret\n"
	"2:	xorl %ebp, %ebp\n"
	"	call *4(%esp)\n"
	"	movl %eax, %ebx\n"
	"	movl $1, %eax\n"
	"	int $0x80\n"
	"	hlt\n"
	".size clone, . - clone\n");

int execve(const char *path, char *const argv[], char *const envp[])
{
	return (int)syscall(SYS_execve, path, argv, envp);
}

pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
	return (pid_t)syscall(SYS_wait4, pid, status, options, usage);
}

pid_t wait3(int *status, int options, struct rusage *usage)
{
	return wait4(-1, status, options, usage);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	return wait4(pid, status, options, NULL);
}

pid_t wait(int *status)
{
	return waitpid(-1, status, 0);
}

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	return (int)syscall(SYS_waitid, type, id, info, options, NULL);
}

pid_t getpid(void)
{
	return (pid_t)syscall(SYS_getpid);
}

pid_t getppid(void)
{
	return (pid_t)syscall(SYS_getppid);
}

pid_t gettid(void)
{
	return (pid_t)syscall(SYS_gettid);
}

pid_t getpgrp(void)
{
	return (pid_t)syscall(SYS_getpgrp);
}

pid_t getpgid(pid_t pid)
{
	return (pid_t)syscall(SYS_getpgid, pid);
}

int setpgid(pid_t pid, pid_t pgid)
{
	return (int)syscall(SYS_setpgid, pid, pgid);
}

pid_t setsid(void)
{
	return (pid_t)syscall(SYS_setsid);
}

pid_t getsid(pid_t pid)
{
	return (pid_t)syscall(SYS_getsid, pid);
}

int prctl(int option, ...)
{
	va_list args;
	long a, b, c, d;

	va_start(args, option);
	a = va_arg(args, long);
	b = va_arg(args, long);
	c = va_arg(args, long);
	d = va_arg(args, long);
	va_end(args);
	return (int)syscall(SYS_prctl, option, a, b, c, d);
}

/* The call answers with 1..40 for 19..-20, so that no priority looks like an error. */
int getpriority(int which, id_t who)
{
	long ret = syscall(SYS_getpriority, which, who);

	return ret < 0 ? -1 : (int)(20 - ret);
}

int setpriority(int which, id_t who, int value)
{
	return (int)syscall(SYS_setpriority, which, who, value);
}

int nice(int increment)
{
	if (syscall(SYS_nice, increment) < 0)
		return -1;
	return getpriority(PRIO_PROCESS, 0);
}

int prlimit(pid_t pid, int resource, const struct rlimit *set, struct rlimit *old)
{
	return (int)syscall(SYS_prlimit64, pid, resource, set, old);
}

int getrlimit(int resource, struct rlimit *limit)
{
	return prlimit(0, resource, NULL, limit);
}

int setrlimit(int resource, const struct rlimit *limit)
{
	return prlimit(0, resource, limit, NULL);
}

int getrusage(int who, struct rusage *usage)
{
	return (int)syscall(SYS_getrusage, who, usage);
}

clock_t times(struct tms *buf)
{
	return syscall(SYS_times, buf);
}

int sched_yield(void)
{
	return (int)syscall(SYS_sched_yield);
}

int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)
{
	return (int)syscall(SYS_sched_setscheduler, pid, policy, param);
}

int sched_getscheduler(pid_t pid)
{
	return (int)syscall(SYS_sched_getscheduler, pid);
}

int sched_setparam(pid_t pid, const struct sched_param *param)
{
	return (int)syscall(SYS_sched_setparam, pid, param);
}

int sched_getparam(pid_t pid, struct sched_param *param)
{
	return (int)syscall(SYS_sched_getparam, pid, param);
}

int sched_get_priority_max(int policy)
{
	return (int)syscall(SYS_sched_get_priority_max, policy);
}

int sched_get_priority_min(int policy)
{
	return (int)syscall(SYS_sched_get_priority_min, policy);
}

int sched_rr_get_interval(pid_t pid, struct timespec *interval)
{
	return (int)syscall(SYS_sched_rr_get_interval, pid, interval);
}
