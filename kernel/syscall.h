/*
 * System calls: numbers and functions. kernel/cpu/entry.asm calls a function with
 * copies of the program's registers ebx, ecx, edx, esi, edi, ebp as its arguments,
 * and puts its result, or -errno, into the program's eax.
 */
#ifndef FOLIO_SYSCALL_H
#define FOLIO_SYSCALL_H

#include "kernel/cpu/traps.h"
#include "kernel/lib/errno.h"

/* Linux's numbers for i386: __NR_exit and so on. */
enum {
#define __SYSCALL(number, name) __NR_##name = (number),
#include "kernel/syscall_table.h"
#undef __SYSCALL
};
#define NR_SYSCALLS 440 /* what is not below this, nobody serves */

/*
 * As the manual pages of section 2 say; errors are negative. Pointers are the
 * program's and may be anything. Process context, no lock held; all may sleep.
 */
long sys_exit(int code);
long sys_exit_group(int code);
long sys_getpid(void);

long sys_open(const char __user *path, int flags, unsigned int mode);

long sys_brk(unsigned long brk);
long sys_mmap2(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags,
	       unsigned int fd, unsigned long pgoff);
long sys_munmap(unsigned long addr, unsigned long len);

/* sys_ni_syscall - for every other number: -ENOSYS, and a line in the log (rate limited). */
long sys_ni_syscall(void);

#endif
