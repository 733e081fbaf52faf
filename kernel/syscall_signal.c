/*
 * System calls about signals: handlers, masks, waiting. Sending is in syscall_kill.c.
 *
 * Each comes twice: as it was when there were 31 signals and a mask was one word, and as
 * rt_*, with 64 signals and the size of the mask as an argument, which must be 8.
 */
#include "kernel/syscall_signal.h"

#include "kernel/cpu/clock.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

#define SIG_BLOCK   0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

#define UPPER_HALF  (~0ull << 32)

/* ------------------------------------------------------------ handlers */

long sys_rt_sigaction(int sig, const struct sigaction __user *act, struct sigaction __user *old,
		      size_t size)
{
	struct sigaction new_action, old_action;
	int err;

	if (size != sizeof(sigset_t))
		return -EINVAL;
	if (act && copy_from_user(&new_action, act, sizeof(new_action)))
		return -EFAULT;
	err = set_sigaction(sig, act ? &new_action : NULL, old ? &old_action : NULL);
	if (!err && old && copy_to_user(old, &old_action, sizeof(old_action)))
		return -EFAULT;
	return err;
}

long sys_sigaction(int sig, const struct old_sigaction __user *act,
		   struct old_sigaction __user *old)
{
	struct sigaction new_action, old_action;
	struct old_sigaction words;
	int err;

	if (act) {
		if (copy_from_user(&words, act, sizeof(words)))
			return -EFAULT;
		new_action = (struct sigaction){
			.sa_handler = words.sa_handler,
			.sa_flags = words.sa_flags,
			.sa_restorer = words.sa_restorer,
			.sa_mask.bits = words.sa_mask,
		};
	}
	err = set_sigaction(sig, act ? &new_action : NULL, old ? &old_action : NULL);
	if (err || !old)
		return err;
	words = (struct old_sigaction){
		.sa_handler = old_action.sa_handler,
		.sa_mask = (u32)old_action.sa_mask.bits,
		.sa_flags = old_action.sa_flags,
		.sa_restorer = old_action.sa_restorer,
	};
	return copy_to_user(old, &words, sizeof(words)) ? -EFAULT : 0;
}

/* As System V's: the handler serves once, and the signal is not blocked meanwhile. */
long sys_signal(int sig, unsigned long handler)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESETHAND | SA_NODEFER};
	struct sigaction old;
	int err = set_sigaction(sig, &action, &old);

	return err ? err : (long)old.sa_handler;
}

/* ------------------------------------------------------------ masks */

/* `set` applies to the signals in `scope`; the others stay as they are. */
static int change_mask(int how, u64 set, u64 scope)
{
	u64 mask = current->blocked.bits;

	switch (how) {
	case SIG_BLOCK:
		mask |= set;
		break;
	case SIG_UNBLOCK:
		mask &= ~set;
		break;
	case SIG_SETMASK:
		mask = (mask & ~scope) | set;
		break;
	default:
		return -EINVAL;
	}
	set_current_blocked((sigset_t){mask});
	return 0;
}

long sys_rt_sigprocmask(int how, const sigset_t __user *set, sigset_t __user *old, size_t size)
{
	sigset_t before = current->blocked, mask;
	int err = 0;

	if (size != sizeof(sigset_t))
		return -EINVAL;
	if (set) {
		if (copy_from_user(&mask, set, sizeof(mask)))
			return -EFAULT;
		err = change_mask(how, mask.bits, ~0ull);
	}
	if (!err && old && copy_to_user(old, &before, sizeof(before)))
		return -EFAULT;
	return err;
}

long sys_sigprocmask(int how, const u32 __user *set, u32 __user *old)
{
	u32 before = (u32)current->blocked.bits, mask;
	int err = 0;

	if (set) {
		if (get_user(mask, set))
			return -EFAULT;
		err = change_mask(how, mask, (u32)~0u);
	}
	return !err && old ? put_user(before, old) : err;
}

long sys_sgetmask(void)
{
	return (long)(u32)current->blocked.bits;
}

long sys_ssetmask(u32 mask)
{
	long before = sys_sgetmask();

	set_current_blocked((sigset_t){mask});
	return before;
}

/* Which signals wait, and are blocked: the others are about to be delivered. */
static sigset_t blocked_and_pending(void)
{
	return (sigset_t){
		(current->pending.signal.bits | current->signal->shared_pending.signal.bits) &
		current->blocked.bits};
}

long sys_rt_sigpending(sigset_t __user *set, size_t size)
{
	sigset_t pending = blocked_and_pending();

	if (size > sizeof(pending))
		return -EINVAL;
	return copy_to_user(set, &pending, size) ? -EFAULT : 0;
}

long sys_sigpending(u32 __user *set)
{
	return put_user((u32)blocked_and_pending().bits, set);
}

/* ------------------------------------------------------------ waiting */

/* Only a handler makes it return; what has none lets it wait again. */
long sys_pause(void)
{
	while (!signal_pending(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		schedule();
	}
	return -ERESTARTNOHAND;
}

static long suspend(sigset_t mask)
{
	current->saved_sigmask = current->blocked;
	current->restore_sigmask = true;
	set_current_blocked(mask);
	return sys_pause();
}

long sys_rt_sigsuspend(const sigset_t __user *mask, size_t size)
{
	sigset_t set;

	if (size != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, mask, sizeof(set)))
		return -EFAULT;
	return suspend(set);
}

long sys_sigsuspend(int unused1, int unused2, u32 mask)
{
	(void)unused1;
	(void)unused2;
	return suspend((sigset_t){mask});
}

static int take_signal(u64 wanted, siginfo_t *info)
{
	unsigned long flags;
	int sig;

	spin_lock_irqsave(&current->sighand->siglock, flags);
	sig = dequeue_signal((sigset_t){~wanted}, info);
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	return sig;
}

/*
 * While it sleeps the wanted signals are not blocked, so that one that comes wakes it; that
 * they were is remembered in real_blocked: they are neither ignored nor fatal.
 */
static int sleep_for_signal(u64 wanted, u64 until, siginfo_t *info)
{
	sigset_t blocked = current->blocked;
	unsigned long flags;
	int sig;

	current->real_blocked = blocked;
	set_current_blocked((sigset_t){blocked.bits & ~wanted});
	set_current_state(TASK_INTERRUPTIBLE);
	schedule_timeout(ticks_until(until));
	spin_lock_irqsave(&current->sighand->siglock, flags);
	sig = dequeue_signal((sigset_t){~wanted}, info);
	current->real_blocked.bits = 0;
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	set_current_blocked(blocked);
	return sig;
}

static long wait_for_signal(const sigset_t __user *set, siginfo_t __user *to, u64 until)
{
	siginfo_t info;
	sigset_t mask;
	u64 wanted;
	int sig;

	if (copy_from_user(&mask, set, sizeof(mask)))
		return -EFAULT;
	wanted = mask.bits & ~(u64)SIG_ONLY_KERNEL;
	sig = take_signal(wanted, &info);
	while (!sig && ktime_get_ns() < until) {
		sig = sleep_for_signal(wanted, until, &info);
		if (!sig && signal_pending(current))
			return -EINTR;
	}
	if (!sig)
		return -EAGAIN;
	return to && copy_to_user(to, &info, sizeof(info)) ? -EFAULT : sig;
}

/* When a wait that begins now ends. */
static u64 deadline(const struct timespec64 *ts)
{
	return add_ns(ktime_get_ns(), timespec_to_ns(ts));
}

long sys_rt_sigtimedwait(const sigset_t __user *set, siginfo_t __user *info,
			 const struct old_timespec __user *timeout, size_t size)
{
	struct timespec64 ts;
	int err = 0;

	if (size != sizeof(sigset_t))
		return -EINVAL;
	if (timeout)
		err = get_old_timespec(&ts, timeout);
	if (err)
		return err;
	return wait_for_signal(set, info, timeout ? deadline(&ts) : NS_FOREVER);
}

long sys_rt_sigtimedwait_time64(const sigset_t __user *set, siginfo_t __user *info,
				const struct user_timespec64 __user *timeout, size_t size)
{
	struct timespec64 ts;
	int err = 0;

	if (size != sizeof(sigset_t))
		return -EINVAL;
	if (timeout)
		err = get_timespec64(&ts, timeout);
	if (err)
		return err;
	return wait_for_signal(set, info, timeout ? deadline(&ts) : NS_FOREVER);
}

/* ------------------------------------------------------------ the alternate stack */

long sys_sigaltstack(const struct sigaltstack __user *stack, struct sigaltstack __user *old)
{
	unsigned long sp = task_pt_regs(current)->esp;
	struct sigaltstack new_stack, old_stack;
	int err;

	if (stack && copy_from_user(&new_stack, stack, sizeof(new_stack)))
		return -EFAULT;
	err = do_sigaltstack(stack ? &new_stack : NULL, &old_stack, sp);
	if (!err && old && copy_to_user(old, &old_stack, sizeof(old_stack)))
		return -EFAULT;
	return err;
}
