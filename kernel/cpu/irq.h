/* Hardware interrupts: the sixteen lines of the two PICs. */
#ifndef FOLIO_CPU_IRQ_H
#define FOLIO_CPU_IRQ_H

#include "kernel/cpu/ptrace.h"
#include "kernel/lib/list.h"

#define NR_IRQS	      16
#define IRQ_VECTOR(n) (0x20 + (n))

/* Called with interrupts disabled; must not sleep. `dev` is what was registered. */
typedef void (*irq_handler_t)(unsigned int irq, void *dev, struct pt_regs *regs);

/* One handler of a line; the driver provides the memory, so that registering cannot fail for it. */
struct irqaction {
	irq_handler_t handler;
	const char *name;
	void *dev;
	struct list_head list;
};

/*
 * request_irq - call action->handler whenever line `irq` fires, and let the line
 * through. Lines are shared: every handler of a line is called. `action` stays the
 * caller's until free_irq(). -EINVAL for a line that does not exist. Any context.
 */
int request_irq(unsigned int irq, struct irqaction *action);

/* free_irq - undo it; the line is masked when its last handler has gone. */
void free_irq(unsigned int irq, struct irqaction *action);

struct irq_stat {
	unsigned long count;
	unsigned long spurious; /* lines 7 and 15: the PIC withdrew the request */
};

/* irq_stat - a copy of one line's counters; `first` (may be NULL) gets its first handler. */
struct irq_stat irq_stat(unsigned int irq, const struct irqaction **first);

/* do_irq - what entry.asm calls for a line. */
void do_irq(struct pt_regs *regs);

/* irq_init - set up the PICs with every line masked. Boot, interrupts disabled. */
void irq_init(void);

#endif
