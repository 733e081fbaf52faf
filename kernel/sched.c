/*
 * The scheduler: which runnable task has the processor, in constant time.
 *
 * Runnable tasks queue by priority, one list for each of 140, with a bitmap of
 * the lists that are not empty: the next task is the first of the first one.
 *
 *	active                               expired
 *	bitmap  0 0 1 0 ... 1                bitmap  0 0 0 0 ... 1
 *	queue       |       |                queue               |
 *	            A - B   C                                    D
 *
 * A task keeps its place while it runs. When its time slice is used up it gets a
 * new one, and a place among the expired; when nobody active is left the two arrays
 * change names. So every runnable task has its turn, whatever the priorities, and
 * nothing is ever recomputed for all tasks.
 *
 * Who slept a lot gets a better priority than nice says, who computed a lot a
 * worse one (at most five steps each), so that a shell answers beside programs that
 * compute. A woken task that is better than the running one asks for the processor by
 * TIF_NEED_RESCHED, which is looked at on the way to user mode and in
 * cond_resched().
 *
 * Locks: each processor's run queue has one, interrupts off; taken below every other.
 * It is released before the switch: with one processor and interrupts disabled nobody
 * can run `prev` before its stack is left. Nothing here allocates.
 */
#include "kernel/sched.h"

#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/fpu.h"
#include "kernel/cpu/segment.h"
#include "kernel/cpu/timer.h"
#include "kernel/cpu/traps.h"
#include "kernel/lib/bitmap.h"
#include "kernel/lib/string.h"
#include "kernel/loadavg.h"
#include "kernel/panic.h"
#include "kernel/timer_list.h"
#include "kernel/wait.h"

#define INIT_STACK_SIZE 8192 /* boot/entry.asm */

#define MAX_SLEEP_AVG	HZ /* ticks of sleep that give the full bonus */
#define MAX_BONUS	10 /* priorities between the best and the worst */

struct prio_array {
	unsigned int nr_active;
	DECLARE_BITMAP(bitmap, MAX_PRIO);
	struct list_head queue[MAX_PRIO];
};

struct rq {
	spinlock_t lock;
	struct sched_stat stat;
	struct prio_array *active, *expired;
	struct prio_array arrays[2];
};

static struct rq runqueues[NR_CPUS];

#define this_rq() (&runqueues[cpu_id()])

extern u8 init_stack[INIT_STACK_SIZE];

/* What the boot task and all kernel threads share, who get no signals. */
static struct signal_struct init_signals = {
	.count = ATOMIC_INIT(1),
	.threads = LIST_HEAD_INIT(init_signals.threads),
	.shared_pending.list = LIST_HEAD_INIT(init_signals.shared_pending.list),
	.rlim = INIT_RLIMITS,
};
static struct sighand_struct init_sighand = {
	.count = ATOMIC_INIT(1),
	.siglock = SPIN_LOCK_INIT("siglock"),
};

struct task_struct init_task = {
	.thread.esp0 = (unsigned long)init_stack + INIT_STACK_SIZE,
	.state = TASK_RUNNING,
	.prio = MAX_PRIO,
	.static_prio = DEFAULT_PRIO,
	.run_list = LIST_HEAD_INIT(init_task.run_list),
	.flags = PF_KTHREAD,
	.usage = ATOMIC_INIT(1),
	.comm = "idle",
	.stack = init_stack,
	.tasks = LIST_HEAD_INIT(init_task.tasks),
	.parent = &init_task,
	.children = LIST_HEAD_INIT(init_task.children),
	.sibling = LIST_HEAD_INIT(init_task.sibling),
	.wait_chldexit = WAIT_QUEUE_HEAD_INIT(init_task.wait_chldexit),
	.group_leader = &init_task,
	.thread_node = LIST_HEAD_INIT(init_task.thread_node),
	.pending.list = LIST_HEAD_INIT(init_task.pending.list),
	.signal = &init_signals,
	.sighand = &init_sighand,
	.exit_signal = -1,
};

static void (*dead_task_hook)(struct task_struct *dead);

static void no_account(struct task_struct *task, bool user)
{
	(void)task;
	(void)user;
}

static void (*account_hook)(struct task_struct *task, bool user) = no_account;

/* switch.asm */
struct task_struct *switch_to(struct task_struct *prev, struct task_struct *next);

_Static_assert(offsetof(struct task_struct, work) == 0, "entry.asm reads the work flags there");
_Static_assert(offsetof(struct task_struct, thread.esp) == 4, "switch.asm: THREAD_ESP");

/* ------------------------------------------------------------ the queues */

static void enqueue_task(struct task_struct *task, struct prio_array *array)
{
	list_add_tail(&task->run_list, &array->queue[task->prio]);
	__set_bit(task->prio, array->bitmap);
	array->nr_active++;
	task->array = array;
}

static void dequeue_task(struct task_struct *task)
{
	struct prio_array *array = task->array;

	list_del(&task->run_list);
	if (list_empty(&array->queue[task->prio]))
		__clear_bit(task->prio, array->bitmap);
	array->nr_active--;
	task->array = NULL;
}

static struct task_struct *pick_next_task(struct rq *rq)
{
	struct prio_array *array = rq->active;
	unsigned int word = 0;

	if (!rq->stat.nr_running)
		return &init_task;
	if (!array->nr_active) {
		rq->active = rq->expired;
		rq->expired = array;
		array = rq->active;
	}
	while (!array->bitmap[word])
		word++;
	return list_first_entry(&array->queue[word * BITS_PER_LONG + __ffs(array->bitmap[word])],
				struct task_struct, run_list);
}

/* ------------------------------------------------------------ priorities */

static bool rt_task(const struct task_struct *task)
{
	return task->rt_priority != 0;
}

static unsigned int effective_prio(const struct task_struct *task)
{
	int bonus = (int)(task->sleep_avg * MAX_BONUS / MAX_SLEEP_AVG) - MAX_BONUS / 2;
	int prio = (int)task->static_prio - bonus;

	if (rt_task(task))
		return MAX_RT_PRIO - 1 - task->rt_priority;
	if (task->policy == SCHED_IDLE)
		return MAX_PRIO - 1;
	return (unsigned int)max(MAX_RT_PRIO, min(prio, MAX_PRIO - 1));
}

/* Ticks at once: 80 for nice -20, 10 for nice 0, 1 for nice 19. */
unsigned int task_timeslice(const struct task_struct *task)
{
	unsigned int steps = MAX_PRIO - task->static_prio;
	unsigned int msecs = steps * (task->static_prio < DEFAULT_PRIO ? 20 : 5);

	return max(msecs * HZ / 1000, 1u);
}

void sched_setup_task(struct task_struct *task, const struct task_struct *parent)
{
	unsigned long flags;

	task->state = TASK_UNINTERRUPTIBLE;
	task->static_prio = parent->static_prio;
	task->policy = parent->policy;
	task->rt_priority = parent->rt_priority;
	task->prio = effective_prio(task);
	INIT_LIST_HEAD(&task->run_list);
	task->time_slice = task_timeslice(task);
	if (current == &init_task)
		return;
	flags = local_irq_save();
	task->time_slice = max(current->time_slice / 2, 1u);
	current->time_slice = max(current->time_slice - task->time_slice, 1u);
	local_irq_restore(flags);
}

/* Queue a task, if it is queued, where its priority now says. The run queue is locked. */
static void requeue_task(struct task_struct *task)
{
	struct prio_array *array = task->array;

	if (array)
		dequeue_task(task);
	task->prio = effective_prio(task);
	if (!array)
		return;
	enqueue_task(task, array);
	if (task == current || task->prio < current->prio)
		set_work_flag(current, TIF_NEED_RESCHED);
}

void set_user_nice(struct task_struct *task, int nice)
{
	struct rq *rq = this_rq();
	unsigned long flags;

	spin_lock_irqsave(&rq->lock, flags);
	task->static_prio = (unsigned int)NICE_TO_PRIO(nice);
	requeue_task(task);
	spin_unlock_irqrestore(&rq->lock, flags);
}

void sched_setscheduler(struct task_struct *task, unsigned int policy, unsigned int rt_priority)
{
	struct rq *rq = this_rq();
	unsigned long flags;

	spin_lock_irqsave(&rq->lock, flags);
	task->policy = policy;
	task->rt_priority = rt_priority;
	requeue_task(task);
	spin_unlock_irqrestore(&rq->lock, flags);
}

/* ------------------------------------------------------------ sleeping and waking */

static void activate_task(struct rq *rq, struct task_struct *task)
{
	unsigned long slept = jiffies - task->sleep_start;

	/* Only who waits for the world is rewarded, not who waits for a disk or a lock. */
	if (task->state == TASK_INTERRUPTIBLE)
		task->sleep_avg = slept > MAX_SLEEP_AVG ? MAX_SLEEP_AVG
							: min(task->sleep_avg + (unsigned int)slept,
							      (unsigned int)MAX_SLEEP_AVG);
	else if (task->state == TASK_UNINTERRUPTIBLE && task->sleep_start)
		rq->stat.nr_uninterruptible--;
	task->prio = effective_prio(task);
	enqueue_task(task, rq->active);
	rq->stat.nr_running++;
}

static void deactivate_task(struct rq *rq, struct task_struct *task)
{
	BUG_ON(task == &init_task);
	task->sleep_start = jiffies | 1; /* 0: it has never run */
	if (task->state == TASK_UNINTERRUPTIBLE)
		rq->stat.nr_uninterruptible++;
	dequeue_task(task);
	rq->stat.nr_running--;
}

bool try_to_wake_up(struct task_struct *task, unsigned int states)
{
	struct rq *rq = this_rq();
	unsigned long flags;
	bool woken = false;

	spin_lock_irqsave(&rq->lock, flags);
	if (task->state & states) {
		if (!task->array) /* else it has not reached schedule() yet */
			activate_task(rq, task);
		task->state = TASK_RUNNING;
		if (task->prio < current->prio)
			set_work_flag(current, TIF_NEED_RESCHED);
		woken = true;
	}
	spin_unlock_irqrestore(&rq->lock, flags);
	return woken;
}

/* ------------------------------------------------------------ the switch */

static __always_inline void switch_segments(struct thread_struct *prev, struct thread_struct *next)
{
	save_segment(fs, prev->fs);
	save_segment(gs, prev->gs);
	if (unlikely(prev->uses_tls | next->uses_tls))
		gdt_load_tls(next->tls);
	if (unlikely(prev->fs | next->fs))
		load_segment(fs, next->fs);
	if (unlikely(prev->gs | next->gs))
		load_segment(gs, next->gs);
}

void clear_segments(void)
{
	struct thread_struct *thread = &current->thread;
	unsigned long flags = local_irq_save();

	thread->fs = thread->gs = 0;
	memset(thread->tls, 0, sizeof(thread->tls));
	thread->uses_tls = false;
	gdt_load_tls(thread->tls);
	load_segment(fs, 0);
	load_segment(gs, 0);
	local_irq_restore(flags);
}

static __always_inline void finish_task_switch(struct task_struct *prev)
{
	if (unlikely(prev->state & (TASK_ZOMBIE | TASK_DEAD)))
		dead_task_hook(prev);
}

void schedule_tail(struct task_struct *prev)
{
	finish_task_switch(prev);
	local_irq_enable();
}

static __always_inline void context_switch(struct task_struct *prev, struct task_struct *next)
{
	fpu_switch_from(prev);
	/* A kernel thread runs on whatever directory is loaded: all show the same kernel. */
	if (next->thread.cr3 && next->thread.cr3 != read_cr3())
		write_cr3(next->thread.cr3);
	tss_set_esp0(next->thread.esp0);
	switch_segments(&prev->thread, &next->thread);
	current = next;
	finish_task_switch(switch_to(prev, next));
}

/* Is a signal pending that would have ended the sleep which is about to begin? */
static __always_inline bool wakes_at_once(const struct task_struct *task)
{
	if (task->state == TASK_INTERRUPTIBLE)
		return signal_pending(task);
	return unlikely(task->state == TASK_KILLABLE) && fatal_signal_pending(task);
}

void schedule(void)
{
	struct rq *rq = this_rq();
	struct task_struct *prev = current, *next;
	bool sleeps = false;
	unsigned long flags;

	lock_debug_schedule();
	spin_lock_irqsave(&rq->lock, flags);
	clear_work_flag(prev, TIF_NEED_RESCHED);
	if (prev->state != TASK_RUNNING) {
		sleeps = !wakes_at_once(prev);
		if (sleeps)
			deactivate_task(rq, prev);
		else
			prev->state = TASK_RUNNING;
	}
	next = pick_next_task(rq);
	if (next != prev) {
		rq->stat.nr_switches++;
		if (unlikely(prev->rseq))
			set_work_flag(prev, TIF_RSEQ);
		if (sleeps)
			prev->nvcsw++;
		else
			prev->nivcsw++;
	}
	spin_unlock(&rq->lock);
	if (next != prev)
		context_switch(prev, next);
	local_irq_restore(flags);
}

void __cond_resched(void)
{
	might_sleep();
	schedule();
}

void yield(void)
{
	struct rq *rq = this_rq();
	unsigned long flags;

	spin_lock_irqsave(&rq->lock, flags);
	if (current->array) {
		dequeue_task(current);
		enqueue_task(current, rt_task(current) ? rq->active : rq->expired);
	}
	spin_unlock(&rq->lock);
	schedule();
	local_irq_restore(flags);
}

void set_dead_task_hook(void (*fn)(struct task_struct *dead))
{
	dead_task_hook = fn;
}

/* ------------------------------------------------------------ the tick */

static void charge_tick(struct rq *rq, struct task_struct *task, bool user)
{
	if (user) {
		task->utime++;
		rq->stat.user_ticks++;
	} else {
		task->stime++;
		rq->stat.system_ticks++;
	}
	if (task->sleep_avg)
		task->sleep_avg--;
	if (task->policy == SCHED_FIFO || --task->time_slice)
		return;
	dequeue_task(task);
	task->prio = effective_prio(task);
	task->time_slice = task_timeslice(task);
	enqueue_task(task, rt_task(task) ? rq->active : rq->expired);
	set_work_flag(task, TIF_NEED_RESCHED);
}

static void scheduler_tick(struct pt_regs *regs)
{
	struct rq *rq = this_rq();

	timers_run();
	calc_load(rq->stat.nr_running + rq->stat.nr_uninterruptible);
	spin_lock(&rq->lock);
	if (current == &init_task)
		rq->stat.idle_ticks++;
	else
		charge_tick(rq, current, user_mode(regs));
	spin_unlock(&rq->lock);
	account_hook(current, user_mode(regs));
}

void set_account_hook(void (*fn)(struct task_struct *task, bool user))
{
	account_hook = fn;
}

/* On the way to user mode, as long as nobody else has taken over the exit work. */
static void resched_work(struct pt_regs *regs)
{
	(void)regs;
	if (need_resched())
		schedule();
}

struct sched_stat sched_stat(void)
{
	unsigned long flags = local_irq_save();
	struct sched_stat stat = this_rq()->stat;

	local_irq_restore(flags);
	return stat;
}

/* ------------------------------------------------------------ boot */

static void rq_init(struct rq *rq)
{
	spin_lock_init(&rq->lock, "run queue");
	for (unsigned int a = 0; a < ARRAY_SIZE(rq->arrays); a++)
		for (unsigned int prio = 0; prio < MAX_PRIO; prio++)
			INIT_LIST_HEAD(&rq->arrays[a].queue[prio]);
	rq->active = &rq->arrays[0];
	rq->expired = &rq->arrays[1];
}

void sched_init(void)
{
	rq_init(this_rq());
	wait_init();
	timers_init();
	exit_work_hook = resched_work;
	set_tick_hook(scheduler_tick);
}

void cpu_idle(void)
{
	struct rq *rq = this_rq();

	for (;;) {
		local_irq_disable();
		while (!need_resched()) {
			u64 start = ktime_get_ns();

			cpu_idle_wait();
			local_irq_disable();
			rq->stat.idle_ns += ktime_get_ns() - start;
		}
		local_irq_enable();
		schedule();
	}
}
