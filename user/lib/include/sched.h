/* Scheduling, and making tasks that share what the flags say. */
#ifndef _SCHED_H
#define _SCHED_H

#include <sys/types.h>
#include <time.h>

#define SCHED_OTHER	     0
#define SCHED_FIFO	     1
#define SCHED_RR	     2
#define SCHED_BATCH	     3
#define SCHED_IDLE	     5

#define CLONE_VM	     0x00000100
#define CLONE_FS	     0x00000200
#define CLONE_FILES	     0x00000400
#define CLONE_SIGHAND	     0x00000800
#define CLONE_VFORK	     0x00004000
#define CLONE_PARENT	     0x00008000
#define CLONE_THREAD	     0x00010000
#define CLONE_SYSVSEM	     0x00040000
#define CLONE_SETTLS	     0x00080000
#define CLONE_PARENT_SETTID  0x00100000
#define CLONE_CHILD_CLEARTID 0x00200000
#define CLONE_CHILD_SETTID   0x01000000

struct sched_param {
	int sched_priority;
};

/*
 * The new task calls fn(arg) on the stack that ends at `stack` and leaves with what it
 * returns. Further arguments: pid_t *parent_tid, void *tls, pid_t *child_tid.
 */
int clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);

int sched_yield(void);
int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param);
int sched_getscheduler(pid_t pid);
int sched_setparam(pid_t pid, const struct sched_param *param);
int sched_getparam(pid_t pid, struct sched_param *param);
int sched_get_priority_max(int policy);
int sched_get_priority_min(int policy);
int sched_rr_get_interval(pid_t pid, struct timespec *interval);

#endif
