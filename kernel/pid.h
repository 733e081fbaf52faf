/*
 * Numbers: pids, process groups, sessions. A number is free again only when no task has it as
 * its pid and no process as its group or session.
 */
#ifndef FOLIO_PID_H
#define FOLIO_PID_H

#include "kernel/sched.h"

#define PID_MAX	      32768 /* as Linux's default: pids are 1..PID_MAX-1 */
#define PID_HASH_BITS 8

extern struct hlist_head pgrp_hash[1u << PID_HASH_BITS]; /* kernel/pid.c's */

static inline pid_t task_pgrp(const struct task_struct *task)
{
	return task->signal->pgrp;
}

static inline pid_t task_session(const struct task_struct *task)
{
	return task->signal->session;
}

/* thread_group_leader - is it the task by whose pid the process goes? */
static inline bool thread_group_leader(const struct task_struct *task)
{
	return task->group_leader == task;
}

/* for_each_thread - all threads of a task's group. tasklist_lock, or siglock, held. */
#define for_each_thread(task, t) list_for_each_entry (t, &(task)->signal->threads, thread_node)

/* for_each_process - all groups' leaders. tasklist_lock held. */
#define for_each_process(p)                    \
	for_each_task (p)                      \
		if (!thread_group_leader(p)) { \
		} else

/*
 * for_each_in_pgrp - the signal_struct of each process in a group; group_leader_of(sig) is its
 * leader. tasklist_lock held.
 */
#define for_each_in_pgrp(nr, sig)                              \
	hlist_for_each_entry (sig, pgrp_bucket(nr), pgrp_node) \
		if ((sig)->pgrp != (nr)) {                     \
		} else

struct hlist_head *pgrp_bucket(pid_t pgrp);

static inline struct task_struct *group_leader_of(const struct signal_struct *sig)
{
	return list_first_entry(&sig->threads, struct task_struct, thread_node);
}

/*
 * alloc_pid - a number for a new task, which hash_pid() makes findable. -EAGAIN: all are in use.
 * free_pid - the task, group or session that had it is gone: free it if nobody else has it.
 * All: tasklist_lock held.
 */
pid_t alloc_pid(void);
void free_pid(pid_t nr);
void hash_pid(struct task_struct *task);
void unhash_pid(struct task_struct *task);

/*
 * attach_pgrp, attach_session - a process joins a group or session, as which it is found from then
 * on; it leaves the one it was in by detach_*. Numbers left empty are freed. tasklist_lock held.
 */
void attach_pgrp(struct signal_struct *sig, pid_t pgrp);
void detach_pgrp(struct signal_struct *sig);
void attach_session(struct signal_struct *sig, pid_t session);
void detach_session(struct signal_struct *sig);

/*
 * find_task_by_pid - the task with this pid, with a reference for the caller; or NULL. Any context.
 */
struct task_struct *find_task_by_pid(pid_t pid);

/* find_task_locked - the same without a reference; tasklist_lock held. */
struct task_struct *find_task_locked(pid_t pid);

/* The newest pid, and how many were given since boot. tasklist_lock, or for information only. */
extern pid_t last_pid;
extern unsigned long pids_given;

/*
 * is_orphaned_pgrp - does no member have a parent in another group of the session? Takes
 * tasklist_lock.
 */
bool is_orphaned_pgrp(pid_t pgrp);

/*
 * will_become_orphaned_pgrp - the same as if `gone` (NULL: nobody) were not there. tasklist_lock
 * held.
 */
bool will_become_orphaned_pgrp(pid_t pgrp, const struct task_struct *gone);

/* session_of_pgrp - the session that a process group is in, or -1. Takes tasklist_lock. */
pid_t session_of_pgrp(pid_t pgrp);

#endif
