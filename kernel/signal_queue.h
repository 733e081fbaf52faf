/* Queues of signals: what kernel/signal.c sends through. siglock held for all. */
#ifndef FOLIO_SIGNAL_QUEUE_H
#define FOLIO_SIGNAL_QUEUE_H

#include "kernel/signal.h"

/*
 * queue_info - note what is known about a signal (NULL: it is the kernel's). The limit of
 * RLIMIT_SIGPENDING is for what programs queue, not for the kernel and kill(2). 0, or -EAGAIN where
 * losing the siginfo_t would lose the signal's meaning. The caller sets the bit.
 */
int queue_info(int sig, const siginfo_t *info, struct task_struct *task,
	       struct sigpending *pending);

/* remove_pending - forget the signals of a set. */
void remove_pending(struct sigpending *pending, u64 set);

#endif
