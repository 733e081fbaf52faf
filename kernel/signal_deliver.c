/*
 * Signals, on the way back to user mode.
 *
 * With no lock held and nothing half done, a thread that is about to enter user mode takes its
 * signals one by one (get_signal) and does what each asks for:
 *
 *	ignored		nothing
 *	a handler	a frame on the user's stack, and eip at the handler (kernel/sigframe.c)
 *	by default	stop: all threads sleep until SIGCONT or SIGKILL
 *			end: all threads end with the signal as their status
 *
 * A system call that a signal has interrupted is decided here too: its result was one of the
 * -ERESTART numbers. To do it again the thread's eip goes back by the two bytes of int 0x80, and
 * eax gets the number of the call; if a handler is to run and did not want that, the result
 * becomes -EINTR. It is done before the handler's frame is made, so that sigreturn gives back
 * a program which enters the kernel once more.
 *
 * A stop is a matter of the whole group. The thread that takes the signal counts the others
 * (group_stop_count) and wakes them; each comes here, finds the count and sleeps in its turn; the
 * last one tells the parent.
 *
 * Locks: siglock for all decisions; dropped for what may sleep and for tasklist_lock.
 */
#include "kernel/signal.h"

#include "kernel/cpu/traps.h"
#include "kernel/exit.h"
#include "kernel/itimer.h"
#include "kernel/lib/string.h"
#include "kernel/pid.h"
#include "kernel/rseq.h"
#include "kernel/sigframe.h"
#include "kernel/signal_report.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

#define INT80_BYTES 2 /* cd 80 */

static void lock_signals(void)
{
	local_irq_disable();
	spin_lock(&current->sighand->siglock);
}

static void unlock_signals(void)
{
	spin_unlock(&current->sighand->siglock);
	local_irq_enable();
}

/* ------------------------------------------------------------ stop and continue */

static void tell_parent(int why)
{
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	do_notify_parent_cldstop(why);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

/* SIGCONT has left a note that the parent should know. siglock is dropped for it. */
static void tell_what_was_noted(void)
{
	struct signal_struct *signal = current->signal;
	int why = signal->flags & SIGNAL_CLD_CONTINUED ? CLD_CONTINUED : CLD_STOPPED;

	signal->flags &= ~(SIGNAL_CLD_CONTINUED | SIGNAL_CLD_STOPPED);
	unlock_signals();
	tell_parent(why);
	lock_signals();
}

/*
 * Sleep until SIGCONT or SIGKILL; `last`: all the others sleep already. The state is set
 * under siglock: whoever sends the end of the stop comes before, or finds a sleeper.
 */
static void sleep_stopped(bool last)
{
	if (last)
		current->signal->flags |= SIGNAL_STOP_STOPPED;
	current->state = TASK_STOPPED;
	unlock_signals();
	if (last)
		tell_parent(CLD_STOPPED);
	schedule();
	lock_signals();
}

/* The whole group is to stop, and this thread begins with it. siglock held. */
static void begin_group_stop(int sig)
{
	struct signal_struct *signal = current->signal;
	struct task_struct *t;

	if (!(signal->flags & SIGNAL_STOP_DEQUEUED))
		return; /* SIGCONT has come in between */
	signal->flags &= ~(SIGNAL_STOP_DEQUEUED | SIGNAL_STOP_CONTINUED | SIGNAL_STOP_STOPPED);
	signal->group_exit_code = sig;
	signal->group_stop_count = 0;
	for_each_thread (current, t) {
		if (t == current || (t->flags & PF_EXITING) || t->state == TASK_STOPPED)
			continue;
		signal->group_stop_count++;
		signal_wake_up(t, false);
	}
	sleep_stopped(!signal->group_stop_count);
}

/* SIGTSTP and its like stop nobody who could not be continued: no shell is left for it. */
static void stop(int sig)
{
	bool orphaned = false;

	if (sig != SIGSTOP) {
		unlock_signals();
		orphaned = is_orphaned_pgrp(task_pgrp(current));
		lock_signals();
	}
	if (!orphaned)
		begin_group_stop(sig);
}

/* ------------------------------------------------------------ the end */

/* Is the process ending, or did another thread call exec, and this one is to end for it? */
static bool must_end(const struct signal_struct *signal)
{
	return (signal->flags & SIGNAL_GROUP_EXIT) ||
	       (signal->group_exit_task && signal->group_exit_task != current);
}

void do_group_exit(int status)
{
	struct signal_struct *signal = current->signal;

	lock_signals();
	if (signal->flags & SIGNAL_GROUP_EXIT) {
		status = signal->group_exit_code;
	} else if (!signal->group_exit_task) { /* else exec ends this thread only */
		signal->flags = SIGNAL_GROUP_EXIT;
		signal->group_exit_code = status;
		zap_other_threads();
	}
	unlock_signals();
	do_exit(status);
}

static void die_of(const struct pt_regs *regs, int sig, const struct signal_info *trap) __noreturn;
static void die_of(const struct pt_regs *regs, int sig, const struct signal_info *trap)
{
	current->flags |= PF_SIGNALED;
	report_death(regs, sig, trap);
	do_group_exit(W_SIGNALED(sig));
}

/* ------------------------------------------------------------ which signal, and what it does */

/* What force_signal() has noted comes first. siglock held. */
static int take_note(siginfo_t *info)
{
	struct signal_info *note = &current->signal_note;
	int sig = note->number;

	note->number = 0;
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = note->code;
	info->fault.addr = note->addr;
	recalc_sigpending();
	return sig;
}

/* The handler, if there is one. siglock held. */
static bool take_handler(struct ksignal *ksig)
{
	struct sigaction *action = &current->sighand->action[ksig->sig - 1];

	if (action->sa_handler == SIG_DFL || action->sa_handler == SIG_IGN)
		return false;
	ksig->action = *action;
	if (action->sa_flags & SA_RESETHAND)
		action->sa_handler = SIG_DFL;
	return true;
}

/* A signal without a handler. siglock held; still held if this returns. */
static void act_by_default(const struct pt_regs *regs, int sig, bool noted)
{
	const struct sigaction *action = &current->sighand->action[sig - 1];
	struct signal_info trap = current->signal_note;

	if (action->sa_handler == SIG_IGN || sig_in(sig, SIG_IS_IGNORED))
		return;
	if (current->signal->flags & SIGNAL_UNKILLABLE)
		return;
	if (sig_in(sig, SIG_STOPS)) {
		stop(sig);
		return;
	}
	unlock_signals();
	trap.number = sig;
	die_of(regs, sig, noted && trap.by_trap ? &trap : NULL);
}

/* What there is to do before a signal is looked for: true when something was. siglock held. */
static bool group_business(void)
{
	struct signal_struct *signal = current->signal;

	if (signal->flags & (SIGNAL_CLD_STOPPED | SIGNAL_CLD_CONTINUED)) {
		tell_what_was_noted();
		return true;
	}
	if (unlikely(must_end(signal))) {
		unlock_signals();
		current->flags |= PF_SIGNALED;
		do_group_exit(signal->group_exit_code);
	}
	if (unlikely(signal->group_stop_count)) {
		sleep_stopped(--signal->group_stop_count == 0);
		return true;
	}
	return false;
}

/*
 * The next signal that has a handler, with SA_RESETHAND done; false: there is none. May not return.
 */
static bool get_signal(const struct pt_regs *regs, struct ksignal *ksig)
{
	bool noted, found = false;

	lock_signals();
	for (;;) {
		if (unlikely(group_business()))
			continue;
		noted = current->signal_note.number != 0;
		ksig->sig = noted ? take_note(&ksig->info)
				  : dequeue_signal(current->blocked, &ksig->info);
		if (!ksig->sig)
			break;
		found = take_handler(ksig);
		if (found)
			break;
		act_by_default(regs, ksig->sig, noted);
	}
	unlock_signals();
	return found;
}

/* ------------------------------------------------------------ interrupted calls */

static bool in_syscall(const struct pt_regs *regs)
{
	return (long)regs->orig_eax >= 0;
}

static void restart_call(struct pt_regs *regs, unsigned long number)
{
	regs->eax = number;
	regs->eip -= INT80_BYTES;
}

static void restart_without_handler(struct pt_regs *regs)
{
	if (!in_syscall(regs))
		return;
	switch ((int)regs->eax) {
	case -ERESTARTSYS:
	case -ERESTARTNOINTR:
	case -ERESTARTNOHAND:
		restart_call(regs, regs->orig_eax);
		break;
	case -ERESTART_RESTARTBLOCK:
		restart_call(regs, __NR_restart_syscall);
		break;
	default:
		break;
	}
}

static void restart_with_handler(struct pt_regs *regs, unsigned long sa_flags)
{
	if (!in_syscall(regs))
		return;
	switch ((int)regs->eax) {
	case -ERESTARTSYS:
		if (!(sa_flags & SA_RESTART)) {
			regs->eax = (unsigned long)-EINTR;
			break;
		}
		restart_call(regs, regs->orig_eax);
		break;
	case -ERESTARTNOINTR:
		restart_call(regs, regs->orig_eax);
		break;
	case -ERESTARTNOHAND:
	case -ERESTART_RESTARTBLOCK:
		regs->eax = (unsigned long)-EINTR;
		break;
	default:
		break;
	}
}

/* ------------------------------------------------------------ the way out */

/* The handler runs with its mask; a stack that cannot take its frame ends in SIGSEGV. */
static void handle_signal(struct pt_regs *regs, struct ksignal *ksig)
{
	sigset_t blocked = current->blocked;

	restart_with_handler(regs, ksig->action.sa_flags);
	if (current->rseq)
		rseq_resume(regs);
	ksig->oldset = current->restore_sigmask ? current->saved_sigmask : blocked;
	if (setup_frame(regs, ksig)) {
		if (ksig->sig == SIGSEGV)
			current->sighand->action[SIGSEGV - 1].sa_handler = SIG_DFL;
		force_sig(SIGSEGV);
		return;
	}
	current->restore_sigmask = false;
	blocked.bits |= ksig->action.sa_mask.bits;
	if (!(ksig->action.sa_flags & SA_NODEFER))
		sigaddset(&blocked, ksig->sig);
	set_current_blocked(blocked);
}

static __noinline void do_signal(struct pt_regs *regs)
{
	struct ksignal ksig;

	if (get_signal(regs, &ksig)) {
		handle_signal(regs, &ksig);
		return;
	}
	restart_without_handler(regs);
	restore_saved_sigmask();
}

/* What stands between a task and its return to user mode. */
static void exit_work(struct pt_regs *regs)
{
	if (need_resched())
		schedule();
	if (READ_ONCE(current->work) & _TIF_RSEQ) {
		clear_work_flag(current, TIF_RSEQ);
		if (current->rseq)
			rseq_resume(regs);
	}
	if (signal_pending(current))
		do_signal(regs);
}

long sys_restart_syscall(void)
{
	struct restart_block *restart = &current->restart;

	return restart->fn ? restart->fn(restart) : -EINTR;
}

void signal_init(void)
{
	sigqueue_init();
	itimer_start();
	set_send_signal_hook(force_signal);
	exit_work_hook = exit_work;
}
