/*
 * The line discipline's output side: OPOST, echo, and stopping.
 *
 * What a program writes is copied in pieces, translated, and given to the driver under
 * output_lock. Echo waits in a ring of its own, so that typing does not wait for output,
 * and goes before the next piece.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/drivers/tty.h"
#include "kernel/drivers/tty_port.h"
#include "kernel/wait.h"

#define PIECE  256u
#define WIDEST 8u    /* bytes that one byte may become: a tab */
#define TURN   2048u /* bytes after which others may run, and signals count */

/* One byte as it goes out, into out[]; how many it has become. */
static size_t translate(struct tty_struct *tty, u8 c, char *out)
{
	tcflag_t flags = tty->termios.c_oflag;
	size_t spaces;

	switch (c) {
	case '\n':
		if (flags & ONLRET)
			tty->column = 0;
		if (!(flags & ONLCR))
			break;
		tty->column = 0;
		out[0] = '\r';
		out[1] = '\n';
		return 2;
	case '\r':
		if (flags & ONOCR && !tty->column)
			return 0;
		if (flags & OCRNL) {
			c = '\n';
			tty->column = flags & ONLRET ? 0 : tty->column;
			break;
		}
		tty->column = 0;
		break;
	case '\t':
		spaces = 8 - tty->column % 8;
		tty->column += (unsigned int)spaces;
		if ((flags & TABDLY) != XTABS)
			break;
		for (size_t i = 0; i < spaces; i++)
			out[i] = ' ';
		return spaces;
	case '\b':
		if (tty->column)
			tty->column--;
		break;
	default:
		if (c >= ' ' && c != 0x7f && (c & 0xc0) != 0x80)
			tty->column++;
		if (flags & OLCUC && c >= 'a' && c <= 'z')
			c = (u8)(c - 'a' + 'A');
	}
	out[0] = (char)c;
	return 1;
}

/* As much as the driver takes now; returns bytes of `text`. output_lock held. */
static size_t output_some(struct tty_struct *tty, const char *text, size_t len)
{
	char out[PIECE + WIDEST];
	size_t room = min(tty->ops->write_room(tty), (size_t)PIECE), used = 0, done = 0;

	if (!(tty->termios.c_oflag & OPOST)) {
		done = min(len, room);
		tty->ops->write(tty, text, done);
		return done;
	}
	while (done < len && used + WIDEST <= room)
		used += translate(tty, (u8)text[done++], out + used);
	tty->ops->write(tty, out, used);
	return done;
}

static size_t output(struct tty_struct *tty, const char *text, size_t len)
{
	size_t done = 0, n;

	while (!tty->stopped && done < len && (n = output_some(tty, text + done, len - done)) != 0)
		done += n;
	return done;
}

/* output_lock held. */
static void flush_echo(struct tty_struct *tty)
{
	struct n_tty *n = &tty->n;
	size_t done = 1;

	while (done && n->echo_tail != n->echo_head) {
		unsigned int from = n->echo_tail % N_TTY_ECHO_SIZE;
		unsigned int len = min(n->echo_head - n->echo_tail, N_TTY_ECHO_SIZE - from);

		done = output(tty, (const char *)n->echo + from, len);
		n->echo_tail += (unsigned int)done;
	}
}

void n_tty_flush_echo(struct tty_struct *tty)
{
	if (tty->n.echo_tail == tty->n.echo_head)
		return;
	mutex_lock(&tty->output_lock);
	flush_echo(tty);
	mutex_unlock(&tty->output_lock);
}

void n_tty_flush_output(struct tty_struct *tty)
{
	mutex_lock(&tty->output_lock);
	tty->n.echo_tail = tty->n.echo_head;
	if (tty->ops->flush_buffer)
		tty->ops->flush_buffer(tty);
	mutex_unlock(&tty->output_lock);
	wake_up_interruptible(&tty->write_wait);
}

void tty_stop(struct tty_struct *tty)
{
	mutex_lock(&tty->output_lock);
	tty->stopped = true;
	mutex_unlock(&tty->output_lock);
}

void tty_start(struct tty_struct *tty)
{
	mutex_lock(&tty->output_lock);
	if (tty->stopped) {
		tty->stopped = false;
		flush_echo(tty);
		wake_up_all(&tty->write_wait);
	}
	mutex_unlock(&tty->output_lock);
}

static bool can_write(const struct tty_file *tf)
{
	struct tty_struct *tty = tf->tty;

	return tf->hung_up || (!tty->stopped && tty->ops->write_room(tty) >= WIDEST);
}

/* All of a piece, waiting where it must; *done counts what has been taken. 0 or -errno. */
static int write_piece(struct tty_file *tf, const char *text, size_t len, size_t *done)
{
	struct tty_struct *tty = tf->tty;

	while (len) {
		size_t n;

		if (tf->hung_up)
			return -EIO;
		mutex_lock(&tty->output_lock);
		flush_echo(tty);
		n = output(tty, text, len);
		mutex_unlock(&tty->output_lock);
		*done += n;
		text += n;
		len -= n;
		if (!len)
			break;
		if (tf->file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(tty->write_wait, can_write(tf)))
			return -ERESTARTSYS;
	}
	return 0;
}

/* Background processes may write, unless TOSTOP says no. */
static int may_write(struct tty_file *tf)
{
	if (tf->hung_up)
		return -EIO;
	return tf->tty->termios.c_lflag & TOSTOP ? tty_check_change(tf->tty, SIGTTOU) : 0;
}

ssize_t n_tty_write(struct tty_file *tf, const char __user *buf, size_t count)
{
	char piece[PIECE];
	size_t done = 0;
	int err = may_write(tf);

	while (!err && done < count) {
		size_t len = min(count - done, (size_t)PIECE);
		size_t good = len - copy_from_user(piece, buf + done, len);

		err = write_piece(tf, piece, good, &done);
		if (!err && good < len)
			err = -EFAULT;
		if (!err && done % TURN == 0 && done < count) {
			if (signal_pending(current))
				err = -ERESTARTSYS;
			cond_resched();
		}
	}
	return done ? (ssize_t)done : err;
}

static bool drained(struct tty_struct *tty)
{
	return !tty->ops->chars_in_buffer || !tty->ops->chars_in_buffer(tty);
}

/* The last bit leaves without an interrupt: look from time to time. */
int tty_drain(struct tty_struct *tty)
{
	while (!drained(tty)) {
		if (signal_pending(current))
			return -ERESTARTSYS;
		set_current_state(TASK_INTERRUPTIBLE);
		schedule_timeout(1);
	}
	return 0;
}
