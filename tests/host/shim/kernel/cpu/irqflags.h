/* Interrupts on the host: there are none, and cli would be a fault. A flag tells what was asked. */
#ifndef FOLIO_CPU_IRQFLAGS_H
#define FOLIO_CPU_IRQFLAGS_H

#include "kernel/lib/compiler.h"

#define X86_EFLAGS_IF 0x200ul

/* As EFLAGS.IF would be; tests check that it is on again after each call. */
extern unsigned long host_eflags;

static inline void local_irq_disable(void)
{
	host_eflags &= ~X86_EFLAGS_IF;
}

static inline void local_irq_enable(void)
{
	host_eflags |= X86_EFLAGS_IF;
}

static inline unsigned long local_irq_save(void)
{
	unsigned long flags = host_eflags;

	local_irq_disable();
	return flags;
}

static inline void local_irq_restore(unsigned long flags)
{
	host_eflags = flags;
}

static inline bool irqs_disabled(void)
{
	return !(host_eflags & X86_EFLAGS_IF);
}

#endif
