/* Adding up what the threads of a process, and its children, have used. */
#include "kernel/rusage.h"

#include "kernel/cpu/timer.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/pid.h"
#include "kernel/syscall.h"
#include "kernel/task.h"
#include "mm/mm_types.h"

#define USEC_PER_TICK (1000000 / HZ)

struct use {
	unsigned long utime, stime; /* ticks */
	unsigned long nvcsw, nivcsw, min_flt, maj_flt;
	unsigned long maxrss; /* pages */
};

static void add_thread(struct use *use, const struct task_struct *t)
{
	use->utime += t->utime;
	use->stime += t->stime;
	use->nvcsw += t->nvcsw;
	use->nivcsw += t->nivcsw;
	use->min_flt += t->min_flt;
	use->maj_flt += t->maj_flt;
}

/* Threads that live, and those that have ended. tasklist_lock is held. */
static void add_process(struct use *use, struct task_struct *task)
{
	const struct signal_struct *sig = task->signal;
	struct task_struct *t;

	use->utime += sig->utime;
	use->stime += sig->stime;
	use->nvcsw += sig->nvcsw;
	use->nivcsw += sig->nivcsw;
	use->min_flt += sig->min_flt;
	use->maj_flt += sig->maj_flt;
	use->maxrss = max(use->maxrss, sig->maxrss);
	for_each_thread (task, t)
		add_thread(use, t);
	if (task->mm)
		use->maxrss = max(use->maxrss, task->mm->rss_anon + task->mm->rss_file);
}

static void add_children(struct use *use, const struct signal_struct *sig)
{
	use->utime += sig->cutime;
	use->stime += sig->cstime;
	use->nvcsw += sig->cnvcsw;
	use->nivcsw += sig->cnivcsw;
	use->min_flt += sig->cmin_flt;
	use->maj_flt += sig->cmaj_flt;
	use->maxrss = max(use->maxrss, sig->cmaxrss);
}

static struct old_timeval ticks_to_timeval(unsigned long ticks)
{
	return (struct old_timeval){
		.tv_sec = (s32)(ticks / HZ),
		.tv_usec = (s32)(ticks % HZ * USEC_PER_TICK),
	};
}

void get_rusage(struct task_struct *task, int who, struct rusage *r)
{
	struct use use = {0};
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	if (who == RUSAGE_THREAD)
		add_thread(&use, task);
	if (who == RUSAGE_SELF || who == RUSAGE_BOTH)
		add_process(&use, task);
	if (who == RUSAGE_CHILDREN || who == RUSAGE_BOTH)
		add_children(&use, task->signal);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	*r = (struct rusage){
		.ru_utime = ticks_to_timeval(use.utime),
		.ru_stime = ticks_to_timeval(use.stime),
		.ru_maxrss = (long)(use.maxrss << (PAGE_SHIFT - 10)),
		.ru_minflt = (long)use.min_flt,
		.ru_majflt = (long)use.maj_flt,
		.ru_nvcsw = (long)use.nvcsw,
		.ru_nivcsw = (long)use.nivcsw,
	};
}

int put_rusage(const struct rusage *r, struct rusage __user *to)
{
	return copy_to_user(to, r, sizeof(*r)) ? -EFAULT : 0;
}

long sys_getrusage(int who, struct rusage __user *to)
{
	struct rusage r;

	if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD)
		return -EINVAL;
	get_rusage(current, who, &r);
	return put_rusage(&r, to);
}

/* struct tms: clock ticks of 1/100 s, which HZ is. */
struct tms {
	long tms_utime, tms_stime, tms_cutime, tms_cstime;
};

long sys_times(struct tms __user *to)
{
	struct use own = {0};
	unsigned long flags;
	struct tms tms;

	_Static_assert(HZ == 100, "USER_HZ is 100");
	if (to) {
		spin_lock_irqsave(&tasklist_lock, flags);
		add_process(&own, current);
		tms = (struct tms){(long)own.utime, (long)own.stime, (long)current->signal->cutime,
				   (long)current->signal->cstime};
		spin_unlock_irqrestore(&tasklist_lock, flags);
		if (copy_to_user(to, &tms, sizeof(tms)))
			return -EFAULT;
	}
	return (long)jiffies;
}
