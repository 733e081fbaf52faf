/*
 * The end of a thread, and with the last one the end of its process.
 *
 * First what the task has is given back, in its own context, for that may sleep: files
 * before the address space, because closing one may still need it. Then, in one step under
 * tasklist_lock, it changes from a member of its family to a zombie, or to nothing:
 *
 *	thread, not the leader	released at once; nobody waits for threads
 *	leader			a zombie, seen by its parent when it is the last thread
 *	last thread		the parent is told; the children get a new parent; a session
 *				loses its leader, a group perhaps its last tie to a shell
 *
 * The scheduler frees the stack (kernel/task.c), the parent the rest (kernel/wait_child.c).
 */
#include "kernel/exit.h"

#include "kernel/drivers/tty.h"
#include "kernel/exec_thread.h"
#include "kernel/fork.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/panic.h"
#include "kernel/run.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "kernel/task_fpu.h"
#include "kernel/thread_group.h"
#include "mm/fault_inject.h"
#include "mm/mm.h"

/* Is this the last thread that begins to end? */
static bool leave_live_threads(void)
{
	struct signal_struct *sig = current->signal;
	unsigned long flags;
	bool last;

	if (!is_process(current))
		return false;
	exit_signals();
	spin_lock_irqsave(&current->sighand->siglock, flags);
	last = --sig->live == 0;
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	return last;
}

static void give_back(bool last)
{
	if (current->mm)
		mm_release();
	if (last)
		del_timer(&current->signal->real_timer);
	if (last && current->mm)
		account_maxrss();
	exit_files();
	exit_fs();
	exit_mm();
	if (last && current->signal->leader)
		disassociate_ctty(true);
	task_fpu_free();
	if (current->fail_nth)
		fail_nth_set(0);
}

/* ------------------------------------------------------------ job control */

static bool has_stopped_jobs(pid_t pgrp)
{
	const struct signal_struct *sig;

	for_each_in_pgrp(pgrp, sig) if (sig->flags & SIGNAL_STOP_STOPPED) return true;
	return false;
}

/*
 * The tie between `task` and a parent in another group of its session goes, because one of
 * both ends. If it was its group's last, nobody can continue the group's stopped jobs any more:
 * they are told, and go on (POSIX, _exit()).
 */
static void kill_orphaned_pgrp(struct task_struct *task, const struct task_struct *parent,
			       const struct task_struct *gone)
{
	pid_t pgrp = task_pgrp(task);
	const struct signal_struct *sig;

	if (task_pgrp(parent) == pgrp || task_session(parent) != task_session(task) ||
	    !will_become_orphaned_pgrp(pgrp, gone) || !has_stopped_jobs(pgrp))
		return;
	for_each_in_pgrp(pgrp, sig)
	{
		send_group_sig(SIGHUP, NULL, group_leader_of(sig));
		send_group_sig(SIGCONT, NULL, group_leader_of(sig));
	}
}

static void child_moved(struct task_struct *child)
{
	if (is_process(child))
		kill_orphaned_pgrp(child, current->group_leader, NULL);
}

/* ------------------------------------------------------------ the last step */

/* The process has ended, as far as its children and its group are concerned. */
static void leave_family(void)
{
	struct task_struct *leader = current->group_leader;

	reparent_children(leader, child_moved);
	kill_orphaned_pgrp(leader, leader->parent, leader);
}

/* Exec may wait for the others: for each to be released, then for the leader to be a zombie. */
static void tell_exec(struct signal_struct *sig, bool leader)
{
	if (!sig->group_exit_task)
		return;
	if (leader ? sig->notify_count < 0 : sig->notify_count > 0 && --sig->notify_count == 0)
		wake_up_process(sig->group_exit_task);
}

/* The current thread is no more, except as a leader that keeps the pid. */
static void leave_group(void)
{
	struct task_struct *leader = current->group_leader;
	struct signal_struct *sig = current->signal;

	if (current == leader)
		current->state = TASK_ZOMBIE;
	else
		release_task(current);
	if (leader->state == TASK_ZOMBIE && list_is_singular(&sig->threads) &&
	    !sig->group_exit_task)
		task_zombie(leader);
	else
		tell_exec(sig, current == leader);
}

void do_exit(int status)
{
	bool last = leave_live_threads();

	BUG_ON(in_interrupt());
	current->exit_code = status;
	if (last && current->group_leader == child_reaper)
		init_has_ended(process_status(current));
	give_back(last);
	if (!is_process(current))
		task_exit(status);
	lock_debug_task_exit();
	local_irq_disable(); /* until the next task has started */
	spin_lock(&tasklist_lock);
	if (last)
		leave_family();
	leave_group();
	spin_unlock(&tasklist_lock);
	schedule();
	BUG();
}
