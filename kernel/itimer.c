/*
 * Interval timers: a process can ask for a signal after a time, and again after each interval.
 *
 *	ITIMER_REAL	SIGALRM		passes always
 *	ITIMER_VIRTUAL	SIGVTALRM	passes while the process computes in user mode
 *	ITIMER_PROF	SIGPROF		passes while it computes, or the kernel for it
 *
 * Real time is kept in nanoseconds and looked at by a timer of the wheel, in the first tick after
 * the deadline: never early, late by a tick at most. The other two count the ticks that are
 * charged to the process, as all accounts of processor time do.
 *
 * RLIMIT_CPU is looked at in those ticks too.
 *
 * An interval shorter than a tick gives one signal for each tick: a standard signal waits only
 * once.
 *
 * A new process has none under way (its signal_struct is zeroed); kernel/exit.c takes real_timer
 * off the wheel when the last thread ends.
 *
 * Locks: siglock of the process.
 */
#include "kernel/itimer.h"

#include "kernel/cpu/clock.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/lib/math64.h"
#include "kernel/syscall_signal.h"
#include "kernel/task.h"

#define ITIMER_REAL    0
#define ITIMER_VIRTUAL 1
#define ITIMER_PROF    2

#define USEC_PER_SEC   1000000u
#define NSEC_PER_USEC  1000u

struct old_itimerval {
	struct old_timeval it_interval;
	struct old_timeval it_value;
};

/* A setting in nanoseconds; value 0: off. */
struct itimer {
	u64 interval, value;
};

static u64 ticks_to_ns(unsigned long ticks)
{
	return (u64)ticks * NSEC_PER_TICK;
}

static unsigned long ns_to_ticks(u64 ns)
{
	u64 ticks = div_u64(ns + NSEC_PER_TICK - 1, NSEC_PER_TICK);

	return (unsigned long)min(ticks, (u64)MAX_SCHEDULE_TIMEOUT);
}

/* ------------------------------------------------------------ real time */

static void arm_real(struct signal_struct *signal)
{
	u64 now = ktime_get_ns();
	u64 left = signal->real_deadline > now ? signal->real_deadline - now : 0;

	/* The wheel serves a tick when it begins: part of the current one has passed already. */
	mod_timer(&signal->real_timer, jiffies + ns_to_ticks(left));
}

/* In the tick. A look too early is repeated. */
static void real_timer_fired(struct timer_list *timer)
{
	struct signal_struct *signal = container_of(timer, struct signal_struct, real_timer);
	struct task_struct *task =
		list_first_entry_or_null(&signal->threads, struct task_struct, thread_node);
	u64 now = ktime_get_ns();

	if (!task || !signal->real_deadline)
		return;
	if (now < signal->real_deadline) {
		arm_real(signal);
		return;
	}
	if (signal->real_interval) {
		signal->real_deadline = max(signal->real_deadline + signal->real_interval, now + 1);
		arm_real(signal);
	} else {
		signal->real_deadline = 0;
	}
	send_group_sig(SIGALRM, NULL, task);
}

static struct itimer get_real(const struct signal_struct *signal)
{
	struct itimer timer = {.interval = signal->real_interval};
	u64 now = ktime_get_ns();

	if (signal->real_deadline) /* one that is due, but has not fired, is not off */
		timer.value =
			signal->real_deadline > now ? signal->real_deadline - now : NSEC_PER_USEC;
	return timer;
}

static void set_real(struct signal_struct *signal, const struct itimer *timer)
{
	del_timer(&signal->real_timer);
	signal->real_timer.function = real_timer_fired;
	signal->real_interval = timer->interval;
	signal->real_deadline = timer->value ? ktime_get_ns() + timer->value : 0;
	if (signal->real_deadline)
		arm_real(signal);
}

/* ------------------------------------------------------------ processor time */

static void count_down(struct task_struct *task, unsigned long *value, unsigned long interval,
		       int sig)
{
	if (!*value || --*value)
		return;
	*value = interval;
	send_group_sig(sig, NULL, task);
}

/* RLIMIT_CPU: a warning at the soft limit and each second after it; the end at the hard one. */
static void check_cpu_limit(struct task_struct *task)
{
	struct signal_struct *signal = task->signal;
	struct rlimit *limit = &signal->rlim[RLIMIT_CPU];
	unsigned long seconds = signal->cpu_ticks / HZ;

	if (seconds >= limit->rlim_max) {
		send_group_sig(SIGKILL, NULL, task);
	} else if (seconds >= limit->rlim_cur) {
		send_group_sig(SIGXCPU, NULL, task);
		limit->rlim_cur = seconds + 1;
	}
}

static void charged_tick(struct task_struct *task, bool user)
{
	struct signal_struct *signal = task->signal;

	signal->cpu_ticks++;
	if (unlikely(signal->rlim[RLIMIT_CPU].rlim_cur != RLIM_INFINITY))
		check_cpu_limit(task);
	if (likely(!(signal->virt_value | signal->prof_value)))
		return;
	if (user)
		count_down(task, &signal->virt_value, signal->virt_interval, SIGVTALRM);
	count_down(task, &signal->prof_value, signal->prof_interval, SIGPROF);
}

void itimer_start(void)
{
	set_account_hook(charged_tick);
}

/* ------------------------------------------------------------ reading and setting */

/* One tick more: the one under way has passed in part. */
static void set_ticks(unsigned long *value, unsigned long *interval, const struct itimer *timer)
{
	*value = timer->value ? ns_to_ticks(timer->value) + 1 : 0;
	*interval = ns_to_ticks(timer->interval);
}

static struct itimer get_itimer(int which)
{
	const struct signal_struct *signal = current->signal;

	if (which == ITIMER_REAL)
		return get_real(signal);
	if (which == ITIMER_VIRTUAL)
		return (struct itimer){ticks_to_ns(signal->virt_interval),
				       ticks_to_ns(signal->virt_value)};
	return (struct itimer){ticks_to_ns(signal->prof_interval), ticks_to_ns(signal->prof_value)};
}

static void set_itimer(int which, const struct itimer *timer, struct itimer *old)
{
	struct signal_struct *signal = current->signal;
	struct sighand_struct *sighand = current->sighand;
	unsigned long flags;

	spin_lock_irqsave(&sighand->siglock, flags);
	*old = get_itimer(which);
	if (which == ITIMER_REAL)
		set_real(signal, timer);
	else if (which == ITIMER_VIRTUAL)
		set_ticks(&signal->virt_value, &signal->virt_interval, timer);
	else
		set_ticks(&signal->prof_value, &signal->prof_interval, timer);
	spin_unlock_irqrestore(&sighand->siglock, flags);
}

static bool timeval_valid(const struct old_timeval *tv)
{
	return tv->tv_sec >= 0 && tv->tv_usec >= 0 && tv->tv_usec < (s32)USEC_PER_SEC;
}

static u64 timeval_to_ns(const struct old_timeval *tv)
{
	return (u64)(u32)tv->tv_sec * NSEC_PER_SEC + (u32)tv->tv_usec * NSEC_PER_USEC;
}

static struct old_timeval ns_to_timeval(u64 ns)
{
	struct old_timeval tv;
	u32 rest;

	tv.tv_sec = (s32)div_u64_rem(ns, NSEC_PER_SEC, &rest);
	tv.tv_usec = (s32)(rest / NSEC_PER_USEC);
	return tv;
}

static int put_itimer(const struct itimer *timer, struct old_itimerval __user *to)
{
	struct old_itimerval words = {ns_to_timeval(timer->interval), ns_to_timeval(timer->value)};

	return copy_to_user(to, &words, sizeof(words)) ? -EFAULT : 0;
}

long sys_getitimer(int which, struct old_itimerval __user *value)
{
	struct itimer timer;

	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	timer = get_itimer(which);
	return put_itimer(&timer, value);
}

/* No new value switches the timer off, as it always has in Linux. */
long sys_setitimer(int which, const struct old_itimerval __user *value,
		   struct old_itimerval __user *old)
{
	struct old_itimerval words = {0};
	struct itimer timer, before;

	if (value && copy_from_user(&words, value, sizeof(words)))
		return -EFAULT;
	if (!timeval_valid(&words.it_value) || !timeval_valid(&words.it_interval) ||
	    which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	timer = (struct itimer){timeval_to_ns(&words.it_interval), timeval_to_ns(&words.it_value)};
	set_itimer(which, &timer, &before);
	return old ? put_itimer(&before, old) : 0;
}

/* What was left is told in whole seconds, rounded; but 0 would mean that there was none. */
long sys_alarm(unsigned int seconds)
{
	struct itimer timer = {.value = (u64)min(seconds, 0x7fffffffu) * NSEC_PER_SEC}, before;
	u32 rest;
	u64 left;

	set_itimer(ITIMER_REAL, &timer, &before);
	left = div_u64_rem(before.value, NSEC_PER_SEC, &rest);
	if (rest >= NSEC_PER_SEC / 2 || (rest && !left))
		left++;
	return (long)left;
}
