/*
 * Pids, and the groups and sessions that are named after them.
 *
 * One bitmap says which numbers are in use, in whatever role; three hash tables find who
 * uses one: tasks by pid, processes (their signal_struct) by group and by session. A group
 * may outlive the process it was named after: the number must not go to a
 * new process then, which would lead a group it never made. So whoever gives up a
 * number asks the tables whether another still needs it.
 *
 * Locks: all of it is under tasklist_lock.
 */
#include "kernel/pid.h"

#include "kernel/lib/bitmap.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/hash.h"
#include "kernel/task.h"

static struct hlist_head pid_hash[1u << PID_HASH_BITS];
struct hlist_head pgrp_hash[1u << PID_HASH_BITS];
static struct hlist_head session_hash[1u << PID_HASH_BITS];
static DECLARE_BITMAP(pid_map, PID_MAX);
pid_t last_pid;
unsigned long pids_given;

/* Numbers are given one after the other, so that each bucket gets as many. */
static u32 bucket_of(pid_t nr)
{
	return (u32)nr & ((1u << PID_HASH_BITS) - 1);
}

struct hlist_head *pgrp_bucket(pid_t pgrp)
{
	return &pgrp_hash[bucket_of(pgrp)];
}

/* ------------------------------------------------------------ numbers */

/* Pids are given in a circle, so that a number is not soon used again. */
pid_t alloc_pid(void)
{
	unsigned long pid = find_next_zero_bit(pid_map, PID_MAX, (unsigned long)last_pid + 1);

	if (pid == PID_MAX)
		pid = find_next_zero_bit(pid_map, PID_MAX, 1);
	if (pid == PID_MAX)
		return -EAGAIN;
	__set_bit(pid, pid_map);
	last_pid = (pid_t)pid;
	pids_given++;
	return last_pid;
}

static bool is_pgrp(pid_t nr)
{
	const struct signal_struct *sig;

	hlist_for_each_entry (sig, pgrp_bucket(nr), pgrp_node)
		if (sig->pgrp == nr)
			return true;
	return false;
}

static bool is_session(pid_t nr)
{
	const struct signal_struct *sig;

	hlist_for_each_entry (sig, &session_hash[bucket_of(nr)], session_node)
		if (sig->session == nr)
			return true;
	return false;
}

void free_pid(pid_t nr)
{
	if (nr && !find_task_locked(nr) && !is_pgrp(nr) && !is_session(nr))
		__clear_bit((unsigned long)nr, pid_map);
}

void hash_pid(struct task_struct *task)
{
	hlist_add_head(&task->pid_node, &pid_hash[bucket_of(task->pid)]);
}

void unhash_pid(struct task_struct *task)
{
	hlist_del(&task->pid_node);
}

struct task_struct *find_task_locked(pid_t pid)
{
	struct task_struct *task;

	hlist_for_each_entry (task, &pid_hash[bucket_of(pid)], pid_node)
		if (task->pid == pid)
			return task;
	return NULL;
}

struct task_struct *find_task_by_pid(pid_t pid)
{
	struct task_struct *task;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	task = find_task_locked(pid);
	if (task)
		get_task_struct(task);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return task;
}

/* ------------------------------------------------------------ groups and sessions */

void attach_pgrp(struct signal_struct *sig, pid_t pgrp)
{
	sig->pgrp = pgrp;
	hlist_add_head(&sig->pgrp_node, pgrp_bucket(pgrp));
}

void detach_pgrp(struct signal_struct *sig)
{
	hlist_del(&sig->pgrp_node);
	free_pid(sig->pgrp);
}

void attach_session(struct signal_struct *sig, pid_t session)
{
	sig->session = session;
	hlist_add_head(&sig->session_node, &session_hash[bucket_of(session)]);
}

void detach_session(struct signal_struct *sig)
{
	hlist_del(&sig->session_node);
	free_pid(sig->session);
}

/* Does this process connect its group with the rest of the session, where the shell is? */
static bool has_guardian(const struct task_struct *task)
{
	const struct task_struct *parent = task->parent;

	if (task->state == TASK_ZOMBIE && list_is_singular(&task->signal->threads))
		return false;
	return parent != child_reaper && task_pgrp(parent) != task_pgrp(task) &&
	       task_session(parent) == task_session(task);
}

bool will_become_orphaned_pgrp(pid_t pgrp, const struct task_struct *gone)
{
	const struct signal_struct *sig;

	for_each_in_pgrp(pgrp, sig)
	{
		const struct task_struct *leader = group_leader_of(sig);

		if (leader != gone && has_guardian(leader))
			return false;
	}
	return true;
}

bool is_orphaned_pgrp(pid_t pgrp)
{
	unsigned long flags;
	bool orphaned;

	spin_lock_irqsave(&tasklist_lock, flags);
	orphaned = will_become_orphaned_pgrp(pgrp, NULL);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return orphaned;
}

pid_t session_of_pgrp(pid_t pgrp)
{
	const struct signal_struct *sig;
	pid_t session = -1;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_in_pgrp(pgrp, sig)
	{
		session = sig->session;
		break;
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return session;
}
