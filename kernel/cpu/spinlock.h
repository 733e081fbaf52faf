/*
 * Spinlocks. The kernel is not preempted in kernel mode and there is one
 * processor, so in the shipped kernel a spinlock is nothing, or interrupt
 * control for a lock that interrupt handlers take too. The debug kernel checks
 * what a second processor would punish: a lock taken twice, released by
 * somebody else, or held while sleeping (kernel/lock_debug.c).
 */
#ifndef FOLIO_CPU_SPINLOCK_H
#define FOLIO_CPU_SPINLOCK_H

#include "kernel/cpu/irqflags.h"
#include "kernel/cpu/percpu.h"

#ifdef CONFIG_DEBUG
typedef struct spinlock {
	const char *name;
	struct task_struct *owner; /* NULL: free */
	unsigned long taken_at;	   /* return address of the holder */
	unsigned int rank;	   /* place in the lock order; 0: unordered */
	bool locked;
	bool used_in_irq;  /* taken by an interrupt handler: interrupts must be off elsewhere */
	bool used_irqs_on; /* taken with interrupts enabled */
} spinlock_t;

#define SPIN_LOCK_INIT(n)   \
	{                   \
		.name = (n) \
	}
#define SPIN_LOCK_INIT_RANK(n, r)        \
	{                                \
		.name = (n), .rank = (r) \
	}

void debug_spin_lock(spinlock_t *lock);
void debug_spin_lock_nested(spinlock_t *lock);
void debug_spin_unlock(spinlock_t *lock);

#define spin_lock(l)	    debug_spin_lock(l)
#define spin_lock_nested(l) debug_spin_lock_nested(l)
#define spin_unlock(l)	    debug_spin_unlock(l)
#define spin_lock_init(l, n)                          \
	do {                                          \
		*(l) = (spinlock_t)SPIN_LOCK_INIT(n); \
	} while (0)
#define spin_lock_init_rank(l, n, r)                          \
	do {                                                  \
		*(l) = (spinlock_t)SPIN_LOCK_INIT_RANK(n, r); \
	} while (0)
#define spin_is_locked(l) ((l)->locked)
#else
typedef struct spinlock {
} spinlock_t;

#define SPIN_LOCK_INIT(n) \
	{                 \
	}
#define SPIN_LOCK_INIT_RANK(n, r) \
	{                         \
	}
#define spin_lock(l)       \
	do {               \
		(void)(l); \
		barrier(); \
	} while (0)
#define spin_lock_nested(l) spin_lock(l)
#define spin_unlock(l)     \
	do {               \
		(void)(l); \
		barrier(); \
	} while (0)
#define spin_lock_init(l, n)	     ((void)(l))
#define spin_lock_init_rank(l, n, r) ((void)(l))
#define spin_is_locked(l)	     ((void)(l), true)
#endif

#define DEFINE_SPINLOCK(n)	   spinlock_t n = SPIN_LOCK_INIT(#n)
#define DEFINE_SPINLOCK_RANK(n, r) spinlock_t n = SPIN_LOCK_INIT_RANK(#n, r)

/*
 * The lock order: a lock may be taken while holding locks of a lower
 * rank only. Sleeping locks (kernel/mutex.h, kernel/rwsem.h) share the scale.
 */
enum lock_rank {
	LOCK_RANK_NONE,
	LOCK_RANK_I_MUTEX,
	LOCK_RANK_MMAP_SEM,
	LOCK_RANK_PAGE,
	LOCK_RANK_I_MMAP,
	LOCK_RANK_ANON_VMA,
	LOCK_RANK_PAGE_TABLE,
	LOCK_RANK_LRU,
	LOCK_RANK_SLAB,
	LOCK_RANK_ZONE,
};

/*
 * spin_lock_nested - take a second lock of the same rank while the first is held. The caller says
 * by it that there is no other order: one of the two is known to nobody else, say.
 */

#define spin_lock_irqsave(l, flags)         \
	do {                                \
		(flags) = local_irq_save(); \
		spin_lock(l);               \
	} while (0)
#define spin_unlock_irqrestore(l, flags)  \
	do {                              \
		spin_unlock(l);           \
		local_irq_restore(flags); \
	} while (0)

#endif
