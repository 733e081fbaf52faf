/* The interrupt flag of this processor (Intel SDM vol. 1, 3.4.3.3: EFLAGS.IF). */
#ifndef FOLIO_CPU_IRQFLAGS_H
#define FOLIO_CPU_IRQFLAGS_H

#include "kernel/lib/compiler.h"

#define X86_EFLAGS_IF 0x200ul

static __always_inline void local_irq_disable(void)
{
	__asm__ volatile("cli" ::: "memory");
}

static __always_inline void local_irq_enable(void)
{
	__asm__ volatile("sti" ::: "memory");
}

/* local_irq_save - disable interrupts; returns what local_irq_restore() wants. */
static __always_inline unsigned long local_irq_save(void)
{
	unsigned long flags;

	__asm__ volatile("pushfl\n\tpopl %0\n\tcli" : "=r"(flags)::"memory");
	return flags;
}

static __always_inline void local_irq_restore(unsigned long flags)
{
	__asm__ volatile("pushl %0\n\tpopfl" ::"g"(flags) : "memory", "cc");
}

static __always_inline bool irqs_disabled(void)
{
	unsigned long flags;

	__asm__ volatile("pushfl\n\tpopl %0" : "=r"(flags)::"memory");
	return !(flags & X86_EFLAGS_IF);
}

#endif
