/*
 * The debug kernel's watch over locks.
 *
 * On one processor a forgotten unlock, a sleep in the wrong place or two locks taken in
 * opposite orders mostly go unpunished. Here they are noticed when they happen, not
 * when they do harm: each task carries a small stack of the locks it holds (with those
 * of an interrupt on top of it), and whatever is taken must have a higher rank
 * than all that is held; a rank of 0 takes no part in the order.
 *
 * No locks: each task looks at its own stack, and interrupts leave it as they found it.
 */
#include "kernel/lock_debug.h"

#ifdef CONFIG_DEBUG

#include "kernel/lib/vsprintf.h"
#include "kernel/panic.h"
#include "kernel/sched.h"

static bool expecting;
static bool report_kept;
static char kept_report[256];

/* A panic, or the report that a test waits for. */
static void __printf(1, 2) lock_report(const char *fmt, ...)
{
	char text[sizeof(kept_report)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (!expecting)
		panic("%s", text);
	expecting = false;
	report_kept = true;
	snprintf(kept_report, sizeof(kept_report), "%s", text);
}

void lock_debug_expect(void)
{
	expecting = true;
	report_kept = false;
}

const char *lock_debug_report(void)
{
	bool kept = report_kept;

	expecting = false;
	report_kept = false;
	return kept ? kept_report : NULL;
}

/* ------------------------------------------------------------ what a task holds */

static const struct held_lock *find_held(const struct task_struct *task, const void *lock)
{
	for (unsigned int i = task->nr_held_locks; i-- > 0;)
		if (task->held_locks[i].lock == lock)
			return &task->held_locks[i];
	return NULL;
}

static void push_held(const void *lock, const char *name, unsigned int rank, unsigned long caller)
{
	struct task_struct *task = current;
	struct held_lock *held;

	if (task->nr_held_locks == MAX_HELD_LOCKS)
		panic("lock debugging: %s (pid %d) holds %u locks, the last of them %s", task->comm,
		      task->pid, MAX_HELD_LOCKS, name);
	held = &task->held_locks[task->nr_held_locks++];
	held->lock = lock;
	held->name = name;
	held->rank = rank;
	held->taken_at = caller;
}

static void pop_held(const void *lock)
{
	struct task_struct *task = current;
	unsigned int i = task->nr_held_locks;

	while (i-- > 0)
		if (task->held_locks[i].lock == lock)
			break;
	if (i >= MAX_HELD_LOCKS)
		return; /* a wrong release, reported already */
	task->nr_held_locks--;
	for (; i < task->nr_held_locks; i++)
		task->held_locks[i] = task->held_locks[i + 1];
}

/* Nothing that is held may have this rank or a higher one. */
static void check_order(const char *name, unsigned int rank, unsigned long caller)
{
	const struct task_struct *task = current;

	for (unsigned int i = task->nr_held_locks; rank && i-- > 0;) {
		const struct held_lock *held = &task->held_locks[i];

		if (held->rank < rank)
			continue;
		lock_report("lock order: %s (rank %u) is taken at %pS while %s (rank %u), "
			    "taken at %pS, is held",
			    name, rank, (void *)caller, held->name, held->rank,
			    (void *)held->taken_at);
		return;
	}
}

static const char *last_held_spinlock(unsigned long *taken_at)
{
	const struct task_struct *task = current;

	*taken_at = 0;
	if (!task->nr_held_locks)
		return "an atomic mapping";
	*taken_at = task->held_locks[task->nr_held_locks - 1].taken_at;
	return task->held_locks[task->nr_held_locks - 1].name;
}

/* ------------------------------------------------------------ spinlocks */

/* Taken by handlers and with interrupts enabled: sooner or later a handler waits for ever. */
static void check_irq_use(spinlock_t *lock, unsigned long caller)
{
	bool in_irq = in_interrupt();

	if (!in_irq && irqs_disabled())
		return;
	lock->used_in_irq |= in_irq;
	lock->used_irqs_on |= !in_irq;
	if (lock->used_in_irq && lock->used_irqs_on)
		lock_report("spinlock %s is taken at %pS %s, though elsewhere %s", lock->name,
			    (void *)caller,
			    in_irq ? "by an interrupt handler" : "with interrupts enabled",
			    in_irq ? "with interrupts enabled" : "by interrupt handlers");
}

static void take_spinlock(spinlock_t *lock, unsigned int lowest_rank, unsigned long caller)
{
	if (panic_in_progress())
		return;
	if (lock->locked) {
		lock_report(
			"spinlock %s is taken twice: at %pS, while %s (pid %d) holds it since %pS",
			lock->name, (void *)caller, lock->owner->comm, lock->owner->pid,
			(void *)lock->taken_at);
		return;
	}
	check_irq_use(lock, caller);
	check_order(lock->name, lowest_rank, caller);
	lock->locked = true;
	lock->owner = current;
	lock->taken_at = caller;
	atomic_enter();
	push_held(lock, lock->name, lock->rank, caller);
}

void debug_spin_lock(spinlock_t *lock)
{
	take_spinlock(lock, lock->rank, RETURN_ADDRESS);
}

/* One of its own rank may be held. */
void debug_spin_lock_nested(spinlock_t *lock)
{
	take_spinlock(lock, lock->rank ? lock->rank + 1 : 0, RETURN_ADDRESS);
}

void debug_spin_unlock(spinlock_t *lock)
{
	unsigned long caller = RETURN_ADDRESS;

	if (panic_in_progress())
		return;
	if (!lock->locked) {
		lock_report("spinlock %s is released at %pS, but nobody holds it", lock->name,
			    (void *)caller);
		return;
	}
	if (lock->owner != current) {
		lock_report("spinlock %s is released at %pS by %s (pid %d), but %s (pid %d) holds "
			    "it since %pS",
			    lock->name, (void *)caller, current->comm, current->pid,
			    lock->owner->comm, lock->owner->pid, (void *)lock->taken_at);
		return;
	}
	lock->locked = false;
	lock->owner = NULL;
	atomic_leave();
	pop_held(lock);
}

/* ------------------------------------------------------------ sleeping locks */

bool lock_debug_before(const void *lock, const struct lock_debug *debug, unsigned long caller)
{
	const struct held_lock *held = find_held(current, lock);

	if (panic_in_progress())
		return true;
	if (held) {
		lock_report("%s is taken twice by %s (pid %d): at %pS, and before at %pS",
			    debug->name, current->comm, current->pid, (void *)caller,
			    (void *)held->taken_at);
		return false;
	}
	check_order(debug->name, debug->rank, caller);
	return true;
}

void lock_debug_taken(const void *lock, struct lock_debug *debug, bool exclusive,
		      unsigned long caller)
{
	debug->owner = exclusive ? current : NULL;
	debug->taken_at = caller;
	push_held(lock, debug->name, debug->rank, caller);
}

bool lock_debug_released(const void *lock, struct lock_debug *debug, unsigned long caller)
{
	if (panic_in_progress())
		return true;
	if (!find_held(current, lock)) {
		lock_report("%s is released at %pS by %s (pid %d), which does not hold it; it was "
			    "last taken at %pS",
			    debug->name, (void *)caller, current->comm, current->pid,
			    (void *)debug->taken_at);
		return false;
	}
	debug->owner = NULL;
	pop_held(lock);
	return true;
}

/* ------------------------------------------------------------ sleeping */

/* Why the current task may not sleep, or NULL. */
static const char *why_atomic(void)
{
	if (in_interrupt())
		return "in an interrupt handler";
	if (this_cpu()->atomic_depth)
		return "with a spinlock held";
	/* While the machine boots there is nothing to switch to, and nothing is enabled yet. */
	if (irqs_disabled() && current != &init_task)
		return "with interrupts disabled";
	return NULL;
}

void debug_might_sleep(unsigned long caller)
{
	const char *why = why_atomic(), *name;
	unsigned long taken_at;

	if (likely(!why) || panic_in_progress())
		return;
	name = last_held_spinlock(&taken_at);
	lock_report("%s (pid %d) might sleep at %pS %s; last taken: %s at %pS", current->comm,
		    current->pid, (void *)caller, why, name, (void *)taken_at);
}

void lock_debug_schedule(void)
{
	unsigned long taken_at;
	const char *name;

	if (likely(!in_interrupt() && !this_cpu()->atomic_depth) || panic_in_progress())
		return;
	name = last_held_spinlock(&taken_at);
	panic("%s (pid %d) sleeps %s; last taken: %s at %pS", current->comm, current->pid,
	      in_interrupt() ? "in an interrupt handler" : "with a spinlock held", name,
	      (void *)taken_at);
}

void lock_debug_task_exit(void)
{
	const struct held_lock *held = &current->held_locks[0];

	if (current->nr_held_locks)
		panic("%s (pid %d) ends and still holds %s, taken at %pS", current->comm,
		      current->pid, held->name, (void *)held->taken_at);
}

#endif
