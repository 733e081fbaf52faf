/*
 * Writing files, page by page through the page cache: write(2), and the kernel itself.
 *
 * The danger is in write(2). While the data are copied into a page, the page is locked: it may be
 * half filled. The copy can fault, if the program's buffer is not there, and the fault may need a
 * page lock. If the buffer is a mapping of the very page being written, it is the same lock, and
 * the task would wait for itself for ever. So a fault under the lock is never resolved:
 *
 *	again:	touch the buffer                  faults are resolved here
 *		write_begin: page, locked
 *		copy with page faults disabled:   a fault ends the copy early
 *		write_end: takes what was copied
 *		nothing copied? again
 *
 * Who writes faster than the disk waits between two pages (mm/balance_dirty.c). What is to be on
 * the disk at once (O_SYNC) is written when the pages are all there.
 *
 * Locks: i_mutex during a write, so that writes do not mix, and i_size grows in order.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/rlimit.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "mm/fault.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/lru.h"
#include "mm/writeback.h"

/* ---- where a write may go -------------------------------------------------------------------- */

#define MAX_NON_LFS 0x7fffffffll /* without O_LARGEFILE */

/* The largest size that the file may get: by its file system, and by how it was opened. */
static loff_t max_size(const struct file *file)
{
	const struct super_block *sb = file->f_mapping->host->i_sb;
	loff_t most = sb ? sb->s_maxbytes : MAX_LFS_FILESIZE;

	return file->f_flags & O_LARGEFILE ? most : min(most, MAX_NON_LFS);
}

ssize_t write_room(const struct file *file, loff_t *pos, size_t count)
{
	unsigned long limit = current->signal->rlim[RLIMIT_FSIZE].rlim_cur;
	loff_t most = max_size(file);

	if (S_ISBLK(file->f_mapping->host->i_mode)) /* it does not grow */
		return (ssize_t)count;
	if (file->f_flags & O_APPEND)
		*pos = i_size_read(file->f_mapping->host);
	if (limit != RLIM_INFINITY && *pos >= (loff_t)limit) {
		send_sig(SIGXFSZ, NULL, current);
		return -EFBIG;
	}
	if (limit != RLIM_INFINITY)
		most = min(most, (loff_t)limit);
	if (*pos >= most)
		return -EFBIG;
	return (ssize_t)min((loff_t)count, most - *pos);
}

/* ---- writing --------------------------------------------------------------------------------- */

/* What is to be written, and where. */
struct write_state {
	struct file *file;
	loff_t pos;
	const char *from;
	size_t count;	  /* bytes left */
	size_t most;	  /* for one copy */
	bool from_kernel; /* else a program's memory */
};

/* Copy into a locked page; how many bytes that went well. Never sleeps. */
static size_t copy_into_page(struct page *page, size_t offset, const struct write_state *state,
			     size_t len)
{
	char *at = kmap_atomic(page);
	size_t bad = 0;

	if (state->from_kernel) {
		memcpy(at + offset, state->from, len);
	} else {
		pagefault_disable();
		bad = __copy_from_user_inatomic(at + offset, state->from, len);
		pagefault_enable();
	}
	kunmap_atomic(at);
	return len - bad;
}

/* Have the first byte of the buffer in memory, and the last one, if that can be. 0 or -EFAULT. */
static int touch_buffer(const struct write_state *state, size_t len)
{
	char byte __unused;

	if (state->from_kernel)
		return 0;
	if (get_user(byte, state->from))
		return -EFAULT;
	/* What is wrong with the end will show when the copy comes to it. */
	(void)get_user(byte, state->from + len - 1);
	return 0;
}

/* Write what lies in one page. 0: go on; -errno. */
static int write_part(struct write_state *state)
{
	struct address_space *mapping = state->file->f_mapping;
	size_t offset = (size_t)state->pos & (PAGE_SIZE - 1);
	size_t len = min(min(state->count, bytes_in_page(state->pos)), state->most), copied;
	struct page *page;
	int result = touch_buffer(state, len);

	if (result)
		return result;
	result = mapping->a_ops->write_begin(state->file, mapping, state->pos, len, &page);
	if (result)
		return result;
	copied = copy_into_page(page, offset, state, len);
	mark_page_accessed(page);
	result = mapping->a_ops->write_end(state->file, mapping, state->pos, len, copied, page);
	if (result < 0)
		return result;
	/*
	 * A file system may refuse a page that was filled in part only: ask for no more than that
	 * next.
	 */
	state->most = !result && copied ? copied : PAGE_SIZE;
	state->pos += result;
	state->from += result;
	state->count -= (size_t)result;
	return 0;
}

/* i_mutex is held. Bytes, or -errno. */
static ssize_t write_pages(struct write_state *state)
{
	size_t count = state->count;
	int error = 0;

	state->most = PAGE_SIZE;
	while (state->count && !error) {
		error = write_part(state);
		if (mapping_writes_back(state->file->f_mapping))
			balance_dirty_pages_ratelimited(state->file->f_mapping, 1);
		cond_resched();
		if (unlikely(fatal_signal_pending(current)))
			error = -EINTR; /* nobody is there to see it */
	}
	return state->count < count ? (ssize_t)(count - state->count) : error;
}

ssize_t kernel_write(struct file *file, loff_t pos, const void *buf, size_t count)
{
	struct inode *inode = file->f_mapping->host;
	struct write_state state = {file, pos, buf, count, 0, true};
	ssize_t n;

	mutex_lock(&inode->i_mutex);
	n = write_pages(&state);
	mutex_unlock(&inode->i_mutex);
	return n;
}

/* Must what is written be on the disk when write(2) returns? */
static bool is_synchronous(const struct file *file)
{
	const struct super_block *sb = file->f_mapping->host->i_sb;

	return (file->f_flags & O_DSYNC) || (sb && (sb->s_flags & MS_SYNCHRONOUS));
}

/* O_DSYNC, O_SYNC: the `n` bytes before `end` are to be on the disk. `n`, or -errno. */
static ssize_t write_through(struct file *file, loff_t end, ssize_t n)
{
	bool data_only = (file->f_flags & O_SYNC) == O_DSYNC;
	int error;

	if (likely(!is_synchronous(file)) || !file->f_op->fsync)
		return n;
	error = file->f_op->fsync(file, end - n, end - 1, data_only);
	return error ? error : n;
}

ssize_t generic_file_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct inode *inode = file->f_mapping->host;
	struct write_state state = {file, 0, buf, 0, 0, false};
	ssize_t n;

	if (!count)
		return 0;
	mutex_lock(&inode->i_mutex);
	n = write_room(file, pos, count);
	if (n < 0)
		goto out;
	state.count = (size_t)n;
	state.pos = *pos;
	n = file_remove_privs(file);
	if (n < 0)
		goto out;
	file_update_time(file);
	n = write_pages(&state);
	if (n > 0)
		*pos += n;
out:
	mutex_unlock(&inode->i_mutex);
	return n > 0 ? write_through(file, *pos, n) : n;
}
