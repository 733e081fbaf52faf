/* What processes have used: times(2), getrusage(2), wait4(2). */
#ifndef FOLIO_RUSAGE_H
#define FOLIO_RUSAGE_H

#include "kernel/sched.h"
#include "kernel/syscall_time.h"

/* struct rusage of i386. Fields of which nothing is known stay 0, as in Linux. */
struct rusage {
	struct old_timeval ru_utime, ru_stime;
	long ru_maxrss; /* KiB */
	long ru_ixrss, ru_idrss, ru_isrss;
	long ru_minflt, ru_majflt;
	long ru_nswap, ru_inblock, ru_oublock, ru_msgsnd, ru_msgrcv, ru_nsignals;
	long ru_nvcsw, ru_nivcsw;
};

#define RUSAGE_SELF	0
#define RUSAGE_CHILDREN (-1)
#define RUSAGE_THREAD	1
#define RUSAGE_BOTH	(-2) /* wait4(2): a child and its children */

/* get_rusage - of a task's process; the caller keeps it from going away. Takes tasklist_lock. */
void get_rusage(struct task_struct *task, int who, struct rusage *r);

/* put_rusage - copy it to the program: 0 or -EFAULT. May sleep. */
int put_rusage(const struct rusage *r, struct rusage __user *to);

#endif
