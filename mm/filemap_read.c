/*
 * Reading files, page by page out of the page cache: for programs and for the kernel.
 *
 * The page is not locked during the copy: a reference keeps it, and what a write or a truncation
 * does to it at the same time is seen or is not. So a buffer that maps the very page being read is
 * nothing special.
 *
 * What is read in order is read ahead (mm/readahead.c): a page that is missing brings others with
 * it.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/lru.h"

/* Copies `len` bytes; returns how many it could not. */
typedef unsigned long (*copy_fn)(void *to, const void *from, unsigned long len);

static unsigned long copy_within_kernel(void *to, const void *from, unsigned long len)
{
	memcpy(to, from, len);
	return 0;
}

/*
 * A page was read. That the next call goes on in the middle of the same page is not another use of
 * it: otherwise a file that is read once, in small pieces, would look like one that is used often.
 */
static __always_inline void note_use(const struct file *file, struct page *page, size_t offset)
{
	if (!offset || page->index != file->f_ra.prev_index)
		mark_page_accessed(page);
}

/*
 * The part of one page of a file up to its end; `more` bytes are wanted from there on. Bytes
 * copied, fewer if `to` goes bad; or -EIO, -ENOMEM.
 */
static ssize_t read_part(struct file *file, loff_t pos, void *to, size_t len, size_t more,
			 copy_fn copy)
{
	struct page *page = find_read_page(file, (pgoff_t)(pos >> PAGE_SHIFT),
					   (unsigned int)(more >> PAGE_SHIFT) + 1, NULL);
	loff_t size = i_size_read(file->f_mapping->host);
	size_t offset = (size_t)pos & (PAGE_SIZE - 1), bad = len;
	char *from;

	if (IS_ERR(page))
		return PTR_ERR(page);
	if (pos < size) { /* else it became shorter meanwhile */
		len = (size_t)min((loff_t)len, size - pos);
		from = kmap(page);
		bad = copy(to, from + offset, len);
		kunmap(page);
		note_use(file, page, offset);
	}
	put_page(page);
	return (ssize_t)(len - bad);
}

static ssize_t read_pages(struct file *file, loff_t pos, char *to, size_t count, copy_fn copy)
{
	size_t done = 0;

	while (done < count) {
		loff_t left = i_size_read(file->f_mapping->host) - pos;
		size_t len = min(count - done, bytes_in_page(pos));
		ssize_t n;

		if (left <= 0)
			break;
		len = (size_t)min((loff_t)len, left);
		n = read_part(file, pos, to + done, len, count - done - 1, copy);
		if (n < 0)
			return done ? (ssize_t)done : n;
		done += (size_t)n;
		file->f_ra.prev_index = (pgoff_t)(pos >> PAGE_SHIFT);
		pos += n;
		if ((size_t)n < len && pos < i_size_read(file->f_mapping->host))
			return done ? (ssize_t)done : -EFAULT;
		cond_resched();
		if (unlikely(fatal_signal_pending(current)))
			break;
	}
	return (ssize_t)done;
}

ssize_t kernel_read(struct file *file, loff_t pos, void *buf, size_t count)
{
	return read_pages(file, pos, buf, count, copy_within_kernel);
}

ssize_t generic_file_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	ssize_t n = read_pages(file, *pos, buf, count, copy_to_user);

	if (n > 0)
		*pos += n;
	file_accessed(file);
	return n;
}
