/*
 * A process asks what has become of its children.
 *
 * All children of a process hang on its leader, so a search looks at them and at nobody else;
 * one that is named by its pid is found by that. A child that has news is reported at once: an
 * ended one is released by that, unless WNOWAIT asks to leave it. Else the caller sleeps in its
 * leader's wait queue, which every child's change of state wakes, and looks again.
 *
 * Locks: the search holds tasklist_lock; what is found is copied there and told to the
 * program afterwards.
 */
#include "kernel/wait_child.h"

#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/rusage.h"
#include "kernel/signal.h"
#include "kernel/syscall.h"
#include "kernel/task.h"
#include "kernel/thread_group.h"
#include "kernel/wait.h"

#define STATUS_STOPPED(sig) ((sig) << 8 | 0x7f)
#define STATUS_CONTINUED    0xffff
#define PID_MIN		    ((pid_t)0x80000000u) /* has no positive counterpart */

/* Whose news are wanted, and what was found. */
struct wait_request {
	int type; /* P_* */
	pid_t id;
	unsigned int options; /* W* */

	struct task_struct *found; /* with a reference */
	pid_t pid;		   /* 0: nobody has news */
	u32 uid;
	int status; /* as wait4(2) tells it */
	int cause;  /* CLD_* */
	bool release;
};

static bool is_wanted(const struct wait_request *w, const struct task_struct *child)
{
	if (child->state == TASK_DEAD || (w->type == P_PID && child->pid != w->id))
		return false;
	if (w->type == P_PGID && task_pgrp(child) != w->id)
		return false;
	if (!is_process(child) || (w->options & __WALL))
		return is_process(child);
	/* Those made with another signal than SIGCHLD are clones, which have to be asked for. */
	return (child->exit_signal != SIGCHLD) == ((w->options & __WCLONE) != 0);
}

static void note(struct wait_request *w, struct task_struct *child, int status, int cause)
{
	w->found = get_task_struct(child);
	w->pid = child->pid;
	w->uid = child->cred->uid;
	w->status = status;
	w->cause = cause;
}

/* What a child, and its children that it has waited for, have used is its parent's account. */
static void account_child(const struct task_struct *child)
{
	const struct signal_struct *c = child->signal;
	struct signal_struct *p = current->signal;

	p->cutime += child->utime + c->utime + c->cutime;
	p->cstime += child->stime + c->stime + c->cstime;
	p->cmin_flt += child->min_flt + c->min_flt + c->cmin_flt;
	p->cmaj_flt += child->maj_flt + c->maj_flt + c->cmaj_flt;
	p->cnvcsw += child->nvcsw + c->nvcsw + c->cnvcsw;
	p->cnivcsw += child->nivcsw + c->nivcsw + c->cnivcsw;
	p->cmaxrss = max(p->cmaxrss, max(c->maxrss, c->cmaxrss));
}

static bool take_zombie(struct wait_request *w, struct task_struct *child)
{
	int status;

	if (child->state != TASK_ZOMBIE || !thread_group_empty(child) || !(w->options & WEXITED))
		return false;
	status = process_status(child);
	note(w, child, status,
	     !(status & 0x7f)  ? CLD_EXITED
	     : (status & 0x80) ? CLD_DUMPED
			       : CLD_KILLED);
	w->release = !(w->options & WNOWAIT);
	return true;
}

/* A stop is told once; so is that it goes on. siglock is held. */
static bool take_stopped(struct wait_request *w, struct task_struct *child)
{
	struct signal_struct *sig = child->signal;

	if (!(w->options & WSTOPPED) || !(sig->flags & SIGNAL_STOP_STOPPED) ||
	    !sig->group_exit_code)
		return false;
	note(w, child, STATUS_STOPPED(sig->group_exit_code), CLD_STOPPED);
	if (!(w->options & WNOWAIT))
		sig->group_exit_code = 0;
	return true;
}

static bool take_continued(struct wait_request *w, struct task_struct *child)
{
	struct signal_struct *sig = child->signal;

	if (!(w->options & WCONTINUED) || !(sig->flags & SIGNAL_STOP_CONTINUED))
		return false;
	note(w, child, STATUS_CONTINUED, CLD_CONTINUED);
	if (!(w->options & WNOWAIT))
		sig->flags &= ~SIGNAL_STOP_CONTINUED;
	return true;
}

static bool take_news(struct wait_request *w, struct task_struct *child)
{
	bool taken;

	if (take_zombie(w, child))
		return true;
	if (!(w->options & (WSTOPPED | WCONTINUED)))
		return false;
	spin_lock(&child->sighand->siglock);
	taken = take_stopped(w, child) || take_continued(w, child);
	spin_unlock(&child->sighand->siglock);
	return taken;
}

/* The one that is named, if it is a child. */
static int search_pid(struct wait_request *w)
{
	struct task_struct *child = find_task_locked(w->id);

	if (!child || !thread_group_leader(child) || child->parent != current->group_leader ||
	    !is_wanted(w, child))
		return -ECHILD;
	take_news(w, child);
	return 0;
}

static int search_all(struct wait_request *w)
{
	struct task_struct *child;
	int err = -ECHILD;

	list_for_each_entry (child, &current->group_leader->children, sibling) {
		if (!is_wanted(w, child))
			continue;
		err = 0;
		if (take_news(w, child))
			break;
	}
	return err;
}

/* 0: w->pid says who was found, if anybody; -ECHILD: there is nobody to wait for. */
static int search(struct wait_request *w)
{
	unsigned long flags;
	int err;

	spin_lock_irqsave(&tasklist_lock, flags);
	err = w->type == P_PID ? search_pid(w) : search_all(w);
	if (w->release) {
		w->found->state = TASK_DEAD; /* nobody else gets it */
		account_child(w->found);
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return err;
}

static int wait_for_news(struct wait_request *w)
{
	DEFINE_WAIT(wait);
	int err;

	for (;;) {
		prepare_to_wait(&current->group_leader->wait_chldexit, &wait, TASK_INTERRUPTIBLE);
		err = search(w);
		if (err || w->pid || (w->options & WNOHANG))
			break;
		if (signal_pending(current)) {
			err = -ERESTARTSYS;
			break;
		}
		schedule();
	}
	finish_wait(&current->group_leader->wait_chldexit, &wait);
	return err;
}

/* Now that the program will be told, let the child go. */
static void finish(struct wait_request *w, struct rusage *usage)
{
	unsigned long flags;

	if (usage)
		get_rusage(w->found, RUSAGE_BOTH, usage);
	if (w->release) {
		spin_lock_irqsave(&tasklist_lock, flags);
		release_task(w->found);
		spin_unlock_irqrestore(&tasklist_lock, flags);
	}
	put_task_struct(w->found);
}

/* The pid that was found, 0: none has news yet, or -errno. */
static long do_wait(struct wait_request *w, struct rusage __user *ru)
{
	struct rusage usage;
	int err = wait_for_news(w);

	if (err || !w->pid)
		return err;
	finish(w, ru ? &usage : NULL);
	if (ru && put_rusage(&usage, ru))
		return -EFAULT;
	return w->pid;
}

long sys_wait4(pid_t pid, int __user *status, unsigned int options, struct rusage __user *ru)
{
	struct wait_request w = {.type = P_PGID, .options = options | WEXITED};
	long ret;

	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL))
		return -EINVAL;
	if (pid == PID_MIN)
		return -ESRCH;
	if (pid > 0)
		w.type = P_PID;
	else if (pid == -1)
		w.type = P_ALL;
	w.id = pid > 0 ? pid : pid < 0 ? -pid : task_pgrp(current);
	ret = do_wait(&w, ru);
	if (ret > 0 && status && put_user(w.status, status))
		return -EFAULT;
	return ret;
}

long sys_waitpid(pid_t pid, int __user *status, unsigned int options)
{
	return sys_wait4(pid, status, options, NULL);
}

/* The fields of siginfo_t that waitid(2) fills in; none found: all of them 0. */
static int put_siginfo(const struct wait_request *w, siginfo_t __user *info)
{
	int status = w->status;

	if (w->cause == CLD_CONTINUED)
		status = SIGCONT;
	else if (w->cause == CLD_EXITED || w->cause == CLD_STOPPED)
		status = (status >> 8) & 0xff;
	else
		status &= 0x7f;
	if (put_user(w->pid ? SIGCHLD : 0, &info->si_signo) || put_user(0, &info->si_errno) ||
	    put_user(w->cause, &info->si_code) || put_user(w->pid, &info->chld.pid) ||
	    put_user(w->uid, &info->chld.uid) || put_user(status, &info->chld.status))
		return -EFAULT;
	return 0;
}

static int waitid_target(struct wait_request *w)
{
	if (w->type == P_ALL)
		return 0;
	if (w->type == P_PID && w->id > 0)
		return 0;
	if (w->type != P_PGID || w->id < 0)
		return -EINVAL;
	if (!w->id)
		w->id = task_pgrp(current);
	return 0;
}

long sys_waitid(int type, pid_t id, siginfo_t __user *info, unsigned int options,
		struct rusage __user *ru)
{
	struct wait_request w = {.type = type, .id = id, .options = options};
	long ret;

	if (options & ~(WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD |
			__WCLONE | __WALL))
		return -EINVAL;
	if (!(options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	ret = waitid_target(&w);
	if (!ret)
		ret = do_wait(&w, ru);
	if (ret < 0)
		return ret;
	return info ? put_siginfo(&w, info) : 0;
}
