/*
 * Per-processor data. There is one processor today, so this is a plain
 * variable; everything that would be per processor goes through this_cpu(), and
 * arrays of such things are indexed by cpu_id().
 */
#ifndef FOLIO_CPU_PERCPU_H
#define FOLIO_CPU_PERCPU_H

#include "kernel/lib/compiler.h"

#define NR_CPUS	 1
#define cpu_id() 0

struct task_struct;

struct cpu {
	struct task_struct *current; /* first: entry.asm reads it at offset 0 */
	unsigned int irq_depth;	     /* how many hardware interrupts are being served */
	unsigned int atomic_depth;   /* debug kernel: spinlocks held and kmap_atomic slots */
};

extern struct cpu cpus[NR_CPUS];

#define this_cpu() (&cpus[cpu_id()])
#define current	   (this_cpu()->current)
/*
 * atomic_enter, atomic_leave - between them the task may not sleep. The debug
 * kernel counts the depth and checks it (might_sleep() in kernel/sched.h).
 */
#ifdef CONFIG_DEBUG
#define atomic_enter() ((void)this_cpu()->atomic_depth++)
#define atomic_leave() ((void)this_cpu()->atomic_depth--)
#else
#define atomic_enter() barrier()
#define atomic_leave() barrier()
#endif

#define in_interrupt() (this_cpu()->irq_depth != 0)

#endif
