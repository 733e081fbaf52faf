/*
 * poll(2) and select(2) in all their forms. They differ in how the program tells a time, and
 * whether it gets back what is left of it; and some wait with another signal mask.
 *
 * What is left of the time is written back even when a signal came, but a program whose structure
 * cannot be written gets no error for it, as in Linux; its call is then not made again, for the
 * time would begin anew.
 */
#include "kernel/syscall_poll.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/signal.h"

#define STICKY_TIMEOUTS 0x4000000ul /* personality(2): the time is not written back */

#define NSEC_PER_MSEC	1000000u
#define USEC_PER_SEC	1000000

/* ---- the time --------------------------------------------------------------------------- */

/* In which form the program has told how long to wait, and where what is left goes. */
struct timeout {
	enum { TIMEVAL, TIMESPEC, TIMESPEC64 } form;
	void __user *user; /* NULL: for ever */
	u64 until;	   /* POLL_FOR_EVER; 0: not at all */
};

/* Microseconds may be more than a second has, as in Linux's select(). */
static int get_timeval(struct timespec64 *ts, const struct old_timeval __user *user)
{
	struct old_timeval tv;

	if (copy_from_user(&tv, user, sizeof(tv)))
		return -EFAULT;
	if (tv.tv_sec < 0 || tv.tv_usec < 0)
		return -EINVAL;
	ts->tv_sec = (s64)tv.tv_sec + tv.tv_usec / USEC_PER_SEC;
	ts->tv_nsec = tv.tv_usec % USEC_PER_SEC * 1000;
	return 0;
}

static int get_time(struct timespec64 *ts, const struct timeout *timeout)
{
	if (timeout->form == TIMEVAL)
		return get_timeval(ts, timeout->user);
	if (timeout->form == TIMESPEC)
		return get_old_timespec(ts, timeout->user);
	return get_timespec64(ts, timeout->user);
}

static u64 from_now(u64 ns)
{
	return ns ? add_ns(ktime_get_ns(), ns) : 0;
}

static int begin_timeout(struct timeout *timeout)
{
	struct timespec64 ts;
	int err;

	timeout->until = POLL_FOR_EVER;
	if (!timeout->user)
		return 0;
	err = get_time(&ts, timeout);
	if (!err)
		timeout->until = from_now(timespec_to_ns(&ts));
	return err;
}

/* Writes back what is left of the time; returns what the call is to return. */
static long end_timeout(const struct timeout *timeout, long ret)
{
	u64 now = ktime_get_ns();
	struct timespec64 left = ns_to_timespec(timeout->until > now ? timeout->until - now : 0);
	int err = -EFAULT;

	if (!timeout->user || !timeout->until)
		return ret;
	if (current->personality & STICKY_TIMEOUTS)
		err = -EFAULT;
	else if (timeout->form == TIMEVAL)
		err = put_old_timeval(&left, timeout->user);
	else if (timeout->form == TIMESPEC)
		err = put_old_timespec(&left, timeout->user);
	else
		err = put_timespec64(&left, timeout->user);
	return err && ret == -ERESTARTNOHAND ? -EINTR : ret;
}

/* ---- poll ------------------------------------------------------------------------------- */

/* After a signal without a handler the rest of the time is waited for. */
static long poll_restart(struct restart_block *restart);

static long poll_until(struct pollfd __user *fds, unsigned int nr, u64 until)
{
	struct restart_block *restart = &current->restart;
	long ret = do_poll(fds, nr, until);

	if (ret != -ERESTARTNOHAND)
		return ret;
	restart->fn = poll_restart;
	restart->arg[0] = (unsigned long)fds;
	restart->arg[1] = nr;
	restart->until = until;
	return -ERESTART_RESTARTBLOCK;
}

static long poll_restart(struct restart_block *restart)
{
	return poll_until((struct pollfd __user *)restart->arg[0], (unsigned int)restart->arg[1],
			  restart->until);
}

long sys_poll(struct pollfd __user *fds, unsigned int nr, int timeout_ms)
{
	u64 until = POLL_FOR_EVER;

	if (timeout_ms >= 0)
		until = from_now((u64)(unsigned int)timeout_ms * NSEC_PER_MSEC);
	return poll_until(fds, nr, until);
}

/* A mask that is in force until the call ends; or until the handler of a signal that ends it. */
static void end_mask(const void __user *mask, long ret)
{
	if (mask && ret != -ERESTARTNOHAND)
		restore_saved_sigmask();
}

static long ppoll(struct pollfd __user *fds, unsigned int nr, struct timeout *timeout,
		  const void __user *mask, size_t size)
{
	long ret = begin_timeout(timeout);

	if (!ret)
		ret = set_user_sigmask(mask, size);
	if (ret)
		return ret;
	ret = do_poll(fds, nr, timeout->until);
	end_mask(mask, ret);
	return end_timeout(timeout, ret);
}

long sys_ppoll(struct pollfd __user *fds, unsigned int nr, struct old_timespec __user *ts,
	       const void __user *mask, size_t size)
{
	struct timeout timeout = {.form = TIMESPEC, .user = ts};

	return ppoll(fds, nr, &timeout, mask, size);
}

long sys_ppoll_time64(struct pollfd __user *fds, unsigned int nr, struct user_timespec64 __user *ts,
		      const void __user *mask, size_t size)
{
	struct timeout timeout = {.form = TIMESPEC64, .user = ts};

	return ppoll(fds, nr, &timeout, mask, size);
}

/* ---- select ----------------------------------------------------------------------------- */

long sys__newselect(int n, unsigned long __user *in, unsigned long __user *out,
		    unsigned long __user *ex, struct old_timeval __user *tv)
{
	struct timeout timeout = {.form = TIMEVAL, .user = tv};
	long ret = begin_timeout(&timeout);

	if (ret)
		return ret;
	return end_timeout(&timeout, do_select(n, in, out, ex, timeout.until));
}

/* The first select(2) of i386: its arguments lie in memory. */
long sys_select(const void __user *args)
{
	struct {
		int n;
		unsigned long __user *in, *out, *ex;
		struct old_timeval __user *tv;
	} a;

	if (copy_from_user(&a, args, sizeof(a)))
		return -EFAULT;
	return sys__newselect(a.n, a.in, a.out, a.ex, a.tv);
}

/* pselect6's sixth argument: a pointer to where the mask is, and how long. */
struct mask_and_size {
	const void __user *mask;
	size_t size;
};

static long pselect(int n, unsigned long __user *const sets[3], struct timeout *timeout,
		    const struct mask_and_size __user *user)
{
	struct mask_and_size m = {NULL, 0};
	long ret;

	if (user && copy_from_user(&m, user, sizeof(m)))
		return -EFAULT;
	ret = begin_timeout(timeout);
	if (!ret)
		ret = set_user_sigmask(m.mask, m.size);
	if (ret)
		return ret;
	ret = do_select(n, sets[0], sets[1], sets[2], timeout->until);
	end_mask(m.mask, ret);
	return end_timeout(timeout, ret);
}

long sys_pselect6(int n, unsigned long __user *in, unsigned long __user *out,
		  unsigned long __user *ex, struct old_timespec __user *ts,
		  const void __user *mask_and_size)
{
	unsigned long __user *const sets[3] = {in, out, ex};
	struct timeout timeout = {.form = TIMESPEC, .user = ts};

	return pselect(n, sets, &timeout, mask_and_size);
}

long sys_pselect6_time64(int n, unsigned long __user *in, unsigned long __user *out,
			 unsigned long __user *ex, struct user_timespec64 __user *ts,
			 const void __user *mask_and_size)
{
	unsigned long __user *const sets[3] = {in, out, ex};
	struct timeout timeout = {.form = TIMESPEC64, .user = ts};

	return pselect(n, sets, &timeout, mask_and_size);
}
