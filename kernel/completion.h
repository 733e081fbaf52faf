/*
 * Something that happens once, or is counted: complete() says that it has,
 * wait_for_completion() sleeps until then. Done before the wait, it is not lost.
 * The last waiter may free the structure as soon as it is awake.
 */
#ifndef FOLIO_COMPLETION_H
#define FOLIO_COMPLETION_H

#include "kernel/wait_head.h"

struct completion {
	unsigned int done; /* completions nobody has waited for yet; COMPLETION_ALL: for ever */
	struct wait_queue_head wait;
};

#define COMPLETION_ALL (~0u)

#define COMPLETION_INIT(name)                             \
	{                                                 \
		.wait = WAIT_QUEUE_HEAD_INIT((name).wait) \
	}
#define DECLARE_COMPLETION(name) struct completion name = COMPLETION_INIT(name)

void init_completion(struct completion *x);

/* complete - let one waiter go on; complete_all - all of them, and all to come. Any context. */
void complete(struct completion *x);
void complete_all(struct completion *x);

/* wait_for_completion - sleep until it is complete. Process context. */
void wait_for_completion(struct completion *x);

/* The same for `ticks` at most: ticks left, at least 1, or 0: not in time. */
unsigned long wait_for_completion_timeout(struct completion *x, unsigned long ticks);

/* The same until the task is killed: 0, or -EINTR. */
int wait_for_completion_killable(struct completion *x);

#endif
