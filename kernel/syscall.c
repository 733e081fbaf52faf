/* The table of system calls, and the calls about the process itself. */
#include "kernel/syscall.h"
#include "kernel/exit.h"
#include "kernel/printk.h"
#include "kernel/sched.h"

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
	return current->pid;
}

long sys_ni_syscall(void)
{
	printk_ratelimited(KERN_INFO "%s[%d]: system call %ld is not implemented\n", current->comm,
			   current->pid, (long)task_pt_regs(current)->orig_eax);
	return -ENOSYS;
}

/* The numbers between are filled first and then overwritten, which is what is meant. */
#pragma GCC diagnostic ignored "-Woverride-init"

#define CALL(fn) ((sys_call_t)(void (*)(void))(fn))

const sys_call_t sys_call_table[NR_SYSCALLS + 1] = {
	[0 ... NR_SYSCALLS] = CALL(sys_ni_syscall), /* the last stands for all numbers above */
	[__NR_exit] = CALL(sys_exit),
	[__NR_read] = CALL(sys_read),
	[__NR_write] = CALL(sys_write),
	[__NR_open] = CALL(sys_open),
	[__NR_close] = CALL(sys_close),
	[__NR_getpid] = CALL(sys_getpid),
	[__NR_brk] = CALL(sys_brk),
	[__NR_munmap] = CALL(sys_munmap),
	[__NR_writev] = CALL(sys_writev),
	[__NR_mmap2] = CALL(sys_mmap2),
	[__NR_exit_group] = CALL(sys_exit_group),
};

const unsigned int nr_syscalls = NR_SYSCALLS;
