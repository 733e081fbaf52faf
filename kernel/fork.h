/* New processes and threads: fork(2), vfork(2), clone(2). */
#ifndef FOLIO_FORK_H
#define FOLIO_FORK_H

#include "kernel/sched.h"

/* Flags of clone(2), Linux's values; the low byte is the signal at the end. */
#define CSIGNAL		     0x000000ffu
#define CLONE_NEWTIME	     0x00000080u /* clone3() only */
#define CLONE_VM	     0x00000100u
#define CLONE_FS	     0x00000200u
#define CLONE_FILES	     0x00000400u
#define CLONE_SIGHAND	     0x00000800u
#define CLONE_PIDFD	     0x00001000u
#define CLONE_PTRACE	     0x00002000u
#define CLONE_VFORK	     0x00004000u
#define CLONE_PARENT	     0x00008000u
#define CLONE_THREAD	     0x00010000u
#define CLONE_NEWNS	     0x00020000u
#define CLONE_SYSVSEM	     0x00040000u
#define CLONE_SETTLS	     0x00080000u
#define CLONE_PARENT_SETTID  0x00100000u
#define CLONE_CHILD_CLEARTID 0x00200000u
#define CLONE_DETACHED	     0x00400000u
#define CLONE_UNTRACED	     0x00800000u
#define CLONE_CHILD_SETTID   0x01000000u
#define CLONE_NEWCGROUP	     0x02000000u
#define CLONE_NEWUTS	     0x04000000u
#define CLONE_NEWIPC	     0x08000000u
#define CLONE_NEWUSER	     0x10000000u
#define CLONE_NEWPID	     0x20000000u
#define CLONE_NEWNET	     0x40000000u
#define CLONE_IO	     0x80000000u

/* What a new task is to be. Pointers are the program's. */
struct clone_request {
	unsigned int flags;  /* CLONE_*, without the signal */
	int exit_signal;     /* 0: none */
	unsigned long stack; /* its first stack pointer; 0: the same as the caller's */
	unsigned long tls;   /* CLONE_SETTLS: address of a struct user_desc */
	int __user *parent_tid, *child_tid;
};

/*
 * do_fork - make a copy of the current task, as clone(2) says. The pid of the child, or -EINVAL,
 * -EAGAIN (RLIMIT_NPROC; no pid left), -ENOMEM, -EFAULT (TLS), -ERESTARTNOINTR (a signal came
 * first). With CLONE_VFORK it sleeps until the child execs or ends. Process context.
 */
long do_fork(const struct clone_request *request);

/*
 * become_process - the current kernel thread, before its first exec, gets what a process has
 * beyond a thread of the kernel: handlers, limits, an account. @leads: a session and a
 * process group of its own; else group and session 0, as Linux's first process. 0 or -ENOMEM.
 */
int become_process(bool leads);

/*
 * mm_release - the current task leaves its address space, by exec or at its end: tell those who
 * wait for that (vfork, CLONE_CHILD_CLEARTID, robust futexes). May sleep.
 */
void mm_release(void);

#endif
