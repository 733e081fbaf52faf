/*
 * Exec makes one thread of many. It may be called by any of them, but the process must keep
 * its pid, which is the leader's. So the others are killed, the leader is awaited
 * as a zombie, and then both change places:
 *
 *	caller   pid 12				caller   pid 10, leader
 *	leader   pid 10, zombie		 ->	         pid 12: released
 *	others   killed and released
 *
 * Locks: tasklist_lock for the family and the numbers, siglock inside it for the killing.
 */
#include "kernel/exec_thread.h"

#include "kernel/lib/errno.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "kernel/thread_group.h"
#include "mm/mm.h"

/* Threads that must be released before the caller is alone (with the leader's zombie). */
static int count_others(void)
{
	struct task_struct *t;
	int others = 0;

	for_each_thread (current, t)
		others += t != current && !thread_group_leader(t);
	return others;
}

/* 0; -EAGAIN: somebody else ends the process, or execs. */
static int begin_killing(void)
{
	struct signal_struct *sig = current->signal;
	unsigned long flags;
	int err = -EAGAIN;

	spin_lock_irqsave(&tasklist_lock, flags);
	spin_lock(&current->sighand->siglock);
	if (!(sig->flags & SIGNAL_GROUP_EXIT) && !sig->group_exit_task) {
		zap_other_threads();
		sig->notify_count = count_others();
		sig->group_exit_task = current;
		err = 0;
	}
	spin_unlock(&current->sighand->siglock);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return err;
}

/* Both are looked at by exit with tasklist_lock held, which wakes us afterwards. */
static bool others_are_gone(void)
{
	return current->signal->notify_count == 0;
}

static bool leader_is_gone(void)
{
	return thread_group_leader(current) || current->group_leader->state == TASK_ZOMBIE;
}

/* 0, or -EAGAIN: this thread was killed meanwhile. */
static int wait_until(bool (*done)(void), int count)
{
	unsigned long flags;
	int err = 0;

	for (;;) {
		spin_lock_irqsave(&tasklist_lock, flags);
		set_current_state(TASK_KILLABLE);
		if (done() || fatal_signal_pending(current))
			break;
		if (count)
			current->signal->notify_count = count;
		spin_unlock_irqrestore(&tasklist_lock, flags);
		schedule();
	}
	set_current_state(TASK_RUNNING);
	if (!done())
		err = -EAGAIN;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return err;
}

static void swap_pids(struct task_struct *leader)
{
	pid_t pid = current->pid;

	unhash_pid(leader);
	unhash_pid(current);
	current->pid = leader->pid;
	leader->pid = pid;
	hash_pid(leader);
	hash_pid(current);
}

/* The family hangs on the leader: the caller takes its place in it. tasklist_lock is held. */
static void take_over(struct task_struct *leader)
{
	struct task_struct *child, *t;

	swap_pids(leader);
	list_replace(&leader->sibling, &current->sibling);
	INIT_LIST_HEAD(&current->children);
	list_splice_init(&leader->children, &current->children);
	list_for_each_entry (child, &current->children, sibling) {
		child->parent = current;
		if (is_process(child))
			for_each_thread (child, t)
				t->parent = current;
	}
	current->start_time = leader->start_time;
	current->group_leader = leader->group_leader = current;
	current->exit_signal = SIGCHLD;
	leader->exit_signal = -1;
	if (child_reaper == leader)
		child_reaper = current;
	release_task(leader);
}

static void end_killing(void)
{
	struct signal_struct *sig = current->signal;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	sig->group_exit_task = NULL;
	sig->notify_count = 0;
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

/*
 * Another program now: it is waited for like any, and its children tell it of their end like any.
 */
static void reset_exit_signals(void)
{
	struct task_struct *child;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	current->exit_signal = SIGCHLD;
	list_for_each_entry (child, &current->children, sibling)
		if (child->exit_signal >= 0)
			child->exit_signal = SIGCHLD;
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

static int kill_others(void)
{
	unsigned long flags;
	int err = begin_killing();

	if (err)
		return err;
	err = wait_until(others_are_gone, 0);
	if (!err)
		err = wait_until(leader_is_gone, -1);
	if (!err && !thread_group_leader(current)) {
		spin_lock_irqsave(&tasklist_lock, flags);
		take_over(current->group_leader);
		spin_unlock_irqrestore(&tasklist_lock, flags);
	}
	end_killing();
	return err;
}

int de_thread(void)
{
	int err = thread_group_empty(current) ? 0 : kill_others();

	if (!err)
		reset_exit_signals();
	return err;
}

void change_sighand(struct sighand_struct **sighand)
{
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	swap(current->sighand, *sighand);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

void account_maxrss(void)
{
	struct signal_struct *sig = current->signal;
	struct mm_struct *mm = current->mm;

	update_hiwater(mm);
	sig->maxrss = max(sig->maxrss, mm->hiwater_rss);
}
