/*
 * What a thread group shares: handlers (sighand_struct), and everything else that
 * belongs to the process rather than to the thread (signal_struct).
 *
 * Locks: sighand->siglock, interrupts off, covers the handlers, all pending signals and masks of
 * the group's tasks, and signal_struct; tasklist_lock is taken before it, never inside.
 */
#ifndef FOLIO_SIGNAL_TYPES_H
#define FOLIO_SIGNAL_TYPES_H

#include "kernel/cpu/atomic.h"
#include "kernel/cpu/signum.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/lib/list.h"
#include "kernel/rlimit.h"
#include "kernel/timer_list.h"

struct task_struct;
struct tty_struct;

/* Signal n is bit n-1; the user's 64-bit set has the same layout. */
typedef struct {
	u64 bits;
} sigset_t;

#define sigmask(sig) (1ull << ((sig)-1))

static inline bool sigismember(const sigset_t *set, int sig)
{
	return (set->bits & sigmask(sig)) != 0;
}

static inline void sigaddset(sigset_t *set, int sig)
{
	set->bits |= sigmask(sig);
}

static inline void sigdelset(sigset_t *set, int sig)
{
	set->bits &= ~sigmask(sig);
}

#define SIG_DFL	     0ul
#define SIG_IGN	     1ul

#define SA_NOCLDSTOP 0x00000001ul
#define SA_NOCLDWAIT 0x00000002ul
#define SA_SIGINFO   0x00000004ul
#define SA_RESTORER  0x04000000ul
#define SA_ONSTACK   0x08000000ul
#define SA_RESTART   0x10000000ul
#define SA_NODEFER   0x40000000ul
#define SA_RESETHAND 0x80000000ul

/* A handler; the layout of rt_sigaction(2) on i386. */
struct sigaction {
	unsigned long sa_handler; /* SIG_DFL, SIG_IGN or the program's function */
	unsigned long sa_flags;
	unsigned long sa_restorer;
	sigset_t sa_mask;
};

struct sighand_struct {
	atomic_t count; /* tasks that share it (CLONE_SIGHAND) */
	spinlock_t siglock;
	struct sigaction action[_NSIG];
};

/* What restart_syscall(2) is to do when a sleep with a time-out was interrupted. */
struct restart_block {
	long (*fn)(struct restart_block *restart);
	unsigned long arg[6];
	u64 until; /* ns of ktime_get_ns() */
};

/* Signals that wait to be delivered: which, and what is known about each. */
struct sigpending {
	struct list_head list; /* of struct sigqueue (kernel/signal.c) */
	sigset_t signal;
};

/* signal_struct->flags */
#define SIGNAL_STOP_STOPPED   0x1u  /* all threads are stopped */
#define SIGNAL_STOP_CONTINUED 0x2u  /* continued; the parent has not asked */
#define SIGNAL_GROUP_EXIT     0x4u  /* all threads are to end */
#define SIGNAL_CLD_STOPPED    0x10u /* the parent is to be told of the stop */
#define SIGNAL_CLD_CONTINUED  0x20u
#define SIGNAL_UNKILLABLE     0x40u /* init: no default action reaches it */
#define SIGNAL_STOP_DEQUEUED  0x80u /* a thread is about to stop all; SIGCONT takes it back */

struct signal_struct {
	atomic_t count;		  /* tasks, ended ones included */
	int live;		  /* threads that have not begun to end; siglock */
	struct list_head threads; /* of task_struct->thread_node; the leader first */

	struct sigpending shared_pending;
	unsigned int flags;   /* SIGNAL_* */
	bool changed_ids;     /* since its exec: its memory may hold what was others' */
	int group_exit_code;  /* wait(2) status, with SIGNAL_GROUP_EXIT; or the stop signal */
	int group_stop_count; /* threads that have still to stop */
	/*
	 * The thread that calls exec waits for the others to end: kernel/exec.c. Others to be
	 * unlisted yet; -1: only for the leader to be a zombie. Under tasklist_lock.
	 */
	struct task_struct *group_exit_task;
	int notify_count;

	/* job control; under tasklist_lock */
	pid_t pgrp, session;
	struct hlist_node pgrp_node, session_node; /* kernel/pid.c: found by these numbers */
	bool leader;				   /* of its session */
	struct tty_struct *tty;			   /* controlling terminal */

	/* interval timers (kernel/itimer.c) */
	struct timer_list real_timer;
	u64 real_deadline, real_interval;	 /* ns of ktime_get_ns(); interval 0: once */
	unsigned long virt_value, virt_interval; /* ticks of user time */
	unsigned long prof_value, prof_interval; /* ticks of both */
	unsigned long cpu_ticks;		 /* of all threads, for RLIMIT_CPU */

	/* accounts of threads that have ended, and of children that were waited for */
	unsigned long utime, stime, cutime, cstime; /* ticks */
	unsigned long nvcsw, nivcsw, cnvcsw, cnivcsw;
	unsigned long min_flt, maj_flt, cmin_flt, cmaj_flt;
	unsigned long maxrss, cmaxrss; /* pages */

	struct rlimit rlim[RLIM_NLIMITS];
};

#endif
