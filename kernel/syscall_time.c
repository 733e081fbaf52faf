/*
 * System calls about time: what it is, and sleeping until it is another.
 *
 * Clocks are exact (ktime_get_ns()); sleeping is counted in ticks, and a sleep lasts at least as
 * long as asked for. A sleep that a signal interrupts is taken up again by restart_syscall(2) with
 * the point in time that it was to last until.
 */
#include "kernel/syscall_time.h"

#include "kernel/cpu/clock.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/lib/math64.h"
#include "kernel/pid.h"
#include "kernel/sched.h"
#include "kernel/syscall.h"
#include "kernel/task.h"
#include "kernel/timer_list.h"

#define NSEC_PER_USEC 1000u
#define USEC_PER_SEC  1000000u

/* ------------------------------------------------------------ structures */

static bool timespec_valid(const struct timespec64 *ts)
{
	return ts->tv_sec >= 0 && (unsigned long)ts->tv_nsec < NSEC_PER_SEC;
}

int get_old_timespec(struct timespec64 *ts, const struct old_timespec __user *from)
{
	struct old_timespec old;

	if (copy_from_user(&old, from, sizeof(old)))
		return -EFAULT;
	*ts = (struct timespec64){.tv_sec = old.tv_sec, .tv_nsec = old.tv_nsec};
	return timespec_valid(ts) ? 0 : -EINVAL;
}

int get_timespec64(struct timespec64 *ts, const struct user_timespec64 __user *from)
{
	struct user_timespec64 user;

	if (copy_from_user(&user, from, sizeof(user)))
		return -EFAULT;
	*ts = (struct timespec64){.tv_sec = user.tv_sec, .tv_nsec = (long)user.tv_nsec};
	return timespec_valid(ts) ? 0 : -EINVAL;
}

int put_old_timespec(const struct timespec64 *ts, struct old_timespec __user *to)
{
	const struct old_timespec old = {.tv_sec = (s32)ts->tv_sec, .tv_nsec = ts->tv_nsec};

	return copy_to_user(to, &old, sizeof(old)) ? -EFAULT : 0;
}

int put_timespec64(const struct timespec64 *ts, struct user_timespec64 __user *to)
{
	const struct user_timespec64 user = {.tv_sec = ts->tv_sec, .tv_nsec = ts->tv_nsec};

	return copy_to_user(to, &user, sizeof(user)) ? -EFAULT : 0;
}

int put_old_timeval(const struct timespec64 *ts, struct old_timeval __user *to)
{
	const struct old_timeval old = {
		.tv_sec = (s32)ts->tv_sec,
		.tv_usec = (s32)((unsigned long)ts->tv_nsec / NSEC_PER_USEC),
	};

	return copy_to_user(to, &old, sizeof(old)) ? -EFAULT : 0;
}

u64 timespec_to_ns(const struct timespec64 *ts)
{
	const s64 most = (s64)1 << 32; /* 136 years */

	if (ts->tv_sec >= most)
		return NS_FOREVER;
	return (u64)ts->tv_sec * NSEC_PER_SEC + (unsigned long)ts->tv_nsec;
}

struct timespec64 ns_to_timespec(u64 ns)
{
	struct timespec64 ts;
	u32 rest;

	ts.tv_sec = (s64)div_u64_rem(ns, NSEC_PER_SEC, &rest);
	ts.tv_nsec = (long)rest;
	return ts;
}

struct timespec64 ticks_to_timespec(unsigned long ticks)
{
	return (struct timespec64){
		.tv_sec = ticks / HZ,
		.tv_nsec = (long)(ticks % HZ * NSEC_PER_TICK),
	};
}

u64 real_to_monotonic(u64 ns)
{
	u64 offset = ktime_get_real_ns() - ktime_get_ns();

	if (ns == NS_FOREVER)
		return ns;
	return ns > offset ? ns - offset : 0;
}

unsigned long ticks_until(u64 ns)
{
	u64 now = ktime_get_ns();
	u64 left = ns > now ? ns - now : 1;

	if (left >= (u64)NSEC_PER_TICK * (MAX_SCHEDULE_TIMEOUT / 4))
		return ns == NS_FOREVER ? MAX_SCHEDULE_TIMEOUT : MAX_SCHEDULE_TIMEOUT / 4;
	return (unsigned long)div_u64(left + NSEC_PER_TICK - 1, NSEC_PER_TICK);
}

/* ------------------------------------------------------------ clocks */

#define CLOCK_REALTIME		 0
#define CLOCK_MONOTONIC		 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID	 3
#define CLOCK_MONOTONIC_RAW	 4
#define CLOCK_REALTIME_COARSE	 5
#define CLOCK_MONOTONIC_COARSE	 6
#define CLOCK_BOOTTIME		 7
#define CLOCK_TAI		 11

static u64 ticks_to_ns(unsigned long ticks)
{
	return (u64)ticks * NSEC_PER_TICK;
}

/* Ticks that all threads of the current process have run, those that have ended included. */
static unsigned long process_ticks(void)
{
	unsigned long ticks = current->signal->utime + current->signal->stime, flags;
	struct task_struct *t;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_thread (current, t)
		ticks += t->utime + t->stime;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return ticks;
}

/* What a clock shows, in ns. 0 or -EINVAL. */
static int read_clock(int clock, u64 *ns)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_TAI:
		*ns = ktime_get_real_ns();
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
		*ns = ktime_get_ns();
		return 0;
	case CLOCK_PROCESS_CPUTIME_ID:
		*ns = ticks_to_ns(process_ticks());
		return 0;
	case CLOCK_THREAD_CPUTIME_ID:
		*ns = ticks_to_ns(current->utime + current->stime);
		return 0;
	default:
		return -EINVAL;
	}
}

/* How fine a clock is, in ns; 0: there is no such clock. */
static u64 clock_resolution(int clock)
{
	u64 ns;

	if (read_clock(clock, &ns))
		return 0;
	switch (clock) {
	case CLOCK_PROCESS_CPUTIME_ID:
	case CLOCK_THREAD_CPUTIME_ID:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_MONOTONIC_COARSE:
		return NSEC_PER_TICK;
	default:
		return 1;
	}
}

long sys_clock_gettime(int clock, struct old_timespec __user *to)
{
	struct timespec64 ts;
	u64 ns;

	if (read_clock(clock, &ns))
		return -EINVAL;
	ts = ns_to_timespec(ns);
	return put_old_timespec(&ts, to);
}

long sys_clock_gettime64(int clock, struct user_timespec64 __user *to)
{
	struct timespec64 ts;
	u64 ns;

	if (read_clock(clock, &ns))
		return -EINVAL;
	ts = ns_to_timespec(ns);
	return put_timespec64(&ts, to);
}

long sys_clock_getres(int clock, struct old_timespec __user *to)
{
	struct timespec64 ts = ns_to_timespec(clock_resolution(clock));

	if (!ts.tv_nsec)
		return -EINVAL;
	return to ? put_old_timespec(&ts, to) : 0;
}

long sys_clock_getres_time64(int clock, struct user_timespec64 __user *to)
{
	struct timespec64 ts = ns_to_timespec(clock_resolution(clock));

	if (!ts.tv_nsec)
		return -EINVAL;
	return to ? put_timespec64(&ts, to) : 0;
}

/* ------------------------------------------------------------ setting the date */

static int set_real_time(const struct timespec64 *ts)
{
	if (!capable())
		return -EPERM;
	ktime_set_real_ns(timespec_to_ns(ts));
	return 0;
}

long sys_clock_settime(int clock, const struct old_timespec __user *from)
{
	struct timespec64 ts;
	int error = clock == CLOCK_REALTIME ? get_old_timespec(&ts, from) : -EINVAL;

	return error ? error : set_real_time(&ts);
}

long sys_clock_settime64(int clock, const struct user_timespec64 __user *from)
{
	struct timespec64 ts;
	int error = clock == CLOCK_REALTIME ? get_timespec64(&ts, from) : -EINVAL;

	return error ? error : set_real_time(&ts);
}

struct timezone {
	int tz_minuteswest;
	int tz_dsttime;
};

static struct timezone sys_tz; /* told by settimeofday(2), told back, and otherwise not used */

long sys_gettimeofday(struct old_timeval __user *tv, struct timezone __user *tz)
{
	struct timespec64 ts = ns_to_timespec(ktime_get_real_ns());

	if (tv && put_old_timeval(&ts, tv))
		return -EFAULT;
	if (tz && copy_to_user(tz, &sys_tz, sizeof(sys_tz)))
		return -EFAULT;
	return 0;
}

long sys_settimeofday(const struct old_timeval __user *tv, const struct timezone __user *tz)
{
	struct old_timeval old;
	struct timezone zone;

	if (tv && copy_from_user(&old, tv, sizeof(old)))
		return -EFAULT;
	if (tz && copy_from_user(&zone, tz, sizeof(zone)))
		return -EFAULT;
	if (tv && (old.tv_sec < 0 || (u32)old.tv_usec >= USEC_PER_SEC))
		return -EINVAL;
	if (!capable())
		return -EPERM;
	if (tz)
		sys_tz = zone;
	if (tv)
		ktime_set_real_ns((u64)old.tv_sec * NSEC_PER_SEC +
				  (u64)(u32)old.tv_usec * NSEC_PER_USEC);
	return 0;
}

long sys_time(s32 __user *to)
{
	s32 now = (s32)ns_to_timespec(ktime_get_real_ns()).tv_sec;

	return to && put_user(now, to) ? -EFAULT : now;
}

long sys_stime(const s32 __user *from)
{
	struct timespec64 ts = {0};
	s32 now;

	if (get_user(now, from))
		return -EFAULT;
	ts.tv_sec = now;
	return now < 0 ? -EINVAL : set_real_time(&ts);
}

/* ------------------------------------------------------------ sleeping */

/* Where what is left of an interrupted sleep is told, and in which width. */
struct remainder {
	void __user *to; /* NULL: nobody wants to know */
	bool wide;
};

static int put_remainder(const struct remainder *rem, u64 until)
{
	u64 now = ktime_get_ns();
	struct timespec64 ts = ns_to_timespec(until > now ? until - now : 0);

	if (!rem->to)
		return 0;
	return rem->wide ? put_timespec64(&ts, rem->to) : put_old_timespec(&ts, rem->to);
}

static long sleep_restart(struct restart_block *restart);

/* Sleep until a point of ktime_get_ns(). 0, or what an interrupted call returns. */
static long sleep_until(u64 until, const struct remainder *rem)
{
	struct restart_block *restart = &current->restart;

	while (ktime_get_ns() < until) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (signal_pending(current)) {
			set_current_state(TASK_RUNNING);
			if (put_remainder(rem, until))
				return -EFAULT;
			restart->fn = sleep_restart;
			restart->until = until;
			restart->arg[0] = (unsigned long)rem->to;
			restart->arg[1] = rem->wide;
			return -ERESTART_RESTARTBLOCK;
		}
		schedule_timeout(ticks_until(until));
	}
	return 0;
}

static long sleep_restart(struct restart_block *restart)
{
	const struct remainder rem = {(void __user *)restart->arg[0], restart->arg[1]};

	return sleep_until(restart->until, &rem);
}

/* An absolute sleep is not restarted by its rest: the call itself is made again. */
static long sleep_absolute(u64 until)
{
	const struct remainder none = {NULL, false};
	long error = sleep_until(until, &none);

	return error == -ERESTART_RESTARTBLOCK ? -ERESTARTNOHAND : error;
}

#define TIMER_ABSTIME 1

static long do_clock_nanosleep(int clock, int flags, const struct timespec64 *ts,
			       const struct remainder *rem)
{
	u64 ns = timespec_to_ns(ts), now;

	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME &&
	    clock != CLOCK_TAI)
		return read_clock(clock, &now) ? -EINVAL : -EOPNOTSUPP;
	if (!(flags & TIMER_ABSTIME))
		return sleep_until(add_ns(ktime_get_ns(), ns), rem);
	if (clock == CLOCK_REALTIME || clock == CLOCK_TAI)
		ns = real_to_monotonic(ns);
	return sleep_absolute(ns);
}

long sys_nanosleep(const struct old_timespec __user *req, struct old_timespec __user *rem)
{
	const struct remainder remainder = {rem, false};
	struct timespec64 ts;
	int error = get_old_timespec(&ts, req);

	return error ? error : do_clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, &remainder);
}

long sys_clock_nanosleep(int clock, int flags, const struct old_timespec __user *req,
			 struct old_timespec __user *rem)
{
	const struct remainder remainder = {rem, false};
	struct timespec64 ts;
	int error = get_old_timespec(&ts, req);

	return error ? error : do_clock_nanosleep(clock, flags, &ts, &remainder);
}

long sys_clock_nanosleep_time64(int clock, int flags, const struct user_timespec64 __user *req,
				struct user_timespec64 __user *rem)
{
	const struct remainder remainder = {rem, true};
	struct timespec64 ts;
	int error = get_timespec64(&ts, req);

	return error ? error : do_clock_nanosleep(clock, flags, &ts, &remainder);
}
