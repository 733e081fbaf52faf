/*
 * The FPU state of tasks: made at the first use, freed at the end.
 *
 * The kernel's own code does not use the FPU. A kernel thread may, for itself (the tests
 * do); code that runs for a process, or in an interrupt, may not: #NM panics.
 */
#ifndef FOLIO_TASK_FPU_H
#define FOLIO_TASK_FPU_H

#include "kernel/cpu/fpu.h"

/* task_fpu_init - the cache of states; takes the #NM trap. Boot, after slab. */
void task_fpu_init(void);

/*
 * task_fpu_sync - the current task's area becomes what its registers are; NULL when it has
 * never used the FPU. For copies of the state (fork, signal frames). Process context.
 */
struct fpu_state *task_fpu_sync(void);

/*
 * task_fpu_get - the same, but the task has a state afterwards, a fresh one if it had none; NULL:
 * no memory. May sleep.
 */
struct fpu_state *task_fpu_get(void);

/* task_fpu_free - the current task ends, or begins a new program: forget its state. */
void task_fpu_free(void);

/* task_fpu_copy - a new task has the current one's state. 0 or -ENOMEM. May sleep. */
int task_fpu_copy(struct task_struct *child);

/* task_fpu_drop - free the state of a task that never ran. */
void task_fpu_drop(struct task_struct *child);

#endif
