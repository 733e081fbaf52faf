/* System calls that open files, and move in the tree. */
#include "kernel/fs/fdtable.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/err.h"
#include "kernel/syscall.h"

static long open_at(int dfd, const char __user *path, int flags, u32 mode)
{
	char *name = getname(path);
	struct file *file;
	int fd;

	if (IS_ERR(name))
		return PTR_ERR(name);
	fd = get_unused_fd(0, flags); /* first: without one no file may be made */
	if (fd < 0)
		goto out;
	file = do_filp_open(dfd, name, flags, mode);
	if (IS_ERR(file)) {
		put_unused_fd((unsigned int)fd);
		fd = (int)PTR_ERR(file);
	} else {
		fd_publish((unsigned int)fd, file);
	}
out:
	putname(name);
	return fd;
}

long sys_open(const char __user *path, int flags, unsigned int mode)
{
	return open_at(AT_FDCWD, path, flags, mode);
}
