/*
 * A new task is a copy of the current one. Each part is copied or shared, as the flags of
 * clone(2) say:
 *
 *	CLONE_VM       address space	  else copied: page tables only, mm/fork.c
 *	CLONE_FILES    descriptors	  else copied: the files stay the same ones
 *	CLONE_FS       working directory  else copied
 *	CLONE_SIGHAND  signal handlers	  else copied
 *	CLONE_THREAD   the process itself else a new one, child of the caller
 *
 * While it is being made nobody knows the child, so a failure at any step undoes the
 * steps before and is over. It becomes known at once with everything that finds it: its
 * pid, its family, its group (link_child). A signal for the whole process or group, sent by then,
 * would miss it: so that step is not done while a signal waits, and the call begins again
 * after the signal.
 *
 * Locks: link_child() holds tasklist_lock and siglock.
 */
#include "kernel/fork.h"

#include "kernel/completion.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/futex.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/panic.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "kernel/task_fpu.h"
#include "kernel/thread_group.h"
#include "kernel/tls.h"
#include "kernel/wait.h"
#include "mm/fork.h"
#include "mm/mm.h"

/* There are no namespaces but one of each kind, and no file descriptors of processes. */
#define CLONE_UNSUPPORTED                                                              \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET | CLONE_PIDFD)

/* ------------------------------------------------------------ what is copied */

static int copy_files(struct task_struct *child, unsigned int flags)
{
	struct files_struct *old = current->files;

	if (!old)
		return 0;
	if (flags & CLONE_FILES) {
		atomic_inc(&old->count);
		child->files = old;
		return 0;
	}
	child->files = dup_files(old);
	return child->files ? 0 : -ENOMEM;
}

static int copy_fs_struct(struct task_struct *child, unsigned int flags)
{
	struct fs_struct *old = current->fs;

	if (!old)
		return 0;
	if (flags & CLONE_FS) {
		atomic_inc(&old->count);
		child->fs = old;
		return 0;
	}
	child->fs = copy_fs(old);
	return child->fs ? 0 : -ENOMEM;
}

static int copy_sighand(struct task_struct *child, unsigned int flags)
{
	if (flags & CLONE_SIGHAND) {
		atomic_inc(&current->sighand->count);
		child->sighand = current->sighand;
		return 0;
	}
	child->sighand = sighand_alloc(current->sighand);
	return child->sighand ? 0 : -ENOMEM;
}

static int copy_signal(struct task_struct *child, unsigned int flags)
{
	if (flags & CLONE_THREAD) {
		atomic_inc(&current->signal->count);
		child->signal = current->signal;
		return 0;
	}
	child->signal = signal_struct_alloc(current->signal);
	return child->signal ? 0 : -ENOMEM;
}

static int copy_mm(struct task_struct *child, unsigned int flags)
{
	struct mm_struct *mm = current->mm;

	if (flags & CLONE_VM) {
		mmget(mm);
	} else {
		mm = dup_mm();
		if (IS_ERR(mm))
			return (int)PTR_ERR(mm);
	}
	child->mm = mm;
	child->thread.cr3 = __pa(mm->pgd);
	return 0;
}

/* CLONE_CHILD_SETTID: the first act of the child, in its own memory. Nobody minds the result. */
static int write_child_tid(void *unused)
{
	(void)unused;
	return put_user(current->pid, current->set_child_tid);
}

/* The registers: the child returns from the same system call, with 0. */
static int copy_thread(struct task_struct *child, const struct clone_request *request)
{
	struct pt_regs *regs = task_pt_regs(child);
	int err = task_fpu_copy(child);

	if (err)
		return err;
	*regs = *task_pt_regs(current);
	regs->eax = 0;
	if (request->stack)
		regs->esp = request->stack;
	tls_copy(child);
	task_set_entry(child, child->set_child_tid ? write_child_tid : NULL, NULL);
	if (request->flags & CLONE_SETTLS)
		return tls_set(child, (const struct user_desc __user *)request->tls);
	return 0;
}

static void inherit(struct task_struct *child, const struct clone_request *request)
{
	unsigned int flags = request->flags;

	memcpy(child->comm, current->comm, TASK_COMM_LEN);
	child->flags = PF_FORKNOEXEC;
	child->blocked = current->blocked;
	child->policy = current->policy;
	child->rt_priority = current->rt_priority;
	child->personality = current->personality;
	child->make_it_fail = current->make_it_fail;
	child->no_new_privs = current->no_new_privs;
	if (!(flags & CLONE_VM) || (flags & CLONE_VFORK)) {
		child->sas_ss_sp = current->sas_ss_sp;
		child->sas_ss_size = current->sas_ss_size;
		child->sas_ss_flags = current->sas_ss_flags;
	}
	if (!(flags & CLONE_VM)) {
		child->rseq = current->rseq;
		child->rseq_signature = current->rseq_signature;
	}
	if (flags & CLONE_CHILD_SETTID)
		child->set_child_tid = request->child_tid;
	if (flags & CLONE_CHILD_CLEARTID)
		child->clear_child_tid = request->child_tid;
	if (flags & CLONE_THREAD)
		child->exit_signal = -1;
	else if (flags & CLONE_PARENT)
		child->exit_signal = current->group_leader->exit_signal;
	else
		child->exit_signal = request->exit_signal;
	sched_setup_task(child, current);
}

/* ------------------------------------------------------------ all of it */

static int copy_parts(struct task_struct *child, const struct clone_request *request)
{
	int err = copy_files(child, request->flags);

	if (!err)
		err = copy_fs_struct(child, request->flags);
	if (!err)
		err = copy_sighand(child, request->flags);
	if (!err)
		err = copy_signal(child, request->flags);
	if (!err)
		err = copy_mm(child, request->flags);
	if (!err)
		err = copy_thread(child, request);
	return err;
}

/* Undo what copy_parts() has done, however far it came. */
static void drop_parts(struct task_struct *child)
{
	task_fpu_drop(child);
	if (child->mm)
		mmput(child->mm);
	if (child->fs)
		put_fs(child->fs);
	if (child->files)
		files_put(child->files);
}

/*
 * May the user have one more? It is counted before the answer, so that two cannot both be the last.
 */
static int count_process(struct task_struct *child)
{
	unsigned long limit = current->signal->rlim[RLIMIT_NPROC].rlim_cur;
	unsigned long count = (unsigned long)user_count_processes(child->cred->user, 1);

	if (count <= limit || current_uid() == 0 || capable())
		return 0;
	user_count_processes(child->cred->user, -1);
	return -EAGAIN;
}

/* One more thread of this process, unless that is ending. */
static int link_thread(struct task_struct *child)
{
	int err;

	spin_lock(&current->sighand->siglock);
	err = signal_pending(current) ? -ERESTARTNOINTR
				      : task_link(child, NULL, current->group_leader);
	if (!err)
		current->signal->live++;
	spin_unlock(&current->sighand->siglock);
	return err;
}

static int link_process(struct task_struct *child, unsigned int flags)
{
	struct task_struct *leader = current->group_leader;
	int err;

	if (signal_pending(current))
		return -ERESTARTNOINTR;
	err = task_link(child, flags & CLONE_PARENT ? leader->parent : leader, NULL);
	if (err)
		return err;
	attach_pgrp(child->signal, current->signal->pgrp);
	attach_session(child->signal, current->signal->session);
	return 0;
}

static int link_child(struct task_struct *child, unsigned int flags)
{
	unsigned long irqs;
	int err;

	spin_lock_irqsave(&tasklist_lock, irqs);
	err = flags & CLONE_THREAD ? link_thread(child) : link_process(child, flags);
	spin_unlock_irqrestore(&tasklist_lock, irqs);
	return err;
}

static struct task_struct *copy_process(const struct clone_request *request)
{
	struct task_struct *child = task_alloc();
	int err;

	if (!child)
		return ERR_PTR(-ENOMEM);
	child->cred = get_cred(current->cred);
	err = count_process(child);
	if (err)
		goto free;
	inherit(child, request);
	err = copy_parts(child, request);
	if (!err)
		err = link_child(child, request->flags);
	if (!err)
		return child;
	drop_parts(child);
	user_count_processes(child->cred->user, -1);
free:
	task_free(child);
	return ERR_PTR(err);
}

static bool flags_are_valid(unsigned int flags)
{
	if (flags & CLONE_UNSUPPORTED)
		return false;
	if ((flags & CLONE_THREAD) && !(flags & CLONE_SIGHAND))
		return false;
	if ((flags & CLONE_SIGHAND) && !(flags & CLONE_VM))
		return false;
	/* Its sibling would have a parent that does not wait. */
	return !((flags & CLONE_PARENT) && current->group_leader == child_reaper);
}

/*
 * The parent sleeps until the child has left its address space, or until it is killed itself:
 * then the child must not look for the parent's stack any more.
 */
static void wait_for_vfork(struct task_struct *child, struct completion *done)
{
	unsigned long flags;

	if (wait_for_completion_killable(done)) {
		spin_lock_irqsave(&tasklist_lock, flags);
		child->vfork_done = NULL;
		spin_unlock_irqrestore(&tasklist_lock, flags);
	}
	put_task_struct(child);
}

long do_fork(const struct clone_request *request)
{
	DECLARE_COMPLETION(done);
	struct task_struct *child;
	pid_t pid;

	if (!flags_are_valid(request->flags))
		return -EINVAL;
	child = copy_process(request);
	if (IS_ERR(child))
		return PTR_ERR(child);
	pid = child->pid;
	/* As in Linux, the child exists by now: a bad address is the program's own affair. */
	if (request->flags & CLONE_PARENT_SETTID)
		(void)put_user(pid, request->parent_tid);
	if (!(request->flags & CLONE_VFORK)) {
		wake_up_process(child);
		return pid;
	}
	child->vfork_done = &done;
	get_task_struct(child);
	wake_up_process(child);
	wait_for_vfork(child, &done);
	return pid;
}

/* ------------------------------------------------------------ the other way */

int become_process(bool leads)
{
	struct signal_struct *sig = signal_struct_alloc(current->signal);
	struct sighand_struct *sighand;
	unsigned long flags;

	if (!sig)
		return -ENOMEM;
	sighand = sighand_alloc(current->sighand);
	if (!sighand) {
		put_signal_struct(sig);
		return -ENOMEM;
	}
	BUG_ON(is_process(current));
	user_count_processes(current->cred->user, 1);
	spin_lock_irqsave(&tasklist_lock, flags);
	swap(current->signal, sig);
	swap(current->sighand, sighand);
	list_add_tail(&current->thread_node, &current->signal->threads);
	attach_pgrp(current->signal, leads ? current->pid : 0);
	attach_session(current->signal, leads ? current->pid : 0);
	current->signal->leader = leads;
	current->exit_signal = SIGCHLD;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	put_signal_struct(sig);
	put_sighand(sighand);
	return 0;
}

static void complete_vfork(void)
{
	struct completion *done;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	done = current->vfork_done;
	current->vfork_done = NULL;
	if (done)
		complete(done);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

void mm_release(void)
{
	u32 __user *tid = (u32 __user *)current->clear_child_tid;

	if (current->robust_list)
		exit_robust_list();
	current->robust_list = NULL;
	current->rseq = NULL;
	current->clear_child_tid = NULL;
	/* Nobody else is there to be told, when nobody shares the memory. */
	if (tid && atomic_read(&current->mm->mm_users) > 1 && !put_user(0, tid))
		futex_wake_user(tid, 1);
	if (current->vfork_done)
		complete_vfork();
}
