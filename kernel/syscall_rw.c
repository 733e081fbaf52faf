/* System calls that read, write and seek. */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/rw.h"
#include "kernel/syscall_rw.h"

/* A 64-bit position comes as two words; a negative one is none. */
static loff_t join(unsigned long low, unsigned long high)
{
	return (loff_t)((u64)high << 32 | low);
}

long sys_read(unsigned int fd, char __user *buf, size_t count)
{
	unsigned int flags;
	struct file *file = fdget_pos(fd, &flags);
	ssize_t n;

	if (unlikely(!file))
		return -EBADF;
	n = vfs_read(file, buf, count, &file->f_pos);
	fdput_pos(file, flags);
	return n;
}

long sys_write(unsigned int fd, const char __user *buf, size_t count)
{
	unsigned int flags;
	struct file *file = fdget_pos(fd, &flags);
	ssize_t n;

	if (unlikely(!file))
		return -EBADF;
	n = vfs_write(file, buf, count, &file->f_pos);
	fdput_pos(file, flags);
	return n;
}

long sys_readv(unsigned int fd, const struct iovec __user *iov, unsigned long nr)
{
	unsigned int flags;
	struct file *file = fdget_pos(fd, &flags);
	ssize_t n;

	if (!file)
		return -EBADF;
	n = vfs_readv(file, iov, nr, &file->f_pos);
	fdput_pos(file, flags);
	return n;
}

long sys_writev(unsigned int fd, const struct iovec __user *iov, unsigned long nr)
{
	unsigned int flags;
	struct file *file = fdget_pos(fd, &flags);
	ssize_t n;

	if (!file)
		return -EBADF;
	n = vfs_writev(file, iov, nr, &file->f_pos);
	fdput_pos(file, flags);
	return n;
}

/* ---- at a given position ---------------------------------------------------------------- */

/* The file of a call with a position of its own; or ERR_PTR(-EINVAL, -EBADF, -ESPIPE). */
static struct file *get_seekable(unsigned int fd, loff_t pos, bool *put)
{
	struct file *file;

	if (pos < 0)
		return ERR_PTR(-EINVAL);
	file = fget_light(fd, put);
	if (!file)
		return ERR_PTR(-EBADF);
	if (file->f_mode & FMODE_LSEEK)
		return file;
	fput_light(file, *put);
	return ERR_PTR(-ESPIPE);
}

long sys_pread64(unsigned int fd, char __user *buf, size_t count, unsigned long low,
		 unsigned long high)
{
	loff_t pos = join(low, high);
	bool put;
	struct file *file = get_seekable(fd, pos, &put);
	ssize_t n;

	if (IS_ERR(file))
		return PTR_ERR(file);
	n = vfs_read(file, buf, count, &pos);
	fput_light(file, put);
	return n;
}

long sys_pwrite64(unsigned int fd, const char __user *buf, size_t count, unsigned long low,
		  unsigned long high)
{
	loff_t pos = join(low, high);
	bool put;
	struct file *file = get_seekable(fd, pos, &put);
	ssize_t n;

	if (IS_ERR(file))
		return PTR_ERR(file);
	n = vfs_write(file, buf, count, &pos);
	fput_light(file, put);
	return n;
}

long sys_preadv(unsigned int fd, const struct iovec __user *iov, unsigned long nr,
		unsigned long low, unsigned long high)
{
	loff_t pos = join(low, high);
	bool put;
	struct file *file = get_seekable(fd, pos, &put);
	ssize_t n;

	if (IS_ERR(file))
		return PTR_ERR(file);
	n = vfs_readv(file, iov, nr, &pos);
	fput_light(file, put);
	return n;
}

long sys_pwritev(unsigned int fd, const struct iovec __user *iov, unsigned long nr,
		 unsigned long low, unsigned long high)
{
	loff_t pos = join(low, high);
	bool put;
	struct file *file = get_seekable(fd, pos, &put);
	ssize_t n;

	if (IS_ERR(file))
		return PTR_ERR(file);
	n = vfs_writev(file, iov, nr, &pos);
	fput_light(file, put);
	return n;
}

/* ---- seeking ---------------------------------------------------------------------------- */

static loff_t seek(unsigned int fd, loff_t offset, unsigned int whence)
{
	unsigned int flags;
	struct file *file = fdget_pos(fd, &flags);
	loff_t pos = -EINVAL;

	if (!file)
		return -EBADF;
	if (whence <= SEEK_HOLE)
		pos = vfs_llseek(file, offset, (int)whence);
	fdput_pos(file, flags);
	return pos;
}

/* The position has moved even if its number is too large for the result. */
long sys_lseek(unsigned int fd, long offset, unsigned int whence)
{
	loff_t pos = seek(fd, offset, whence);

	return pos == (long)pos ? (long)pos : -EOVERFLOW;
}

long sys__llseek(unsigned int fd, unsigned long high, unsigned long low, loff_t __user *result,
		 unsigned int whence)
{
	loff_t pos = seek(fd, join(low, high), whence);

	if (pos < 0)
		return (long)pos;
	return put_user(pos, result);
}

/* ---- from file to file ------------------------------------------------------------------ */

/* The position of the source is the one given, or the file's own. */
static ssize_t send_from(struct file *out, struct file *in, loff_t *pos, size_t count)
{
	if (!(in->f_mode & FMODE_READ) || !(out->f_mode & FMODE_WRITE))
		return -EBADF;
	if (pos && !(in->f_mode & FMODE_LSEEK))
		return -ESPIPE;
	if ((out->f_flags & O_APPEND) || (ssize_t)count < 0 || (pos && *pos < 0))
		return -EINVAL;
	return do_sendfile(out, in, pos ? pos : &in->f_pos, min(count, (size_t)MAX_RW_COUNT));
}

static ssize_t sendfile(unsigned int out_fd, unsigned int in_fd, loff_t *pos, size_t count)
{
	struct file *in = fget(in_fd), *out = fget(out_fd);
	ssize_t n = -EBADF;

	if (in && out)
		n = send_from(out, in, pos, count);
	if (in)
		fput(in);
	if (out)
		fput(out);
	return n;
}

/* Where the source has been read to is written back, whatever happened. */
long sys_sendfile64(unsigned int out_fd, unsigned int in_fd, loff_t __user *offset, size_t count)
{
	loff_t pos;
	ssize_t n;

	if (!offset)
		return sendfile(out_fd, in_fd, NULL, count);
	if (get_user(pos, offset))
		return -EFAULT;
	n = sendfile(out_fd, in_fd, &pos, count);
	return put_user(pos, offset) ? -EFAULT : n;
}

#define MAX_NON_LFS 0x7fffffffll

/* A position of 32 bits: nothing is sent that would lead beyond. */
long sys_sendfile(unsigned int out_fd, unsigned int in_fd, long __user *offset, size_t count)
{
	loff_t pos;
	long start;
	ssize_t n;

	if (!offset)
		return sendfile(out_fd, in_fd, NULL, count);
	if (get_user(start, offset))
		return -EFAULT;
	pos = start;
	if (pos >= 0 && (ssize_t)count > 0)
		count = (size_t)min((loff_t)count, MAX_NON_LFS - pos);
	n = sendfile(out_fd, in_fd, &pos, count);
	return put_user((long)pos, offset) ? -EFAULT : n;
}
