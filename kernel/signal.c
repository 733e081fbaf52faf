/*
 * Sending signals.
 *
 * A signal is noted where it is to wait (kernel/signal_queue.c), and somebody is made to look: a
 * thread that does not block it is woken. If it will end the process for certain, this is
 * begun here: every thread gets SIGKILL. What a task does to itself (a trap) must not depend on
 * memory: force_signal() writes it into the task, and needs no queue.
 *
 * Nothing here is delivered: kernel/signal_deliver.c does that when a thread is on its way to
 * user mode.
 *
 * Locks: siglock of the group, interrupts off, in any context; tasklist_lock outside it.
 */
#include "kernel/signal.h"

#include "kernel/cpu/uaccess.h"
#include "kernel/pid.h"
#include "kernel/signal_queue.h"
#include "kernel/task.h"

struct sighand_struct *lock_sighand(struct task_struct *task, unsigned long *flags)
{
	struct sighand_struct *sighand = task->sighand;

	spin_lock_irqsave(&sighand->siglock, *flags);
	if (task->state != TASK_DEAD)
		return sighand;
	spin_unlock_irqrestore(&sighand->siglock, *flags);
	return NULL;
}

/* The same in all places where a process's signals wait. siglock held. */
static void remove_from_group(struct task_struct *task, u64 set)
{
	struct task_struct *t;

	remove_pending(&task->signal->shared_pending, set);
	remove_pending(&task->pending, set);
	for_each_thread (task, t)
		remove_pending(&t->pending, set);
}

/* ------------------------------------------------------------ who looks */

static bool has_work(const struct task_struct *task)
{
	const struct signal_struct *signal = task->signal;

	return ((task->pending.signal.bits | signal->shared_pending.signal.bits) &
		~task->blocked.bits) ||
	       signal->group_stop_count || task->signal_note.number ||
	       (signal->flags & (SIGNAL_CLD_STOPPED | SIGNAL_CLD_CONTINUED | SIGNAL_GROUP_EXIT));
}

void recalc_sigpending(void)
{
	if (has_work(current))
		set_work_flag(current, TIF_SIGPENDING);
	else
		clear_work_flag(current, TIF_SIGPENDING);
}

void signal_wake_up(struct task_struct *task, bool fatal)
{
	set_work_flag(task, TIF_SIGPENDING);
	try_to_wake_up(task, TASK_INTERRUPTIBLE | (fatal ? TASK_STOPPED | TASK_WAKEKILL : 0));
}

/* Would this thread take the signal soon? */
static bool wants_signal(int sig, const struct task_struct *task)
{
	if (sigismember(&task->blocked, sig) || (task->flags & PF_EXITING))
		return false;
	if (sig == SIGKILL)
		return true;
	return task->state != TASK_STOPPED && (task == current || !signal_pending(task));
}

static struct task_struct *choose_thread(int sig, struct task_struct *task, bool group)
{
	struct task_struct *t;

	if (wants_signal(sig, task))
		return task;
	if (!group)
		return NULL;
	for_each_thread (task, t)
		if (wants_signal(sig, t))
			return t;
	return NULL;
}

/* Will the signal end the process for certain, whoever takes it? */
static bool is_fatal(int sig, const struct task_struct *task)
{
	return !sig_in(sig, SIG_IS_IGNORED | SIG_STOPS | SIG_DUMPS) &&
	       task->sighand->action[sig - 1].sa_handler == SIG_DFL &&
	       !(task->signal->flags & (SIGNAL_UNKILLABLE | SIGNAL_GROUP_EXIT)) &&
	       !sigismember(&task->real_blocked, sig);
}

static void kill_thread(struct task_struct *task)
{
	sigaddset(&task->pending.signal, SIGKILL);
	signal_wake_up(task, true);
}

/* All threads are to end with the same status. */
static void begin_group_exit(int status, struct task_struct *task)
{
	struct signal_struct *signal = task->signal;
	struct task_struct *t;

	signal->flags = SIGNAL_GROUP_EXIT;
	signal->group_exit_code = status;
	signal->group_stop_count = 0;
	kill_thread(task);
	for_each_thread (task, t)
		if (t != task)
			kill_thread(t);
}

/* The signal has been noted: somebody should take it. */
static void complete_signal(int sig, struct task_struct *task, bool group)
{
	struct task_struct *taker = choose_thread(sig, task, group);

	if (!taker)
		return;
	if (is_fatal(sig, taker))
		begin_group_exit(sig, taker);
	else
		signal_wake_up(taker, sig == SIGKILL);
}

/* ------------------------------------------------------------ sending */

/* A process stops or goes on, not both: each takes back the other before it is noted. */
static void continue_group(struct task_struct *task)
{
	struct signal_struct *signal = task->signal;
	unsigned int why = 0;
	struct task_struct *t;

	remove_from_group(task, SIG_STOPS);
	for_each_thread (task, t)
		try_to_wake_up(t, TASK_STOPPED);
	if (signal->flags & SIGNAL_STOP_STOPPED)
		why = SIGNAL_CLD_CONTINUED;
	else if (signal->group_stop_count)
		why = SIGNAL_CLD_STOPPED;
	if (why) {
		signal->flags = why | SIGNAL_STOP_CONTINUED | (signal->flags & SIGNAL_UNKILLABLE);
		signal->group_stop_count = 0;
		signal->group_exit_code = 0;
	} else {
		signal->flags &= ~SIGNAL_STOP_DEQUEUED;
	}
}

/* A blocked signal is not ignored: its handler may be another one when it is unblocked. */
static bool is_ignored(int sig, const struct task_struct *task)
{
	unsigned long handler = task->sighand->action[sig - 1].sa_handler;

	if ((task->blocked.bits | task->real_blocked.bits) & sigmask(sig))
		return false;
	if (handler == SIG_DFL)
		return sig_in(sig, SIG_IS_IGNORED) || (task->signal->flags & SIGNAL_UNKILLABLE);
	return handler == SIG_IGN;
}

static int send_locked(int sig, const siginfo_t *info, struct task_struct *task, bool group)
{
	struct sigpending *pending = group ? &task->signal->shared_pending : &task->pending;
	int err = 0;

	if (task->flags & PF_KTHREAD)
		return 0;
	if (sig == SIGCONT)
		continue_group(task);
	else if (sig_in(sig, SIG_STOPS))
		remove_from_group(task, SIG_BIT(SIGCONT));
	if (is_ignored(sig, task) || (sig < SIGRTMIN && sigismember(&pending->signal, sig)))
		return 0;
	if (sig != SIGKILL)
		err = queue_info(sig, info, task, pending);
	if (err)
		return err;
	sigaddset(&pending->signal, sig);
	complete_signal(sig, task, group);
	return 0;
}

static int send(int sig, const siginfo_t *info, struct task_struct *task, bool group)
{
	struct sighand_struct *sighand;
	unsigned long flags;
	int err;

	sighand = lock_sighand(task, &flags);
	if (!sighand)
		return -ESRCH;
	err = send_locked(sig, info, task, group);
	unlock_sighand(sighand, flags);
	return err;
}

int send_sig(int sig, const siginfo_t *info, struct task_struct *task)
{
	return send(sig, info, task, false);
}

int send_group_sig(int sig, const siginfo_t *info, struct task_struct *task)
{
	return send(sig, info, task, true);
}

int kill_pgrp(pid_t pgrp, int sig)
{
	const struct signal_struct *signal;
	unsigned long flags;
	int err = -ESRCH;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_in_pgrp(pgrp, signal)
	{
		send_group_sig(sig, NULL, group_leader_of(signal));
		err = 0;
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return err;
}

/* ------------------------------------------------------------ what a task does to itself */

/* Who blocks or ignores a signal that must not wait does not live on. siglock held. */
static void clear_the_way(int sig)
{
	struct sigaction *action = &current->sighand->action[sig - 1];
	bool blocked = sigismember(&current->blocked, sig);

	if (blocked || action->sa_handler == SIG_IGN)
		action->sa_handler = SIG_DFL;
	if (action->sa_handler == SIG_DFL)
		current->signal->flags &= ~SIGNAL_UNKILLABLE;
	sigdelset(&current->blocked, sig);
}

static bool note_signal(int sig, int code, unsigned long addr)
{
	struct signal_info *note = &current->signal_note;
	struct sighand_struct *sighand = current->sighand;
	unsigned long flags;

	if (note->number)
		return false;
	spin_lock_irqsave(&sighand->siglock, flags);
	clear_the_way(sig);
	note->number = sig;
	note->code = code;
	note->addr = addr;
	note->by_trap = false;
	set_work_flag(current, TIF_SIGPENDING);
	spin_unlock_irqrestore(&sighand->siglock, flags);
	return true;
}

void force_sig(int sig)
{
	note_signal(sig, SI_KERNEL, 0);
}

void force_signal(struct pt_regs *regs, int sig, int code, unsigned long addr, unsigned int trapno,
		  unsigned long error_code)
{
	struct signal_info *note = &current->signal_note;

	(void)regs;
	if (!note_signal(sig, code, addr))
		return;
	note->by_trap = true;
	note->trapno = trapno;
	note->error_code = error_code;
	if (trapno == TRAP_PF)
		note->cr2 = addr;
}

/* ------------------------------------------------------------ masks and handlers */

/* Signals of the group that this thread will not take: somebody else should look. siglock held. */
static void retarget_shared(u64 set)
{
	struct task_struct *t;

	set &= current->signal->shared_pending.signal.bits;
	if (!set)
		return;
	for_each_thread (current, t) {
		if (t == current || (t->flags & PF_EXITING) || !(set & ~t->blocked.bits))
			continue;
		set &= t->blocked.bits;
		if (!signal_pending(t))
			signal_wake_up(t, false);
		if (!set)
			break;
	}
}

void set_current_blocked(sigset_t mask)
{
	struct sighand_struct *sighand = current->sighand;
	unsigned long flags;

	mask.bits &= ~(u64)SIG_ONLY_KERNEL;
	if (mask.bits == current->blocked.bits)
		return;
	spin_lock_irqsave(&sighand->siglock, flags);
	retarget_shared(mask.bits & ~current->blocked.bits);
	current->blocked = mask;
	recalc_sigpending();
	spin_unlock_irqrestore(&sighand->siglock, flags);
}

int set_user_sigmask(const void __user *mask, size_t size)
{
	sigset_t set;

	if (!mask)
		return 0;
	if (size != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, mask, sizeof(set)))
		return -EFAULT;
	current->saved_sigmask = current->blocked;
	current->restore_sigmask = true;
	set_current_blocked(set);
	return 0;
}

void restore_saved_sigmask(void)
{
	if (!current->restore_sigmask)
		return;
	current->restore_sigmask = false;
	set_current_blocked(current->saved_sigmask);
}

int set_sigaction(int sig, const struct sigaction *act, struct sigaction *old)
{
	struct sighand_struct *sighand = current->sighand;
	struct sigaction *action;
	unsigned long flags;

	if (sig < 1 || sig > _NSIG || (act && sig_in(sig, SIG_ONLY_KERNEL)))
		return -EINVAL;
	action = &sighand->action[sig - 1];
	spin_lock_irqsave(&sighand->siglock, flags);
	if (old)
		*old = *action;
	if (act) {
		*action = *act;
		action->sa_mask.bits &= ~(u64)SIG_ONLY_KERNEL;
		if (act->sa_handler == SIG_IGN ||
		    (act->sa_handler == SIG_DFL && sig_in(sig, SIG_IS_IGNORED)))
			remove_from_group(current, sigmask(sig));
	}
	spin_unlock_irqrestore(&sighand->siglock, flags);
	return 0;
}

/* ------------------------------------------------------------ exec and exit */

void flush_signal_handlers(struct task_struct *task)
{
	for (unsigned int i = 0; i < _NSIG; i++) {
		struct sigaction *action = &task->sighand->action[i];
		unsigned long handler = action->sa_handler == SIG_IGN ? SIG_IGN : SIG_DFL;

		*action = (struct sigaction){.sa_handler = handler};
	}
	task->sas_ss_sp = task->sas_ss_size = task->sas_ss_flags = 0;
}

int zap_other_threads(void)
{
	struct task_struct *t;
	int count = 0;

	current->signal->group_stop_count = 0;
	for_each_thread (current, t) {
		if (t == current || (t->flags & PF_EXITING))
			continue;
		kill_thread(t);
		count++;
	}
	return count;
}

void exit_signals(void)
{
	struct signal_struct *signal = current->signal;
	struct sighand_struct *sighand = current->sighand;
	unsigned long flags;
	bool stopped = false;

	spin_lock_irqsave(&tasklist_lock, flags);
	spin_lock(&sighand->siglock);
	current->flags |= PF_EXITING;
	if (!(signal->flags & SIGNAL_GROUP_EXIT)) {
		retarget_shared(~current->blocked.bits);
		if (signal->group_stop_count && --signal->group_stop_count == 0) {
			signal->flags |= SIGNAL_STOP_STOPPED;
			stopped = true;
		}
	}
	spin_unlock(&sighand->siglock);
	if (stopped)
		do_notify_parent_cldstop(CLD_STOPPED);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}
