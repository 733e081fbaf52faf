/*
 * The console before there is a path to it: the node /dev/console that nobody has to look up.
 */
#include "kernel/fs/console_file.h"
#include "kernel/drivers/tty.h"
#include "kernel/lib/err.h"

static struct inode console_inode;

struct file *console_open(void)
{
	struct file *file;
	int err;

	if (!console_inode.i_ino) {
		inode_init(&console_inode, 0, NULL);
		console_inode.i_mode = S_IFCHR | 0600;
		console_inode.i_rdev = DEV_CONSOLE;
	}
	file = file_alloc(&console_inode, FMODE_READ | FMODE_WRITE, &tty_fops, "/dev/console");
	if (!file)
		return ERR_PTR(-ENOMEM);
	file->f_flags = O_RDWR | O_NOCTTY;
	err = tty_fops.open(&console_inode, file);
	if (err) {
		fput(file);
		return ERR_PTR(err);
	}
	return file;
}
