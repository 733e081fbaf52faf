/*
 * Times as system calls take and give them: structures of two widths, and how they become
 * nanoseconds and ticks.
 */
#ifndef FOLIO_SYSCALL_TIME_H
#define FOLIO_SYSCALL_TIME_H

#include "kernel/fs/fs.h"

/* i386's struct timespec and timeval, of 32-bit seconds; Linux's old_timespec32, old_timeval32. */
struct old_timespec {
	s32 tv_sec;
	s32 tv_nsec;
};

struct old_timeval {
	s32 tv_sec;
	s32 tv_usec;
};

/*
 * Of the ..._time64 calls: Linux's __kernel_timespec. The upper half of tv_nsec is not looked at.
 */
struct user_timespec64 {
	s64 tv_sec;
	s64 tv_nsec;
};

#define NS_FOREVER (~0ull) /* a time that never comes */

/*
 * get_old_timespec, get_timespec64 - read a time from the program: 0, -EFAULT, or -EINVAL: not a
 * time. May sleep.
 */
int get_old_timespec(struct timespec64 *ts, const struct old_timespec __user *from);
int get_timespec64(struct timespec64 *ts, const struct user_timespec64 __user *from);

/* put_old_timespec, put_timespec64, put_old_timeval - write one: 0 or -EFAULT. May sleep. */
int put_old_timespec(const struct timespec64 *ts, struct old_timespec __user *to);
int put_timespec64(const struct timespec64 *ts, struct user_timespec64 __user *to);
int put_old_timeval(const struct timespec64 *ts, struct old_timeval __user *to);

/* timespec_to_ns - NS_FOREVER where it does not fit. ns_to_timespec - the other way. */
u64 timespec_to_ns(const struct timespec64 *ts);
struct timespec64 ns_to_timespec(u64 ns);

/* add_ns - a + b, at most NS_FOREVER. */
static inline u64 add_ns(u64 a, u64 b)
{
	return a + b < a ? NS_FOREVER : a + b;
}

/*
 * real_to_monotonic - when a time of CLOCK_REALTIME will be, in ns of ktime_get_ns(); 0: it has
 * been.
 */
u64 real_to_monotonic(u64 ns);

/*
 * ticks_until - for schedule_timeout(): the ticks until a point of ktime_get_ns(), rounded up; at
 * least 1. MAX_SCHEDULE_TIMEOUT for NS_FOREVER.
 */
unsigned long ticks_until(u64 ns);

/* ticks_to_timespec - ticks of HZ as a time. */
struct timespec64 ticks_to_timespec(unsigned long ticks);

#endif
