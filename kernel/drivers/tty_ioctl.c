/*
 * ioctl(2) on terminals: settings in their three layouts, sizes, queues and flow. What changes
 * something needs the foreground (SIGTTOU otherwise). Job control is tty_jobctrl.c's.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/drivers/tty.h"
#include "kernel/lib/string.h"
#include "kernel/wait.h"

/* Speeds by their code in c_cflag: the 16 of old, and those with CBAUDEX's bit. */
static const u32 speeds[] = {0,	  50,	75,   110,  134,  150,	200,   300,
			     600, 1200, 1800, 2400, 4800, 9600, 19200, 38400};
static const u32 high_speeds[] = {0,	   57600,   115200,  230400,  460800,  500000,
				  576000,  921600,  1000000, 1152000, 1500000, 2000000,
				  2500000, 3000000, 3500000, 4000000};

/* The speed that c_cflag names; BOTHER: the one in c_ospeed. */
static u32 speed_of(const struct ktermios *termios)
{
	tcflag_t code = termios->c_cflag & CBAUD;

	if (code == BOTHER)
		return termios->c_ospeed;
	return code & BOTHER ? high_speeds[code & 15] : speeds[code & 15];
}

/* TCSETS at once; TCSETSW when output has left; TCSETSF then, and input is dropped. */
enum moment { AT_ONCE, AFTER_OUTPUT, AFTER_OUTPUT_FLUSH };

static long set_termios(struct tty_struct *tty, struct ktermios *new, enum moment when)
{
	struct ktermios old;

	if (when != AT_ONCE) {
		int err = tty_drain(tty);

		if (err)
			return err;
	}
	new->c_ispeed = new->c_ospeed = speed_of(new);
	mutex_lock(&tty->lock);
	if (when == AFTER_OUTPUT_FLUSH)
		n_tty_flush_input(tty);
	old = tty->termios;
	tty->termios = *new;
	if (tty->ops->set_termios)
		tty->ops->set_termios(tty);
	n_tty_set_termios(tty, &old);
	mutex_unlock(&tty->lock);
	return 0;
}

/* TCSETS and TCSETS2: `size` bytes of a ktermios; what is not given stays. */
static long tc_set(struct tty_struct *tty, unsigned long arg, size_t size, enum moment when)
{
	struct ktermios new = tty->termios;

	if (copy_from_user(&new, (void __user *)arg, size))
		return -EFAULT;
	return set_termios(tty, &new, when);
}

static long tc_get(struct tty_struct *tty, unsigned long arg, size_t size)
{
	struct ktermios termios;

	mutex_lock(&tty->lock);
	termios = tty->termios;
	mutex_unlock(&tty->lock);
	return copy_to_user((void __user *)arg, &termios, size) ? -EFAULT : 0;
}

/* System V's layout has the lower halves of the flags, and eight control characters. */
static long tc_get_termio(struct tty_struct *tty, unsigned long arg)
{
	const struct ktermios *termios = &tty->termios;
	struct termio old = {.c_iflag = (u16)termios->c_iflag,
			     .c_oflag = (u16)termios->c_oflag,
			     .c_cflag = (u16)termios->c_cflag,
			     .c_lflag = (u16)termios->c_lflag,
			     .c_line = termios->c_line};

	memcpy(old.c_cc, termios->c_cc, NCC);
	return copy_to_user((void __user *)arg, &old, sizeof(old)) ? -EFAULT : 0;
}

static void low_half(tcflag_t *flags, u16 value)
{
	*flags = (*flags & 0xffff0000u) | value;
}

static long tc_set_termio(struct tty_struct *tty, unsigned long arg, enum moment when)
{
	struct ktermios new = tty->termios;
	struct termio old;

	if (copy_from_user(&old, (void __user *)arg, sizeof(old)))
		return -EFAULT;
	low_half(&new.c_iflag, old.c_iflag);
	low_half(&new.c_oflag, old.c_oflag);
	low_half(&new.c_cflag, old.c_cflag);
	low_half(&new.c_lflag, old.c_lflag);
	new.c_line = old.c_line;
	memcpy(new.c_cc, old.c_cc, NCC);
	return set_termios(tty, &new, when);
}

static long flow(struct tty_struct *tty, unsigned long arg)
{
	switch (arg) {
	case TCOOFF:
		tty_stop(tty);
		return 0;
	case TCOON:
		tty_start(tty);
		return 0;
	case TCIOFF: /* the other side is asked to stop, or to go on */
	case TCION:
		mutex_lock(&tty->lock);
		n_tty_echo(tty, tty->termios.c_cc[arg == TCIOFF ? VSTOP : VSTART]);
		n_tty_flush_echo(tty);
		mutex_unlock(&tty->lock);
		return 0;
	}
	return -EINVAL;
}

static long flush(struct tty_struct *tty, unsigned long arg)
{
	if (arg > TCIOFLUSH)
		return -EINVAL;
	if (arg != TCOFLUSH) {
		mutex_lock(&tty->lock);
		n_tty_flush_input(tty);
		mutex_unlock(&tty->lock);
	}
	if (arg != TCIFLUSH)
		n_tty_flush_output(tty);
	return 0;
}

static long get_winsize(struct tty_struct *tty, unsigned long arg)
{
	struct winsize size = tty->winsize;

	return copy_to_user((void __user *)arg, &size, sizeof(size)) ? -EFAULT : 0;
}

static long set_winsize(struct tty_struct *tty, unsigned long arg)
{
	struct winsize size;
	bool changed;

	if (copy_from_user(&size, (void __user *)arg, sizeof(size)))
		return -EFAULT;
	mutex_lock(&tty->lock);
	changed = memcmp(&size, &tty->winsize, sizeof(size)) != 0;
	tty->winsize = size;
	mutex_unlock(&tty->lock);
	if (changed)
		tty_signal_pgrp(tty, SIGWINCH);
	return 0;
}

static long in_queue(struct tty_struct *tty, unsigned long arg)
{
	int bytes;

	mutex_lock(&tty->lock);
	bytes = (int)n_tty_inq(tty);
	mutex_unlock(&tty->lock);
	return put_user(bytes, (int __user *)arg);
}

static long out_queue(struct tty_struct *tty, unsigned long arg)
{
	int bytes = tty->ops->chars_in_buffer ? (int)tty->ops->chars_in_buffer(tty) : 0;

	return put_user(bytes, (int __user *)arg);
}

/* There is one discipline. */
static long set_discipline(unsigned long arg)
{
	int number;

	if (get_user(number, (int __user *)arg))
		return -EFAULT;
	return number == N_TTY ? 0 : -EINVAL;
}

static long set_exclusive(struct tty_struct *tty, bool on)
{
	mutex_lock(&tty_mutex);
	tty->exclusive = on;
	mutex_unlock(&tty_mutex);
	return 0;
}

/* What only the foreground may do. -ENOTTY: none of these. */
static long change(struct tty_struct *tty, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		return tc_set(tty, arg, TERMIOS_SIZE, (enum moment)(cmd - TCSETS));
	case TCSETS2:
	case TCSETSW2:
	case TCSETSF2:
		return tc_set(tty, arg, sizeof(struct ktermios), (enum moment)(cmd - TCSETS2));
	case TCSETA:
	case TCSETAW:
	case TCSETAF:
		return tc_set_termio(tty, arg, (enum moment)(cmd - TCSETA));
	case TCSBRK: /* a break is not sent; with an argument it only waits */
	case TCSBRKP:
		return tty_drain(tty);
	case TCXONC:
		return flow(tty, arg);
	case TCFLSH:
		return flush(tty, arg);
	case TIOCSETD:
		return set_discipline(arg);
	}
	return -ENOTTY;
}

static bool is_change(unsigned int cmd)
{
	return (cmd >= TCSETS && cmd <= TCSETSF) || (cmd >= TCSETA && cmd <= TCFLSH) ||
	       cmd == TCSETS2 || cmd == TCSETSW2 || cmd == TCSETSF2 || cmd == TCSBRKP ||
	       cmd == TIOCSETD;
}

static long query(struct tty_file *tf, unsigned int cmd, unsigned long arg)
{
	struct tty_struct *tty = tf->tty;

	switch (cmd) {
	case TCGETS:
		return tc_get(tty, arg, TERMIOS_SIZE);
	case TCGETS2:
		return tc_get(tty, arg, sizeof(struct ktermios));
	case TCGETA:
		return tc_get_termio(tty, arg);
	case TIOCGWINSZ:
		return get_winsize(tty, arg);
	case TIOCSWINSZ:
		return set_winsize(tty, arg);
	case TIOCINQ:
		return in_queue(tty, arg);
	case TIOCOUTQ:
		return out_queue(tty, arg);
	case TIOCGETD:
		return put_user(N_TTY, (int __user *)arg);
	case TIOCGDEV:
		return put_user(new_encode_dev(tty->dev), (u32 __user *)arg);
	case TIOCEXCL:
	case TIOCNXCL:
		return set_exclusive(tty, cmd == TIOCEXCL);
	case TIOCGEXCL:
		return put_user((int)tty->exclusive, (int __user *)arg);
	case TIOCSTI: /* typing for others: refused, as by Linux without dev.tty.legacy_tiocsti */
		return -EIO;
	case TIOCVHANGUP:
		if (!capable())
			return -EPERM;
		tty_hangup(tty);
		return 0;
	}
	return tty_jobctrl_ioctl(tf, cmd, arg);
}

long tty_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct tty_file *tf = file->private_data;
	int err;

	if (tf->hung_up)
		return cmd == TIOCSPGRP ? -ENOTTY : -EIO;
	if (!is_change(cmd))
		return query(tf, cmd, arg);
	err = tty_check_change(tf->tty, SIGTTOU);
	return err ? err : change(tf->tty, cmd, arg);
}
