/* System calls about files. */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/file.h"
#include "kernel/lib/err.h"
#include "kernel/syscall.h"
#include "mm/slab.h"

#define FEW_IOVECS 8u /* so many fit the kernel's stack */

long sys_close(unsigned int fd)
{
	return fd_close(fd);
}

long sys_read(unsigned int fd, char __user *buf, size_t count)
{
	struct file *file = fget(fd);
	ssize_t n;

	if (!file)
		return -EBADF;
	n = file_read(file, buf, count);
	fput(file);
	return n;
}

long sys_write(unsigned int fd, const char __user *buf, size_t count)
{
	struct file *file = fget(fd);
	ssize_t n;

	if (!file)
		return -EBADF;
	n = file_write(file, buf, count);
	fput(file);
	return n;
}

/* All buffers are looked at before anything is written. */
static int check_iovecs(const struct iovec *iov, unsigned long count)
{
	size_t total = 0;

	for (unsigned long i = 0; i < count; i++) {
		if (iov[i].iov_len > MAX_RW_COUNT - total)
			return -EINVAL;
		if (!access_ok(iov[i].iov_base, iov[i].iov_len))
			return -EFAULT;
		total += iov[i].iov_len;
	}
	return 0;
}

/* Copies the list, checks it, writes. `list` has room for `count` entries. */
static ssize_t writev_list(struct file *file, struct iovec *list, const struct iovec __user *iov,
			   unsigned long count)
{
	int err;

	if (copy_from_user(list, iov, count * sizeof(*list)))
		return -EFAULT;
	err = check_iovecs(list, count);
	return err ? err : file_writev(file, list, (unsigned int)count);
}

static ssize_t writev(struct file *file, const struct iovec __user *iov, unsigned long count)
{
	struct iovec few[FEW_IOVECS], *many;
	ssize_t n;

	if (count > UIO_MAXIOV)
		return -EINVAL;
	if (count <= FEW_IOVECS)
		return writev_list(file, few, iov, count);
	many = kmalloc(count * sizeof(*many), GFP_KERNEL);
	if (!many)
		return -ENOMEM;
	n = writev_list(file, many, iov, count);
	kfree(many);
	return n;
}

long sys_writev(unsigned int fd, const struct iovec __user *iov, unsigned long count)
{
	struct file *file = fget(fd);
	ssize_t n;

	if (!file)
		return -EBADF;
	n = writev(file, iov, count);
	fput(file);
	return n;
}
