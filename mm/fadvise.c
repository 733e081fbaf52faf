/*
 * Advice about open files: posix_fadvise(2).
 *
 *	advice         what becomes of it
 *	---------------------------------------------------------------------------------------
 *	NORMAL         windows of read-ahead as usual (mm/readahead.c)
 *	RANDOM         none: what is asked for is read, and nothing else
 *	SEQUENTIAL     twice as large
 *	WILLNEED       the range is being read when the call returns
 *	DONTNEED       dirty pages of the range are being written, clean ones leave the cache, unless
 *	               somebody maps them; a page that lies in it only in part stays
 *	NOREUSE        nothing
 *
 * The first three are about the open file, whatever the range.
 *
 * Locks: those of the page cache. What others read and write at the same time may be as it was.
 */
#include "mm/fadvise.h"

#include "kernel/fs/inode.h"
#include "kernel/lib/errno.h"
#include "mm/filemap.h"
#include "mm/readahead.h"
#include "mm/vmscan.h"
#include "mm/writeback.h"

static void will_need(struct file *file, loff_t start, loff_t end)
{
	pgoff_t first = (pgoff_t)(start >> PAGE_SHIFT), last = (pgoff_t)(end >> PAGE_SHIFT);

	force_readahead(file->f_mapping, file, first, last - first + 1);
}

static void dont_need(struct address_space *mapping, loff_t start, loff_t end)
{
	pgoff_t first = (pgoff_t)((start + (loff_t)PAGE_SIZE - 1) >> PAGE_SHIFT);
	pgoff_t behind = (pgoff_t)((end + 1) >> PAGE_SHIFT);

	filemap_flush_range(mapping, start, end);
	if (end >= i_size_read(mapping->host) - 1)
		behind = ~0ul; /* the last page of a file has no rest */
	if (first < behind)
		invalidate_mapping_pages(mapping, first, behind - 1);
}

static int advise(struct file *file, loff_t start, loff_t end, int advice)
{
	switch (advice) {
	case POSIX_FADV_NORMAL:
		file->f_ra.ra_pages = RA_PAGES_MAX;
		return 0;
	case POSIX_FADV_RANDOM:
		file->f_ra.ra_pages = 0;
		return 0;
	case POSIX_FADV_SEQUENTIAL:
		file->f_ra.ra_pages = 2 * RA_PAGES_MAX;
		return 0;
	case POSIX_FADV_WILLNEED:
		will_need(file, start, end);
		return 0;
	case POSIX_FADV_DONTNEED:
		dont_need(file->f_mapping, start, end);
		return 0;
	case POSIX_FADV_NOREUSE:
		return 0;
	default:
		return -EINVAL;
	}
}

int vfs_fadvise(struct file *file, loff_t offset, loff_t len, int advice)
{
	loff_t end = MAX_LFS_FILESIZE;

	if (S_ISFIFO(file->f_inode->i_mode))
		return -ESPIPE;
	if (len < 0)
		return -EINVAL;
	offset = max(offset, (loff_t)0); /* nobody refuses it */
	if (len && len <= MAX_LFS_FILESIZE - offset)
		end = offset + len - 1;
	return advise(file, min(offset, MAX_LFS_FILESIZE), end, advice);
}
