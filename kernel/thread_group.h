/*
 * What the threads of a process share as a process: signal_struct and sighand_struct
 * (kernel/signal_types.h). Both are counted by task_structs, ended ones included, so that whoever
 * has a reference on a task may look at them.
 *
 * Kernel threads share those of the boot task, who gets no signals and is no process.
 */
#ifndef FOLIO_THREAD_GROUP_H
#define FOLIO_THREAD_GROUP_H

#include "kernel/sched.h"

/* is_process - does the task belong to a process (or will it, after exec), not to the kernel? */
static inline bool is_process(const struct task_struct *task)
{
	return task->signal != init_task.signal;
}

/* thread_group_empty - is it the last of its process that is still listed? tasklist_lock held. */
static inline bool thread_group_empty(const struct task_struct *task)
{
	return !is_process(task) || list_is_singular(&task->signal->threads);
}

/*
 * process_status - how a process ended: wait(2)'s status of the leader, or of what ended all at
 * once.
 */
static inline int process_status(const struct task_struct *leader)
{
	return leader->signal->flags & SIGNAL_GROUP_EXIT ? leader->signal->group_exit_code
							 : leader->exit_code;
}

/*
 * signal_struct_alloc - for a new process: one user, one live thread (which is not in `threads`
 * yet), the limits and the terminal of `from`. In no process group: attach_pgrp().
 * sighand_alloc - a table of handlers with one user, a copy of `from`'s.
 * NULL: no memory. May sleep.
 */
struct signal_struct *signal_struct_alloc(const struct signal_struct *from);
struct sighand_struct *sighand_alloc(struct sighand_struct *from);

/* The last user frees them. Any context. */
void put_signal_struct(struct signal_struct *sig);
void put_sighand(struct sighand_struct *sighand);

/* thread_group_init - the caches. Boot, after slab. */
void thread_group_init(void);

#endif
