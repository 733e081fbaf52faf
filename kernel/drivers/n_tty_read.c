/*
 * The line discipline's reading side: what read(2) gets, when it waits, when it is done.
 *
 * Canonical: one line, or as much of it as was asked for. Raw: VMIN and VTIME, as termios(3) has
 * it: VMIN bytes; or after VTIME tenths of a second without another byte, counted from the first
 * one (VMIN > 0) or from the call (VMIN 0). A byte leaves the buffer when the program has it.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/drivers/tty.h"
#include "kernel/drivers/tty_port.h"
#include "kernel/fs/poll.h"
#include "kernel/lib/bitops.h"
#include "kernel/wait.h"

#define MASK (N_TTY_BUF_SIZE - 1)

static bool canonical(const struct tty_struct *tty)
{
	return tty->termios.c_lflag & ICANON;
}

static unsigned int readable(const struct tty_struct *tty)
{
	const struct n_tty *n = &tty->n;

	return READ_ONCE(*(canonical(tty) ? &n->canon : &n->head)) - n->tail;
}

/* Is the byte at this position the mark that ^D leaves? */
static bool is_eof(const struct n_tty *n, unsigned int at)
{
	return !n->buf[at & MASK] && test_bit(at & MASK, n->marks);
}

/* [tail, tail+len) to the program, in at most two pieces; they leave. 0 or -EFAULT. */
static int hand_over(struct n_tty *n, char __user *buf, unsigned int len)
{
	while (len) {
		unsigned int from = n->tail & MASK;
		unsigned int piece = min(len, N_TTY_BUF_SIZE - from);

		if (copy_to_user(buf, n->buf + from, piece))
			return -EFAULT;
		n->tail += piece;
		buf += piece;
		len -= piece;
	}
	return 0;
}

/* One line or a part of it; a ^D behind it goes too. There is one. Bytes or -EFAULT. */
static ssize_t take_line(struct n_tty *n, char __user *buf, size_t count)
{
	unsigned int end = n->tail, last = min(n->canon, n->tail + (unsigned int)count);
	unsigned int len;
	bool ended = false;

	while (end != last && !ended) {
		if (is_eof(n, end))
			break;
		ended = test_bit(end++ & MASK, n->marks);
	}
	len = end - n->tail;
	if (hand_over(n, buf, len))
		return -EFAULT;
	if (!ended && n->tail != n->canon && is_eof(n, n->tail))
		n->tail++;
	return (ssize_t)len;
}

static ssize_t take_raw(struct n_tty *n, char __user *buf, size_t count)
{
	unsigned int len = (unsigned int)min(count, (size_t)(n->head - n->tail));

	if (hand_over(n, buf, len))
		return -EFAULT;
	n->canon = n->tail;
	return (ssize_t)len;
}

/* What is there now. Bytes, -EFAULT, or -EAGAIN: nothing. */
static ssize_t take(struct tty_struct *tty, char __user *buf, size_t count)
{
	ssize_t taken = -EAGAIN;

	mutex_lock(&tty->lock);
	if (readable(tty))
		taken = canonical(tty) ? take_line(&tty->n, buf, count)
				       : take_raw(&tty->n, buf, count);
	mutex_unlock(&tty->lock);
	if (taken >= 0)
		tty_port_kick();
	return taken;
}

/* Sleep until there is something; -ERESTARTSYS, or -EAGAIN when `ticks` are over. */
static int wait_readable(struct tty_file *tf, unsigned long ticks)
{
	struct tty_struct *tty = tf->tty;
	DEFINE_WAIT(wait);
	int err = 0;

	for (;;) {
		prepare_to_wait(&tty->read_wait, &wait, TASK_INTERRUPTIBLE);
		if (readable(tty) || tf->hung_up)
			break;
		if (signal_pending(current))
			err = -ERESTARTSYS;
		else if (!ticks)
			err = -EAGAIN;
		if (err)
			break;
		ticks = schedule_timeout(ticks);
	}
	finish_wait(&tty->read_wait, &wait);
	return err;
}

/* How long the next wait may be, in ticks; 0: not at all. */
static unsigned long patience(const struct tty_struct *tty, size_t done)
{
	u8 vmin = tty->termios.c_cc[VMIN], vtime = tty->termios.c_cc[VTIME];

	if (canonical(tty))
		return MAX_SCHEDULE_TIMEOUT;
	if (vmin && (!vtime || !done))
		return MAX_SCHEDULE_TIMEOUT;
	return vtime ? msecs_to_jiffies(vtime * 100ul) : 0;
}

/* Has a read got what it is to wait for? */
static bool satisfied(const struct tty_struct *tty, size_t done, size_t count)
{
	size_t least = max(tty->termios.c_cc[VMIN], (u8)1);

	return canonical(tty) || done >= min(least, count);
}

/* Nothing is there: wait, if that is wanted. 0: look again; 1: that was all; or -errno. */
static int wait_more(struct tty_file *tf, size_t done)
{
	unsigned long ticks = patience(tf->tty, done);
	int err;

	if (tf->hung_up || !ticks)
		return 1;
	if (tf->file->f_flags & O_NONBLOCK)
		return -EAGAIN;
	err = wait_readable(tf, ticks);
	return err == -EAGAIN ? 1 : err;
}

ssize_t n_tty_read(struct tty_file *tf, char __user *buf, size_t count)
{
	struct tty_struct *tty = tf->tty;
	size_t done = 0;
	int err = tf->hung_up ? 0 : tty_check_change(tty, SIGTTIN);

	if (err || !count || tf->hung_up)
		return err;
	for (;;) {
		ssize_t taken = take(tty, buf + done, count - done);

		if (taken >= 0) {
			done += (size_t)taken;
			if (satisfied(tty, done, count))
				return (ssize_t)done;
			continue;
		}
		err = taken == -EAGAIN ? wait_more(tf, done) : (int)taken;
		if (err)
			return done || err > 0 ? (ssize_t)done : err;
	}
}

unsigned int n_tty_inq(const struct tty_struct *tty)
{
	const struct n_tty *n = &tty->n;
	unsigned int bytes = readable(tty), eofs = 0;

	if (!canonical(tty))
		return bytes;
	for (unsigned int i = n->tail; i != n->canon; i++)
		eofs += is_eof(n, i);
	return bytes - eofs;
}

unsigned int n_tty_poll(struct tty_file *tf, struct poll_table *pt)
{
	struct tty_struct *tty = tf->tty;
	unsigned int mask = 0, least = 1;

	poll_wait(tf->file, &tty->read_wait, pt);
	poll_wait(tf->file, &tty->write_wait, pt);
	if (tf->hung_up)
		return POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDNORM | POLLWRNORM;
	if (!canonical(tty) && !tty->termios.c_cc[VTIME])
		least = max(tty->termios.c_cc[VMIN], (u8)1);
	if (readable(tty) >= least)
		mask |= POLLIN | POLLRDNORM;
	if (!tty->stopped && tty->ops->write_room(tty) >= 64)
		mask |= POLLOUT | POLLWRNORM;
	return mask;
}
