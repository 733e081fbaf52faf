/* System calls about descriptors, whatever is behind them. */
#include "kernel/syscall_fd.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/pipe.h"
#include "kernel/fs/readdir.h"
#include "kernel/fs/rw.h"

/* ---- closing and duplicating ------------------------------------------------------------ */

/* The descriptor is free in any case: the call must not be made again. */
long sys_close(unsigned int fd)
{
	int err = fd_close(fd);

	return err == -ERESTARTSYS || err == -ERESTARTNOINTR || err == -ERESTARTNOHAND ? -EINTR
										       : err;
}

#define CLOSE_RANGE_UNSHARE 2u
#define CLOSE_RANGE_CLOEXEC 4u

long sys_close_range(unsigned int first, unsigned int last, unsigned int flags)
{
	int err = 0;

	if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) || first > last)
		return -EINVAL;
	if (flags & CLOSE_RANGE_UNSHARE)
		err = unshare_files();
	if (err)
		return err;
	if (flags & CLOSE_RANGE_CLOEXEC)
		fd_cloexec_range(first, last);
	else
		fd_close_range(first, last);
	return 0;
}

static long dup_from(struct file *file, unsigned int min, int flags)
{
	int fd = fd_install_from(get_file(file), min, flags);

	if (fd < 0)
		fput(file);
	return fd;
}

long sys_dup(unsigned int fd)
{
	struct file *file = fget_raw(fd);
	long ret;

	if (!file)
		return -EBADF;
	ret = dup_from(file, 0, 0);
	fput(file);
	return ret;
}

static long dup_to(unsigned int old, unsigned int new, int flags)
{
	struct file *file = fget_raw(old);
	long ret;

	if (!file)
		return -EBADF;
	ret = old == new ? (long)new : fd_replace(new, file, flags);
	fput(file);
	return ret;
}

long sys_dup2(unsigned int old, unsigned int new)
{
	return dup_to(old, new, 0);
}

long sys_dup3(unsigned int old, unsigned int new, int flags)
{
	if (flags & ~O_CLOEXEC || old == new)
		return -EINVAL;
	return dup_to(old, new, flags);
}

/* ---- fcntl ------------------------------------------------------------------------------ */

#define SETFL_MASK (O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME)

/*
 * O_ASYNC is dropped, as by any file that cannot tell of input by a signal; O_DIRECT needs a file
 * that can go past the page cache: none can.
 */
static long set_file_flags(struct file *file, unsigned int flags)
{
	struct inode *inode = file->f_inode;

	if (flags & O_DIRECT)
		return -EINVAL;
	if ((flags & ~file->f_flags & O_NOATIME) && !inode_owner_or_capable(inode))
		return -EPERM;
	file->f_flags = (file->f_flags & ~SETFL_MASK) | (flags & SETFL_MASK);
	return 0;
}

static long set_file_signal(struct file *file, unsigned long sig)
{
	if (sig > _NSIG)
		return -EINVAL;
	file->f_sig = (int)sig;
	return 0;
}

static long dup_min(struct file *file, unsigned long min, int flags)
{
	if (min >= current->signal->rlim[RLIMIT_NOFILE].rlim_cur || min >= NR_OPEN)
		return -EINVAL;
	return dup_from(file, (unsigned int)min, flags);
}

/* Commands that O_PATH's descriptors understand too. */
static bool is_about_descriptor(unsigned int cmd)
{
	return cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC || cmd == F_GETFD || cmd == F_SETFD ||
	       cmd == F_GETFL;
}

static long do_fcntl(unsigned int fd, struct file *file, unsigned int cmd, unsigned long arg,
		     bool wide)
{
	switch (cmd) {
	case F_DUPFD:
		return dup_min(file, arg, 0);
	case F_DUPFD_CLOEXEC:
		return dup_min(file, arg, O_CLOEXEC);
	case F_GETFD:
		return get_close_on_exec(fd) ? FD_CLOEXEC : 0;
	case F_SETFD:
		set_close_on_exec(fd, arg & FD_CLOEXEC);
		return 0;
	case F_GETFL:
		return (long)file->f_flags;
	case F_SETFL:
		return set_file_flags(file, (unsigned int)arg);
	case F_GETOWN:
		return file->f_owner;
	case F_SETOWN:
		file->f_owner = (int)arg;
		return 0;
	case F_GETSIG:
		return file->f_sig;
	case F_SETSIG:
		return set_file_signal(file, arg);
	case F_GETPIPE_SZ:
		return pipe_get_size(file);
	case F_SETPIPE_SZ:
		return pipe_set_size(file, arg);
	default:
		return do_fcntl_lock(fd, file, cmd, arg, wide);
	}
}

static long fcntl(unsigned int fd, unsigned int cmd, unsigned long arg, bool wide)
{
	struct file *file = is_about_descriptor(cmd) ? fget_raw(fd) : fget(fd);
	long ret;

	if (!file)
		return -EBADF;
	ret = do_fcntl(fd, file, cmd, arg, wide);
	fput(file);
	return ret;
}

long sys_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	return fcntl(fd, cmd, arg, false);
}

long sys_fcntl64(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	return fcntl(fd, cmd, arg, true);
}

/* ---- ioctl ------------------------------------------------------------------------------ */

/* What every file understands (asm-generic/ioctls.h). */
#define FIONBIO	 0x5421u
#define FIONCLEX 0x5450u
#define FIOCLEX	 0x5451u

static long set_nonblock(struct file *file, int __user *arg)
{
	int on;

	if (get_user(on, arg))
		return -EFAULT;
	if (on)
		file->f_flags |= O_NONBLOCK;
	else
		file->f_flags &= ~(unsigned int)O_NONBLOCK;
	return 0;
}

/* FIONREAD of a regular file: the bytes up to its end. */
static long bytes_left(struct file *file, int __user *arg)
{
	return put_user((int)(i_size_read(file->f_inode) - file->f_pos), arg);
}

static long do_ioctl(unsigned int fd, struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case FIOCLEX:
	case FIONCLEX:
		set_close_on_exec(fd, cmd == FIOCLEX);
		return 0;
	case FIONBIO:
		return set_nonblock(file, (int __user *)arg);
	case FIONREAD:
		if (S_ISREG(file->f_inode->i_mode))
			return bytes_left(file, (int __user *)arg);
		break;
	}
	return file->f_op->ioctl ? file->f_op->ioctl(file, cmd, arg) : -ENOTTY;
}

long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	bool put;
	struct file *file = fget_light(fd, &put);
	long ret;

	if (!file)
		return -EBADF;
	ret = do_ioctl(fd, file, cmd, arg);
	fput_light(file, put);
	return ret;
}

/* ---- folders ---------------------------------------------------------------------------- */

static long getdents(unsigned int fd, void __user *buf, unsigned int count, bool wide)
{
	unsigned int flags;
	struct file *file = fdget_pos(fd, &flags);
	long ret;

	if (!file)
		return -EBADF;
	ret = access_ok(buf, count) ? do_getdents(file, buf, count, wide) : -EFAULT;
	fdput_pos(file, flags);
	return ret;
}

long sys_getdents(unsigned int fd, void __user *buf, unsigned int count)
{
	return getdents(fd, buf, count, false);
}

long sys_getdents64(unsigned int fd, void __user *buf, unsigned int count)
{
	return getdents(fd, buf, count, true);
}
