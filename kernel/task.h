/*
 * Tasks: making them, listing them, their end.
 *
 * A task_struct is counted. A running task holds a reference on itself, dropped once
 * the processor has left its stack for the last time; being listed (by pid,
 * in its parent's children) holds another, dropped by release_task(). The kernel
 * stack is freed with the first, the structure with the last.
 *
 * Kernel threads are made and end here; processes in kernel/fork.c and kernel/exit.c, which use
 * the steps below.
 */
#ifndef FOLIO_TASK_H
#define FOLIO_TASK_H

#include "kernel/pid.h"
#include "kernel/sched.h"

extern spinlock_t tasklist_lock; /* the list of all tasks, pids, groups, and families */

/*
 * Who gets the children of processes that end: the process that runs init. The boot task before
 * there is one: it asks for nobody, so that its children are released when they end.
 */
extern struct task_struct *child_reaper;

/* task_init - the task_struct cache; lists the boot task. Boot, after slab. */
void task_init(void);

/*
 * task_create - a new kernel thread, which runs fn(arg) on a kernel stack of its own.
 * @parent: waits for its end with task_wait(). With &init_task nobody does: the task is
 *	released when it ends.
 *
 * The task is listed, and sleeps until the first wake_up_process(). When fn() returns, a kernel
 * thread ends with the result as exit code; a task that has cleared PF_KTHREAD on the way
 * (exec) goes to user mode by task_pt_regs().
 *
 * Returns the task, or ERR_PTR(-ENOMEM), ERR_PTR(-EAGAIN) when there is no pid left.
 * The caller gets no reference: a parent's child stays until the parent waits for it; others
 * call get_task_struct() before they wake it. May sleep.
 */
struct task_struct *task_create(const char *name, int (*fn)(void *), void *arg,
				struct task_struct *parent);

/*
 * task_exit - the end of the current kernel thread. Its children go to the child reaper.
 */
void task_exit(int code) __noreturn;

/*
 * task_wait - a kernel thread sleeps until a child has ended with all its threads, and
 * releases it. Returns its exit code. `child` is gone then.
 */
int task_wait(struct task_struct *child);

/* get_task_struct, put_task_struct - take and drop a reference. Any context. */
static inline struct task_struct *get_task_struct(struct task_struct *task)
{
	atomic_inc(&task->usage);
	return task;
}
void put_task_struct(struct task_struct *task);

/* set_task_comm - name a task; cut to TASK_COMM_LEN-1 characters. */
void set_task_comm(struct task_struct *task, const char *name);

/* for_each_task - all tasks, the boot task first. tasklist_lock held. */
#define for_each_task(p) for ((p) = &init_task; (p); (p) = task_list_next(p))
struct task_struct *task_list_next(struct task_struct *task);

/* nr_tasks - how many tasks are listed, the boot task included. */
unsigned int nr_tasks(void);

/* ---- the steps, for fork and exit ----------------------------------------------------------- */

/*
 * task_alloc - a task_struct with a stack, all else zero or empty; signal, sighand and cred are to
 * be set. NULL: no memory. May sleep. task_free - of one that was never listed; drops those three
 * if set.
 */
struct task_struct *task_alloc(void);
void task_free(struct task_struct *task);

/*
 * task_set_entry - what the task does first: fn(arg), as with task_create(); its frame at
 * task_pt_regs() is the caller's to fill in.
 */
void task_set_entry(struct task_struct *task, int (*fn)(void *), void *arg);

/*
 * task_link - give the task a pid and make it known: as a process's first thread, child of
 * `parent`, or with `leader` as one more of its threads. 0 or -EAGAIN. tasklist_lock held.
 */
int task_link(struct task_struct *task, struct task_struct *parent, struct task_struct *leader);

/*
 * release_task - forget a task that has ended: its pid, its place in the family, its account;
 * TASK_DEAD. A thread's account goes to its process. Drops the reference of the lists.
 * tasklist_lock held.
 */
void release_task(struct task_struct *task);

/*
 * task_zombie - the last listed thread of `task`'s process has ended: tell the parent. Releases
 * the task if nobody will ask. tasklist_lock held.
 */
void task_zombie(struct task_struct *leader);

/*
 * reparent_children - of a process that ends, to the child reaper; `moved` is called for each.
 * tasklist_lock held.
 */
void reparent_children(struct task_struct *leader, void (*moved)(struct task_struct *child));

#endif
