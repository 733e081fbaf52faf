/* Starting programs. */
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

/*
 * run_program - run a boot file as a process, and wait for its end. Its first three
 * descriptors are the console.
 * Returns its status as of wait(2) (kernel/exit.h), or what kept it from starting:
 * -ENOENT, -ENOEXEC, -E2BIG, -ENOMEM, -EAGAIN. Process context, but not the boot task.
 */
int run_program(const char *name, const char *const argv[], const char *const envp[]);

/* The same for a file that is open already; it is named by argv[0]. */
int run_program_file(struct file *file, const char *const argv[], const char *const envp[]);

/*
 * run_init - run the first program: what the boot option init= names, else "segments".
 * Says how it ended. As run_program().
 */
int run_init(void);

#endif
