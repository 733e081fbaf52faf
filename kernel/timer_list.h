/*
 * Timers: a function called in the tick interrupt at a given time, counted in
 * jiffies. Adding, moving and removing one takes constant time (timer_list.c).
 */
#ifndef FOLIO_TIMER_LIST_H
#define FOLIO_TIMER_LIST_H

#include "kernel/cpu/spinlock.h"
#include "kernel/cpu/timer.h"
#include "kernel/lib/list.h"

struct timer_list {
	struct list_head entry; /* next is NULL: not pending */
	unsigned long expires;	/* jiffies */
	/* Called in the interrupt, interrupts disabled, the timer no longer pending: it may only
	 * wake tasks and set timers. */
	void (*function)(struct timer_list *timer);
};

/* timer_setup - a timer that is not pending. */
static inline void timer_setup(struct timer_list *timer, void (*function)(struct timer_list *))
{
	timer->entry.next = NULL;
	timer->function = function;
}

static inline bool timer_pending(const struct timer_list *timer)
{
	return timer->entry.next != NULL;
}

/*
 * mod_timer - let the timer fire at `expires`, pending or not; a time that has passed
 * means the next tick. True when it was pending. Any context.
 */
bool mod_timer(struct timer_list *timer, unsigned long expires);

/* del_timer - it shall not fire. True when it was pending. Any context. */
bool del_timer(struct timer_list *timer);

/* timers_run - call the functions of all timers whose time has come. From the tick. */
void timers_run(void);

/* timers_init - prepare the wheel. From sched_init(). */
void timers_init(void);

#define MAX_SCHEDULE_TIMEOUT (~0ul >> 1)

/*
 * schedule_timeout - sleep in the state that the caller has set (set_current_state),
 * until woken or for `ticks` (at least so long: the tick under way does not count);
 * MAX_SCHEDULE_TIMEOUT: for ever. Returns the ticks left, 0: time is up. TASK_RUNNING then.
 */
unsigned long schedule_timeout(unsigned long ticks);

/* msecs_to_jiffies - rounded up. */
unsigned long msecs_to_jiffies(unsigned long msecs);

/* msleep - sleep for at least that many milliseconds. Process context. */
void msleep(unsigned long msecs);

/*
 * The wheel itself, apart from the clock: five rings of 64 lists. Ring 0 holds the
 * timers of the next 64 ticks, one list each; a list of ring n holds those of 64^n
 * ticks, and is dealt out to the rings below when its time begins.
 */
#define WHEEL_BITS   6
#define WHEEL_SIZE   (1u << WHEEL_BITS)
#define WHEEL_LEVELS 5

struct timer_wheel {
	spinlock_t lock;
	unsigned long now; /* the next tick to be served */
	struct list_head rings[WHEEL_LEVELS][WHEEL_SIZE];
};

/* wheel_init - an empty wheel at the time `now`. */
void wheel_init(struct timer_wheel *wheel, unsigned long now);

/* wheel_mod, wheel_del - as mod_timer() and del_timer(). Any context. */
bool wheel_mod(struct timer_wheel *wheel, struct timer_list *timer, unsigned long expires);
bool wheel_del(struct timer_wheel *wheel, struct timer_list *timer);

/* wheel_run - call what is due up to and including `until`, in order. Interrupts disabled. */
void wheel_run(struct timer_wheel *wheel, unsigned long until);

#endif
