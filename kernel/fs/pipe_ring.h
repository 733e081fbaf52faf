/*
 * A pipe's own state: for kernel/fs/pipe.c, which moves the bytes, and kernel/fs/pipe_open.c, which
 * makes, opens and closes pipes.
 */
#ifndef FOLIO_FS_PIPE_RING_H
#define FOLIO_FS_PIPE_RING_H

#include "kernel/fs/fs.h"
#include "kernel/wait_head.h"

struct pipe_buffer {
	struct page *page;
	unsigned int offset, len;
	bool can_merge; /* the page is the pipe's own */
};

struct pipe_inode_info {
	struct mutex mutex;
	unsigned int head, tail; /* buffers ever begun, ever emptied */
	unsigned int ring_size;	 /* a power of two */
	struct pipe_buffer *bufs;
	struct page *spare;	       /* empty; NULL: none */
	unsigned int readers, writers; /* open files */
	unsigned int r_counter,
		w_counter;  /* openings ever: a FIFO's opener waits for the other side's */
	unsigned int files; /* open files; fifo_lock */
	struct wait_queue_head rd_wait, wr_wait;
};

extern const struct file_operations pipe_fops;

/*
 * pipe_alloc, pipe_free - an empty pipe that nobody has open; NULL: no memory. pipe_alloc may
 * sleep.
 */
struct pipe_inode_info *pipe_alloc(void);
void pipe_free(struct pipe_inode_info *pipe);

/*
 * pipe_wait - sleep once in one of the queues; the mutex is released meanwhile. 0 or -ERESTARTSYS.
 */
int pipe_wait(struct pipe_inode_info *pipe, struct wait_queue_head *wq);

/* pipe_release - f_op->release of both sides. May sleep. */
void pipe_release(struct file *file);

/* pipe_cache_init - boot, from pipe_init(). */
void pipe_cache_init(void);

#endif
