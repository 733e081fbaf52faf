/* System calls about processes and threads themselves: making them, their end, who they are. */
#ifndef FOLIO_SYSCALL_TASK_H
#define FOLIO_SYSCALL_TASK_H

#include "kernel/lib/compiler.h"
#include "kernel/lib/types.h"

/* What clone3(2) is told (linux/sched.h); the first version ends with `tls`. */
struct clone_args {
	u64 flags;
	u64 pidfd;
	u64 child_tid;
	u64 parent_tid;
	u64 exit_signal;
	u64 stack, stack_size; /* lowest address, bytes */
	u64 tls;
	u64 set_tid, set_tid_size;
	u64 cgroup;
};

#define CLONE_ARGS_SIZE_VER0 64u

long sys_fork(void);
long sys_vfork(void);
long sys_clone(unsigned long flags, unsigned long stack, int __user *parent_tid, unsigned long tls,
	       int __user *child_tid);
long sys_clone3(const struct clone_args __user *args, size_t size);
long sys_set_tid_address(int __user *tid);
long sys_gettid(void);
long sys_getppid(void);
long sys_setpgid(pid_t pid, pid_t pgid);
long sys_getpgid(pid_t pid);
long sys_getpgrp(void);
long sys_setsid(void);
long sys_getsid(pid_t pid);

#endif
