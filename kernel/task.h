/*
 * Tasks: making them, finding them, their end.
 *
 * A task_struct is counted. A running task holds a reference on itself, dropped once
 * the processor has left its stack for the last time; being listed (by pid,
 * in its parent's children) holds another, dropped by release_task(). The kernel
 * stack is freed with the first, the structure with the last.
 */
#ifndef FOLIO_TASK_H
#define FOLIO_TASK_H

#include "kernel/sched.h"

#define PID_MAX 32768 /* as Linux's default: pids are 1..PID_MAX-1 */

extern spinlock_t tasklist_lock; /* the list of all tasks, pids, and families */

/* task_init - the task_struct cache; lists the boot task. Boot, after slab. */
void task_init(void);

/*
 * task_create - a new task, which runs fn(arg) on a kernel stack of its own.
 * @parent: waits for its end with task_wait(). With &init_task nobody does: the task is
 *	released when it ends.
 *
 * The task is listed, and sleeps until the first wake_up_process(). It begins as a
 * kernel thread (PF_KTHREAD), without an address space. When fn() returns, a kernel thread
 * ends with the result as exit code; a task that has cleared PF_KTHREAD on the way
 * (exec) goes to user mode by task_pt_regs(). A task made with fn NULL goes there at once.
 *
 * Returns the task, or ERR_PTR(-ENOMEM), ERR_PTR(-EAGAIN) when there is no pid left.
 * The caller gets no reference: a parent's child stays until the parent waits for it; others
 * call get_task_struct() before they wake it. May sleep.
 */
struct task_struct *task_create(const char *name, int (*fn)(void *), void *arg,
				struct task_struct *parent);

/*
 * task_exit - the end of the current task. What it had from higher floors (address space,
 * files) has been given back by the caller. Its children go to init_task.
 */
void task_exit(int code) __noreturn;

/*
 * task_wait - sleep until a child of the current task has ended, and release it.
 * Returns its exit code. `child` is gone then.
 */
int task_wait(struct task_struct *child);

/* get_task_struct, put_task_struct - take and drop a reference. Any context. */
static inline struct task_struct *get_task_struct(struct task_struct *task)
{
	atomic_inc(&task->usage);
	return task;
}
void put_task_struct(struct task_struct *task);

/* find_task_by_pid - the task with this pid, with a reference for the caller; or NULL. Any context. */
struct task_struct *find_task_by_pid(pid_t pid);

/* set_task_comm - name a task; cut to TASK_COMM_LEN-1 characters. */
void set_task_comm(struct task_struct *task, const char *name);

/* for_each_task - all tasks, the boot task first. tasklist_lock held. */
#define for_each_task(p) for ((p) = &init_task; (p); (p) = task_list_next(p))
struct task_struct *task_list_next(struct task_struct *task);

/* nr_tasks - how many tasks are listed, the boot task included. */
unsigned int nr_tasks(void);

#endif
