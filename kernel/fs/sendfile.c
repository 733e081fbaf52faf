/*
 * sendfile(2): from the page cache of one file to another, page by page. A pipe takes the pages as
 * they are; into a regular file they are copied within the kernel. Other files have no way to take
 * what is not in a program's memory, and the call says EINVAL, after which programs read and write.
 */
#include "kernel/fs/inode.h"
#include "kernel/fs/rw.h"
#include "kernel/lib/err.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/lru.h"

/* It is written to: set-user-id ends, and the time is noted. */
static int note_write(struct file *out)
{
	int err;

	mutex_lock(&out->f_inode->i_mutex);
	err = file_remove_privs(out);
	if (!err)
		file_update_time(out);
	mutex_unlock(&out->f_inode->i_mutex);
	return err;
}

static ssize_t write_to_cache(struct file *out, struct page *page, unsigned int offset,
			      size_t count)
{
	ssize_t n = write_room(out, &out->f_pos, count);
	int err = n < 0 ? (int)n : note_write(out);
	char *from;

	if (err)
		return err;
	from = kmap(page);
	n = kernel_write(out, out->f_pos, from + offset, (size_t)n);
	kunmap(page);
	if (n > 0)
		out->f_pos += n;
	return n;
}

static ssize_t send_page(struct file *out, struct page *page, unsigned int offset, size_t count)
{
	if (out->f_op->sendpage)
		return out->f_op->sendpage(out, page, offset, count, &out->f_pos);
	return write_to_cache(out, page, offset, count);
}

/* What lies in one page: bytes, 0 at the end of the file, or -errno. */
static ssize_t send_part(struct file *out, struct file *in, loff_t pos, size_t count)
{
	loff_t size = i_size_read(in->f_mapping->host);
	struct page *page;
	ssize_t n;

	if (pos >= size)
		return 0;
	page = find_read_page(in, (pgoff_t)(pos >> PAGE_SHIFT), 1, NULL);
	if (IS_ERR(page))
		return PTR_ERR(page);
	count = min(count, bytes_in_page(pos));
	count = (size_t)min((loff_t)count, size - pos);
	n = send_page(out, page, (unsigned int)pos & (PAGE_SIZE - 1), count);
	put_page(page);
	return n;
}

static bool is_source(const struct file *file)
{
	u32 mode = file->f_inode->i_mode;

	return (S_ISREG(mode) || S_ISBLK(mode)) && file->f_mapping->a_ops &&
	       file->f_mapping->a_ops->readpage;
}

static bool is_target(const struct file *file)
{
	return file->f_op->sendpage || (S_ISREG(file->f_inode->i_mode) && file->f_mapping->a_ops &&
					file->f_mapping->a_ops->write_begin);
}

ssize_t do_sendfile(struct file *out, struct file *in, loff_t *in_pos, size_t count)
{
	size_t done = 0;

	if (!is_source(in) || !is_target(out))
		return -EINVAL;
	while (done < count) {
		ssize_t n = send_part(out, in, *in_pos, count - done);

		if (n < 0)
			return done ? (ssize_t)done : n;
		if (!n)
			break;
		done += (size_t)n;
		*in_pos += n;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return (ssize_t)done;
}
