/*
 * Job control: whose terminal it is, and who of them is in the foreground (credentials(7),
 * termios(3)). A session has at most one terminal, a terminal at most one session.
 *
 * signal->tty of a process is either NULL or the terminal whose session is the process's own.
 * It is set and cleared with tty_mutex and tasklist_lock held.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/drivers/tty.h"
#include "kernel/pid.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "kernel/wait.h"

struct tty_struct *current_tty(void)
{
	return current->signal->tty;
}

/* Would the signal have no effect on the current process? */
static bool is_ignored(int sig)
{
	return (current->blocked.bits & sigmask(sig)) ||
	       current->sighand->action[sig - 1].sa_handler == SIG_IGN;
}

int tty_check_change(struct tty_struct *tty, int sig)
{
	pid_t pgrp;

	if (current_tty() != tty || !tty->pgrp)
		return 0;
	pgrp = task_pgrp(current);
	if (pgrp == tty->pgrp)
		return 0;
	if (is_ignored(sig))
		return sig == SIGTTIN ? -EIO : 0;
	if (is_orphaned_pgrp(pgrp))
		return -EIO;
	kill_pgrp(pgrp, sig);
	set_work_flag(current, TIF_SIGPENDING);
	return -ERESTARTSYS;
}

void tty_signal_pgrp(struct tty_struct *tty, int sig)
{
	pid_t pgrp = READ_ONCE(tty->pgrp);

	if (pgrp > 0)
		kill_pgrp(pgrp, sig);
}

/* The terminal becomes that of the current session; its leader's group is in the foreground. */
static void set_ctty(struct tty_struct *tty)
{
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	tty->session = task_session(current);
	tty->pgrp = task_pgrp(current);
	current->signal->tty = tty;
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

void tty_open_ctty(struct tty_struct *tty)
{
	if (current->signal->leader && !current->signal->tty && !tty->session)
		set_ctty(tty);
}

/* Nobody in the session has a terminal any more. tty_mutex held. */
static void clear_session(struct tty_struct *tty)
{
	struct task_struct *p;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_process (p) {
		if (p->signal->tty == tty)
			p->signal->tty = NULL;
	}
	tty->session = tty->pgrp = 0;
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

void proc_clear_tty(void)
{
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	current->signal->tty = NULL;
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

/* Those who have it open see its end, except those of /dev/console. tty_mutex held. */
static void hang_up_files(struct tty_struct *tty)
{
	struct tty_file *tf;

	list_for_each_entry (tf, &tty->files, list) {
		if (!tf->console)
			WRITE_ONCE(tf->hung_up, true);
	}
	mutex_lock(&tty->lock);
	n_tty_flush_input(tty);
	mutex_unlock(&tty->lock);
	n_tty_flush_output(tty);
	tty_start(tty);
	wake_up_all(&tty->read_wait);
	wake_up_all(&tty->write_wait);
}

/* The group `pgrp` may be stopped: it shall go on, and see that its terminal is gone. */
static void signal_hangup(pid_t pgrp)
{
	if (pgrp <= 0)
		return;
	kill_pgrp(pgrp, SIGHUP);
	kill_pgrp(pgrp, SIGCONT);
}

void tty_hangup(struct tty_struct *tty)
{
	pid_t pgrp, session;

	mutex_lock(&tty_mutex);
	pgrp = tty->pgrp;
	session = tty->session;
	hang_up_files(tty);
	clear_session(tty);
	mutex_unlock(&tty_mutex);
	signal_hangup(pgrp);
	if (session != pgrp) /* the leader's own group has the session's number */
		signal_hangup(session);
}

void disassociate_ctty(bool on_exit)
{
	struct tty_struct *tty = current_tty();
	pid_t pgrp;

	if (!tty || !current->signal->leader)
		return;
	mutex_lock(&tty_mutex);
	pgrp = tty->pgrp;
	if (on_exit)
		hang_up_files(tty);
	clear_session(tty);
	mutex_unlock(&tty_mutex);
	signal_hangup(pgrp);
}

long sys_vhangup(void)
{
	struct tty_struct *tty = current_tty();

	if (!capable())
		return -EPERM;
	if (tty)
		tty_hangup(tty);
	return 0;
}

/* ---- ioctls */

static long set_controlling(struct tty_file *tf, unsigned long arg)
{
	struct tty_struct *tty = tf->tty;
	long err = 0;

	mutex_lock(&tty_mutex);
	if (!current->signal->leader || (current_tty() && current_tty() != tty))
		err = -EPERM;
	else if (tty->session == task_session(current))
		err = 0;
	else if (tty->session && !(arg == 1 && capable()))
		err = -EPERM;
	else if (!(tf->file->f_mode & FMODE_READ) && !capable())
		err = -EPERM;
	else {
		clear_session(tty);
		set_ctty(tty);
	}
	mutex_unlock(&tty_mutex);
	return err;
}

static long give_up(struct tty_struct *tty)
{
	if (current_tty() != tty)
		return -ENOTTY;
	disassociate_ctty(false);
	proc_clear_tty();
	return 0;
}

static long get_pgrp(struct tty_struct *tty, unsigned long arg)
{
	if (current_tty() != tty)
		return -ENOTTY;
	return put_user(tty->pgrp, (pid_t __user *)arg);
}

static long set_pgrp(struct tty_struct *tty, unsigned long arg)
{
	int err = tty_check_change(tty, SIGTTOU);
	pid_t pgrp, session;

	if (err == -EIO)
		return -ENOTTY;
	if (err)
		return err;
	if (!current_tty() || current_tty() != tty || tty->session != task_session(current))
		return -ENOTTY;
	if (get_user(pgrp, (pid_t __user *)arg))
		return -EFAULT;
	if (pgrp < 0)
		return -EINVAL;
	session = session_of_pgrp(pgrp);
	if (session < 0)
		return -ESRCH;
	if (session != task_session(current))
		return -EPERM;
	mutex_lock(&tty_mutex);
	tty->pgrp = pgrp;
	mutex_unlock(&tty_mutex);
	return 0;
}

static long get_sid(struct tty_struct *tty, unsigned long arg)
{
	if (current_tty() != tty || !tty->session)
		return -ENOTTY;
	return put_user(tty->session, (pid_t __user *)arg);
}

long tty_jobctrl_ioctl(struct tty_file *tf, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case TIOCSCTTY:
		return set_controlling(tf, arg);
	case TIOCNOTTY:
		return give_up(tf->tty);
	case TIOCGPGRP:
		return get_pgrp(tf->tty, arg);
	case TIOCSPGRP:
		return set_pgrp(tf->tty, arg);
	case TIOCGSID:
		return get_sid(tf->tty, arg);
	}
	return -ENOTTY;
}
