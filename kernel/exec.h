/* Turning a task into a program: execve(2). */
#ifndef FOLIO_EXEC_H
#define FOLIO_EXEC_H

#include "kernel/cpu/ptrace.h"

struct file;

/*
 * kernel_execve - let the current task run the program in `file`, with the address
 * space that this needs in place of its old one.
 * @argv, @envp: kernel memory, ending with NULL
 * @regs: the frame by which the task goes to user mode; filled in
 *
 * 0, or an error that leaves the task as it was, in its old address space: -ENOEXEC (not a program
 * for this machine; the log says why), -ELIBBAD (its dynamic linker is none), -ELOOP (too many
 * scripts run by scripts), -E2BIG, -ENOMEM, -EIO, what opening an interpreter gave. May sleep.
 *
 * The task is a process (become_process() has made it one).
 */
int kernel_execve(struct file *file, const char *const argv[], const char *const envp[],
		  struct pt_regs *regs);

long sys_execve(const char __user *name, const char __user *const __user *argv,
		const char __user *const __user *envp);
long sys_execveat(int dfd, const char __user *name, const char __user *const __user *argv,
		  const char __user *const __user *envp, int flags);

#endif
