/*
 * Signals: sending, and what happens on the way back to user mode. See signal(7); types are in
 * kernel/signal_types.h.
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

/*
 * signal_init - take the traps of user mode (the send-signal hook) and the work
 * before the return to it (the exit-work hook). Boot.
 */
void signal_init(void);

/*
 * force_signal - the current task gets a signal for a trap. It takes effect on the
 * way back to user mode, blocked or ignored or not. Process context.
 */
void force_signal(struct pt_regs *regs, int sig, int code, unsigned long addr, unsigned int trapno,
		  unsigned long error_code);

/*
 * Sending. Any context unless said otherwise; the caller keeps the task from going away (a reference,
 * or tasklist_lock).
 * send_sig - to a thread; send_group_sig - to its process. With info NULL: from the kernel (SI_KERNEL).
 * 0, or -EAGAIN: a real-time signal could not be queued.
 * kill_pgrp - to all processes of a group, from the kernel; takes tasklist_lock. 0 or -ESRCH.
 */
int send_sig(int sig, const siginfo_t *info, struct task_struct *task);
int send_group_sig(int sig, const siginfo_t *info, struct task_struct *task);
int kill_pgrp(pid_t pgrp, int sig);

/* force_sig - the current task gets it, whatever it has done to prevent that. */
void force_sig(int sig);

/*
 * do_notify_parent - a process has ended: SIGCHLD (or its exit_signal) to the parent. True when
 * nobody will wait (SIGCHLD ignored, SA_NOCLDWAIT): release it. tasklist_lock held.
 */
bool do_notify_parent(struct task_struct *task, int sig);

/* recalc_sigpending - set or clear the current task's TIF_SIGPENDING. siglock held. */
void recalc_sigpending(void);

/*
 * For fork, exec and exit:
 * signals_init_task - an empty queue for a new task. flush_sigqueue - drop what is queued.
 * flush_signal_handlers - exec: handlers become SIG_DFL, ignored ones stay.
 * zap_other_threads - all other threads of the current group shall end; siglock held; how many.
 * do_group_exit - the whole process ends with a wait(2) status. Does not return.
 */
void init_sigpending(struct sigpending *pending);
void flush_sigqueue(struct sigpending *pending);
void flush_signal_handlers(struct task_struct *task);
int zap_other_threads(void);
void do_group_exit(int status) __noreturn;

#endif
