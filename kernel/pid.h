/* Process groups and sessions. */
#ifndef FOLIO_PID_H
#define FOLIO_PID_H

#include "kernel/sched.h"

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

/* is_orphaned_pgrp - does no member have a parent in another group of the session? Takes tasklist_lock. */
bool is_orphaned_pgrp(pid_t pgrp);

/* session_of_pgrp - the session that a process group is in, or -1. Takes tasklist_lock. */
pid_t session_of_pgrp(pid_t pgrp);

#endif
