/*
 * Dirty pages, on their way to the disk.
 *
 * Writing to a file is writing to the page cache; the disk follows later. In between, a page is
 * in one of these states:
 *
 *	        set_page_dirty              clear_page_dirty_for_io    set_page_writeback
 *	clean ----------------> PG_dirty -------------------------> (neither) -------> PG_writeback
 *	  ^                        ^                                                       |
 *	  |                        `----- set_page_dirty: written to meanwhile ------------+
 *	  `------------------------------ end_page_writeback ------------------------------'
 *
 * A page may be dirty and under write-back at once: then it has changed after it was handed to the
 * device, and is to be written again.
 *
 * The tags in the radix tree are for finding such pages without looking at the others. The tag
 * DIRTY goes on with PG_dirty, and stays until set_page_writeback(), so that there is no moment at
 * which fsync could find neither tag of a page that is not on the device; who finds a page by it
 * looks at PG_dirty. The tag WRITEBACK is exactly PG_writeback.
 *
 * Each of nr_dirty, nr_writeback counts the pages with that bit. A page that leaves its file
 * (mm/truncate.c waits until it is not being written) is not dirty any more: what it holds is not
 * wanted.
 *
 * A page that programs have mapped is clean only if none of their entries lets them change it
 * unnoticed. So clear_page_dirty_for_io() takes the right to write from all entries, by reverse
 * mapping, and what the processor noted in their D bits counts as dirty; the next store faults
 * (mm/memory.c).
 *
 * Whoever writes a file's pages does so in the order of their indexes, and each index once. That
 * gives the disk long requests; it ends, even if somebody makes pages dirty again as fast as they
 * are written; and two who wait for each other's pages, each with a request that he has not
 * handed over yet, can do so in one direction only.
 *
 * A page that could not be written is clean afterwards: trying for ever would fill the memory with
 * pages that cannot be freed. What is left of it is a note with the file, AS_EIO or AS_ENOSPC,
 * which the next fsync(2) or msync(2) reports and takes away.
 *
 * Only files with a device take part (mapping_writes_back()). The pages of others may have
 * PG_dirty too, which says no more than that they must not be dropped.
 *
 * Locks: tree_lock for the tags and counters; PG_locked from clear_page_dirty_for_io() to
 * set_page_writeback().
 *
 * Left out: snapshots of what is being written. A store during the write may reach the device half;
 * the page is dirty again then, and the next write completes it.
 */
#include "mm/writeback.h"

#include "kernel/fs/inode.h"
#include "kernel/lib/errno.h"
#include "kernel/panic.h"
#include "kernel/sched.h"
#include "kernel/wait.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/rmap.h"
#include "mm/vmstat.h"

/* ---- one page -------------------------------------------------------------------------------- */

/* The file that a page belongs to, or NULL: anonymous, or truncated. */
static struct address_space *page_file(const struct page *page)
{
	return PageAnon(page) ? NULL : page->mapping;
}

bool set_page_dirty_no_writeback(struct page *page)
{
	return !atomic_test_and_set_bit(PG_dirty, &page->flags);
}

bool set_page_dirty_tag(struct page *page)
{
	struct address_space *mapping = page->mapping;

	if (!set_page_dirty_no_writeback(page))
		return false;
	if (PageReclaim(page)) /* no more a mark of reading ahead */
		ClearPageReclaim(page);
	spin_lock(&mapping->tree_lock);
	radix_tree_tag_set(&mapping->page_tree, page->index, PAGECACHE_TAG_DIRTY);
	spin_unlock(&mapping->tree_lock);
	if (mapping_writes_back(mapping)) {
		add_vm_stat(NR_FILE_DIRTY, 1);
		count_vm_event(NR_DIRTIED);
		__mark_inode_dirty(mapping->host, I_DIRTY_PAGES);
	}
	return true;
}

void __set_page_dirty(struct page *page)
{
	struct address_space *mapping = page_file(page);

	if (!mapping)
		set_page_dirty_no_writeback(page);
	else if (mapping->a_ops && mapping->a_ops->set_page_dirty)
		mapping->a_ops->set_page_dirty(page);
	else
		set_page_dirty_tag(page);
}

bool clear_page_dirty_for_io(struct page *page)
{
	struct address_space *mapping = page_file(page);

	if (page_mkclean(page))
		set_page_dirty(page);
	if (!atomic_test_and_clear_bit(PG_dirty, &page->flags))
		return false;
	if (mapping && mapping_writes_back(mapping))
		add_vm_stat(NR_FILE_DIRTY, -1);
	return true;
}

void forget_page_dirty(struct page *page)
{
	struct address_space *mapping = page->mapping;

	if (!PageDirty(page))
		return;
	ClearPageDirty(page);
	if (mapping_writes_back(mapping))
		add_vm_stat(NR_FILE_DIRTY, -1);
}

void set_page_writeback(struct page *page)
{
	struct address_space *mapping = page_file(page);

	WARN_ON(!PageLocked(page) || PageWriteback(page));
	SetPageWriteback(page);
	add_vm_stat(NR_WRITEBACK, 1);
	if (!mapping)
		return;
	spin_lock(&mapping->tree_lock);
	radix_tree_tag_set(&mapping->page_tree, page->index, PAGECACHE_TAG_WRITEBACK);
	if (!PageDirty(page))
		radix_tree_tag_clear(&mapping->page_tree, page->index, PAGECACHE_TAG_DIRTY);
	spin_unlock(&mapping->tree_lock);
}

void end_page_writeback(struct page *page)
{
	struct address_space *mapping = page_file(page);

	if (WARN_ON(!PageWriteback(page)))
		return;
	if (mapping) {
		spin_lock(&mapping->tree_lock);
		radix_tree_tag_clear(&mapping->page_tree, page->index, PAGECACHE_TAG_WRITEBACK);
		spin_unlock(&mapping->tree_lock);
	}
	add_vm_stat(NR_WRITEBACK, -1);
	count_vm_event(NR_WRITTEN);
	ClearPageWriteback(page);
	wake_up_bit(&page->flags, PG_writeback);
	writeback_progress();
}

void wait_on_page_writeback(struct page *page)
{
	if (PageWriteback(page))
		wait_on_bit(&page->flags, PG_writeback, TASK_UNINTERRUPTIBLE);
}

/* ---- errors ---------------------------------------------------------------------------------- */

void mapping_set_error(struct address_space *mapping, int error)
{
	struct super_block *sb = mapping->host->i_sb;

	if (!error)
		return;
	atomic_or_mask(error == -ENOSPC ? AS_ENOSPC : AS_EIO, &mapping->flags);
	if (sb) {
		sb->s_wb_error = error;
		sb->s_wb_errors++;
	}
}

/* What mapping->flags say, as an error; they stay. */
static int peek_errors(const struct address_space *mapping)
{
	if (mapping->flags & AS_EIO)
		return -EIO;
	return mapping->flags & AS_ENOSPC ? -ENOSPC : 0;
}

int filemap_check_errors(struct address_space *mapping)
{
	int error = peek_errors(mapping);

	if (error)
		atomic_and_mask(~(AS_EIO | AS_ENOSPC), &mapping->flags);
	return error;
}

/* ---- many pages ------------------------------------------------------------------------------ */

#define BATCH 16u

/* The next pages with a tag, from `first` to `last`, with references. How many. */
static unsigned int tagged_pages(struct address_space *mapping, struct page **batch, pgoff_t first,
				 pgoff_t last, unsigned int tag)
{
	unsigned int found, n;

	spin_lock(&mapping->tree_lock);
	found = radix_tree_gang_lookup_tag(&mapping->page_tree, (void **)batch, first, BATCH, tag);
	for (n = 0; n < found && batch[n]->index <= last; n++)
		get_page(batch[n]);
	spin_unlock(&mapping->tree_lock);
	return n;
}

/* Tagged as dirty, and is not: somebody began to write it, and found nothing to write. */
static void clear_stale_tag(struct address_space *mapping, struct page *page)
{
	spin_lock(&mapping->tree_lock);
	if (!PageDirty(page))
		radix_tree_tag_clear(&mapping->page_tree, page->index, PAGECACHE_TAG_DIRTY);
	spin_unlock(&mapping->tree_lock);
}

/* Is a locked page to be written now? It is clean then. */
static bool claim_page(struct address_space *mapping, struct page *page,
		       const struct writeback_control *wbc)
{
	if (page->mapping != mapping)
		return false; /* truncated */
	if (wbc->sync)
		wait_on_page_writeback(page);
	if (PageWriteback(page))
		return false;
	if (clear_page_dirty_for_io(page))
		return true;
	clear_stale_tag(mapping, page);
	return false;
}

/* How write_cache_pages() goes along. */
struct write_walk {
	struct address_space *mapping;
	struct writeback_control *wbc;
	writepage_fn fn;
	void *data;
	pgoff_t next; /* where to go on */
	int error;    /* the first one */
};

static void write_one(struct write_walk *walk, struct page *page)
{
	int error;

	walk->next = page->index + 1;
	lock_page(page);
	if (!claim_page(walk->mapping, page, walk->wbc)) {
		unlock_page(page);
		return;
	}
	error = walk->fn(page, walk->wbc, walk->data);
	walk->wbc->nr_to_write--;
	mapping_set_error(walk->mapping, error);
	if (error && !walk->error)
		walk->error = error;
}

/* The next pages up to `last`. False: there are none, or enough was written. */
static bool write_batch(struct write_walk *walk, pgoff_t last)
{
	struct page *batch[BATCH];
	unsigned int n = 0;

	if (walk->next <= last)
		n = tagged_pages(walk->mapping, batch, walk->next, last, PAGECACHE_TAG_DIRTY);
	for (unsigned int i = 0; i < n; i++) {
		if (walk->wbc->nr_to_write > 0)
			write_one(walk, batch[i]);
		put_page(batch[i]);
	}
	return n && walk->next && walk->wbc->nr_to_write > 0;
}

/*
 * The last page that can have been dirty when it began. Files that grow meanwhile would otherwise
 * keep us for as long as they do.
 */
static pgoff_t last_page(const struct address_space *mapping, const struct writeback_control *wbc)
{
	pgoff_t pages = file_pages(mapping->host);

	if (wbc->range_cyclic)
		return pages ? pages - 1 : 0;
	return pages ? min(wbc->range_end, pages - 1) : 0;
}

int write_cache_pages(struct address_space *mapping, struct writeback_control *wbc, writepage_fn fn,
		      void *data)
{
	struct write_walk walk = {mapping, wbc, fn, data, wbc->range_start, 0};
	pgoff_t last = last_page(mapping, wbc);

	if (wbc->range_cyclic)
		walk.next = mapping->writeback_index;
	while (write_batch(&walk, last))
		cond_resched();
	if (wbc->range_cyclic) /* at the end: from the beginning, the next time */
		mapping->writeback_index = wbc->nr_to_write > 0 ? 0 : walk.next;
	return walk.error;
}

static int write_by_writepage(struct page *page, struct writeback_control *wbc, void *data)
{
	const struct address_space *mapping = data;

	return mapping->a_ops->writepage(page, wbc);
}

int do_writepages(struct address_space *mapping, struct writeback_control *wbc)
{
	if (!mapping_writes_back(mapping) || wbc->nr_to_write <= 0)
		return 0;
	if (mapping->a_ops->writepages)
		return mapping->a_ops->writepages(mapping, wbc);
	return write_cache_pages(mapping, wbc, write_by_writepage, mapping);
}

/* ---- parts of files -------------------------------------------------------------------------- */

static int write_range(struct address_space *mapping, loff_t start, loff_t end, bool sync)
{
	struct writeback_control wbc = {
		.nr_to_write = WRITE_ALL,
		.range_start = (pgoff_t)(start >> PAGE_SHIFT),
		.range_end = (pgoff_t)(min(end, MAX_LFS_FILESIZE) >> PAGE_SHIFT),
		.sync = sync,
	};

	if (end < start || !radix_tree_tagged(&mapping->page_tree, PAGECACHE_TAG_DIRTY))
		return 0;
	return do_writepages(mapping, &wbc);
}

int filemap_fdatawrite_range(struct address_space *mapping, loff_t start, loff_t end)
{
	return write_range(mapping, start, end, true);
}

int filemap_flush_range(struct address_space *mapping, loff_t start, loff_t end)
{
	return write_range(mapping, start, end, false);
}

/* Wait for what is being written among the pages [first, last]. */
static void wait_for_pages(struct address_space *mapping, pgoff_t first, pgoff_t last)
{
	struct page *batch[BATCH];
	unsigned int n;

	while (first <= last &&
	       (n = tagged_pages(mapping, batch, first, last, PAGECACHE_TAG_WRITEBACK))) {
		first = batch[n - 1]->index + 1;
		for (unsigned int i = 0; i < n; i++) {
			wait_on_page_writeback(batch[i]);
			put_page(batch[i]);
		}
		cond_resched();
		if (!first)
			break;
	}
}

static void wait_for_range(struct address_space *mapping, loff_t start, loff_t end)
{
	if (end >= start && radix_tree_tagged(&mapping->page_tree, PAGECACHE_TAG_WRITEBACK))
		wait_for_pages(mapping, (pgoff_t)(start >> PAGE_SHIFT),
			       (pgoff_t)(min(end, MAX_LFS_FILESIZE) >> PAGE_SHIFT));
}

int filemap_fdatawait_range(struct address_space *mapping, loff_t start, loff_t end)
{
	wait_for_range(mapping, start, end);
	return filemap_check_errors(mapping);
}

int filemap_fdatawait_keep_errors(struct address_space *mapping)
{
	wait_for_range(mapping, 0, MAX_LFS_FILESIZE);
	return peek_errors(mapping);
}

int filemap_write_and_wait_range(struct address_space *mapping, loff_t start, loff_t end)
{
	int error = filemap_fdatawrite_range(mapping, start, end);
	int waited = filemap_fdatawait_range(mapping, start, end);

	return error ? error : waited;
}
