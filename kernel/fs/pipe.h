/* Pipes: pipe(2), and FIFOs in the tree. */
#ifndef FOLIO_FS_PIPE_H
#define FOLIO_FS_PIPE_H

#include "kernel/fs/fs.h"

#define PIPE_BUF	 4096u	    /* a write of so many bytes is not mixed with others */
#define PIPE_DEF_BUFFERS 16u	    /* pages that a new pipe may hold */
#define PIPE_MAX_SIZE	 (1u << 20) /* bytes; F_SETPIPE_SZ of anybody but root */

/* A FIOxxx number of termios(2): bytes that can be read. */
#define FIONREAD 0x541Bu

/*
 * create_pipe - two open files, for reading and writing; flags: O_NONBLOCK. 0, or -ENOMEM. May
 * sleep.
 */
int create_pipe(struct file *files[2], int flags);

/* What opening a FIFO does, by its inode: see set_special_fops(). */
extern const struct file_operations def_fifo_fops;

/*
 * pipe_get_size, pipe_set_size - F_GETPIPE_SZ, F_SETPIPE_SZ: bytes. The size, or -EBADF: no pipe;
 * -EPERM, -EINVAL, -ENOMEM; -EBUSY: it holds more just now. May sleep.
 */
long pipe_get_size(struct file *file);
long pipe_set_size(struct file *file, unsigned long size);

/* pipe_init - boot, after file_init(). */
void pipe_init(void);

#endif
