/*
 * Waiting for several files at once. A file's poll operation says what is
 * ready, and enters the caller in the queues that will tell of a change.
 */
#ifndef FOLIO_FS_POLL_H
#define FOLIO_FS_POLL_H

#include "kernel/fs/fs.h"
#include "kernel/wait.h"

#define POLLIN	   0x0001u
#define POLLPRI	   0x0002u
#define POLLOUT	   0x0004u
#define POLLERR	   0x0008u
#define POLLHUP	   0x0010u
#define POLLNVAL   0x0020u
#define POLLRDNORM 0x0040u
#define POLLRDBAND 0x0080u
#define POLLWRNORM 0x0100u
#define POLLWRBAND 0x0200u
#define POLLRDHUP  0x2000u

/* poll_wait - the poller wants to be woken by `wq`. pt may be NULL: it only asks. From f_op->poll. */
void poll_wait(struct file *file, struct wait_queue_head *wq, struct poll_table *pt);

/* vfs_poll - what is ready on a file. */
unsigned int vfs_poll(struct file *file, struct poll_table *pt);

#endif
