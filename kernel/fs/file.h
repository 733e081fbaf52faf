/*
 * Reading and writing open files, as the system calls do it. The objects are in
 * kernel/fs/fs.h.
 */
#ifndef FOLIO_FS_FILE_H
#define FOLIO_FS_FILE_H

#include "kernel/fs/fs.h"

/* Bytes that one call transfers at most (Linux: INT_MAX, cut to whole pages). */
#define MAX_RW_COUNT 0x7ffff000u

/* Buffers that one writev() may name. */
#define UIO_MAXIOV 1024u

struct iovec {
	void __user *iov_base;
	size_t iov_len;
};

/* file_init - the cache of open files. Boot, after slab. */
void file_init(void);

/* file_get_write - an open file that writes to a regular file counts as its writer until it is closed. 0 or -ETXTBSY. */
int file_get_write(struct file *file);

/*
 * file_read, file_write - transfer up to `count` bytes at the file's position.
 * Bytes transferred (fewer than asked for if the buffer goes bad on the way), or
 * -EBADF: not open for that; -EINVAL: the file cannot; -EFAULT; or the file's own
 * error. May sleep.
 */
ssize_t file_read(struct file *file, char __user *buf, size_t count);
ssize_t file_write(struct file *file, const char __user *buf, size_t count);

/* file_writev - file_write() from several buffers; `iov` is in kernel memory. */
ssize_t file_writev(struct file *file, const struct iovec *iov, unsigned int nr);

#endif
