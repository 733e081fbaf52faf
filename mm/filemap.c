/*
 * The page cache.
 *
 * A page of a file is in memory once, whoever reads, writes or maps it. Each file
 * (inode) has an address_space, and in it a radix tree leads from the index of a page in
 * the file to its frame:
 *
 *	file ---.                        index 0 -> frame 911
 *	file ---+-> inode -> address_space    1 -> frame 17
 *	                                      5 -> frame 40302
 *	vma (process A) --- i_mmap --'
 *	vma (process B) ----'
 *
 * The cache holds a reference to each of its pages; page->mapping and page->index say which one it
 * is. A page is born locked and empty, is read in (PG_uptodate), may be changed (PG_dirty, and the
 * tag in the tree by which the dirty ones are found), and leaves when the file is truncated or
 * goes:
 *
 *	                  readpage              write, store
 *	[new, locked] ------------> [uptodate] ------------> [dirty]
 *	      `--- truncated while somebody waited for the lock: mapping is NULL, look again
 *
 * PG_locked is a lock to sleep for: it is held while a page is read, and while it is taken out. Who
 * got it after waiting must look at page->mapping, because the page may not be the file's any more.
 *
 * Reading and writing files is in filemap_read.c and filemap_write.c, mapping them in
 * filemap_mmap.c, and making them shorter in truncate.c; how pages come from a disk before they are
 * asked for in readahead.c, and how they get back to it in page_writeback.c.
 *
 * Locks: tree_lock covers the tree, the tags and nrpages.
 */
#include "mm/filemap.h"

#include "kernel/lib/err.h"
#include "kernel/panic.h"
#include "kernel/wait.h"
#include "mm/lru.h"
#include "mm/page_alloc.h"
#include "mm/readahead.h"
#include "mm/rmap.h"
#include "mm/slab.h"
#include "mm/vmstat.h"
#include "mm/writeback.h"

static struct kmem_cache *radix_node_cache;

static struct radix_tree_node *radix_node_alloc(unsigned int gfp)
{
	return kmem_cache_alloc(radix_node_cache, gfp);
}

static void radix_node_free(struct radix_tree_node *node)
{
	kmem_cache_free(radix_node_cache, node);
}

static void radix_node_ctor(void *node)
{
	*(struct radix_tree_node *)node = (struct radix_tree_node){0};
}

void filemap_init(void)
{
	radix_node_cache = kmem_cache_create("radix_tree_node", sizeof(struct radix_tree_node), 0,
					     SLAB_PANIC, radix_node_ctor);
	radix_tree_init(radix_node_alloc, radix_node_free);
}

/* ---- pages come and go ----------------------------------------------------------------------- */

/*
 * Frames of the kernel image or the loader (kernel/fs/bootfile.c) are no memory that a cache takes.
 */
static void count_file_page(const struct page *page, int n)
{
	if (!PageReserved(page))
		add_vm_stat(NR_FILE_PAGES, n);
}

int add_to_page_cache(struct page *page, struct address_space *mapping, pgoff_t index)
{
	struct radix_tree_preload preload = RADIX_TREE_PRELOAD_INIT;
	gfp_t gfp = (mapping->gfp_mask & ~GFP_ZONEMASK) | __GFP_NOWARN;
	int error;

	do {
		spin_lock(&mapping->tree_lock);
		error = radix_tree_insert(&mapping->page_tree, index, page, &preload);
		if (!error) {
			get_page(page);
			page->mapping = mapping;
			page->index = index;
			page->private = 0;
			mapping->nrpages++;
			count_file_page(page, 1);
		}
		spin_unlock(&mapping->tree_lock);
	} while (error == -ENOMEM && !radix_tree_preload(&preload, gfp));
	radix_tree_preload_end(&preload);
	return error;
}

/* tree_lock is held; the cache's reference is the caller's to drop. */
static void take_out(struct page *page, struct address_space *mapping)
{
	radix_tree_delete(&mapping->page_tree, page->index);
	page->mapping = NULL;
	mapping->nrpages--;
	count_file_page(page, -1);
}

void remove_from_page_cache(struct page *page)
{
	struct address_space *mapping = page->mapping;

	WARN_ON(PageWriteback(page));
	spin_lock(&mapping->tree_lock);
	forget_page_dirty(page);
	take_out(page, mapping);
	spin_unlock(&mapping->tree_lock);
	put_page(page);
}

/*
 * New references come from the tree, or from entries of page tables: with tree_lock held, and no
 * such entry left, two references stay two. The cache's own goes in the step that makes sure of it.
 */
bool remove_clean_page(struct page *page)
{
	struct address_space *mapping = page->mapping;
	unsigned long *count = (unsigned long *)&page->_count.counter;
	bool removed = false;

	spin_lock(&mapping->tree_lock);
	if (!page_mapcount(page) && !PageDirty(page) && !PageWriteback(page) && !page->private)
		removed = atomic_cmpxchg_word(count, 2, 1) == 2;
	if (removed)
		take_out(page, mapping);
	spin_unlock(&mapping->tree_lock);
	return removed;
}

struct page *find_get_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page;

	spin_lock(&mapping->tree_lock);
	page = radix_tree_lookup(&mapping->page_tree, index);
	if (page)
		get_page(page);
	spin_unlock(&mapping->tree_lock);
	return page;
}

/* ---- the page lock --------------------------------------------------------------------------- */

void __lock_page(struct page *page)
{
	wait_on_bit_lock(&page->flags, PG_locked, TASK_UNINTERRUPTIBLE);
}

void unlock_page(struct page *page)
{
	if (WARN_ON(!PageLocked(page)))
		return;
	ClearPageLocked(page);
	wake_up_bit(&page->flags, PG_locked);
}

void wait_on_page_locked(struct page *page)
{
	if (PageLocked(page))
		wait_on_bit(&page->flags, PG_locked, TASK_UNINTERRUPTIBLE);
}

struct page *find_lock_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page;

	while ((page = find_get_page(mapping, index))) {
		lock_page(page);
		if (likely(page->mapping == mapping))
			break;
		unlock_page(page); /* truncated meanwhile */
		put_page(page);
	}
	return page;
}

struct page *find_or_create_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page;
	int error;

	while (!(page = find_lock_page(mapping, index))) {
		page = alloc_page(mapping->gfp_mask | __GFP_NOWARN);
		if (!page)
			return NULL;
		SetPageLocked(page);
		error = add_to_page_cache(page, mapping, index);
		if (!error) {
			lru_cache_add(page);
			return page;
		}
		ClearPageLocked(page);
		put_page(page);
		if (error != -EEXIST) /* else another task was faster */
			return NULL;
	}
	return page;
}

/* ---- reading in ------------------------------------------------------------------------------ */

/* Read a locked page in, which unlocks it. 0, -EIO, -ENOMEM. */
static int read_page(struct file *file, struct address_space *mapping, struct page *page,
		     bool *waited)
{
	int error = mapping->a_ops->readpage(file, page);

	if (error)
		return error;
	if (waited && PageLocked(page))
		*waited = true;
	wait_on_page_locked(page);
	return PageUptodate(page) ? 0 : -EIO;
}

/* A page that was not up to date: read it in. Or -EAGAIN: it is not the file's any more. */
static int bring_up_to_date(struct file *file, struct address_space *mapping, struct page *page,
			    bool *waited)
{
	int error = 0;

	if (waited && PageLocked(page)) /* it is being read */
		*waited = true;
	lock_page(page);
	if (page->mapping != mapping)
		error = -EAGAIN;
	else if (!PageUptodate(page))
		return read_page(file, mapping, page, waited);
	unlock_page(page);
	return error;
}

/* Can pages of this file be made? Otherwise all that there are have been cached from the start. */
static bool can_read_pages(const struct address_space *mapping)
{
	return mapping->a_ops && mapping->a_ops->readpage;
}

/* The page at `index`, with a reference, made if need be: unlocked, perhaps empty. Or ERR_PTR. */
static struct page *get_cache_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page = find_get_page(mapping, index);

	if (likely(page))
		return page;
	if (!can_read_pages(mapping))
		return ERR_PTR(-EIO);
	page = find_or_create_page(mapping, index);
	if (!page)
		return ERR_PTR(-ENOMEM);
	unlock_page(page);
	return page;
}

struct page *read_cache_page(struct file *file, struct address_space *mapping, pgoff_t index,
			     bool *waited)
{
	struct page *page;
	int error;

	do {
		page = get_cache_page(mapping, index);
		if (IS_ERR(page) || likely(PageUptodate(page)))
			return page;
		error = bring_up_to_date(file, mapping, page, waited);
		if (!error)
			return page;
		put_page(page);
	} while (error == -EAGAIN);
	return ERR_PTR(error);
}

/* There is no page, or it is not up to date, or it is the mark at which to read ahead. */
static __noinline struct page *read_on(struct file *file, struct page *page, pgoff_t index,
				       unsigned int nr, bool *waited)
{
	struct address_space *mapping = file->f_mapping;

	if (!page) {
		page_cache_sync_readahead(mapping, &file->f_ra, file, index, nr);
		return read_cache_page(file, mapping, index, waited);
	}
	if (PageReclaim(page))
		page_cache_async_readahead(mapping, &file->f_ra, file, page, index);
	if (PageUptodate(page))
		return page;
	put_page(page);
	return read_cache_page(file, mapping, index, waited);
}

struct page *find_read_page(struct file *file, pgoff_t index, unsigned int nr, bool *waited)
{
	struct page *page = find_get_page(file->f_mapping, index);

	if (likely(page && page_is_plain(page)))
		return page;
	return read_on(file, page, index, nr, waited);
}
