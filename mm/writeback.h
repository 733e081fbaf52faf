/*
 * From the page cache to the disk: dirty pages, the limits on their number, and waiting for them.
 *
 *	write(2), a store              set_page_dirty()            PG_dirty, the tag, nr_dirty,
 *	                                                           the inode in front of the flusher
 *	flusher, fsync(2), reclaim     clear_page_dirty_for_io()   the page's entries in page tables
 *	                                                           are write-protected: the next
 *	                                                           store faults, and is noticed
 *	                               a_ops->writepage            set_page_writeback(), a bio
 *	the disk's thread              end_page_writeback()        whoever waits is woken
 *
 * A page under write-back may become dirty again; the tag says so, and it is written once more.
 */
#ifndef FOLIO_MM_WRITEBACK_H
#define FOLIO_MM_WRITEBACK_H

#include "kernel/fs/fs.h"
#include "mm/page.h"

#define WRITE_ALL ((long)(~0ul >> 1))

/* What shall be written. */
struct writeback_control {
	long nr_to_write;    /* pages, or WRITE_ALL; counted down */
	pgoff_t range_start; /* the first index, */
	pgoff_t range_end;   /* and the last */
	bool sync;	     /* somebody waits: every page, also those being written now */
	bool range_cyclic;   /* the flusher: from mapping->writeback_index to the end of the file */
};

/* ---- pages (mm/page_writeback.c) ------------------------------------------------------------- */

/*
 * set_page_dirty_tag - a_ops->set_page_dirty of files on a device, and what is done where there is
 * none: PG_dirty, the tag, the counter, the inode. The page is in its file's cache. True: it was
 * clean. Does not sleep.
 * forget_page_dirty - the page leaves its file; tree_lock is held.
 */
bool set_page_dirty_tag(struct page *page);
void forget_page_dirty(struct page *page);

/*
 * clear_page_dirty_for_io - a locked page is about to be written: PG_dirty goes (the tag stays
 * until set_page_writeback), and its entries in page tables become clean and write-protected; what
 * the processor noted there counts too. Was it dirty? Does not sleep.
 */
bool clear_page_dirty_for_io(struct page *page);

/*
 * set_page_writeback - a locked page is on its way to the device; its tags follow. It may be
 * unlocked then. end_page_writeback - it has arrived, or PG_error and the mapping's AS_* say that
 * it has not; drops nothing. From bio end_io. wait_on_page_writeback - may sleep.
 */
void set_page_writeback(struct page *page);
void end_page_writeback(struct page *page);
void wait_on_page_writeback(struct page *page);

/* mapping_set_error - note that a page of the file could not be written. Any context. */
void mapping_set_error(struct address_space *mapping, int error);

/*
 * write_cache_pages - for each dirty page that wbc asks for, in the order of the file: lock it,
 * wait if it is being written (wbc->sync), clear_page_dirty_for_io(), fn(page, wbc, data), which
 * unlocks it. The first error, or 0. May sleep.
 * do_writepages - by the mapping's a_ops.
 */
typedef int (*writepage_fn)(struct page *page, struct writeback_control *wbc, void *data);
int write_cache_pages(struct address_space *mapping, struct writeback_control *wbc, writepage_fn fn,
		      void *data);
int do_writepages(struct address_space *mapping, struct writeback_control *wbc);

/*
 * filemap_fdatawrite_range - start to write the dirty pages of bytes [start, end] of a file;
 * filemap_fdatawait_range - wait for what is being written there, and take the errors since the
 * last time (-EIO, -ENOSPC). filemap_write_and_wait - both, all of it. May sleep.
 * filemap_flush_range - start to write what is dirty and is not being written already.
 * filemap_fdatawait_keep_errors - wait for the whole file, and leave the errors to those who opened
 * it: sync(2). filemap_check_errors - take the errors; any context.
 */
int filemap_flush_range(struct address_space *mapping, loff_t start, loff_t end);
int filemap_fdatawrite_range(struct address_space *mapping, loff_t start, loff_t end);
int filemap_fdatawait_range(struct address_space *mapping, loff_t start, loff_t end);
int filemap_fdatawait_keep_errors(struct address_space *mapping);
int filemap_check_errors(struct address_space *mapping);
int filemap_write_and_wait_range(struct address_space *mapping, loff_t start, loff_t end);
static inline int filemap_write_and_wait(struct address_space *mapping)
{
	return filemap_write_and_wait_range(mapping, 0, MAX_LFS_FILESIZE);
}

/* mapping_writes_back - has the file a device to be written to? */
static inline bool mapping_writes_back(const struct address_space *mapping)
{
	return mapping->a_ops && (mapping->a_ops->writepage || mapping->a_ops->writepages);
}

/* ---- limits (mm/balance_dirty.c) ------------------------------------------------------------- */

/* /proc/sys/vm/dirty_*; percent of the memory that can be dirty, and hundredths of a second. */
extern unsigned int dirty_ratio, dirty_background_ratio;
extern unsigned int dirty_expire_centisecs, dirty_writeback_centisecs;

/*
 * balance_dirty_pages_ratelimited - the current task has made `pages` pages of a file dirty: once
 * in a while, wake the flusher, or sleep until there are fewer. Holds no page lock; may hold
 * i_mutex.
 */
void balance_dirty_pages_ratelimited(struct address_space *mapping, unsigned int pages);

/* writeback_progress - a page was written: those who wait for fewer may look. From end_io. */
void writeback_progress(void);

/* dirty_limits - in pages of any file: where the flusher begins, and where writers wait. */
struct dirty_limits {
	unsigned long background, limit;
};
struct dirty_limits dirty_limits(void);

/* dirty_background_exceeded - shall the flusher go on although nothing is old? */
bool dirty_background_exceeded(void);

/* ---- the flusher (kernel/fs/fs_writeback.c) -------------------------------------------------- */

/* wakeup_flusher - write `pages` pages now (0: what is old, or too much). Any context. */
void wakeup_flusher(unsigned long pages);

/* set_flusher - who wakeup_flusher() wakes. Boot. */
void set_flusher(void (*wake)(unsigned long pages));

#endif
