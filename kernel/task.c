/*
 * Tasks: making them, listing them, their end.
 *
 * A new task's kernel stack looks as if the task had once called switch_to():
 *
 *	esp0 ->	+----------------------+
 *		| struct pt_regs       |  how user mode will be entered, if ever
 *		+----------------------+
 *		| ret_from_fork        |  where switch_to() returns to
 *		| ebp ebx esi edi      |  struct switch_frame: what ret_from_fork calls
 *	esp ->	+----------------------+
 *
 * The end has three steps, because a task cannot free the stack it runs on: the task
 * gives back what it can and leaves for ever; the next task, now on its own stack, frees
 * the dead one's (task_left, called by the scheduler); and whoever is responsible
 * for the task asks for its exit code and lets the rest go.
 *
 *	          its end                  its parent asks
 *	running -------------> TASK_ZOMBIE -----------> TASK_DEAD, freed
 *	        -------------------------------------->
 *	          a thread of a process, or nobody will ask
 *
 * The children of a process hang on its leader, whichever thread made them, so that there is
 * one list to be searched by wait and one to be given away at the end.
 *
 * Locks: tasklist_lock, interrupts off: the list of tasks, the families, and kernel/pid.c.
 * Below it siglock, wait queues and the run queue.
 */
#include "kernel/task.h"

#include "kernel/cpu/clock.h"
#include "kernel/cred.h"
#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/panic.h"
#include "kernel/signal.h"
#include "kernel/task_fpu.h"
#include "kernel/thread_group.h"
#include "kernel/wait.h"
#include "mm/kstack.h"
#include "mm/slab.h"

/* What switch_to() pops (kernel/cpu/switch.asm). */
struct switch_frame {
	unsigned long edi, esi, ebx, ebp;
	unsigned long eip;
};

DEFINE_SPINLOCK(tasklist_lock);
struct task_struct *child_reaper = &init_task;

static struct kmem_cache *task_cache;
static unsigned int tasks_listed;

void ret_from_fork(void);

/* ------------------------------------------------------------ the lists */

/* A process appears, or one more thread of it. */
static void link_family(struct task_struct *task, struct task_struct *parent,
			struct task_struct *leader)
{
	task->tgid = leader ? leader->tgid : task->pid;
	task->group_leader = leader ? leader : task;
	task->parent = leader ? leader->parent : parent;
	if (!leader)
		list_add_tail(&task->sibling, &parent->children);
	if (is_process(task))
		list_add_tail(&task->thread_node, &task->signal->threads);
}

int task_link(struct task_struct *task, struct task_struct *parent, struct task_struct *leader)
{
	task->pid = alloc_pid();
	if (task->pid < 0)
		return task->pid;
	hash_pid(task);
	list_add_tail(&task->tasks, &init_task.tasks);
	link_family(task, parent, leader);
	tasks_listed++;
	return 0;
}

/* The last of a process goes: also its group and session may. */
static void unlink_process(struct task_struct *task)
{
	list_del(&task->sibling);
	if (is_process(task)) {
		detach_pgrp(task->signal);
		detach_session(task->signal);
	}
}

static void task_unlink(struct task_struct *task)
{
	unhash_pid(task);
	list_del(&task->tasks);
	if (is_process(task))
		list_del(&task->thread_node);
	if (thread_group_leader(task))
		unlink_process(task);
	free_pid(task->pid);
	tasks_listed--;
	task->state = TASK_DEAD;
}

struct task_struct *task_list_next(struct task_struct *task)
{
	struct task_struct *next = list_next_entry(task, tasks);

	return next == &init_task ? NULL : next;
}

unsigned int nr_tasks(void)
{
	return READ_ONCE(tasks_listed) + 1;
}

void set_task_comm(struct task_struct *task, const char *name)
{
	strlcpy(task->comm, name, TASK_COMM_LEN);
}

/* ------------------------------------------------------------ the beginning */

/* The first function of every task. Returns only to go to user mode. */
static void begin_task(int (*fn)(void *), void *arg)
{
	int result = fn ? fn(arg) : 0;

	if (current->flags & PF_KTHREAD)
		task_exit(result);
}

void task_set_entry(struct task_struct *task, int (*fn)(void *), void *arg)
{
	struct switch_frame *frame = (struct switch_frame *)task_pt_regs(task) - 1;

	frame->eip = (unsigned long)ret_from_fork;
	frame->ebp = 0; /* backtraces end here */
	frame->ebx = (unsigned long)begin_task;
	frame->esi = (unsigned long)fn;
	frame->edi = (unsigned long)arg;
	task->thread.esp = (unsigned long)frame;
}

struct task_struct *task_alloc(void)
{
	struct task_struct *task = kmem_cache_alloc(task_cache, GFP_KERNEL | __GFP_ZERO);

	if (!task)
		return NULL;
	task->stack = kstack_alloc();
	if (!task->stack) {
		kmem_cache_free(task_cache, task);
		return NULL;
	}
	task->thread.esp0 = (unsigned long)task->stack + KSTACK_SIZE;
	atomic_set(&task->usage, 2); /* it runs; it is listed */
	INIT_LIST_HEAD(&task->children);
	INIT_LIST_HEAD(&task->thread_node);
	INIT_LIST_HEAD(&task->pending.list);
	init_waitqueue_head(&task->wait_chldexit);
	task->group_leader = task;
	task->exit_signal = -1;
	task->start_time = ktime_get_ns();
	return task;
}

/* The last reference goes, or it never was more than this. */
static void free_task_struct(struct task_struct *task)
{
	if (task->sighand)
		put_sighand(task->sighand);
	if (task->signal)
		put_signal_struct(task->signal);
	if (task->cred)
		put_cred(task->cred);
	kmem_cache_free(task_cache, task);
}

void task_free(struct task_struct *task)
{
	kstack_free(task->stack);
	free_task_struct(task);
}

struct task_struct *task_create(const char *name, int (*fn)(void *), void *arg,
				struct task_struct *parent)
{
	struct task_struct *task = task_alloc();
	unsigned long flags;
	int error;

	if (!task)
		return ERR_PTR(-ENOMEM);
	set_task_comm(task, name);
	task->flags = PF_KTHREAD;
	task->signal = init_task.signal;
	atomic_inc(&task->signal->count);
	task->sighand = init_task.sighand;
	atomic_inc(&task->sighand->count);
	task->cred = get_cred(init_task.cred);
	sched_setup_task(task, parent);
	memset(task_pt_regs(task), 0, sizeof(struct pt_regs));
	task_set_entry(task, fn, arg);
	spin_lock_irqsave(&tasklist_lock, flags);
	error = task_link(task, parent, NULL);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	if (!error)
		return task;
	task_free(task);
	return ERR_PTR(error);
}

/* ------------------------------------------------------------ the end */

void put_task_struct(struct task_struct *task)
{
	if (atomic_dec_and_test(&task->usage))
		free_task_struct(task);
}

/* The scheduler has left a dead task's stack for the last time. Interrupts disabled. */
static void task_left(struct task_struct *dead)
{
	kstack_free(dead->stack);
	dead->stack = NULL;
	put_task_struct(dead);
}

/* What a thread has cost becomes its process's. */
static void account_thread(const struct task_struct *task)
{
	struct signal_struct *sig = task->signal;

	sig->utime += task->utime;
	sig->stime += task->stime;
	sig->nvcsw += task->nvcsw;
	sig->nivcsw += task->nivcsw;
	sig->min_flt += task->min_flt;
	sig->maj_flt += task->maj_flt;
}

void release_task(struct task_struct *task)
{
	if (is_process(task)) {
		account_thread(task);
		user_count_processes(task->cred->user, -1);
	}
	flush_sigqueue(&task->pending);
	if (thread_group_leader(task) && is_process(task))
		flush_sigqueue(&task->signal->shared_pending);
	task_unlink(task);
	put_task_struct(task);
}

void task_zombie(struct task_struct *leader)
{
	struct task_struct *parent = leader->parent;
	bool nobody_asks = parent == &init_task;

	wake_up_all(&parent->wait_chldexit);
	if (is_process(parent) && leader->exit_signal >= 0)
		nobody_asks = do_notify_parent(leader, leader->exit_signal);
	if (nobody_asks)
		release_task(leader);
}

/* The threads of a process all say who its parent is. */
static void set_parent(struct task_struct *child, struct task_struct *parent)
{
	struct task_struct *t;

	list_move_tail(&child->sibling, &parent->children);
	child->parent = parent;
	if (is_process(child))
		for_each_thread (child, t)
			t->parent = parent;
}

void reparent_children(struct task_struct *leader, void (*moved)(struct task_struct *child))
{
	struct task_struct *child, *next;

	list_for_each_entry_safe (child, next, &leader->children, sibling) {
		set_parent(child, is_process(child) ? child_reaper : &init_task);
		if (child->exit_signal >= 0)
			child->exit_signal = SIGCHLD;
		if (moved)
			moved(child);
		if (child->state == TASK_ZOMBIE && thread_group_empty(child))
			task_zombie(child);
	}
}

void task_exit(int code)
{
	struct task_struct *task = current;

	BUG_ON(in_interrupt() || task == &init_task);
	task->flags |= PF_EXITING;
	task->exit_code = code;
	task_fpu_free();
	lock_debug_task_exit();
	local_irq_disable(); /* until the next task has started */
	spin_lock(&tasklist_lock);
	reparent_children(task, NULL);
	task->state = TASK_ZOMBIE;
	task_zombie(task);
	spin_unlock(&tasklist_lock);
	schedule();
	BUG();
}

/* The faults of what it has run are a kernel thread's own account. */
static void account_child(const struct task_struct *child)
{
	if (!is_process(child))
		return;
	current->cmin_flt += child->signal->min_flt + child->min_flt;
	current->cmaj_flt += child->signal->maj_flt + child->maj_flt;
}

int task_wait(struct task_struct *child)
{
	unsigned long flags;
	int code;

	BUG_ON(child->parent != current);
	wait_event(current->wait_chldexit,
		   READ_ONCE(child->state) == TASK_ZOMBIE && thread_group_empty(child));
	code = process_status(child);
	spin_lock_irqsave(&tasklist_lock, flags);
	account_child(child);
	release_task(child);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return code;
}

/* ------------------------------------------------------------ boot */

void task_init(void)
{
	task_cache =
		kmem_cache_create("task_struct", sizeof(struct task_struct), 0, SLAB_PANIC, NULL);
	thread_group_init();
	set_dead_task_hook(task_left);
}
