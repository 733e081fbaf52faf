/* System calls about processes and threads themselves; see clone(2), setpgid(2), credentials(7). */
#include "kernel/syscall_task.h"

#include "kernel/cpu/uaccess.h"
#include "kernel/exit.h"
#include "kernel/fork.h"
#include "kernel/lib/string.h"
#include "kernel/signal.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

/* ------------------------------------------------------------ beginning and end */

long sys_fork(void)
{
	const struct clone_request request = {.exit_signal = SIGCHLD};

	return do_fork(&request);
}

long sys_vfork(void)
{
	const struct clone_request request = {
		.flags = CLONE_VM | CLONE_VFORK,
		.exit_signal = SIGCHLD,
	};

	return do_fork(&request);
}

long sys_clone(unsigned long flags, unsigned long stack, int __user *parent_tid, unsigned long tls,
	       int __user *child_tid)
{
	const struct clone_request request = {
		.flags = flags & ~CSIGNAL,
		.exit_signal = (int)(flags & CSIGNAL),
		.stack = stack,
		.tls = tls,
		.parent_tid = parent_tid,
		.child_tid = child_tid,
	};

	return do_fork(&request);
}

/* A structure that may be longer than the one known here: what is beyond must be zero. */
static int get_clone_args(struct clone_args *args, const struct clone_args __user *from,
			  size_t size)
{
	memset(args, 0, sizeof(*args));
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	if (copy_from_user(args, from, min(size, sizeof(*args))))
		return -EFAULT;
	for (size_t i = sizeof(*args); i < size; i++) {
		u8 byte;

		if (get_user(byte, (const u8 __user *)from + i))
			return -EFAULT;
		if (byte)
			return -E2BIG;
	}
	return 0;
}

/* Pointers and signals that fit their place, a stack that is one. */
static bool clone_args_are_valid(const struct clone_args *args)
{
	const u64 words[] = {args->flags, args->child_tid,  args->parent_tid, args->exit_signal,
			     args->stack, args->stack_size, args->tls};

	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i] >> 32)
			return false;
	if ((u32)args->flags & (CLONE_DETACHED | CSIGNAL))
		return false;
	if (!valid_signal((u32)args->exit_signal) || args->set_tid || args->set_tid_size)
		return false;
	if (((u32)args->flags & (CLONE_THREAD | CLONE_PARENT)) && args->exit_signal)
		return false;
	if (!args->stack != !args->stack_size)
		return false;
	return access_ok((void __user *)(unsigned long)args->stack,
			 (unsigned long)args->stack_size);
}

long sys_clone3(const struct clone_args __user *from, size_t size)
{
	struct clone_args args;
	struct clone_request request;
	int err = get_clone_args(&args, from, size);

	if (err)
		return err;
	if (!clone_args_are_valid(&args))
		return -EINVAL;
	request = (struct clone_request){
		.flags = (u32)args.flags,
		.exit_signal = (int)args.exit_signal,
		.stack = (unsigned long)(args.stack + args.stack_size),
		.tls = (unsigned long)args.tls,
		.parent_tid = (int __user *)(unsigned long)args.parent_tid,
		.child_tid = (int __user *)(unsigned long)args.child_tid,
	};
	return do_fork(&request);
}

long sys_exit(int code)
{
	do_exit(W_EXITCODE(code));
}

long sys_exit_group(int code)
{
	do_group_exit(W_EXITCODE(code));
}

/* ------------------------------------------------------------ numbers */

long sys_getpid(void)
{
	return current->tgid;
}

long sys_gettid(void)
{
	return current->pid;
}

/* 0 for what the kernel itself has started: the boot task's pid. */
long sys_getppid(void)
{
	unsigned long flags;
	pid_t pid;

	spin_lock_irqsave(&tasklist_lock, flags);
	pid = current->group_leader->parent->tgid;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return pid;
}

long sys_set_tid_address(int __user *tid)
{
	current->clear_child_tid = tid;
	return current->pid;
}

/* ------------------------------------------------------------ groups and sessions */

/* May the current process move `task` to another group? 0 or -errno. */
static int may_set_pgrp(const struct task_struct *task)
{
	if (!thread_group_leader(task))
		return -EINVAL;
	if (task->parent == current->group_leader) {
		if (task_session(task) != task_session(current))
			return -EPERM;
		if (!(task->flags & PF_FORKNOEXEC))
			return -EACCES;
	} else if (task != current->group_leader) {
		return -ESRCH;
	}
	return task->signal->leader ? -EPERM : 0;
}

static bool session_has_pgrp(pid_t session, pid_t pgrp)
{
	const struct signal_struct *sig;

	for_each_in_pgrp(pgrp, sig) if (sig->session == session) return true;
	return false;
}

static int set_pgrp(pid_t pid, pid_t pgrp)
{
	struct task_struct *task = find_task_locked(pid);
	int err = task ? may_set_pgrp(task) : -ESRCH;

	if (err)
		return err;
	if (pgrp != pid && !session_has_pgrp(task_session(current), pgrp))
		return -EPERM;
	if (task_pgrp(task) != pgrp) {
		detach_pgrp(task->signal);
		attach_pgrp(task->signal, pgrp);
	}
	return 0;
}

long sys_setpgid(pid_t pid, pid_t pgrp)
{
	unsigned long flags;
	int err;

	if (!pid)
		pid = current->tgid;
	if (!pgrp)
		pgrp = pid;
	if (pgrp < 0)
		return -EINVAL;
	spin_lock_irqsave(&tasklist_lock, flags);
	err = set_pgrp(pid, pgrp);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return err;
}

/* A number of the process that `pid` names: pgrp or session. */
static long number_of(pid_t pid, pid_t (*number)(const struct task_struct *task))
{
	const struct task_struct *task;
	unsigned long flags;
	long nr = -ESRCH;

	if (!pid)
		return number(current);
	spin_lock_irqsave(&tasklist_lock, flags);
	task = find_task_locked(pid);
	if (task)
		nr = number(task);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return nr;
}

long sys_getpgid(pid_t pid)
{
	return number_of(pid, task_pgrp);
}

long sys_getpgrp(void)
{
	return task_pgrp(current);
}

long sys_getsid(pid_t pid)
{
	return number_of(pid, task_session);
}

/* A group by that name exists: its members would be in two sessions. */
static bool is_pgrp_name(pid_t nr)
{
	const struct signal_struct *sig;

	for_each_in_pgrp(nr, sig) return true;
	return false;
}

long sys_setsid(void)
{
	struct signal_struct *sig = current->signal;
	pid_t pid = current->tgid;
	unsigned long flags;
	long ret = -EPERM;

	spin_lock_irqsave(&tasklist_lock, flags);
	if (!sig->leader && !is_pgrp_name(pid)) {
		detach_pgrp(sig);
		detach_session(sig);
		attach_pgrp(sig, pid);
		attach_session(sig, pid);
		sig->leader = true;
		sig->tty = NULL;
		ret = pid;
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return ret;
}
