/* Hardware interrupts: who is called for which line. */
#include "kernel/cpu/irq.h"

#include "kernel/cpu/irqflags.h"
#include "kernel/cpu/percpu.h"
#include "kernel/cpu/pic.h"
#include "kernel/lib/errno.h"

struct irq_line {
	struct list_head actions;
	struct irq_stat stat;
};

static struct irq_line irq_lines[NR_IRQS];

void irq_init(void)
{
	for (unsigned int i = 0; i < NR_IRQS; i++)
		INIT_LIST_HEAD(&irq_lines[i].actions);
	pic_init(IRQ_VECTOR(0));
}

int request_irq(unsigned int irq, struct irqaction *action)
{
	unsigned long flags;

	if (irq >= NR_IRQS)
		return -EINVAL;
	flags = local_irq_save();
	list_add_tail(&action->list, &irq_lines[irq].actions);
	pic_unmask(irq);
	local_irq_restore(flags);
	return 0;
}

void free_irq(unsigned int irq, struct irqaction *action)
{
	unsigned long flags = local_irq_save();

	list_del_init(&action->list);
	if (list_empty(&irq_lines[irq].actions))
		pic_mask(irq);
	local_irq_restore(flags);
}

struct irq_stat irq_stat(unsigned int irq, const struct irqaction **first)
{
	struct irq_line *line = &irq_lines[irq];

	if (first)
		*first = list_empty(&line->actions)
				 ? NULL
				 : list_first_entry(&line->actions, struct irqaction, list);
	return line->stat;
}

/* Called by entry.asm with interrupts disabled. */
void do_irq(struct pt_regs *regs)
{
	unsigned int irq = (unsigned int)(-2 - (long)regs->orig_eax);
	struct irq_line *line = &irq_lines[irq];
	struct irqaction *action;

	if (pic_spurious(irq)) {
		line->stat.spurious++;
		return;
	}
	line->stat.count++;
	this_cpu()->irq_depth++;
	list_for_each_entry (action, &line->actions, list)
		action->handler(irq, action->dev, regs);
	this_cpu()->irq_depth--;
	pic_eoi(irq);
}
