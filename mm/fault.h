/*
 * The page fault's entry, and careful looks at kernel memory.
 */
#ifndef FOLIO_MM_FAULT_H
#define FOLIO_MM_FAULT_H

#include "kernel/sched.h"

/* fault_init - take over vector 14. Boot. */
void fault_init(void);

/*
 * pagefault_disable, pagefault_enable - between them an access of this task to user memory that
 * faults fails, instead of being made possible: for those who hold a lock that the fault may need.
 * They nest; the task may not sleep.
 */
static __always_inline void pagefault_disable(void)
{
	current->pagefault_disabled++;
	barrier();
}

static __always_inline void pagefault_enable(void)
{
	barrier();
	current->pagefault_disabled--;
}

#endif
