/*
 * Tasks: making them, finding them, their end.
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
 * The end has three steps, because a task cannot free the stack it runs on: task_exit()
 * gives back what it can and leaves for ever; the next task, now on its own stack, frees
 * the dead one's (task_left, called by the scheduler); and whoever is responsible
 * for the task asks for its exit code and lets the rest go.
 *
 *	          task_exit()              task_wait()
 *	running -------------> TASK_ZOMBIE -----------> TASK_DEAD, freed
 *	        -------------------------------------->
 *	          parent is init_task: nobody will ask
 *
 * Locks: tasklist_lock, interrupts off: the list of tasks, the pid hash and bitmap, the
 * families. Below it only wait queues and the run queue.
 */
#include "kernel/task.h"

#include "kernel/cpu/clock.h"
#include "kernel/cred.h"
#include "kernel/lib/bitmap.h"
#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/hash.h"
#include "kernel/lib/string.h"
#include "kernel/panic.h"
#include "kernel/task_fpu.h"
#include "kernel/wait.h"
#include "mm/kstack.h"
#include "mm/slab.h"

#define PID_HASH_BITS 8

/* What switch_to() pops (kernel/cpu/switch.asm). */
struct switch_frame {
	unsigned long edi, esi, ebx, ebp;
	unsigned long eip;
};

DEFINE_SPINLOCK(tasklist_lock);

static struct kmem_cache *task_cache;
static struct hlist_head pid_hash[1u << PID_HASH_BITS];
static DECLARE_BITMAP(pid_map, PID_MAX);
static pid_t last_pid;
static unsigned int tasks_listed;

void ret_from_fork(void);

/* ------------------------------------------------------------ the lists */

/* Pids are given in a circle, so that a number is not soon used again. */
static pid_t alloc_pid(void)
{
	unsigned long pid = find_next_zero_bit(pid_map, PID_MAX, (unsigned long)last_pid + 1);

	if (pid == PID_MAX)
		pid = find_next_zero_bit(pid_map, PID_MAX, 1);
	if (pid == PID_MAX)
		return -EAGAIN;
	__set_bit(pid, pid_map);
	last_pid = (pid_t)pid;
	return last_pid;
}

static struct hlist_head *pid_bucket(pid_t pid)
{
	return &pid_hash[hash_32((u32)pid, PID_HASH_BITS)];
}

/* Give the task a pid and make it known. 0 or -EAGAIN. */
static int list_task(struct task_struct *task, struct task_struct *parent)
{
	unsigned long flags;
	pid_t pid;

	spin_lock_irqsave(&tasklist_lock, flags);
	pid = alloc_pid();
	if (pid > 0) {
		task->pid = task->tgid = pid;
		task->parent = parent;
		hlist_add_head(&task->pid_node, pid_bucket(pid));
		list_add_tail(&task->tasks, &init_task.tasks);
		list_add_tail(&task->sibling, &parent->children);
		tasks_listed++;
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return min(pid, 0);
}

/* Undo it; tasklist_lock is held. The reference of the lists is the caller's then. */
static void unlist_task(struct task_struct *task)
{
	__clear_bit((unsigned long)task->pid, pid_map);
	hlist_del(&task->pid_node);
	list_del(&task->tasks);
	list_del(&task->sibling);
	tasks_listed--;
	task->state = TASK_DEAD;
}

struct task_struct *find_task_by_pid(pid_t pid)
{
	struct task_struct *task;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	hlist_for_each_entry (task, pid_bucket(pid), pid_node)
		if (task->pid == pid)
			break;
	if (task)
		get_task_struct(task);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return task;
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
	int result;

	if (!fn)
		return;
	result = fn(arg);
	if (current->flags & PF_KTHREAD)
		task_exit(result);
}

static void setup_stack(struct task_struct *task, int (*fn)(void *), void *arg)
{
	struct switch_frame *frame;

	task->thread.esp0 = (unsigned long)task->stack + KSTACK_SIZE;
	memset(task_pt_regs(task), 0, sizeof(struct pt_regs));
	frame = (struct switch_frame *)task_pt_regs(task) - 1;
	frame->eip = (unsigned long)ret_from_fork;
	frame->ebp = 0; /* backtraces end here */
	frame->ebx = (unsigned long)begin_task;
	frame->esi = (unsigned long)fn;
	frame->edi = (unsigned long)arg;
	task->thread.esp = (unsigned long)frame;
}

static struct task_struct *alloc_task(void)
{
	struct task_struct *task = kmem_cache_alloc(task_cache, GFP_KERNEL | __GFP_ZERO);

	if (!task)
		return NULL;
	task->stack = kstack_alloc();
	if (!task->stack) {
		kmem_cache_free(task_cache, task);
		return NULL;
	}
	atomic_set(&task->usage, 2); /* it runs; it is listed */
	INIT_LIST_HEAD(&task->children);
	INIT_LIST_HEAD(&task->thread_node);
	INIT_LIST_HEAD(&task->pending.list);
	init_waitqueue_head(&task->wait_chldexit);
	task->group_leader = task;
	task->signal = init_task.signal;
	task->sighand = init_task.sighand;
	task->cred = get_cred(init_task.cred);
	task->exit_signal = -1;
	task->start_time = ktime_get_ns();
	return task;
}

struct task_struct *task_create(const char *name, int (*fn)(void *), void *arg,
				struct task_struct *parent)
{
	struct task_struct *task = alloc_task();
	int error;

	if (!task)
		return ERR_PTR(-ENOMEM);
	set_task_comm(task, name);
	task->flags = PF_KTHREAD;
	sched_setup_task(task, parent);
	setup_stack(task, fn, arg);
	error = list_task(task, parent);
	if (error) {
		kstack_free(task->stack);
		put_cred(task->cred);
		kmem_cache_free(task_cache, task);
		return ERR_PTR(error);
	}
	return task;
}

/* ------------------------------------------------------------ the end */

void put_task_struct(struct task_struct *task)
{
	if (!atomic_dec_and_test(&task->usage))
		return;
	put_cred(task->cred);
	kmem_cache_free(task_cache, task);
}

/* The scheduler has left a dead task's stack for the last time. Interrupts disabled. */
static void task_left(struct task_struct *dead)
{
	kstack_free(dead->stack);
	dead->stack = NULL;
	put_task_struct(dead);
}

/* Nobody waits for these any more: init_task does not ask. tasklist_lock is held. */
static void give_away_children(struct task_struct *task)
{
	struct task_struct *child, *next;

	list_for_each_entry_safe (child, next, &task->children, sibling) {
		if (child->state == TASK_ZOMBIE) {
			unlist_task(child);
			put_task_struct(child);
		} else {
			child->parent = &init_task;
			list_move_tail(&child->sibling, &init_task.children);
		}
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
	give_away_children(task);
	if (task->parent == &init_task) {
		unlist_task(task);
		put_task_struct(task);
	} else {
		task->state = TASK_ZOMBIE;
		wake_up_all(&task->parent->wait_chldexit);
	}
	spin_unlock(&tasklist_lock);
	schedule();
	BUG();
}

int task_wait(struct task_struct *child)
{
	unsigned long flags;
	int code;

	BUG_ON(child->parent != current);
	wait_event(current->wait_chldexit, READ_ONCE(child->state) == TASK_ZOMBIE);
	code = child->exit_code;
	spin_lock_irqsave(&tasklist_lock, flags);
	unlist_task(child);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	put_task_struct(child);
	return code;
}

/* ------------------------------------------------------------ boot */

void task_init(void)
{
	task_cache =
		kmem_cache_create("task_struct", sizeof(struct task_struct), 0, SLAB_PANIC, NULL);
	set_dead_task_hook(task_left);
}
