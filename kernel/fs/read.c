/* Reading files, page by page out of the page cache: for programs and for the kernel. */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/file.h"
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

/* The part of one cached page: bytes copied, or -EIO: the page is not there. */
static ssize_t copy_from_page(struct address_space *mapping, loff_t pos, void *to, size_t len,
			      copy_fn copy)
{
	struct page *page = find_get_page(mapping, (pgoff_t)(pos >> PAGE_SHIFT));
	size_t bad;
	char *from;

	if (!page)
		return -EIO;
	from = kmap(page);
	bad = copy(to, from + ((size_t)pos & (PAGE_SIZE - 1)), len);
	kunmap(page);
	put_page(page);
	return (ssize_t)(len - bad);
}

static ssize_t read_pages(struct file *file, loff_t pos, char *to, size_t count, copy_fn copy)
{
	loff_t size = file->f_inode->i_size;
	size_t done = 0;

	if (pos >= size)
		return 0;
	count = (size_t)min((loff_t)count, size - pos);
	while (done < count) {
		size_t in_page = PAGE_SIZE - ((size_t)(pos + (loff_t)done) & (PAGE_SIZE - 1));
		size_t len = min(count - done, in_page);
		ssize_t n =
			copy_from_page(file->f_mapping, pos + (loff_t)done, to + done, len, copy);

		if (n < 0)
			return done ? (ssize_t)done : n;
		done += (size_t)n;
		if ((size_t)n < len)
			return done ? (ssize_t)done : -EFAULT;
		cond_resched();
	}
	return (ssize_t)done;
}

ssize_t kernel_read(struct file *file, loff_t pos, void *buf, size_t count)
{
	return read_pages(file, pos, buf, count, copy_within_kernel);
}

ssize_t generic_file_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	ssize_t n = read_pages(file, *pos, buf, count, __copy_to_user);

	if (n > 0)
		*pos += n;
	return n;
}
