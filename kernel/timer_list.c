/*
 * Timers: a wheel of five rings.
 *
 *	ring 0   [now & 63]         one list for each of the next 64 ticks
 *	ring 1   [now >> 6 & 63]    one list for each 64 ticks
 *	...
 *	ring 4   [now >> 24 & 63]   one list for each 2^24 ticks
 *
 * A timer is put into the list of the ring that its distance asks for: constant
 * time, and so is taking it out. When the time of a list of a higher ring begins, its
 * timers are dealt out to the rings below; a timer is moved four times at most. One that
 * is further away than the wheel reaches (2^30 ticks, 124 days) waits in the
 * furthest list and is dealt out again.
 *
 * Locks: the wheel's, interrupts off. It is not held while a timer's function runs.
 */
#include "kernel/timer_list.h"

#include "kernel/sched.h"

#define WHEEL_MASK  (WHEEL_SIZE - 1)
#define WHEEL_REACH (1ul << (WHEEL_BITS * WHEEL_LEVELS))

void wheel_init(struct timer_wheel *wheel, unsigned long now)
{
	spin_lock_init(&wheel->lock, "timer wheel");
	wheel->now = now;
	for (unsigned int level = 0; level < WHEEL_LEVELS; level++)
		for (unsigned int i = 0; i < WHEEL_SIZE; i++)
			INIT_LIST_HEAD(&wheel->rings[level][i]);
}

static struct list_head *wheel_slot(struct timer_wheel *wheel, unsigned int level,
				    unsigned long time)
{
	return &wheel->rings[level][(time >> (level * WHEEL_BITS)) & WHEEL_MASK];
}

static void wheel_insert(struct timer_wheel *wheel, struct timer_list *timer)
{
	unsigned long time = timer->expires, delta = time - wheel->now;
	unsigned int level = 0;

	if (time_before(time, wheel->now)) {
		time = wheel->now;
		delta = 0;
	} else if (delta >= WHEEL_REACH) {
		delta = WHEEL_REACH - 1;
		time = wheel->now + delta;
	}
	while (delta >> ((level + 1) * WHEEL_BITS))
		level++;
	list_add_tail(&timer->entry, wheel_slot(wheel, level, time));
}

static bool detach_timer(struct timer_list *timer)
{
	bool pending = timer_pending(timer);

	if (pending) {
		list_del(&timer->entry);
		timer->entry.next = NULL;
	}
	return pending;
}

bool wheel_mod(struct timer_wheel *wheel, struct timer_list *timer, unsigned long expires)
{
	unsigned long flags;
	bool pending;

	spin_lock_irqsave(&wheel->lock, flags);
	pending = detach_timer(timer);
	timer->expires = expires;
	wheel_insert(wheel, timer);
	spin_unlock_irqrestore(&wheel->lock, flags);
	return pending;
}

bool wheel_del(struct timer_wheel *wheel, struct timer_list *timer)
{
	unsigned long flags;
	bool pending;

	spin_lock_irqsave(&wheel->lock, flags);
	pending = detach_timer(timer);
	spin_unlock_irqrestore(&wheel->lock, flags);
	return pending;
}

/* Deal out the timers of a higher ring whose list's time begins now. */
static void cascade(struct timer_wheel *wheel, unsigned int level)
{
	struct list_head *slot = wheel_slot(wheel, level, wheel->now);
	struct timer_list *timer, *next;
	LIST_HEAD(list);

	list_splice_init(slot, &list);
	list_for_each_entry_safe (timer, next, &list, entry)
		wheel_insert(wheel, timer);
}

/* The timers of one tick. They stay on a list while they wait for their turn: del_timer() works. */
static void wheel_tick(struct timer_wheel *wheel)
{
	struct timer_list *timer;
	unsigned int level = 0;
	LIST_HEAD(due);

	while (level < WHEEL_LEVELS - 1 && ((wheel->now >> (level * WHEEL_BITS)) & WHEEL_MASK) == 0)
		cascade(wheel, ++level);
	list_splice_init(wheel_slot(wheel, 0, wheel->now), &due);
	wheel->now++;
	while (!list_empty(&due)) {
		timer = list_first_entry(&due, struct timer_list, entry);
		detach_timer(timer);
		spin_unlock(&wheel->lock);
		timer->function(timer);
		spin_lock(&wheel->lock);
	}
}

void wheel_run(struct timer_wheel *wheel, unsigned long until)
{
	spin_lock(&wheel->lock);
	while (!time_after(wheel->now, until))
		wheel_tick(wheel);
	spin_unlock(&wheel->lock);
}

/* ------------------------------------------------------------ the kernel's wheel */

static struct timer_wheel timer_wheels[NR_CPUS];

bool mod_timer(struct timer_list *timer, unsigned long expires)
{
	return wheel_mod(&timer_wheels[cpu_id()], timer, expires);
}

bool del_timer(struct timer_list *timer)
{
	return wheel_del(&timer_wheels[cpu_id()], timer);
}

void timers_run(void)
{
	wheel_run(&timer_wheels[cpu_id()], jiffies);
}

void timers_init(void)
{
	wheel_init(&timer_wheels[cpu_id()], jiffies);
}

/* ------------------------------------------------------------ sleeping for a time */

struct sleeper {
	struct timer_list timer;
	struct task_struct *task;
};

static void wake_sleeper(struct timer_list *timer)
{
	wake_up_process(container_of(timer, struct sleeper, timer)->task);
}

unsigned long schedule_timeout(unsigned long ticks)
{
	struct sleeper sleeper = {.task = current};
	unsigned long end;

	if (ticks == MAX_SCHEDULE_TIMEOUT || !ticks) {
		if (ticks)
			schedule();
		else
			set_current_state(TASK_RUNNING);
		return ticks;
	}
	end = jiffies + ticks + 1;
	timer_setup(&sleeper.timer, wake_sleeper);
	mod_timer(&sleeper.timer, end);
	schedule();
	del_timer(&sleeper.timer);
	return time_before(jiffies, end) ? min(end - jiffies, ticks) : 0;
}

unsigned long msecs_to_jiffies(unsigned long msecs)
{
	unsigned long tick = 1000 / HZ;

	return msecs / tick + (msecs % tick != 0);
}

void msleep(unsigned long msecs)
{
	unsigned long left = msecs_to_jiffies(msecs);

	might_sleep();
	while (left) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		left = schedule_timeout(left);
	}
}
