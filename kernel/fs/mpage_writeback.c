/*
 * Writing the page cache of files back.
 *
 * write_cache_pages() finds a dirty page and locks it; here those that follow it, are dirty too and
 * can be locked at once join it, and all go to the device in bios that are as long as the runs of
 * their blocks (kernel/fs/mpage.c). While the pages are locked, no truncation can take the blocks
 * away under a run that get_block() has told. So runs are not remembered from one batch to the
 * next, when it might.
 *
 * Each page is under write-back until the last of its parts has been written; page->private counts
 * them.
 *
 * A hole has no place on the device: its bytes are zero, and are not written. Nobody makes a block
 * here: whoever was to change the page has made them before (kernel/fs/mpage_write.c).
 *
 * Locks: PG_locked until the parts of a page are in bios, PG_writeback until they have ended.
 */
#include "kernel/fs/mpage_internal.h"
#include "kernel/lib/errno.h"
#include "mm/lru.h"

#define BATCH 64u

struct write_state {
	struct inode *inode;
	get_block_t get_block;
	unsigned int bits;
	loff_t size;
	u32 end; /* the file's blocks */
	struct block_run run;
	struct bio_chain chain;
	struct page *pages[BATCH]; /* of this batch; locked, and clean */
	unsigned int nr, left;	   /* all, and not yet in bios */
	int error;		   /* the first one that leaves a page dirty */
};

/* ---- a part has been written ----------------------------------------------------------------- */

static void part_written(struct page *page, int error)
{
	if (unlikely(error)) {
		SetPageError(page);
		mapping_set_error(page->mapping, error);
	}
	if (put_part(page))
		end_page_writeback(page);
}

static void write_ended(struct bio *bio)
{
	for (unsigned int i = 0; i < bio->bi_nr_vecs; i++)
		part_written(bio->bi_vecs[i].bv_page, bio->bi_error);
	bio_free(bio);
}

/* ---- pages into bios ------------------------------------------------------------------------- */

static void init_write(struct write_state *w, struct inode *inode, get_block_t get_block,
		       const struct writeback_control *wbc)
{
	w->inode = inode;
	w->get_block = get_block;
	w->bits = block_bits(inode);
	w->nr = w->left = 0;
	w->error = 0;
	w->chain = (struct bio_chain){.bdev = mpage_bdev(inode),
				      .end_io = write_ended,
				      .op = BIO_WRITE,
				      .flags = wbc->sync ? BIO_SYNC : 0};
}

/* Have the run in which a block lies. How many blocks of it are left from there; or -errno. */
static int find_run(struct write_state *w, u32 block, unsigned int in_page)
{
	struct block_run *run = &w->run;
	unsigned int most = in_page + ((w->left - 1) << (PAGE_SHIFT - w->bits));
	u32 into = block - run->start;
	int error;

	if (into >= run->map.count) {
		bio_chain_submit(&w->chain);
		run->map.count = 0;
		error = w->get_block(w->inode, block, min(most, w->end - block), false, &run->map);
		if (error)
			return error;
		run->start = block;
		into = 0;
	}
	return (int)min(run->map.count - into, in_page);
}

/* Some blocks of a page, from `at` on: at most `left`. How many; or -errno. */
static int write_blocks(struct write_state *w, struct page *page, unsigned int at,
			unsigned int left)
{
	u32 block = page_block(page, w->bits) + at;
	unsigned int offset = at << w->bits;
	int n = find_run(w, block, left);
	u32 on_device;

	if (n < 0 || !w->run.map.mapped)
		return n;
	on_device = w->run.map.block + (block - w->run.start);
	if (bio_chain_add(&w->chain, (sector_t)on_device << (w->bits - SECTOR_SHIFT), page, offset,
			  (unsigned int)n << w->bits, w->left))
		get_part(page);
	return n;
}

/* Bytes behind the end of the file are zero on the device. */
static void zero_behind_end(struct write_state *w, struct page *page)
{
	if (page->index == (pgoff_t)(w->size >> PAGE_SHIFT))
		zero_part(page, (unsigned int)w->size & (PAGE_SIZE - 1), PAGE_SIZE);
}

/* A locked, clean page of the file: under write-back, and unlocked. */
static void write_page(struct write_state *w, struct page *page)
{
	u32 first = page_block(page, w->bits);
	unsigned int blocks = (unsigned int)PAGE_SIZE >> w->bits, at = 0;
	int n = 0;

	blocks = min(blocks, w->end - min(first, w->end));
	page->private = 1;
	if (PageError(page))
		ClearPageError(page);
	zero_behind_end(w, page);
	set_page_writeback(page);
	for (; at < blocks && n >= 0; at += (unsigned int)max(n, 0))
		n = write_blocks(w, page, at, blocks - at);
	if (n == -ENOMEM) { /* later, then */
		set_page_dirty(page);
		w->error = n;
		n = 0;
	}
	w->left--;
	unlock_page(page);
	part_written(page, min(n, 0));
}

static void write_batch(struct write_state *w)
{
	w->size = i_size_read(w->inode);
	w->end = size_in_blocks(w->size, w->bits);
	w->run.map.count = 0;
	w->left = w->nr;
	for (unsigned int i = 0; i < w->nr; i++)
		write_page(w, w->pages[i]);
	bio_chain_submit(&w->chain);
}

/* ---- neighbours ------------------------------------------------------------------------------ */

#define LOOK_AHEAD 16u

/* Does a page that comes next join? Nobody is waited for: our pages are locked. */
static bool join(struct address_space *mapping, struct page *page)
{
	if (PageWriteback(page) || !trylock_page(page))
		return false;
	if (page->mapping == mapping && !PageWriteback(page) && clear_page_dirty_for_io(page))
		return true;
	unlock_page(page);
	return false;
}

/* Dirty pages that follow the last one of the batch, with references: how many. */
static unsigned int dirty_neighbours(struct address_space *mapping, pgoff_t next, unsigned int most,
				     struct page **found)
{
	unsigned int n, i;

	spin_lock(&mapping->tree_lock);
	n = radix_tree_gang_lookup_tag(&mapping->page_tree, (void **)found, next, most,
				       PAGECACHE_TAG_DIRTY);
	for (i = 0; i < n && found[i]->index == next + i; i++)
		get_page(found[i]);
	spin_unlock(&mapping->tree_lock);
	return i;
}

/* The batch, which has one page, gets those that follow it. */
static void gather(struct write_state *w, struct address_space *mapping, unsigned int most)
{
	unsigned int n, want, taken;

	do {
		want = min(most - w->nr, LOOK_AHEAD);
		n = dirty_neighbours(mapping, w->pages[w->nr - 1]->index + 1, want,
				     &w->pages[w->nr]);
		for (taken = 0; taken < n && join(mapping, w->pages[w->nr + taken]); taken++)
			;
		for (unsigned int i = taken; i < n; i++)
			put_page(w->pages[w->nr + i]);
		w->nr += taken;
	} while (taken == want && w->nr < most);
}

/* writepage_fn: a page, and its neighbours. */
static int write_with_neighbours(struct page *page, struct writeback_control *wbc, void *data)
{
	unsigned int most = wbc->nr_to_write < (long)BATCH ? (unsigned int)wbc->nr_to_write : BATCH;
	struct write_state *w = data;

	w->pages[0] = page;
	w->nr = 1;
	if (most > 1)
		gather(w, page->mapping, most);
	write_batch(w);
	for (unsigned int i = 1; i < w->nr; i++)
		put_page(w->pages[i]);
	wbc->nr_to_write -= (long)w->nr - 1;
	return 0;
}

int mpage_writepages(struct address_space *mapping, struct writeback_control *wbc,
		     get_block_t get_block)
{
	struct write_state w;
	int error;

	init_write(&w, mapping->host, get_block, wbc);
	error = write_cache_pages(mapping, wbc, write_with_neighbours, &w);
	return error ? error : w.error;
}

int mpage_writepage(struct page *page, struct writeback_control *wbc, get_block_t get_block)
{
	struct write_state w;

	init_write(&w, page->mapping->host, get_block, wbc);
	w.pages[0] = page;
	w.nr = 1;
	write_batch(&w);
	return w.error;
}
