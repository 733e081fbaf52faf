/*
 * Making files shorter, and longer.
 *
 * What lies beyond the new end must not be seen again: not by read(2), not through a mapping, and
 * not when the file grows later, when a program expects zeros there. The order of steps is what
 * matters:
 *
 *	1. i_size             new faults and reads end there
 *	2. page tables        what is mapped already faults again, and ends there
 *	3. page cache         pages go, the rest of the last one becomes zero
 *	4. page tables again  for the fault that was on its way all the time (mm/filemap_mmap.c)
 *
 * A page that is being written to the disk leaves when that has ended. What is dirty goes
 * unwritten.
 *
 * Private copies of what was beyond the end go too, as mmap(2) promises SIGBUS there.
 *
 * A file that becomes longer ended in the middle of a page, perhaps, and programs may have stored
 * behind the end through a mapping. These bytes become zero, and the page read-only in all
 * mappings: it has blocks on the disk up to the old end only, so the next store is a fault again.
 *
 * Locks: i_mutex of the file, by the caller; i_mmap_lock and then page_table_lock for the entries,
 * the page lock for each page that leaves.
 */
#include "kernel/fs/inode.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/lru.h"
#include "mm/rmap.h"
#include "mm/unmap.h"
#include "mm/writeback.h"

/* ---- page tables ----------------------------------------------------------------------------- */

/* Take away what an area shows of the pages [first, last] of its file. */
static void zap_part(struct vm_area_struct *vma, pgoff_t first, pgoff_t last, bool even_cows)
{
	pgoff_t from = max(first, vma->vm_shared.start), to = min(last, vma->vm_shared.last);
	unsigned long start = vma->vm_start + ((from - vma->vm_pgoff) << PAGE_SHIFT);

	zap_page_range(vma, start, start + ((to - from + 1) << PAGE_SHIFT), !even_cows);
}

void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t len, bool even_cows)
{
	pgoff_t first = (pgoff_t)(start >> PAGE_SHIFT);
	pgoff_t last = len ? (pgoff_t)((start + len - 1) >> PAGE_SHIFT) : ~0ul;
	struct interval_tree_node *node;

	spin_lock(&mapping->i_mmap_lock);
	interval_tree_for_each(node, &mapping->i_mmap, first, last)
	{
		struct vm_area_struct *vma = container_of(node, struct vm_area_struct, vm_shared);

		zap_part(vma, first, last, even_cows);
	}
	spin_unlock(&mapping->i_mmap_lock);
}

/* ---- the page cache -------------------------------------------------------------------------- */

#define TRUNCATE_BATCH 16u

/* Cached pages from an index on, with references. How many. */
static unsigned int get_pages(struct address_space *mapping, pgoff_t first, void **batch)
{
	unsigned int n;

	spin_lock(&mapping->tree_lock);
	n = radix_tree_gang_lookup(&mapping->page_tree, batch, first, TRUNCATE_BATCH);
	for (unsigned int i = 0; i < n; i++)
		get_page(batch[i]);
	spin_unlock(&mapping->tree_lock);
	return n;
}

static void drop_page(struct address_space *mapping, struct page *page)
{
	lock_page(page);
	wait_on_page_writeback(page);
	if (page->mapping == mapping)
		remove_from_page_cache(page);
	unlock_page(page);
	put_page(page);
}

/* The part of a cached page from `offset` on becomes zero. */
static void clear_rest(struct address_space *mapping, pgoff_t index, size_t offset)
{
	struct page *page = find_lock_page(mapping, index);
	char *at;

	if (!page)
		return;
	if (PageUptodate(page)) {
		at = kmap_atomic(page);
		memset(at + offset, 0, PAGE_SIZE - offset);
		kunmap_atomic(at);
		set_page_dirty(page);
	}
	unlock_page(page);
	put_page(page);
}

void truncate_inode_pages(struct address_space *mapping, loff_t start)
{
	size_t offset = (size_t)start & (PAGE_SIZE - 1);
	pgoff_t first = (pgoff_t)(start >> PAGE_SHIFT) + (offset != 0);
	void *batch[TRUNCATE_BATCH];
	unsigned int n;

	if (offset)
		clear_rest(mapping, first - 1, offset);
	while ((n = get_pages(mapping, first, batch))) {
		for (unsigned int i = 0; i < n; i++)
			drop_page(mapping, batch[i]);
		cond_resched();
	}
}

/* ---- both ------------------------------------------------------------------------------------ */

/* The page in which a file ends, locked and with a reference; `locked` is locked already. */
static struct page *lock_last_page(struct inode *inode, loff_t size, struct page *locked)
{
	pgoff_t index = (pgoff_t)(size >> PAGE_SHIFT);

	if (!(size & (loff_t)(PAGE_SIZE - 1)) || !mapping_writes_back(inode->i_mapping))
		return NULL;
	if (!locked || locked->index != index)
		return find_lock_page(inode->i_mapping, index);
	get_page(locked);
	return locked;
}

/*
 * What was stored behind the end, through a mapping, never was the file's. And the page may have
 * blocks up to the old end only: the next store has to ask the file system again.
 */
static void prepare_last_page(struct page *page, loff_t old, loff_t from, unsigned long blocksize)
{
	loff_t end = min(from, (loff_t)((old | (loff_t)(PAGE_SIZE - 1)) + 1));
	char *at;

	if (end > old && PageUptodate(page)) {
		at = kmap_atomic(page);
		memset(at + ((size_t)old & (PAGE_SIZE - 1)), 0, (size_t)(end - old));
		kunmap_atomic(at);
	}
	if (blocksize < PAGE_SIZE && page_mapcount(page) && page_mkclean(page))
		set_page_dirty(page);
}

void i_size_extend(struct inode *inode, loff_t from, loff_t size, struct page *locked)
{
	loff_t old = i_size_read(inode);
	struct page *page = lock_last_page(inode, old, locked);

	if (page)
		prepare_last_page(page, old, from, inode->i_sb->s_blocksize);
	i_size_write(inode, size);
	if (!page)
		return;
	if (page != locked)
		unlock_page(page);
	put_page(page);
}

void truncate_setsize(struct inode *inode, loff_t size)
{
	struct address_space *mapping = inode->i_mapping;
	loff_t beyond = (size + (loff_t)PAGE_SIZE - 1) & ~((loff_t)PAGE_SIZE - 1);

	if (size >= i_size_read(inode)) {
		i_size_extend(inode, size, size, NULL);
		return;
	}
	i_size_write(inode, size);
	unmap_mapping_range(mapping, beyond, 0, true);
	truncate_inode_pages(mapping, size);
	unmap_mapping_range(mapping, beyond, 0, true);
}
