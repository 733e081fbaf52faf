/*
 * What a process tells its parent: that it has ended, that it has stopped, that it goes on.
 * SIGCHLD says which child and why; who sleeps in wait4(2) is woken.
 *
 * Locks: tasklist_lock is held by the caller, so that nobody gets another parent meanwhile; the
 * parent's siglock is taken inside.
 */
#include "kernel/signal.h"

#include "kernel/cred.h"
#include "kernel/pid.h"
#include "kernel/task.h"
#include "kernel/wait.h"

#define STATUS_SIGNAL(status) ((status)&0x7f)
#define STATUS_CODE(status)   ((status) >> 8 & 0xff)

/* The accounts of a process: what its ended threads have left there, and its living ones. */
static void fill_times(siginfo_t *info, const struct task_struct *task)
{
	unsigned long utime = task->signal->utime, stime = task->signal->stime;
	struct task_struct *t;

	for_each_thread (task, t) {
		utime += t->utime;
		stime += t->stime;
	}
	info->chld.utime = (long)utime;
	info->chld.stime = (long)stime;
}

static siginfo_t child_info(const struct task_struct *task, int sig)
{
	siginfo_t info = {.si_signo = sig};

	info.chld.pid = task->tgid;
	info.chld.uid = task->cred->uid;
	fill_times(&info, task);
	return info;
}

static void wake_parent(struct task_struct *parent)
{
	wake_up_all(&parent->group_leader->wait_chldexit);
}

/* Does the parent not want to hear of children at all? siglock held. */
static bool parent_ignores(const struct task_struct *parent)
{
	const struct sigaction *action = &parent->sighand->action[SIGCHLD - 1];

	return action->sa_handler == SIG_IGN || (action->sa_flags & SA_NOCLDWAIT);
}

bool do_notify_parent(struct task_struct *task, int sig)
{
	struct task_struct *parent = task->parent;
	siginfo_t info = child_info(task, sig);
	struct sighand_struct *sighand;
	bool release = false, silent = !sig || !valid_signal((unsigned int)sig);
	unsigned long flags;

	if (STATUS_SIGNAL(task->exit_code)) {
		info.si_code = CLD_KILLED;
		info.chld.status = STATUS_SIGNAL(task->exit_code);
	} else {
		info.si_code = CLD_EXITED;
		info.chld.status = STATUS_CODE(task->exit_code);
	}
	sighand = lock_sighand(parent, &flags);
	if (sighand) {
		release = sig == SIGCHLD && parent_ignores(parent);
		silent |= release && sighand->action[SIGCHLD - 1].sa_handler == SIG_IGN;
		unlock_sighand(sighand, flags);
	}
	if (!silent)
		send_group_sig(sig, &info, parent);
	wake_parent(parent);
	return release;
}

void do_notify_parent_cldstop(int why)
{
	struct task_struct *leader = current->group_leader, *parent = leader->parent;
	siginfo_t info = child_info(leader, SIGCHLD);
	const struct sigaction *action;
	struct sighand_struct *sighand;
	bool wanted = false;
	unsigned long flags;

	info.si_code = why;
	info.chld.status = why == CLD_CONTINUED ? SIGCONT : current->signal->group_exit_code & 0x7f;
	sighand = lock_sighand(parent, &flags);
	if (sighand) {
		action = &sighand->action[SIGCHLD - 1];
		wanted = action->sa_handler != SIG_IGN && !(action->sa_flags & SA_NOCLDSTOP);
		unlock_sighand(sighand, flags);
	}
	if (wanted)
		send_group_sig(SIGCHLD, &info, parent);
	wake_parent(parent);
}
