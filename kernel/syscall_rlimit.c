/*
 * Resource limits. A process may lower its limits, and raise the soft one up to the hard one;
 * only root raises the hard one.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/rlimit.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

#define RLIM64_INFINITY (~0ull)
#define OLD_INFINITY	0x7fffffffl /* of getrlimit(2), whose numbers were signed */
#define NR_OPEN_CEILING 1048576ul   /* no hard RLIMIT_NOFILE above this, as in Linux */

struct rlimit64 {
	u64 rlim_cur, rlim_max;
};

static u64 to_64(unsigned long limit)
{
	return limit == RLIM_INFINITY ? RLIM64_INFINITY : limit;
}

static unsigned long from_64(u64 limit)
{
	return limit >= RLIM_INFINITY ? RLIM_INFINITY : (unsigned long)limit;
}

/* Read a limit into *old (may be NULL), then set it from *new (may be NULL). 0 or -errno. */
static long do_prlimit(struct task_struct *task, unsigned int resource, const struct rlimit *new,
		       struct rlimit *old)
{
	struct rlimit *limit;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	limit = &task->signal->rlim[resource];
	if (old)
		*old = *limit;
	if (!new)
		return 0;
	if (new->rlim_cur > new->rlim_max)
		return -EINVAL;
	if (resource == RLIMIT_NOFILE && new->rlim_max > NR_OPEN_CEILING)
		return -EPERM;
	if (new->rlim_max > limit->rlim_max && !capable())
		return -EPERM;
	*limit = *new;
	return 0;
}

long sys_prlimit64(pid_t pid, unsigned int resource, const struct rlimit64 __user *new,
		   struct rlimit64 __user *old)
{
	struct task_struct *task;
	struct rlimit64 wide;
	struct rlimit given, was;
	long error;

	if (new &&copy_from_user(&wide, new, sizeof(wide)))
		return -EFAULT;
	if (new)
		given = (struct rlimit){from_64(wide.rlim_cur), from_64(wide.rlim_max)};
	task = pid ? find_task_by_pid(pid) : get_task_struct(current);
	if (!task)
		return -ESRCH;
	error = may_control(task) ? do_prlimit(task, resource, new ? &given : NULL, &was) : -EPERM;
	put_task_struct(task);
	if (error || !old)
		return error;
	wide = (struct rlimit64){to_64(was.rlim_cur), to_64(was.rlim_max)};
	return copy_to_user(old, &wide, sizeof(wide)) ? -EFAULT : 0;
}

long sys_setrlimit(unsigned int resource, const struct rlimit __user *from)
{
	struct rlimit given;

	if (copy_from_user(&given, from, sizeof(given)))
		return -EFAULT;
	return do_prlimit(current, resource, &given, NULL);
}

long sys_ugetrlimit(unsigned int resource, struct rlimit __user *to)
{
	struct rlimit limit;
	long error = do_prlimit(current, resource, NULL, &limit);

	if (error)
		return error;
	return copy_to_user(to, &limit, sizeof(limit)) ? -EFAULT : 0;
}

long sys_getrlimit(unsigned int resource, struct rlimit __user *to)
{
	struct rlimit limit;
	long error = do_prlimit(current, resource, NULL, &limit);

	if (error)
		return error;
	limit.rlim_cur = min(limit.rlim_cur, (unsigned long)OLD_INFINITY);
	limit.rlim_max = min(limit.rlim_max, (unsigned long)OLD_INFINITY);
	return copy_to_user(to, &limit, sizeof(limit)) ? -EFAULT : 0;
}
