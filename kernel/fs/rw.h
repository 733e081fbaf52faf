/* Reading and writing open files, as the system calls do it. The objects are in kernel/fs/fs.h. */
#ifndef FOLIO_FS_RW_H
#define FOLIO_FS_RW_H

#include "kernel/fs/fs.h"

/* Bytes that one call transfers at most (Linux: INT_MAX, cut to whole pages). */
#define MAX_RW_COUNT 0x7ffff000u

/* Buffers that one readv() or writev() may name. */
#define UIO_MAXIOV 1024u

struct iovec {
	void __user *iov_base;
	size_t iov_len;
};

/*
 * vfs_read, vfs_write - transfer up to `count` bytes at *pos, which moves on. Bytes transferred
 * (fewer than asked for if the buffer goes bad on the way), or -EBADF: not open for
 * that; -EINVAL: the file cannot, or a negative count; -EFAULT; or the file's own error. May sleep.
 */
ssize_t vfs_read(struct file *file, char __user *buf, size_t count, loff_t *pos);
ssize_t vfs_write(struct file *file, const char __user *buf, size_t count, loff_t *pos);

/*
 * vfs_readv, vfs_writev - the same with several buffers, named by the program. Also -EINVAL: too
 * many, or too long together; -ENOMEM.
 */
ssize_t vfs_readv(struct file *file, const struct iovec __user *iov, unsigned long nr, loff_t *pos);
ssize_t vfs_writev(struct file *file, const struct iovec __user *iov, unsigned long nr,
		   loff_t *pos);

/*
 * vfs_llseek - move the position: f_op->llseek, else generic_file_llseek(). The new one, or
 * -ESPIPE, -EINVAL, -ENXIO (SEEK_DATA or SEEK_HOLE beyond the end). f_pos_lock is held, or nobody
 * else uses the file.
 * generic_file_llseek - with i_size as the end; generic_file_llseek_size - with `size` as the end,
 * and `most` as the farthest position. no_llseek - -ESPIPE. null_llseek - 0, whatever is asked.
 */
loff_t vfs_llseek(struct file *file, loff_t offset, int whence);
loff_t generic_file_llseek(struct file *file, loff_t offset, int whence);
loff_t generic_file_llseek_size(struct file *file, loff_t offset, int whence, loff_t most,
				loff_t size);
loff_t no_llseek(struct file *file, loff_t offset, int whence);
loff_t null_llseek(struct file *file, loff_t offset, int whence);

/*
 * do_sendfile - copy up to `count` bytes from *in_pos of a file in the page cache to the position
 * of another file, or to what has sendpage(). Bytes, or -errno as sendfile(2). May sleep.
 */
ssize_t do_sendfile(struct file *out, struct file *in, loff_t *in_pos, size_t count);

/*
 * fdget_pos - fget_light(), and f_pos_lock where others may use the position at the same
 * time. *flags is for fdput_pos(). NULL: no such descriptor. May sleep.
 */
#define FDPUT_FPUT   1u
#define FDPUT_UNLOCK 2u
struct file *fdget_pos(unsigned int fd, unsigned int *flags);
void fdput_pos(struct file *file, unsigned int flags);

#endif
