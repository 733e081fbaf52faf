/* System calls about scheduling: nice values, policies, giving way. */
#include "kernel/cpu/timer.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/pid.h"
#include "kernel/rlimit.h"
#include "kernel/sched.h"
#include "kernel/syscall.h"
#include "kernel/syscall_time.h"
#include "kernel/task.h"

#define NICE_WORST 19
#define NICE_BEST  (-20)

long sys_sched_yield(void)
{
	yield();
	return 0;
}

/* ------------------------------------------------------------ whose */

/* The task of a pid, 0 being the caller, with a reference; or NULL. */
static struct task_struct *find_process(pid_t pid)
{
	return pid ? find_task_by_pid(pid) : get_task_struct(current);
}

/* May the caller change how a task is scheduled? */
static bool may_schedule(const struct task_struct *task)
{
	u32 euid = current_euid();

	return capable() || euid == task->cred->uid || euid == task->cred->euid;
}

/* ------------------------------------------------------------ nice */

/* RLIMIT_NICE counts from 1 (nice 19) to 40 (nice -20). */
static bool may_be_nice(const struct task_struct *task, int nice)
{
	unsigned long most = task->signal->rlim[RLIMIT_NICE].rlim_cur;

	return nice >= task_nice(task) || capable() || (unsigned long)(20 - nice) <= most;
}

long sys_nice(int increment)
{
	int nice = task_nice(current) + max(-40, min(increment, 40));

	nice = max(NICE_BEST, min(nice, NICE_WORST));
	if (!may_be_nice(current, nice))
		return -EPERM;
	set_user_nice(current, nice);
	return 0;
}

#define PRIO_PROCESS 0
#define PRIO_PGRP    1
#define PRIO_USER    2

/* Is the task one of those that (which, who) names? */
static bool is_meant(const struct task_struct *task, int which, u32 who)
{
	switch (which) {
	case PRIO_PROCESS:
		return task->pid == (pid_t)(who ? who : (u32)current->pid);
	case PRIO_PGRP:
		return task_pgrp(task) == (pid_t)(who ? who : (u32)task_pgrp(current));
	default:
		return task->cred->uid == (who ? who : current_uid());
	}
}

/* The raw call gives 20 - nice, so that no good answer is negative. */
long sys_getpriority(int which, u32 who)
{
	struct task_struct *task;
	unsigned long flags;
	long best = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_task (task) {
		if (task->pid && is_meant(task, which, who))
			best = max(best, 20l - task_nice(task));
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return best;
}

static long set_one_priority(struct task_struct *task, int nice, long so_far)
{
	if (!may_schedule(task))
		return -EPERM;
	if (!may_be_nice(task, nice))
		return -EACCES;
	set_user_nice(task, nice);
	return so_far == -ESRCH ? 0 : so_far;
}

long sys_setpriority(int which, u32 who, int nice)
{
	struct task_struct *task;
	unsigned long flags;
	long result = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	nice = max(NICE_BEST, min(nice, NICE_WORST));
	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_task (task) {
		if (task->pid && is_meant(task, which, who))
			result = set_one_priority(task, nice, result);
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return result;
}

/* ------------------------------------------------------------ policies */

struct sched_param {
	int sched_priority;
};

static bool policy_is_rt(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

/* Do policy and priority fit each other? */
static bool valid_policy(int policy, int priority)
{
	if (policy_is_rt(policy))
		return priority >= 1 && priority < MAX_RT_PRIO;
	return (policy == SCHED_NORMAL || policy == SCHED_BATCH || policy == SCHED_IDLE) &&
	       priority == 0;
}

#define SCHED_RESET_ON_FORK 0x40000000

static long set_policy(pid_t pid, int policy, const struct sched_param __user *param)
{
	struct sched_param given;
	struct task_struct *task;
	long error = 0;

	if (pid < 0 || !param)
		return -EINVAL;
	if (copy_from_user(&given, param, sizeof(given)))
		return -EFAULT;
	task = find_process(pid);
	if (!task)
		return -ESRCH;
	if (policy < 0) /* sched_setparam */
		policy = (int)task->policy;
	if (!valid_policy(policy, given.sched_priority))
		error = -EINVAL;
	else if (!may_schedule(task) || (policy_is_rt(policy) && !capable()))
		error = -EPERM;
	else
		sched_setscheduler(task, (unsigned int)policy, (unsigned int)given.sched_priority);
	put_task_struct(task);
	return error;
}

long sys_sched_setscheduler(pid_t pid, int policy, const struct sched_param __user *param)
{
	return policy < 0 ? -EINVAL : set_policy(pid, policy & ~SCHED_RESET_ON_FORK, param);
}

long sys_sched_setparam(pid_t pid, const struct sched_param __user *param)
{
	return set_policy(pid, -1, param);
}

long sys_sched_getscheduler(pid_t pid)
{
	struct task_struct *task;
	long policy;

	if (pid < 0)
		return -EINVAL;
	task = find_process(pid);
	if (!task)
		return -ESRCH;
	policy = (long)task->policy;
	put_task_struct(task);
	return policy;
}

long sys_sched_getparam(pid_t pid, struct sched_param __user *to)
{
	struct task_struct *task;
	struct sched_param param;

	if (pid < 0 || !to)
		return -EINVAL;
	task = find_process(pid);
	if (!task)
		return -ESRCH;
	param.sched_priority = (int)task->rt_priority;
	put_task_struct(task);
	return copy_to_user(to, &param, sizeof(param)) ? -EFAULT : 0;
}

long sys_sched_get_priority_max(int policy)
{
	return policy_is_rt(policy) ? MAX_RT_PRIO - 1 : valid_policy(policy, 0) ? 0 : -EINVAL;
}

long sys_sched_get_priority_min(int policy)
{
	return policy_is_rt(policy) ? 1 : valid_policy(policy, 0) ? 0 : -EINVAL;
}

/* How long a task may run at once; 0: until it sleeps. */
static long rr_interval(pid_t pid, struct timespec64 *ts)
{
	struct task_struct *task;

	if (pid < 0)
		return -EINVAL;
	task = find_process(pid);
	if (!task)
		return -ESRCH;
	*ts = ticks_to_timespec(task->policy == SCHED_FIFO ? 0 : task_timeslice(task));
	put_task_struct(task);
	return 0;
}

long sys_sched_rr_get_interval(pid_t pid, struct old_timespec __user *to)
{
	struct timespec64 ts;
	long error = rr_interval(pid, &ts);

	return error ? error : put_old_timespec(&ts, to);
}

long sys_sched_rr_get_interval_time64(pid_t pid, struct user_timespec64 __user *to)
{
	struct timespec64 ts;
	long error = rr_interval(pid, &ts);

	return error ? error : put_timespec64(&ts, to);
}

/* ------------------------------------------------------------ the one processor */

long sys_sched_getaffinity(pid_t pid, unsigned int len, unsigned long __user *mask)
{
	struct task_struct *task;

	if (len < sizeof(*mask) || len % sizeof(*mask))
		return -EINVAL;
	task = pid < 0 ? NULL : find_process(pid);
	if (!task)
		return -ESRCH;
	put_task_struct(task);
	return put_user(1ul, mask) ? -EFAULT : (long)sizeof(*mask);
}

long sys_sched_setaffinity(pid_t pid, unsigned int len, const unsigned long __user *mask)
{
	struct task_struct *task;
	unsigned long wanted = 0;
	long error = 0;

	if (copy_from_user(&wanted, mask, min((size_t)len, sizeof(wanted))))
		return -EFAULT;
	task = pid < 0 ? NULL : find_process(pid);
	if (!task)
		return -ESRCH;
	if (!may_schedule(task))
		error = -EPERM;
	else if (!(wanted & 1))
		error = -EINVAL;
	put_task_struct(task);
	return error;
}

long sys_getcpu(unsigned int __user *cpu, unsigned int __user *node, void __user *unused)
{
	(void)unused;
	if (cpu && put_user(0u, cpu))
		return -EFAULT;
	if (node && put_user(0u, node))
		return -EFAULT;
	return 0;
}
