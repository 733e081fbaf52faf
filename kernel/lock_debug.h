/*
 * What the debug kernel checks about locks (CONFIG_DEBUG; nothing of this is in
 * the shipped kernel): a lock taken twice, released by somebody else, taken
 * against the order of ranks (enum lock_rank), taken both in interrupt handlers
 * and with interrupts enabled; sleeping with a spinlock held, in an interrupt, or with
 * interrupts disabled. Each is a panic whose sentence names the locks and who took them.
 */
#ifndef FOLIO_LOCK_DEBUG_H
#define FOLIO_LOCK_DEBUG_H

#include "kernel/lib/compiler.h"

#ifdef CONFIG_DEBUG
/* What a sleeping lock remembers. A lock held by several readers has no owner. */
struct lock_debug {
	const char *name;
	unsigned int rank;
	struct task_struct *owner;
	unsigned long taken_at;
};

#define LOCK_DEBUG_FIELD      struct lock_debug debug;
#define LOCK_DEBUG_INIT(n, r) .debug = {.name = (n), .rank = (r)}

#define lock_debug_init(d, n, r)                                      \
	do {                                                          \
		*(d) = (struct lock_debug){.name = (n), .rank = (r)}; \
	} while (0)

/*
 * A task is about to take a sleeping lock (before it waits), has it, and gives it back.
 * `exclusive`: as its only holder. False: reported as expected, do nothing.
 */
bool lock_debug_before(const void *lock, const struct lock_debug *debug, unsigned long caller);
void lock_debug_taken(const void *lock, struct lock_debug *debug, bool exclusive,
		      unsigned long caller);
bool lock_debug_released(const void *lock, struct lock_debug *debug, unsigned long caller);

/* schedule() begins: no spinlock may be held, no interrupt be served. */
void lock_debug_schedule(void);

/* A task ends: it may hold nothing. */
void lock_debug_task_exit(void);

/*
 * For tests. lock_debug_expect - the next report is kept instead of being a panic; what was
 * reported is then not done, except that a lock against the order is taken all the same.
 * lock_debug_report - the kept sentence, or
 * NULL when there was none; nothing is expected any more.
 */
void lock_debug_expect(void);
const char *lock_debug_report(void);
#else
#define LOCK_DEBUG_FIELD
#define LOCK_DEBUG_INIT(n, r)
#define lock_debug_init(d, n, r)			 ((void)(n), (void)(r))
#define lock_debug_before(lock, debug, caller)		 true
#define lock_debug_taken(lock, debug, exclusive, caller) ((void)0)
#define lock_debug_released(lock, debug, caller)	 true
#define lock_debug_schedule()				 ((void)0)
#define lock_debug_task_exit()				 ((void)0)
#endif

#endif
