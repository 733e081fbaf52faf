/*
 * Reader-writer semaphores.
 *
 *	count:  [ number of readers           |  WAITERS  |  WRITER  ]
 *		 31                         2      1          0
 *
 * A reader adds itself with one xadd and is in if neither bit was set; a writer is in
 * if cmpxchg finds 0. Everybody else queues under wait_lock and sets WAITERS, which
 * closes the quick way for all who come later: so the queue is served in the order of
 * arrival, and neither writers nor readers starve. Who leaves last (no reader and no
 * writer remains, WAITERS is set) lets the head of the queue in: one writer, or all
 * readers up to the next writer. A lock is given before the task that gets it wakes.
 *
 * A reader that tried the quick way in vain has added itself for a moment. It takes
 * that back under wait_lock and then looks whether the queue's head can go in, since
 * its short presence may have hidden from others that the lock was free.
 *
 * Locks: wait_lock protects the queue and WAITERS.
 */
#include "kernel/rwsem.h"

#include "kernel/sched.h"

struct rwsem_waiter {
	struct list_head list;
	struct task_struct *task; /* NULL: the lock was given */
	bool writer;
};

void init_rwsem_rank(struct rw_semaphore *sem, const char *name, unsigned int rank)
{
	sem->count = 0;
	spin_lock_init(&sem->wait_lock, name);
	INIT_LIST_HEAD(&sem->wait_list);
	lock_debug_init(&sem->debug, name, rank);
}

/* Take a waiter off the queue and let it go on. Its structure is gone after that. */
static void rwsem_give(struct rw_semaphore *sem, struct rwsem_waiter *waiter)
{
	struct task_struct *task = waiter->task;

	list_del(&waiter->list);
	if (list_empty(&sem->wait_list))
		atomic_and_mask(~RWSEM_WAITERS, &sem->count);
	WRITE_ONCE(waiter->task, NULL);
	wake_up_process(task);
}

/* Give the lock to as many at the head of the queue as may have it now. wait_lock is held. */
static void rwsem_grant(struct rw_semaphore *sem)
{
	struct rwsem_waiter *first;

	while (!list_empty(&sem->wait_list)) {
		first = list_first_entry(&sem->wait_list, struct rwsem_waiter, list);
		if (first->writer) {
			if (atomic_cmpxchg_word(&sem->count, RWSEM_WAITERS,
						RWSEM_WAITERS | RWSEM_WRITER) == RWSEM_WAITERS)
				rwsem_give(sem, first);
			return;
		}
		if (READ_ONCE(sem->count) & RWSEM_WRITER)
			return;
		atomic_fetch_add_word(RWSEM_READER, &sem->count);
		rwsem_give(sem, first);
	}
}

/* Queue, and sleep until the lock was given. `undo` is taken off count first. */
static __noinline void rwsem_wait(struct rw_semaphore *sem, bool writer, unsigned long undo)
{
	struct rwsem_waiter waiter = {.task = current, .writer = writer};

	spin_lock(&sem->wait_lock);
	list_add_tail(&waiter.list, &sem->wait_list);
	atomic_or_mask(RWSEM_WAITERS, &sem->count);
	atomic_fetch_add_word(-undo, &sem->count);
	rwsem_grant(sem);
	while (READ_ONCE(waiter.task)) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		spin_unlock(&sem->wait_lock);
		schedule();
		spin_lock(&sem->wait_lock);
	}
	spin_unlock(&sem->wait_lock);
}

static __noinline void rwsem_wake(struct rw_semaphore *sem)
{
	spin_lock(&sem->wait_lock);
	rwsem_grant(sem);
	spin_unlock(&sem->wait_lock);
}

void down_read(struct rw_semaphore *sem)
{
	might_sleep();
	if (!lock_debug_before(sem, &sem->debug, RETURN_ADDRESS))
		return;
	if (unlikely(atomic_fetch_add_word(RWSEM_READER, &sem->count) &
		     (RWSEM_WRITER | RWSEM_WAITERS)))
		rwsem_wait(sem, false, RWSEM_READER);
	lock_debug_taken(sem, &sem->debug, false, RETURN_ADDRESS);
}

void down_write(struct rw_semaphore *sem)
{
	might_sleep();
	if (!lock_debug_before(sem, &sem->debug, RETURN_ADDRESS))
		return;
	if (unlikely(atomic_cmpxchg_word(&sem->count, 0, RWSEM_WRITER) != 0))
		rwsem_wait(sem, true, 0);
	lock_debug_taken(sem, &sem->debug, true, RETURN_ADDRESS);
}

bool down_read_trylock(struct rw_semaphore *sem)
{
	unsigned long count = READ_ONCE(sem->count);

	while (!(count & (RWSEM_WRITER | RWSEM_WAITERS))) {
		unsigned long was = atomic_cmpxchg_word(&sem->count, count, count + RWSEM_READER);

		if (was == count) {
			lock_debug_taken(sem, &sem->debug, false, RETURN_ADDRESS);
			return true;
		}
		count = was;
	}
	return false;
}

bool down_write_trylock(struct rw_semaphore *sem)
{
	if (atomic_cmpxchg_word(&sem->count, 0, RWSEM_WRITER) != 0)
		return false;
	lock_debug_taken(sem, &sem->debug, true, RETURN_ADDRESS);
	return true;
}

void up_read(struct rw_semaphore *sem)
{
	if (!lock_debug_released(sem, &sem->debug, RETURN_ADDRESS))
		return;
	if (unlikely(atomic_fetch_add_word(-RWSEM_READER, &sem->count) ==
		     (RWSEM_READER | RWSEM_WAITERS)))
		rwsem_wake(sem);
}

void up_write(struct rw_semaphore *sem)
{
	if (!lock_debug_released(sem, &sem->debug, RETURN_ADDRESS))
		return;
	if (unlikely(atomic_fetch_add_word(-RWSEM_WRITER, &sem->count) & RWSEM_WAITERS))
		rwsem_wake(sem);
}
