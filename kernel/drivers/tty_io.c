/*
 * Terminals as files: who has which one open. The reading and writing is the line discipline's.
 *
 * A terminal lives from its driver's tty_register() on; openings come and go. Each has a
 * struct tty_file, so that a hang-up can take the terminal away from those who have it open,
 * while later openings find it as if nothing had been.
 */
#include "kernel/drivers/tty.h"

#include "kernel/cred.h"
#include "kernel/drivers/tty_port.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/wait.h"
#include "mm/slab.h"

DEFINE_MUTEX(tty_mutex);

static LIST_HEAD(ttys);
static struct tty_struct *console;

/* What a terminal is set to at first: Linux's, and a bell when the buffer is full. */
static const struct ktermios initial_termios = {
	.c_iflag = ICRNL | IXON | IMAXBEL,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B38400 | CS8 | CREAD | HUPCL | CLOCAL,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
	.c_cc = {[VINTR] = 3,
		 [VQUIT] = 28,
		 [VERASE] = 127,
		 [VKILL] = 21,
		 [VEOF] = 4,
		 [VMIN] = 1,
		 [VSTART] = 17,
		 [VSTOP] = 19,
		 [VSUSP] = 26,
		 [VREPRINT] = 18,
		 [VDISCARD] = 15,
		 [VWERASE] = 23,
		 [VLNEXT] = 22},
	.c_ispeed = 38400,
	.c_ospeed = 38400,
};

struct tty_struct *tty_alloc(const char *name, dev_t dev, const struct tty_operations *ops)
{
	struct tty_struct *tty = kzalloc(sizeof(*tty), GFP_KERNEL);

	if (!tty)
		return NULL;
	tty->n.buf = kmalloc(N_TTY_BUF_SIZE, GFP_KERNEL);
	if (!tty->n.buf) {
		kfree(tty);
		return NULL;
	}
	tty->name = name;
	tty->dev = dev;
	tty->ops = ops;
	tty->termios = initial_termios;
	tty->winsize = (struct winsize){.ws_row = 25, .ws_col = 80};
	INIT_LIST_HEAD(&tty->list);
	INIT_LIST_HEAD(&tty->files);
	mutex_init(&tty->lock, "tty");
	mutex_init(&tty->output_lock, "tty_output");
	init_waitqueue_head(&tty->read_wait);
	init_waitqueue_head(&tty->write_wait);
	return tty;
}

void tty_free(struct tty_struct *tty)
{
	if (!tty)
		return;
	kfree(tty->n.buf);
	kfree(tty);
}

void tty_register(struct tty_struct *tty)
{
	mutex_lock(&tty_mutex);
	list_add_tail(&tty->list, &ttys);
	mutex_unlock(&tty_mutex);
}

void tty_unregister(struct tty_struct *tty)
{
	mutex_lock(&tty_mutex);
	list_del_init(&tty->list);
	mutex_unlock(&tty_mutex);
}

void tty_set_console(struct tty_struct *tty)
{
	console = tty;
}

struct tty_struct *tty_console(void)
{
	return console;
}

void tty_flush_echoes(void)
{
	struct tty_struct *tty;

	list_for_each_entry (tty, &ttys, list)
		n_tty_flush_echo(tty);
}

void tty_wakeup(struct tty_struct *tty)
{
	wake_up_all(&tty->write_wait);
	if (tty->n.echo_head != tty->n.echo_tail)
		tty_port_kick();
}

/* The terminal that a device number means for the current process. tty_mutex held. */
static struct tty_struct *find_tty(dev_t dev)
{
	struct tty_struct *tty;

	if (dev == DEV_TTY)
		return current_tty();
	if (dev == DEV_CONSOLE)
		return console;
	if (dev == DEV_TTY0)
		dev = DEV_TTY1;
	list_for_each_entry (tty, &ttys, list)
		if (tty->dev == dev)
			return tty;
	return NULL;
}

static void attach(struct tty_file *tf, struct tty_struct *tty)
{
	tf->tty = tty;
	list_add_tail(&tf->list, &tty->files);
	tty->open_count++;
	if (tf->file->f_mode & FMODE_READ)
		tty->readers++;
}

/* As Linux's: /dev/console and /dev/tty0 never become controlling by being opened alone. */
static bool wants_ctty(const struct file *file, dev_t dev)
{
	return !(file->f_flags & O_NOCTTY) && file->f_mode & FMODE_READ && dev != DEV_CONSOLE &&
	       dev != DEV_TTY0;
}

static int tty_open(struct inode *inode, struct file *file)
{
	struct tty_file *tf = kzalloc(sizeof(*tf), GFP_KERNEL);
	dev_t dev = inode->i_rdev;
	struct tty_struct *tty;
	int err = 0;

	if (!tf)
		return -ENOMEM;
	tf->file = file;
	tf->console = dev == DEV_CONSOLE;
	mutex_lock(&tty_mutex);
	tty = find_tty(dev);
	if (!tty) {
		err = -ENXIO;
	} else if (tty->exclusive && tty->open_count && !capable()) {
		err = -EBUSY;
	} else {
		attach(tf, tty);
		if (wants_ctty(file, dev))
			tty_open_ctty(tty);
	}
	mutex_unlock(&tty_mutex);
	if (err)
		kfree(tf);
	else
		file->private_data = tf;
	tty_port_kick();
	return err;
}

static void tty_release(struct file *file)
{
	struct tty_file *tf = file->private_data;
	struct tty_struct *tty;

	if (!tf) /* it could not be opened */
		return;
	tty = tf->tty;
	mutex_lock(&tty_mutex);
	list_del(&tf->list);
	if (file->f_mode & FMODE_READ)
		tty->readers--;
	if (!--tty->open_count) {
		tty->exclusive = false;
		tty_start(tty);
	}
	mutex_unlock(&tty_mutex);
	kfree(tf);
}

static ssize_t tty_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	(void)pos;
	return n_tty_read(file->private_data, buf, count);
}

static ssize_t tty_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	(void)pos;
	return n_tty_write(file->private_data, buf, count);
}

static unsigned int tty_poll(struct file *file, struct poll_table *pt)
{
	return n_tty_poll(file->private_data, pt);
}

const struct file_operations tty_fops = {
	.read = tty_read,
	.write = tty_write,
	.poll = tty_poll,
	.ioctl = tty_ioctl,
	.open = tty_open,
	.release = tty_release,
};

struct tty_struct *tty_of_file(struct file *file)
{
	struct tty_file *tf = file->f_op == &tty_fops ? file->private_data : NULL;

	return tf ? tf->tty : NULL;
}
