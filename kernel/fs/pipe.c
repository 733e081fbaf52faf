/*
 * A pipe is a ring of pages. A writer fills pages at the head, a reader empties them at the tail:
 *
 *	bufs[]	 .  .  [..xxxx] [xxxxxx] [xxx...]  .  .
 *		        ^tail                     ^head
 *
 * head and tail count for ever; a place is the counter modulo the length of the ring. Pages are
 * allocated when they are needed and freed when they are empty, but for one that is kept, so that a
 * byte back and forth costs no allocation. What was written last is continued in its page if all
 * the rest of a write fits there: therefore a write of up to PIPE_BUF bytes goes into one page, and
 * is never mixed with another's. Pages that sendfile(2) put in are the file's own.
 *
 * Reading and writing copy while they hold the pipe's mutex; the copy may fault and sleep. What
 * could not be copied was not transferred: the bytes stay in the pipe, or never get in.
 */
#include "kernel/fs/pipe.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/fs/pipe_ring.h"
#include "kernel/fs/poll.h"
#include "kernel/fs/rw.h"
#include "kernel/lib/bitops.h"
#include "kernel/signal.h"
#include "kernel/wait.h"
#include "mm/highmem.h"
#include "mm/lru.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"

static struct kmem_cache *pipe_cache;

/* ---- pages ------------------------------------------------------------------------------ */

static bool pipe_empty(const struct pipe_inode_info *pipe)
{
	return pipe->head == pipe->tail;
}

static bool pipe_full(const struct pipe_inode_info *pipe)
{
	return pipe->head - pipe->tail == pipe->ring_size;
}

static struct pipe_buffer *pipe_buf(const struct pipe_inode_info *pipe, unsigned int counter)
{
	return &pipe->bufs[counter & (pipe->ring_size - 1)];
}

static struct page *get_empty_page(struct pipe_inode_info *pipe)
{
	struct page *page = pipe->spare;

	if (!page)
		return alloc_page(GFP_USER | __GFP_HIGHMEM);
	pipe->spare = NULL;
	return page;
}

static void put_empty_page(struct pipe_inode_info *pipe, struct page *page, bool own)
{
	if (own && !pipe->spare)
		pipe->spare = page;
	else
		put_page(page);
}

void pipe_cache_init(void)
{
	pipe_cache = kmem_cache_create("pipe", sizeof(struct pipe_inode_info), 0, SLAB_PANIC, NULL);
}

struct pipe_inode_info *pipe_alloc(void)
{
	struct pipe_inode_info *pipe = kmem_cache_alloc(pipe_cache, GFP_KERNEL | __GFP_ZERO);

	if (!pipe)
		return NULL;
	pipe->bufs = kmalloc(PIPE_DEF_BUFFERS * sizeof(*pipe->bufs), GFP_KERNEL);
	if (!pipe->bufs) {
		kmem_cache_free(pipe_cache, pipe);
		return NULL;
	}
	pipe->ring_size = PIPE_DEF_BUFFERS;
	mutex_init(&pipe->mutex, "pipe");
	init_waitqueue_head(&pipe->rd_wait);
	init_waitqueue_head(&pipe->wr_wait);
	return pipe;
}

void pipe_free(struct pipe_inode_info *pipe)
{
	for (; !pipe_empty(pipe); pipe->tail++)
		put_page(pipe_buf(pipe, pipe->tail)->page);
	if (pipe->spare)
		put_page(pipe->spare);
	kfree(pipe->bufs);
	kmem_cache_free(pipe_cache, pipe);
}

/* ---- the program's buffers -------------------------------------------------------------- */

/* Where a transfer stands in a list of buffers. */
struct iov_iter {
	const struct iovec *iov;
	size_t done_here; /* bytes of *iov */
	size_t count;	  /* bytes left in all */
};

static __always_inline void iter_begin(struct iov_iter *iter, const struct iovec *iov,
				       unsigned int nr)
{
	*iter = (struct iov_iter){.iov = iov};
	for (unsigned int i = 0; i < nr; i++)
		iter->count += iov[i].iov_len;
}

/* Copies `len` bytes between kernel memory and the buffers; how many it could. */
static size_t iter_copy(struct iov_iter *iter, char *data, size_t len, bool to_user)
{
	size_t done = 0;

	while (done < len) {
		char __user *user = (char __user *)iter->iov->iov_base + iter->done_here;
		size_t n = min(len - done, iter->iov->iov_len - iter->done_here);
		size_t bad = to_user ? __copy_to_user(user, data + done, n)
				     : __copy_from_user(data + done, user, n);

		done += n - bad;
		iter->done_here += n - bad;
		if (unlikely(bad))
			break;
		if (iter->done_here == iter->iov->iov_len) {
			iter->iov++;
			iter->done_here = 0;
		}
	}
	iter->count -= done;
	return done;
}

/* The same with a part of a page. */
static __always_inline size_t iter_copy_page(struct iov_iter *iter, struct page *page,
					     unsigned int offset, size_t len, bool to_user)
{
	char *data = kmap(page);
	size_t done = iter_copy(iter, data + offset, len, to_user);

	kunmap(page);
	return done;
}

/* ---- waiting ---------------------------------------------------------------------------- */

static __always_inline void wake_side(struct wait_queue_head *wq)
{
	if (waitqueue_active(wq))
		wake_up_interruptible(wq);
}

int pipe_wait(struct pipe_inode_info *pipe, struct wait_queue_head *wq)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(wq, &wait, TASK_INTERRUPTIBLE);
	mutex_unlock(&pipe->mutex);
	if (!signal_pending(current))
		schedule();
	finish_wait(wq, &wait);
	mutex_lock(&pipe->mutex);
	return signal_pending(current) ? -ERESTARTSYS : 0;
}

/* ---- reading ---------------------------------------------------------------------------- */

/* Takes bytes out of the pipe until it is empty, or the buffers are full or bad. */
static ssize_t drain(struct pipe_inode_info *pipe, struct iov_iter *iter)
{
	ssize_t done = 0;

	while (iter->count && !pipe_empty(pipe)) {
		struct pipe_buffer *buf = pipe_buf(pipe, pipe->tail);
		size_t len = min((size_t)buf->len, iter->count);
		size_t n = iter_copy_page(iter, buf->page, buf->offset, len, true);

		buf->offset += n;
		buf->len -= n;
		done += (ssize_t)n;
		if (n < len)
			return done ? done : -EFAULT;
		if (!buf->len) {
			pipe->tail++;
			put_empty_page(pipe, buf->page, buf->can_merge);
		}
	}
	return done;
}

static ssize_t pipe_readv(struct file *file, const struct iovec *iov, unsigned int nr,
			  loff_t *pos __unused)
{
	struct pipe_inode_info *pipe = file->private_data;
	struct iov_iter iter;
	bool was_full;
	ssize_t n = 0;

	iter_begin(&iter, iov, nr);
	if (!iter.count)
		return 0;
	mutex_lock(&pipe->mutex);
	while (pipe_empty(pipe) && pipe->writers) {
		n = file->f_flags & O_NONBLOCK ? -EAGAIN : pipe_wait(pipe, &pipe->rd_wait);
		if (n)
			goto out;
	}
	was_full = pipe_full(pipe);
	n = drain(pipe, &iter);
	if (was_full && !pipe_full(pipe))
		wake_side(&pipe->wr_wait);
out:
	mutex_unlock(&pipe->mutex);
	return n;
}

static ssize_t pipe_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	const struct iovec iov = {.iov_base = buf, .iov_len = count};

	return pipe_readv(file, &iov, 1, pos);
}

/* ---- writing ---------------------------------------------------------------------------- */

/* The odd bytes of a write, if they fit behind what was written last: 0, bytes, or -EFAULT. */
static ssize_t fill_last(struct pipe_inode_info *pipe, struct iov_iter *iter)
{
	struct pipe_buffer *buf = pipe_buf(pipe, pipe->head - 1);
	size_t odd = iter->count & (PAGE_SIZE - 1), n;
	unsigned int end = buf->offset + buf->len;

	if (pipe_empty(pipe) || !buf->can_merge || !odd || end + odd > PAGE_SIZE)
		return 0;
	n = iter_copy_page(iter, buf->page, end, odd, false);
	buf->len += n;
	return n ? (ssize_t)n : -EFAULT;
}

static void push_page(struct pipe_inode_info *pipe, struct page *page, unsigned int offset,
		      size_t len, bool own)
{
	*pipe_buf(pipe, pipe->head) = (struct pipe_buffer){
		.page = page, .offset = offset, .len = (unsigned int)len, .can_merge = own};
	pipe->head++;
}

/* One more page of the write; the ring has room. Bytes, or -ENOMEM, -EFAULT. */
static ssize_t fill_page(struct pipe_inode_info *pipe, struct iov_iter *iter)
{
	struct page *page = get_empty_page(pipe);
	size_t n;

	if (!page)
		return -ENOMEM;
	n = iter_copy_page(iter, page, 0, min(iter->count, (size_t)PAGE_SIZE), false);
	if (n)
		push_page(pipe, page, 0, n, true);
	else
		put_empty_page(pipe, page, true);
	return n ? (ssize_t)n : -EFAULT;
}

/* Until the ring is full or the write complete; *done counts. 0, or why it ends here. */
static int fill(struct pipe_inode_info *pipe, struct iov_iter *iter, ssize_t *done)
{
	ssize_t n = fill_last(pipe, iter);

	while (n >= 0) {
		*done += n;
		if (!iter->count || pipe_full(pipe))
			return 0;
		n = fill_page(pipe, iter);
		if (n > 0 && n < (ssize_t)PAGE_SIZE &&
		    iter->count) { /* cut short by a bad buffer */
			*done += n;
			return -EFAULT;
		}
	}
	return (int)n;
}

static int no_readers(void)
{
	send_sig(SIGPIPE, NULL, current);
	return -EPIPE;
}

/* Writes, and sleeps when the pipe is full, until all is in it. */
static ssize_t write_all(struct file *file, struct pipe_inode_info *pipe, struct iov_iter *iter)
{
	ssize_t done = 0;
	int err = 0;

	for (;;) {
		bool was_empty = pipe_empty(pipe);

		if (!pipe->readers) {
			err = no_readers();
			break;
		}
		err = fill(pipe, iter, &done);
		if (was_empty && !pipe_empty(pipe))
			wake_side(&pipe->rd_wait);
		if (err || !iter->count)
			break;
		err = file->f_flags & O_NONBLOCK ? -EAGAIN : pipe_wait(pipe, &pipe->wr_wait);
		if (err)
			break;
	}
	return done ? done : err;
}

static ssize_t pipe_writev(struct file *file, const struct iovec *iov, unsigned int nr,
			   loff_t *pos __unused)
{
	struct pipe_inode_info *pipe = file->private_data;
	struct iov_iter iter;
	ssize_t n;

	iter_begin(&iter, iov, nr);
	if (!iter.count)
		return 0;
	mutex_lock(&pipe->mutex);
	n = write_all(file, pipe, &iter);
	mutex_unlock(&pipe->mutex);
	return n;
}

static ssize_t pipe_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	const struct iovec iov = {.iov_base = (char __user *)buf, .iov_len = count};

	return pipe_writev(file, &iov, 1, pos);
}

/* sendfile(2): the page itself becomes a buffer; nothing is copied. */
static ssize_t pipe_sendpage(struct file *file, struct page *page, unsigned int offset,
			     size_t count, loff_t *pos __unused)
{
	struct pipe_inode_info *pipe = file->private_data;
	int err = 0;

	mutex_lock(&pipe->mutex);
	while (!err && pipe->readers && pipe_full(pipe))
		err = file->f_flags & O_NONBLOCK ? -EAGAIN : pipe_wait(pipe, &pipe->wr_wait);
	if (!err && !pipe->readers)
		err = no_readers();
	if (!err) {
		get_page(page);
		push_page(pipe, page, offset, count, false);
		wake_side(&pipe->rd_wait);
	}
	mutex_unlock(&pipe->mutex);
	return err ? err : (ssize_t)count;
}

/* ---- poll, ioctl, size ------------------------------------------------------------------ */

static unsigned int pipe_poll(struct file *file, struct poll_table *pt)
{
	struct pipe_inode_info *pipe = file->private_data;
	unsigned int mask = 0;

	if (file->f_mode & FMODE_READ) {
		poll_wait(file, &pipe->rd_wait, pt);
		if (!pipe_empty(pipe))
			mask |= POLLIN | POLLRDNORM;
		/* A FIFO that nobody has opened for writing since is not at its end. */
		if (!pipe->writers && file->f_pos != pipe->w_counter)
			mask |= POLLHUP;
	}
	if (file->f_mode & FMODE_WRITE) {
		poll_wait(file, &pipe->wr_wait, pt);
		if (!pipe_full(pipe))
			mask |= POLLOUT | POLLWRNORM;
		if (!pipe->readers)
			mask |= POLLERR;
	}
	return mask;
}

static int count_bytes(struct pipe_inode_info *pipe)
{
	unsigned int n = 0;

	mutex_lock(&pipe->mutex);
	for (unsigned int i = pipe->tail; i != pipe->head; i++)
		n += pipe_buf(pipe, i)->len;
	mutex_unlock(&pipe->mutex);
	return (int)n;
}

static long pipe_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (cmd != FIONREAD)
		return -ENOTTY;
	return put_user(count_bytes(file->private_data), (int __user *)arg);
}

static struct pipe_inode_info *file_pipe(struct file *file)
{
	return file->f_op == &pipe_fops ? file->private_data : NULL;
}

long pipe_get_size(struct file *file)
{
	struct pipe_inode_info *pipe = file_pipe(file);

	return pipe ? (long)(pipe->ring_size * PAGE_SIZE) : -EBADF;
}

/* Moves what the pipe holds into a ring of another length. */
static int pipe_resize(struct pipe_inode_info *pipe, unsigned int ring_size)
{
	struct pipe_buffer *bufs;
	unsigned int used = 0;

	if (pipe->head - pipe->tail > ring_size)
		return -EBUSY;
	bufs = kmalloc(ring_size * sizeof(*bufs), GFP_KERNEL);
	if (!bufs)
		return -ENOMEM;
	for (; !pipe_empty(pipe); pipe->tail++)
		bufs[used++] = *pipe_buf(pipe, pipe->tail);
	kfree(pipe->bufs);
	pipe->bufs = bufs;
	pipe->ring_size = ring_size;
	pipe->tail = 0;
	pipe->head = used;
	return 0;
}

long pipe_set_size(struct file *file, unsigned long size)
{
	struct pipe_inode_info *pipe = file_pipe(file);
	unsigned int ring_size;
	int err;

	if (!pipe)
		return -EBADF;
	if (size > BIT(31))
		return -EINVAL;
	ring_size = (unsigned int)roundup_pow_of_two(DIV_ROUND_UP(size, PAGE_SIZE)); /* 0: one */
	if (ring_size > PIPE_MAX_SIZE / PAGE_SIZE && !capable())
		return -EPERM;
	mutex_lock(&pipe->mutex);
	err = pipe_resize(pipe, ring_size);
	if (!err)
		wake_side(&pipe->wr_wait);
	mutex_unlock(&pipe->mutex);
	return err ? err : (long)(ring_size * PAGE_SIZE);
}

/* ---- the operations --------------------------------------------------------------------- */

const struct file_operations pipe_fops = {
	.read = pipe_read,
	.write = pipe_write,
	.readv = pipe_readv,
	.writev = pipe_writev,
	.sendpage = pipe_sendpage,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
	.release = pipe_release,
};
