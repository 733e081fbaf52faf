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

/* A poller's place in one queue; it holds the file meanwhile. */
struct poll_entry {
	struct wait_queue_entry wait;
	struct wait_queue_head *wq;
	struct file *file;
	struct poll_table *table;
};

#define POLL_FEW 8u /* entries without an allocation */

/* Who polls, and the queues that he stands in. */
struct poll_table {
	struct task_struct *task;
	bool triggered; /* some queue has been woken */
	bool done;	/* no more entries are wanted: something is ready, or all have been made */
	int error;	/* -ENOMEM */
	unsigned int nr_few;
	struct poll_entry few[POLL_FEW];
	struct poll_page *pages; /* the others; kernel/fs/select.c */
};

/*
 * poll_wait - the poller wants to be woken by `wq`. pt may be NULL: it only asks. From f_op->poll.
 */
void poll_wait(struct file *file, struct wait_queue_head *wq, struct poll_table *pt);

/* vfs_poll - what is ready on a file. */
static inline unsigned int vfs_poll(struct file *file, struct poll_table *pt)
{
	if (unlikely(!file->f_op->poll))
		return POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM;
	return file->f_op->poll(file, pt);
}

/* poll_begin - a table without entries. poll_end - leave all queues. Process context. */
void poll_begin(struct poll_table *pt);
void poll_end(struct poll_table *pt);

#define POLL_FOR_EVER (~0ull)

/*
 * poll_sleep - sleep until a queue has been woken since the last time, a signal comes, or
 * ktime_get_ns() is `until` (POLL_FOR_EVER). False: time is up.
 */
bool poll_sleep(struct poll_table *pt, u64 until);

struct pollfd {
	int fd;
	short events, revents;
};

/*
 * do_poll - fill in the revents of `nr` descriptors, waiting until there is one or the time has
 * come. How many have some, or -EFAULT, -EINVAL (above RLIMIT_NOFILE), -ENOMEM; -ERESTARTNOHAND: a
 * signal. May sleep.
 */
long do_poll(struct pollfd __user *fds, unsigned int nr, u64 until);

/*
 * do_select - three sets of `n` descriptors in the program's memory, each may be NULL; what is not
 * ready goes out of them. How many are left in, or -EBADF, -EFAULT, -EINVAL, -ENOMEM,
 * -ERESTARTNOHAND: the sets are untouched then. May sleep.
 */
long do_select(int n, unsigned long __user *in, unsigned long __user *out, unsigned long __user *ex,
	       u64 until);

#endif
