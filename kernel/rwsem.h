/*
 * Sleeping locks with many readers or one writer. Fair: all wait in one queue,
 * and who comes after a waiting writer waits behind it, so neither side starves
 * the other. Therefore a reader must not take the same lock again. Process
 * context only; released by who took it.
 */
#ifndef FOLIO_RWSEM_H
#define FOLIO_RWSEM_H

#include "kernel/cpu/spinlock.h"
#include "kernel/lib/list.h"
#include "kernel/lock_debug.h"

struct rw_semaphore {
	unsigned long count; /* RWSEM_* bits; the readers in units of RWSEM_READER */
	spinlock_t wait_lock;
	struct list_head wait_list; /* struct rwsem_waiter, first come first */
	LOCK_DEBUG_FIELD
};

#define RWSEM_WRITER  1ul /* a writer has it */
#define RWSEM_WAITERS 2ul /* the queue is not empty */
#define RWSEM_READER  4ul

#define RWSEM_INIT_RANK(n, r)                                                                \
	{                                                                                    \
		.wait_lock = SPIN_LOCK_INIT(#n), .wait_list = LIST_HEAD_INIT((n).wait_list), \
		LOCK_DEBUG_INIT(#n, r)                                                       \
	}
#define RWSEM_INIT(n)		 RWSEM_INIT_RANK(n, LOCK_RANK_NONE)
#define DECLARE_RWSEM(n)	 struct rw_semaphore n = RWSEM_INIT(n)
#define DECLARE_RWSEM_RANK(n, r) struct rw_semaphore n = RWSEM_INIT_RANK(n, r)

/* init_rwsem_rank - a free lock with a name (not copied) and a place in the lock order. */
void init_rwsem_rank(struct rw_semaphore *sem, const char *name, unsigned int rank);
#define init_rwsem(sem, name) init_rwsem_rank(sem, name, LOCK_RANK_NONE)

/* Take it for reading or writing; sleeps while it must. */
void down_read(struct rw_semaphore *sem);
void down_write(struct rw_semaphore *sem);

/* The same if that is possible without waiting: true when taken. Do not sleep. */
bool down_read_trylock(struct rw_semaphore *sem);
bool down_write_trylock(struct rw_semaphore *sem);

/* Release it. Do not sleep. */
void up_read(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);

/* rwsem_is_locked - by anybody; for assertions and snapshots. */
static inline bool rwsem_is_locked(const struct rw_semaphore *sem)
{
	return (READ_ONCE(sem->count) & ~RWSEM_WAITERS) != 0;
}

#endif
