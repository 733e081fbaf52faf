/*
 * The trap frame: what lies on the kernel stack after every entry from a system
 * call, an exception or an interrupt. entry.asm builds it and leaves by it; the
 * order is Linux's `struct pt_regs` on i386, so that the first six words are
 * the six arguments of a system call.
 */
#ifndef FOLIO_CPU_PTRACE_H
#define FOLIO_CPU_PTRACE_H

#include "kernel/lib/compiler.h"

struct pt_regs {
	unsigned long ebx;
	unsigned long ecx;
	unsigned long edx;
	unsigned long esi;
	unsigned long edi;
	unsigned long ebp;
	unsigned long eax; /* result of a system call */
	unsigned long xds; /* the upper halves of segment words are undefined */
	unsigned long xes;
	unsigned long orig_eax; /* system call: its number; exception: -1; IRQ: -2 - irq */
	unsigned long eip;
	unsigned long xcs;
	unsigned long eflags;
	unsigned long esp; /* this and xss only if user_mode() */
	unsigned long xss;
};

/* Did the trap come from ring 3? */
static __always_inline bool user_mode(const struct pt_regs *regs)
{
	return (regs->xcs & 3) == 3;
}

/* The stack pointer at the trap: for a trap within the kernel, the word above eflags. */
static __always_inline unsigned long regs_stack_pointer(const struct pt_regs *regs)
{
	return user_mode(regs) ? regs->esp : (unsigned long)&regs->esp;
}

#endif
