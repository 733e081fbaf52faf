/*
 * Sleeping locks with one holder. Fair: who waits longest gets the lock from
 * the hand of its holder. Not recursive, process context only; released by
 * who took it.
 */
#ifndef FOLIO_MUTEX_H
#define FOLIO_MUTEX_H

#include "kernel/cpu/spinlock.h"
#include "kernel/lib/list.h"
#include "kernel/lock_debug.h"

struct mutex {
	/*
	 * The task that holds it, or 0; bit 0 (tasks are aligned) says that others
	 * wait, and sends the holder to the slow path.
	 */
	unsigned long owner;
	spinlock_t wait_lock;
	struct list_head wait_list; /* struct mutex_waiter, first come first */
	LOCK_DEBUG_FIELD
};

#define MUTEX_HAS_WAITERS 1ul

#define MUTEX_INIT_RANK(n, r)                                                                \
	{                                                                                    \
		.wait_lock = SPIN_LOCK_INIT(#n), .wait_list = LIST_HEAD_INIT((n).wait_list), \
		LOCK_DEBUG_INIT(#n, r)                                                       \
	}
#define MUTEX_INIT(n)		MUTEX_INIT_RANK(n, LOCK_RANK_NONE)
#define DEFINE_MUTEX(n)		struct mutex n = MUTEX_INIT(n)
#define DEFINE_MUTEX_RANK(n, r) struct mutex n = MUTEX_INIT_RANK(n, r)

/* mutex_init_rank - a free mutex with a name (not copied) and a place in the lock order. */
void mutex_init_rank(struct mutex *lock, const char *name, unsigned int rank);
#define mutex_init(lock, name) mutex_init_rank(lock, name, LOCK_RANK_NONE)

/* mutex_lock - take it; sleeps while another task has it. */
void mutex_lock(struct mutex *lock);

/* mutex_trylock - take it if it is free: true when taken. Does not sleep. */
bool mutex_trylock(struct mutex *lock);

/* mutex_unlock - release it, or hand it to the first who waits. Does not sleep. */
void mutex_unlock(struct mutex *lock);

/* mutex_is_locked - by anybody; for assertions and snapshots. */
static inline bool mutex_is_locked(const struct mutex *lock)
{
	return READ_ONCE(lock->owner) != 0;
}

#endif
