/*
 * What programs write to the console goes to every console of the kernel and into
 * its log, in pieces that fit a small buffer: the text may lie in memory that is
 * not there yet, and touching it can sleep.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/console_file.h"
#include "kernel/lib/err.h"
#include "kernel/printk.h"
#include "kernel/sched.h"

#define PIECE 256u

static struct inode console_inode;

static ssize_t console_file_write(struct file *file, const char __user *buf, size_t count,
				  loff_t *pos)
{
	char piece[PIECE];
	size_t done = 0;

	(void)file;
	(void)pos;
	while (done < count) {
		size_t len = min(count - done, (size_t)PIECE);
		size_t bad = __copy_from_user(piece, buf + done, len);

		console_write(piece, len - bad);
		done += len - bad;
		if (bad)
			return done ? (ssize_t)done : -EFAULT;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return (ssize_t)done;
}

static const struct file_operations console_fops = {
	.write = console_file_write,
};

struct file *console_open(void)
{
	struct file *file;

	if (!console_inode.i_ino)
		inode_init(&console_inode, 0, NULL);
	file = file_alloc(&console_inode, FMODE_READ | FMODE_WRITE, &console_fops, "/dev/console");
	return file ? file : ERR_PTR(-ENOMEM);
}
