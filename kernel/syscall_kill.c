/*
 * System calls that send signals: to a process, a group, all, one thread; with and without a
 * value. Who may send what to whom: kill(2), "To have permission".
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/pid.h"
#include "kernel/syscall_signal.h"
#include "kernel/task.h"

static bool may_signal(int sig, const struct task_struct *task)
{
	const struct cred *mine = current_cred(), *other = task->cred;

	if (capable() || mine->euid == other->suid || mine->euid == other->uid ||
	    mine->uid == other->suid || mine->uid == other->uid)
		return true;
	return sig == SIGCONT && task_session(task) == task_session(current);
}

/* Send, or (signal 0) see whether one could. tasklist_lock held, or a reference. */
static int send_checked(int sig, const siginfo_t *info, struct task_struct *task, bool group)
{
	if (!valid_signal((unsigned int)sig))
		return -EINVAL;
	if (!may_signal(sig, task))
		return -EPERM;
	if (!sig)
		return 0;
	return group ? send_group_sig(sig, info, task) : send_sig(sig, info, task);
}

static siginfo_t user_info(int sig, int code)
{
	siginfo_t info = {.si_signo = sig, .si_code = code};

	info.kill.pid = current->tgid;
	info.kill.uid = current_uid();
	return info;
}

/* ------------------------------------------------------------ processes */

static int kill_process(pid_t pid, int sig, const siginfo_t *info)
{
	struct task_struct *task = find_task_by_pid(pid);
	int err;

	if (!task)
		return -ESRCH;
	err = send_checked(sig, info, task, true);
	put_task_struct(task);
	return err;
}

/* To all of a group: it is enough if one gets it. */
static int kill_group(pid_t pgrp, int sig, const siginfo_t *info)
{
	int err = -ESRCH, result;
	bool sent = false;
	const struct signal_struct *signal;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_in_pgrp(pgrp, signal)
	{
		result = send_checked(sig, info, group_leader_of(signal), true);
		sent |= !result;
		err = result;
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return sent ? 0 : err;
}

/* To all but init and the sender itself. Some may refuse it: that is an error only if all do. */
static int kill_all(int sig, const siginfo_t *info)
{
	int err = -ESRCH, result;
	struct task_struct *p;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_process (p) {
		if (p == child_reaper || p == current->group_leader || (p->flags & PF_KTHREAD))
			continue;
		result = send_checked(sig, info, p, true);
		if (result != -EPERM || err == -ESRCH)
			err = result;
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return err;
}

static int kill_something(pid_t pid, int sig, const siginfo_t *info)
{
	if (pid > 0)
		return kill_process(pid, sig, info);
	if (pid == -1)
		return kill_all(sig, info);
	if (pid == (pid_t)0x80000000)
		return -ESRCH; /* has no positive counterpart */
	return kill_group(pid ? -pid : task_pgrp(current), sig, info);
}

long sys_kill(pid_t pid, int sig)
{
	siginfo_t info = user_info(sig, SI_USER);

	return kill_something(pid, sig, &info);
}

/* ------------------------------------------------------------ threads */

/* tgid 0: whatever process the thread belongs to. */
static int kill_thread(pid_t tgid, pid_t tid, int sig, const siginfo_t *info)
{
	struct task_struct *task = find_task_by_pid(tid);
	int err = -ESRCH;

	if (!task)
		return err;
	if (!tgid || task->tgid == tgid)
		err = send_checked(sig, info, task, false);
	put_task_struct(task);
	return err;
}

long sys_tkill(pid_t tid, int sig)
{
	siginfo_t info = user_info(sig, SI_TKILL);

	return tid <= 0 ? -EINVAL : kill_thread(0, tid, sig, &info);
}

long sys_tgkill(pid_t tgid, pid_t tid, int sig)
{
	siginfo_t info = user_info(sig, SI_TKILL);

	return tgid <= 0 || tid <= 0 ? -EINVAL : kill_thread(tgid, tid, sig, &info);
}

/* ------------------------------------------------------------ with a value */

/* Nobody can pretend towards others that a signal comes from the kernel, or from kill(2). */
static int read_info(siginfo_t *info, const siginfo_t __user *from, int sig, bool to_itself)
{
	if (copy_from_user(info, from, sizeof(*info)))
		return -EFAULT;
	info->si_signo = sig;
	if ((info->si_code >= 0 || info->si_code == SI_TKILL) && !to_itself)
		return -EPERM;
	return 0;
}

long sys_rt_sigqueueinfo(pid_t pid, int sig, const siginfo_t __user *from)
{
	siginfo_t info;
	int err = read_info(&info, from, sig, pid == current->pid);

	return err ? err : kill_process(pid, sig, &info);
}

long sys_rt_tgsigqueueinfo(pid_t tgid, pid_t tid, int sig, const siginfo_t __user *from)
{
	siginfo_t info;
	int err;

	if (tgid <= 0 || tid <= 0)
		return -EINVAL;
	err = read_info(&info, from, sig, tid == current->pid);
	return err ? err : kill_thread(tgid, tid, sig, &info);
}
