/*
 * System calls about signals (section 2 of the manual: the errors are those of its pages).
 * Pointers are the program's and may be anything. Process context, no lock held.
 */
#ifndef FOLIO_SYSCALL_SIGNAL_H
#define FOLIO_SYSCALL_SIGNAL_H

#include "kernel/sigframe.h"
#include "kernel/syscall_time.h"

/* sigaction(2) before there were real-time signals; i386's order of members. */
struct old_sigaction {
	u32 sa_handler;
	u32 sa_mask;
	u32 sa_flags;
	u32 sa_restorer;
};

long sys_sigaction(int sig, const struct old_sigaction __user *act,
		   struct old_sigaction __user *old);
long sys_rt_sigaction(int sig, const struct sigaction __user *act, struct sigaction __user *old,
		      size_t size);
long sys_signal(int sig, unsigned long handler);

long sys_sigprocmask(int how, const u32 __user *set, u32 __user *old);
long sys_rt_sigprocmask(int how, const sigset_t __user *set, sigset_t __user *old, size_t size);
long sys_sgetmask(void);
long sys_ssetmask(u32 mask);
long sys_sigpending(u32 __user *set);
long sys_rt_sigpending(sigset_t __user *set, size_t size);

long sys_pause(void);
long sys_sigsuspend(int unused1, int unused2, u32 mask);
long sys_rt_sigsuspend(const sigset_t __user *mask, size_t size);
long sys_rt_sigtimedwait(const sigset_t __user *set, siginfo_t __user *info,
			 const struct old_timespec __user *timeout, size_t size);
long sys_rt_sigtimedwait_time64(const sigset_t __user *set, siginfo_t __user *info,
				const struct user_timespec64 __user *timeout, size_t size);

long sys_sigaltstack(const struct sigaltstack __user *stack, struct sigaltstack __user *old);
long sys_sigreturn(void);
long sys_rt_sigreturn(void);
long sys_restart_syscall(void);

long sys_kill(pid_t pid, int sig);
long sys_tkill(pid_t tid, int sig);
long sys_tgkill(pid_t tgid, pid_t tid, int sig);
long sys_rt_sigqueueinfo(pid_t pid, int sig, const siginfo_t __user *info);
long sys_rt_tgsigqueueinfo(pid_t tgid, pid_t tid, int sig, const siginfo_t __user *info);

long sys_alarm(unsigned int seconds);
struct old_itimerval;
long sys_getitimer(int which, struct old_itimerval __user *value);
long sys_setitimer(int which, const struct old_itimerval __user *value,
		   struct old_itimerval __user *old);

#endif
