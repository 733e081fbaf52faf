/* The head of a wait queue, alone, for structures that have one inside (kernel/wait.h). */
#ifndef FOLIO_WAIT_HEAD_H
#define FOLIO_WAIT_HEAD_H

#include "kernel/cpu/spinlock.h"
#include "kernel/lib/list.h"

struct wait_queue_head {
	spinlock_t lock;
	struct list_head list; /* of wait_queue_entry; exclusive ones at the end */
};

#define WAIT_QUEUE_HEAD_INIT(name)                                                 \
	{                                                                          \
		.lock = SPIN_LOCK_INIT(#name), .list = LIST_HEAD_INIT((name).list) \
	}
#define DECLARE_WAIT_QUEUE_HEAD(name) struct wait_queue_head name = WAIT_QUEUE_HEAD_INIT(name)

#endif
