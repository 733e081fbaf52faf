/* The table of system calls. */
#include "kernel/syscall.h"
#include "kernel/printk.h"
#include "kernel/sched.h"

long sys_ni_syscall(void)
{
	printk_ratelimited(KERN_INFO "%s[%d]: system call %ld is not implemented\n", current->comm,
			   current->pid, (long)task_pt_regs(current)->orig_eax);
	return -ENOSYS;
}

/* The numbers between are filled first and then overwritten, which is what is meant. */
#pragma GCC diagnostic ignored "-Woverride-init"

/* All calls by name, whatever their arguments: a function that is missing stops the linker. */
#define __SYSCALL(number, name) \
	extern __typeof__(sys_ni_syscall) table_##name __asm__("sys_" #name);
#include "kernel/syscall_table.h"
#undef __SYSCALL

const sys_call_t sys_call_table[NR_SYSCALLS + 1] = {
	[0 ... NR_SYSCALLS] = sys_ni_syscall, /* the last stands for all numbers above */
#define __SYSCALL(number, name) [number] = table_##name,
#include "kernel/syscall_table.h"
#undef __SYSCALL
};

const unsigned int nr_syscalls = NR_SYSCALLS;
