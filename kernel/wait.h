/*
 * Wait queues: tasks that sleep until a condition is true, and those who make
 * it true and wake them.
 *
 *	sleeper				waker
 *	prepare_to_wait(&wq, ...)	condition = true;
 *	if (!condition)			wake_up(&wq);
 *		schedule();
 *	finish_wait(&wq, ...)
 *
 * The sleeper is in the queue and not TASK_RUNNING before it tests, so that a
 * wake-up between the test and schedule() is not lost. wait_event() writes
 * the loop. A woken task must test again: others may have been quicker.
 *
 * Every function that waits may sleep: process context, no spinlock held. Those
 * that wake may be called in any context.
 */
#ifndef FOLIO_WAIT_H
#define FOLIO_WAIT_H

#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "kernel/timer_list.h"
#include "kernel/wait_head.h"

struct wait_queue_entry;

/*
 * What a wake-up does with one entry: true when a task was woken (exclusive entries are
 * counted by it). Called with the queue's lock held, interrupts disabled. `key` is the
 * waker's, NULL from wake_up().
 */
typedef bool (*wait_func_t)(struct wait_queue_entry *entry, unsigned int states, void *key);

struct wait_queue_entry {
	bool exclusive; /* a wake-up wakes only one of these */
	struct task_struct *task;
	wait_func_t func;
	struct list_head list;
};

/* default_wake_function - wake the entry's task; autoremove_... and take it off the queue. */
bool default_wake_function(struct wait_queue_entry *entry, unsigned int states, void *key);
bool autoremove_wake_function(struct wait_queue_entry *entry, unsigned int states, void *key);

#define DEFINE_WAIT(name)                                                 \
	struct wait_queue_entry name = {.task = current,                  \
					.func = autoremove_wake_function, \
					.list = LIST_HEAD_INIT((name).list)}

void init_waitqueue_head(struct wait_queue_head *wq);

/* add_wait_queue, remove_wait_queue - an entry by hand: it stays until it is removed. */
void add_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry);
void remove_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry);

/*
 * prepare_to_wait - join the queue (if not yet in it) and set the task's state;
 * prepare_to_wait_exclusive - the same, at the end and exclusive. finish_wait - be
 * TASK_RUNNING and out of the queue.
 */
void prepare_to_wait(struct wait_queue_head *wq, struct wait_queue_entry *entry,
		     unsigned int state);
void prepare_to_wait_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *entry,
			       unsigned int state);
void finish_wait(struct wait_queue_head *wq, struct wait_queue_entry *entry);

/*
 * __wake_up - wake all ordinary entries and `nr_exclusive` exclusive ones (0: all), in the order
 * of their arrival. Only tasks in one of `states` are woken.
 */
void __wake_up(struct wait_queue_head *wq, unsigned int states, unsigned int nr_exclusive,
	       void *key);

#define wake_up(wq)		  __wake_up(wq, TASK_NORMAL, 1, NULL)
#define wake_up_nr(wq, nr)	  __wake_up(wq, TASK_NORMAL, nr, NULL)
#define wake_up_all(wq)		  __wake_up(wq, TASK_NORMAL, 0, NULL)
#define wake_up_interruptible(wq) __wake_up(wq, TASK_INTERRUPTIBLE, 1, NULL)

/* waitqueue_active - is anybody in the queue? Without the lock: the answer may be old. */
static inline bool waitqueue_active(const struct wait_queue_head *wq)
{
	return !list_empty(&wq->list);
}

/*
 * The loop of all waiting: `how` is an expression that sleeps once and gives 0, or
 * something else that ends the wait and becomes the result.
 */
#define ___wait_event(wq, condition, state, exclusive_, how)                     \
	({                                                                       \
		DEFINE_WAIT(_wait);                                              \
		long _ret = 0;                                                   \
                                                                                 \
		might_sleep();                                                   \
		for (;;) {                                                       \
			if (exclusive_)                                          \
				prepare_to_wait_exclusive(&(wq), &_wait, state); \
			else                                                     \
				prepare_to_wait(&(wq), &_wait, state);           \
			if (condition)                                           \
				break;                                           \
			_ret = (how);                                            \
			if (_ret)                                                \
				break;                                           \
		}                                                                \
		finish_wait(&(wq), &_wait);                                      \
		_ret;                                                            \
	})

#define __wait_sleep()		     (schedule(), 0)
#define __wait_sleep_interruptible() (signal_pending(current) ? -ERESTARTSYS : (schedule(), 0))
#define __wait_sleep_killable()	     (fatal_signal_pending(current) ? -EINTR : (schedule(), 0))

/* wait_event - sleep until the condition is true. It is evaluated in the TASK_* state. */
#define wait_event(wq, condition)                                                       \
	do {                                                                            \
		if (!(condition))                                                       \
			(void)___wait_event(wq, condition, TASK_UNINTERRUPTIBLE, false, \
					    __wait_sleep());                            \
	} while (0)

/* wait_event_exclusive - the same as an exclusive waiter: a wake_up() wakes one of them. */
#define wait_event_exclusive(wq, condition)                                            \
	do {                                                                           \
		if (!(condition))                                                      \
			(void)___wait_event(wq, condition, TASK_UNINTERRUPTIBLE, true, \
					    __wait_sleep());                           \
	} while (0)

/*
 * wait_event_interruptible - 0, or -ERESTARTSYS when a signal came first: a system call may return
 * that.
 */
#define wait_event_interruptible(wq, condition)                                               \
	({                                                                                    \
		int _ret_i = 0;                                                               \
                                                                                              \
		if (!(condition))                                                             \
			_ret_i = (int)___wait_event(wq, condition, TASK_INTERRUPTIBLE, false, \
						    __wait_sleep_interruptible());            \
		_ret_i;                                                                       \
	})

/* wait_event_timeout - wait for `ticks` at most. Ticks left, at least 1, or 0: not in time. */
#define wait_event_timeout(wq, condition, ticks)                                        \
	({                                                                              \
		unsigned long _left = (ticks);                                          \
                                                                                        \
		if (!(condition)) {                                                     \
			(void)___wait_event(wq, condition, TASK_UNINTERRUPTIBLE, false, \
					    ((_left = schedule_timeout(_left)) == 0));  \
			if (!_left && (condition))                                      \
				_left = 1;                                              \
		} else if (!_left) {                                                    \
			_left = 1;                                                      \
		}                                                                       \
		_left;                                                                  \
	})

/*
 * Waiting for a bit of a word to be cleared: page locks. There is one table of
 * queues, hashed by the word's address, because each page having its own queue
 * would cost more than all the waiting that ever happens.
 *
 * wait_on_bit - sleep until the bit is clear. 0; -EINTR with TASK_INTERRUPTIBLE.
 * wait_on_bit_lock - sleep until this task has set the bit itself (exclusive: a wake-up
 * lets one such waiter try). 0; -EINTR.
 * wake_up_bit - the bit has just been cleared: wake those who wait for it. Any context.
 */
int wait_on_bit(unsigned long *word, unsigned int bit, unsigned int state);
int wait_on_bit_lock(unsigned long *word, unsigned int bit, unsigned int state);
void wake_up_bit(unsigned long *word, unsigned int bit);

/* wait_init - prepare the table of bit queues. From sched_init(). */
void wait_init(void);

#endif
