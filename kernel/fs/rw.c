/*
 * From a system call to a file's read and write: may the file be read or written at all, is the
 * range of bytes one that there can be, is the buffer the program's own? Several buffers become one
 * call where the file knows how (a pipe must not mix what two processes write), and one after the
 * other where not.
 *
 * Calls that use a file's position take turns by f_pos_lock; a file that only one task can name
 * needs no lock.
 */
#include "kernel/fs/rw.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/inode.h"
#include "mm/slab.h"

#define FEW_IOVECS 8u /* so many fit the kernel's stack */

/* ---- one buffer ------------------------------------------------------------------------- */

/* What of `count` bytes at `pos` one call may transfer; or -EINVAL. */
static __always_inline ssize_t clamp_count(loff_t pos, size_t count)
{
	if (unlikely(pos < 0 || (ssize_t)count < 0))
		return -EINVAL;
	if (unlikely((u32)((u64)pos >> 32) == 0x7fffffffu)) /* near the largest position */
		count = (size_t)min((loff_t)count, (loff_t)(~0ull >> 1) - pos);
	return (ssize_t)min(count, (size_t)MAX_RW_COUNT);
}

ssize_t vfs_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	ssize_t n;

	if (unlikely(!(file->f_mode & FMODE_READ)))
		return -EBADF;
	if (unlikely(!file->f_op->read))
		return -EINVAL;
	if (unlikely(!access_ok(buf, count)))
		return -EFAULT;
	n = clamp_count(*pos, count);
	return likely(n >= 0) ? file->f_op->read(file, buf, (size_t)n, pos) : n;
}

ssize_t vfs_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	ssize_t n;

	if (unlikely(!(file->f_mode & FMODE_WRITE)))
		return -EBADF;
	if (unlikely(!file->f_op->write))
		return -EINVAL;
	if (unlikely(!access_ok(buf, count)))
		return -EFAULT;
	n = clamp_count(*pos, count);
	return likely(n >= 0) ? file->f_op->write(file, buf, (size_t)n, pos) : n;
}

/* ---- several buffers -------------------------------------------------------------------- */

/*
 * All buffers are looked at before anything is transferred. What is more than one call may do is
 * cut off. The bytes in all, or -errno.
 */
static ssize_t check_iovecs(struct iovec *iov, unsigned long nr, loff_t pos)
{
	size_t total = 0, done = 0;
	ssize_t most;

	for (unsigned long i = 0; i < nr; i++) {
		total += iov[i].iov_len;
		if ((ssize_t)iov[i].iov_len < 0 || (ssize_t)total < 0)
			return -EINVAL;
		if (!access_ok(iov[i].iov_base, iov[i].iov_len))
			return -EFAULT;
	}
	most = clamp_count(pos, total);
	for (unsigned long i = 0; i < nr && most >= 0; i++) {
		iov[i].iov_len = min(iov[i].iov_len, (size_t)most - done);
		done += iov[i].iov_len;
	}
	return most;
}

/* How to transfer one buffer and several; const is the caller's affair. */
struct transfer {
	ssize_t (*one)(struct file *file, char __user *buf, size_t count, loff_t *pos);
	ssize_t (*many)(struct file *file, const struct iovec *iov, unsigned int nr, loff_t *pos);
};

/* An error counts only if nothing was transferred before it. */
static ssize_t one_by_one(struct file *file, const struct transfer *t, const struct iovec *iov,
			  unsigned int nr, loff_t *pos)
{
	ssize_t done = 0, n;

	for (unsigned int i = 0; i < nr; i++) {
		if (!iov[i].iov_len)
			continue;
		n = t->one(file, iov[i].iov_base, iov[i].iov_len, pos);
		if (n < 0)
			return done ? done : n;
		done += n;
		if ((size_t)n < iov[i].iov_len)
			break;
	}
	return done;
}

/* Copies the list into `list`, which has room for it; checks it; does it. */
static ssize_t transfer_list(struct file *file, const struct transfer *t, struct iovec *list,
			     const struct iovec __user *iov, unsigned long nr, loff_t *pos)
{
	ssize_t total;

	if (copy_from_user(list, iov, nr * sizeof(*list)))
		return -EFAULT;
	total = check_iovecs(list, nr, *pos);
	if (total <= 0)
		return total;
	if (t->many)
		return t->many(file, list, (unsigned int)nr, pos);
	return one_by_one(file, t, list, (unsigned int)nr, pos);
}

static ssize_t transfer(struct file *file, const struct transfer *t, const struct iovec __user *iov,
			unsigned long nr, loff_t *pos)
{
	struct iovec few[FEW_IOVECS], *many;
	ssize_t n;

	if (!t->one && !t->many)
		return -EINVAL;
	if (nr > UIO_MAXIOV)
		return -EINVAL;
	if (nr <= FEW_IOVECS)
		return transfer_list(file, t, few, iov, nr, pos);
	many = kmalloc(nr * sizeof(*many), GFP_KERNEL);
	if (!many)
		return -ENOMEM;
	n = transfer_list(file, t, many, iov, nr, pos);
	kfree(many);
	return n;
}

ssize_t vfs_readv(struct file *file, const struct iovec __user *iov, unsigned long nr, loff_t *pos)
{
	struct transfer t = {.one = file->f_op->read, .many = file->f_op->readv};

	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	return transfer(file, &t, iov, nr, pos);
}

ssize_t vfs_writev(struct file *file, const struct iovec __user *iov, unsigned long nr, loff_t *pos)
{
	struct transfer t = {.many = file->f_op->writev};

	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	/* It writes: the buffer is only read. */
	t.one = (ssize_t(*)(struct file *, char __user *, size_t, loff_t *))file->f_op->write;
	return transfer(file, &t, iov, nr, pos);
}

/* ---- the position ----------------------------------------------------------------------- */

struct file *fdget_pos(unsigned int fd, unsigned int *flags)
{
	bool put;
	struct file *file = fget_light(fd, &put);

	*flags = put ? FDPUT_FPUT : 0;
	if (file && (file->f_mode & FMODE_LSEEK) && unlikely(atomic_read(&file->f_count) > 1)) {
		*flags |= FDPUT_UNLOCK;
		mutex_lock(&file->f_pos_lock);
	}
	return file;
}

void fdput_pos(struct file *file, unsigned int flags)
{
	if (likely(!flags))
		return;
	if (flags & FDPUT_UNLOCK)
		mutex_unlock(&file->f_pos_lock);
	if (flags & FDPUT_FPUT)
		fput(file);
}

loff_t no_llseek(struct file *file __unused, loff_t offset __unused, int whence __unused)
{
	return -ESPIPE;
}

loff_t null_llseek(struct file *file, loff_t offset __unused, int whence __unused)
{
	return file->f_pos = 0;
}

loff_t generic_file_llseek_size(struct file *file, loff_t offset, int whence, loff_t most,
				loff_t size)
{
	switch (whence) {
	case SEEK_CUR:
		offset = (loff_t)((u64)offset + (u64)file->f_pos);
		break;
	case SEEK_END:
		offset = (loff_t)((u64)offset + (u64)size);
		break;
	case SEEK_DATA: /* a file is one piece of data, and then a hole */
	case SEEK_HOLE:
		if (offset < 0 || offset >= size)
			return -ENXIO;
		if (whence == SEEK_HOLE)
			offset = size;
		break;
	}
	if (offset < 0 || offset > most)
		return -EINVAL;
	return file->f_pos = offset;
}

loff_t generic_file_llseek(struct file *file, loff_t offset, int whence)
{
	const struct super_block *sb = file->f_inode->i_sb;

	return generic_file_llseek_size(file, offset, whence,
					sb ? sb->s_maxbytes : 0x7fffffffffffffffll,
					i_size_read(file->f_inode));
}

loff_t vfs_llseek(struct file *file, loff_t offset, int whence)
{
	if (!(file->f_mode & FMODE_LSEEK))
		return -ESPIPE;
	if (file->f_op->llseek)
		return file->f_op->llseek(file, offset, whence);
	return generic_file_llseek(file, offset, whence);
}
