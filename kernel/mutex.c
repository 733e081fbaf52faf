/*
 * Mutexes.
 *
 * One word says everything in the common case: it is 0, or it is the holder. Taking
 * a free mutex and releasing one nobody waits for is one cmpxchg each. Whoever finds it
 * taken sets bit 0 of the word and queues; the bit makes the holder's cmpxchg fail,
 * so that it comes here and hands the mutex to the first in the queue, before
 * that task has even woken. Nobody can slip in between.
 *
 * Locks: wait_lock protects the queue and bit 0.
 */
#include "kernel/mutex.h"

#include "kernel/panic.h"
#include "kernel/sched.h"

struct mutex_waiter {
	struct list_head list;
	struct task_struct *task;
};

void mutex_init_rank(struct mutex *lock, const char *name, unsigned int rank)
{
	lock->owner = 0;
	spin_lock_init(&lock->wait_lock, name);
	INIT_LIST_HEAD(&lock->wait_list);
	lock_debug_init(&lock->debug, name, rank);
}

static bool mutex_take(struct mutex *lock)
{
	return atomic_cmpxchg_word(&lock->owner, 0, (unsigned long)current) == 0;
}

static struct task_struct *mutex_owner(const struct mutex *lock)
{
	return (struct task_struct *)(READ_ONCE(lock->owner) & ~MUTEX_HAS_WAITERS);
}

/* Tell the holder that somebody waits; false: there is none any more, the mutex is taken. */
static bool mutex_announce_waiter(struct mutex *lock)
{
	for (;;) {
		unsigned long owner = READ_ONCE(lock->owner);

		if (!owner) {
			if (mutex_take(lock))
				return false;
		} else if (atomic_cmpxchg_word(&lock->owner, owner, owner | MUTEX_HAS_WAITERS) ==
			   owner) {
			return true;
		}
	}
}

static __noinline void mutex_lock_slow(struct mutex *lock)
{
	struct mutex_waiter waiter = {.task = current};

	spin_lock(&lock->wait_lock);
	if (mutex_announce_waiter(lock)) {
		list_add_tail(&waiter.list, &lock->wait_list);
		do {
			set_current_state(TASK_UNINTERRUPTIBLE);
			spin_unlock(&lock->wait_lock);
			schedule();
			spin_lock(&lock->wait_lock);
		} while (mutex_owner(lock) != current);
	}
	spin_unlock(&lock->wait_lock);
}

static __noinline void mutex_unlock_slow(struct mutex *lock)
{
	struct mutex_waiter *first;
	unsigned long next;

	BUG_ON(mutex_owner(lock) != current);
	spin_lock(&lock->wait_lock);
	first = list_first_entry(&lock->wait_list, struct mutex_waiter, list);
	list_del(&first->list);
	next = (unsigned long)first->task;
	WRITE_ONCE(lock->owner, list_empty(&lock->wait_list) ? next : next | MUTEX_HAS_WAITERS);
	wake_up_process(first->task);
	spin_unlock(&lock->wait_lock);
}

void mutex_lock(struct mutex *lock)
{
	might_sleep();
	if (!lock_debug_before(lock, &lock->debug, RETURN_ADDRESS))
		return;
	if (unlikely(!mutex_take(lock)))
		mutex_lock_slow(lock);
	lock_debug_taken(lock, &lock->debug, true, RETURN_ADDRESS);
}

bool mutex_trylock(struct mutex *lock)
{
	if (!mutex_take(lock))
		return false;
	lock_debug_taken(lock, &lock->debug, true, RETURN_ADDRESS);
	return true;
}

void mutex_unlock(struct mutex *lock)
{
	unsigned long me = (unsigned long)current;

	if (!lock_debug_released(lock, &lock->debug, RETURN_ADDRESS))
		return;
	if (unlikely(atomic_cmpxchg_word(&lock->owner, me, 0) != me))
		mutex_unlock_slow(lock);
}
