/* Turning a task into a program. */
#ifndef FOLIO_EXEC_H
#define FOLIO_EXEC_H

#include "kernel/cpu/ptrace.h"

struct file;

#define ARG_BYTES_MAX (2ul << 20) /* of argument and environment strings: a quarter of the stack */

/*
 * kernel_execve - let the current task run the program in `file`, with the address
 * space that this needs in place of its old one.
 * @argv, @envp: kernel memory, ending with NULL
 * @regs: the frame by which the task goes to user mode; filled in
 *
 * 0, or an error that leaves the task as it was, in its old address space: -ENOEXEC (not
 * a program for this machine; the log says why), -E2BIG, -ENOMEM, -EIO. May sleep.
 */
int kernel_execve(struct file *file, const char *const argv[], const char *const envp[],
		  struct pt_regs *regs);

#endif
