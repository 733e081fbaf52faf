/*
 * Signals: sending, and what happens on the way back to user mode. See signal(7); types are in
 * kernel/signal_types.h.
 *
 * Two floors: what sends (kernel/signal.c, kernel/signal_notify.c) is on the floor of tasks, so
 * that memory management, terminals and timers may send; what delivers (kernel/signal_deliver.c,
 * kernel/sigframe.c) stands with the system calls.
 *
 * A call that sleeps until something happens ends its sleep when signal_pending() and returns
 * -ERESTARTSYS (a wait with a time limit of its own: -EINTR, or -ERESTARTNOHAND, or
 * -ERESTART_RESTARTBLOCK with current->restart filled in): kernel/lib/errno.h says what becomes of
 * each.
 */
#ifndef FOLIO_SIGNAL_H
#define FOLIO_SIGNAL_H

#include "kernel/cpu/ptrace.h"
#include "kernel/cpu/signum.h"
#include "kernel/sched.h"

/* siginfo_t as it lies in the program's memory: 128 bytes (asm-generic/siginfo.h). */
typedef struct siginfo {
	int si_signo;
	int si_errno;
	int si_code;
	union {
		int pad[29];
		struct {
			pid_t pid;
			u32 uid;
			unsigned long value; /* rt_sigqueueinfo(2) */
		} kill;			     /* SI_USER, SI_TKILL, SI_QUEUE */
		struct {
			pid_t pid;
			u32 uid;
			int status;
			long utime, stime;
		} chld; /* SIGCHLD */
		struct {
			unsigned long addr;
		} fault; /* SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP */
	};
} siginfo_t;

_Static_assert(sizeof(siginfo_t) == 128, "the ABI's size");

/* What signals do by default (signal(7)), as sets of the first 32. The others end the process. */
#define SIG_BIT(sig) (1u << ((sig)-1))
#define SIG_ONLY_KERNEL \
	(SIG_BIT(SIGKILL) | SIG_BIT(SIGSTOP)) /* not to be caught, blocked or ignored */
#define SIG_STOPS      (SIG_BIT(SIGSTOP) | SIG_BIT(SIGTSTP) | SIG_BIT(SIGTTIN) | SIG_BIT(SIGTTOU))
#define SIG_IS_IGNORED (SIG_BIT(SIGCONT) | SIG_BIT(SIGCHLD) | SIG_BIT(SIGWINCH) | SIG_BIT(SIGURG))
#define SIG_DUMPS                                                                   \
	(SIG_BIT(SIGQUIT) | SIG_BIT(SIGILL) | SIG_BIT(SIGTRAP) | SIG_BIT(SIGABRT) | \
	 SIG_BIT(SIGFPE) | SIG_BIT(SIGSEGV) | SIG_BIT(SIGBUS) | SIG_BIT(SIGSYS) |   \
	 SIG_BIT(SIGXCPU) | SIG_BIT(SIGXFSZ))

/* sig_in - is it one of such a set? */
static inline bool sig_in(int sig, u32 set)
{
	return sig < SIGRTMIN && (set & SIG_BIT(sig));
}

static inline bool valid_signal(unsigned int sig)
{
	return sig <= _NSIG;
}

/*
 * signal_init - the queue's cache; take the traps of user mode (the send-signal hook) and the
 * work before the return to it (the exit-work hook). Boot.
 */
void signal_init(void);

/* ------------------------------------------------------------ sending */

/*
 * Any context unless said otherwise; the caller keeps the task from going away (a reference,
 * or tasklist_lock). A kernel thread gets nothing, and that is no error.
 * send_sig - to a thread; send_group_sig - to its process. With info NULL: from the kernel
 * (SI_KERNEL). 0; -EAGAIN: a real-time signal could not be queued; -ESRCH: the process is gone
 * altogether.
 * kill_pgrp - to all processes of a group, from the kernel; takes tasklist_lock. 0 or -ESRCH.
 */
int send_sig(int sig, const siginfo_t *info, struct task_struct *task);
int send_group_sig(int sig, const siginfo_t *info, struct task_struct *task);
int kill_pgrp(pid_t pgrp, int sig);

/*
 * force_signal - the current task gets a signal for a trap. force_sig - and for another reason.
 * It takes effect on the way back to user mode; if it is blocked or ignored it ends the
 * process. Needs no memory. The first one counts until it is delivered. Process context.
 */
void force_signal(struct pt_regs *regs, int sig, int code, unsigned long addr, unsigned int trapno,
		  unsigned long error_code);
void force_sig(int sig);

/*
 * do_notify_parent - a process has ended: SIGCHLD (or its exit_signal) to the parent, which is
 * woken if it waits. True when nobody will ask (SIGCHLD ignored, SA_NOCLDWAIT): release it.
 * do_notify_parent_cldstop - the current process has stopped or goes on: why is CLD_STOPPED or
 * CLD_CONTINUED. tasklist_lock held for both.
 */
bool do_notify_parent(struct task_struct *task, int sig);
void do_notify_parent_cldstop(int why);

/* ------------------------------------------------------------ masks and queues */

/*
 * set_current_blocked - the current thread's mask; SIGKILL and SIGSTOP are left out. What the group
 * has pending and this thread now blocks goes to another one. Process context.
 */
void set_current_blocked(sigset_t mask);

/*
 * For calls that wait with another mask, as ppoll(2):
 * set_user_sigmask - the program's mask (NULL: nothing is changed) until the call ends; 0, -EINVAL
 * (size is not 8), -EFAULT. Then either a signal comes: the mask before comes back after
 * its handler; or restore_saved_sigmask() does it.
 */
int set_user_sigmask(const void __user *mask, size_t size);
void restore_saved_sigmask(void);

/*
 * recalc_sigpending - set or clear the current task's TIF_SIGPENDING. dequeue_signal - take the
 * first pending signal that is not in the mask, this thread's before the group's: its
 * number, or 0. siglock held.
 */
void recalc_sigpending(void);
int dequeue_signal(sigset_t mask, siginfo_t *info);

/*
 * signal_wake_up - let a task look at its signals: TIF_SIGPENDING, and an end to interruptible
 * sleep; `fatal`: to stops and killable sleep too. siglock held.
 */
void signal_wake_up(struct task_struct *task, bool fatal);

/*
 * set_sigaction - a handler of the current process; either pointer may be NULL. What is pending and
 * now ignored is dropped. 0 or -EINVAL. Process context.
 */
int set_sigaction(int sig, const struct sigaction *act, struct sigaction *old);

/* ------------------------------------------------------------ for fork, exec and exit */

/*
 * init_sigpending - an empty queue for a new task or group. flush_sigqueue - drop what is queued,
 * of a task or group that is being released. siglock held, or nobody else knows it.
 * flush_signal_handlers - exec: handlers become SIG_DFL, ignored ones stay; no alternate stack.
 * zap_other_threads - all other threads of the current group shall end; siglock held; how many.
 * do_group_exit - the whole process ends with a wait(2) status. Does not return.
 * exit_signals - the current thread begins to end: sets PF_EXITING; from now on no signal of the
 * group is given to it, and a group stop does not wait for it. Takes tasklist_lock and siglock.
 */
void init_sigpending(struct sigpending *pending);
void flush_sigqueue(struct sigpending *pending);
void flush_signal_handlers(struct task_struct *task);
int zap_other_threads(void);
void do_group_exit(int status) __noreturn;
void exit_signals(void);

/* sigqueue_init - the cache of queued signals. From signal_init(). */
void sigqueue_init(void);

/*
 * lock_sighand - take the siglock of a task on which one has a reference: NULL when it has been
 * released, so that nothing is queued which nobody would free. unlock_sighand - release it.
 */
struct sighand_struct *lock_sighand(struct task_struct *task, unsigned long *flags);
static inline void unlock_sighand(struct sighand_struct *sighand, unsigned long flags)
{
	spin_unlock_irqrestore(&sighand->siglock, flags);
}

#endif
