/* Advice about how an open file will be used. */
#ifndef FOLIO_MM_FADVISE_H
#define FOLIO_MM_FADVISE_H

#include "kernel/fs/fs.h"

/* Linux's numbers. */
#define POSIX_FADV_NORMAL     0
#define POSIX_FADV_RANDOM     1
#define POSIX_FADV_SEQUENTIAL 2
#define POSIX_FADV_WILLNEED   3
#define POSIX_FADV_DONTNEED   4
#define POSIX_FADV_NOREUSE    5

/*
 * vfs_fadvise - bytes [offset, offset+len) of a file (len 0: to its end) will be used so. 0,
 * -EINVAL (no such advice, len below 0), -ESPIPE (a pipe). May sleep, waits for nothing.
 */
int vfs_fadvise(struct file *file, loff_t offset, loff_t len, int advice);

#endif
