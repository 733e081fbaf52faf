/* The kernel's own reading of files, page by page out of the page cache. */
#include "kernel/fs/fs.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/lru.h"

/* Copies from one cached page; 0 or -EIO: the page is not there. */
static int read_page(struct address_space *mapping, pgoff_t index, size_t offset, void *buf,
		     size_t count)
{
	struct page *page = find_get_page(mapping, index);
	const char *from;

	if (!page)
		return -EIO;
	from = kmap(page);
	memcpy(buf, from + offset, count);
	kunmap(page);
	put_page(page);
	return 0;
}

ssize_t kernel_read(struct file *file, u64 pos, void *buf, size_t count)
{
	u64 size = file->f_inode->i_size;
	size_t done = 0;

	if (pos >= size)
		return 0;
	count = (size_t)min((u64)count, size - pos);
	while (done < count) {
		size_t offset = (size_t)(pos + done) & (PAGE_SIZE - 1);
		size_t len = min(count - done, (size_t)PAGE_SIZE - offset);
		int err = read_page(file->f_mapping, (pgoff_t)((pos + done) >> PAGE_SHIFT), offset,
				    (char *)buf + done, len);

		if (err)
			return done ? (ssize_t)done : err;
		done += len;
		cond_resched();
	}
	return (ssize_t)done;
}
