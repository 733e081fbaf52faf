/*
 * Reading ahead.
 *
 * Who reads a file from one end to the other asks for a page, waits for the disk, asks for the
 * next one. If the kernel reads what he has not asked for yet, he waits less often; and the disk,
 * which takes long to begin and not long to go on, gets few large requests instead of many small
 * ones. Who reads here and there gains nothing by it, and what is read for nothing costs time and
 * memory. So the past decides. Each open file has a window (struct file_ra_state), the pages that
 * were read ahead last:
 *
 *	         |<------------- size ------------>|
 *	 ========[############M####################].........  file
 *	         start        ^<---- async_size -->|
 *
 * M is marked (PG_reclaim, which means something else for pages that are written). When it is used,
 * the reader is on his way through the window: the next one is started, and is there before he
 * comes to its beginning. If he is on time, he never waits.
 *
 *	what is asked for                             what is read
 *	------------------------------------------------------------------------------------------
 *	the beginning of the file, or the page        a first window: 4 pages, or twice what is
 *	behind the one that was read last             wanted
 *	the marked page, or the end of the window     the next window: twice as large, at most
 *	                                              ra_pages (512 KiB)
 *	a marked page, but not of our window          from the next page that is missing: as if it
 *	                                              were our window
 *	more at once than the largest window          windows of that size
 *	a page behind some that are cached (two who   as many as are cached there, and from then on
 *	read one open file; another open file)        windows
 *	anything else                                 what is wanted, and no more
 *	a page through a mapping, not in order        the 16 pages around it: what lies close by in a
 *	                                              program is used together
 *
 * Programs can say what they will do: posix_fadvise(2) and madvise(2) turn this off (RANDOM), make
 * it bolder (SEQUENTIAL), or have pages read at once (WILLNEED).
 *
 * A page that is being read is locked and not up to date. Who needs it waits for the lock; if it
 * could not be read ahead, he reads it himself, and gets the error. When memory is short there is
 * less reading ahead: that is never worth reclaiming for.
 *
 * A page that is found in the cache, and is not marked, costs nothing of all this.
 *
 * Only files with a_ops->readpages, those on devices, are read ahead.
 *
 * Left out: noticing that pages are thrown away before they are used. With so much memory that the
 * windows of all who read fit, they are not.
 */
#include "mm/readahead.h"

#include "kernel/lib/bitops.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/page_alloc.h"

/* ---- pages ----------------------------------------------------------------------------------- */

#define BATCH		64u /* pages that are handed over at once */
#define RA_PAGES_AROUND 16u /* a power of two */

/* New pages that follow each other, locked. */
struct batch {
	unsigned int nr;
	struct page *pages[BATCH];
};

/* Have them read. */
static void submit(struct file *file, struct address_space *mapping, struct batch *batch)
{
	if (!batch->nr)
		return;
	if (mapping->a_ops->readpages)
		mapping->a_ops->readpages(file, mapping, batch->pages, batch->nr);
	else
		for (unsigned int i = 0; i < batch->nr; i++)
			mapping->a_ops->readpage(file, batch->pages[i]);
	release_pages(batch->pages, batch->nr);
	batch->nr = 0;
}

static bool is_cached(struct address_space *mapping, pgoff_t index)
{
	bool cached;

	spin_lock(&mapping->tree_lock);
	cached = radix_tree_lookup(&mapping->page_tree, index) != NULL;
	spin_unlock(&mapping->tree_lock);
	return cached;
}

/* A new page in the cache, locked, with a reference; or NULL: no memory, or it is there by now. */
static struct page *new_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page = alloc_page(mapping->gfp_mask | __GFP_NORETRY | __GFP_NOWARN);

	if (!page)
		return NULL;
	SetPageLocked(page);
	if (!add_to_page_cache(page, mapping, index)) {
		lru_cache_add(page);
		return page;
	}
	ClearPageLocked(page);
	put_page(page);
	return NULL;
}

/* Read what is missing of [first, first+nr), up to the end of the file; mark page `mark`. */
static void read_pages_ahead(struct file *file, struct address_space *mapping, pgoff_t first,
			     unsigned int nr, pgoff_t mark)
{
	pgoff_t limit = file_pages(mapping->host);
	struct batch batch = {.nr = 0};

	if (first >= limit)
		return;
	limit = min(limit - first, (pgoff_t)nr) + first;
	for (pgoff_t index = first; index < limit; index++) {
		struct page *page;

		if (batch.nr == BATCH)
			submit(file, mapping, &batch);
		if (is_cached(mapping, index)) {
			submit(file, mapping, &batch);
			continue;
		}
		page = new_page(mapping, index);
		if (!page)
			break;
		if (index == mark)
			SetPageReclaim(page);
		batch.pages[batch.nr++] = page;
	}
	submit(file, mapping, &batch);
}

/* ---- windows --------------------------------------------------------------------------------- */

static void read_window(struct file *file, struct address_space *mapping,
			const struct file_ra_state *ra)
{
	read_pages_ahead(file, mapping, ra->start, ra->size, ra->start + ra->size - ra->async_size);
}

static void first_window(struct file_ra_state *ra, pgoff_t index, unsigned int wanted)
{
	unsigned int size = max(2 * (unsigned int)roundup_pow_of_two(wanted), RA_PAGES_INITIAL);

	ra->start = index;
	ra->size = min(size, ra->ra_pages);
	ra->async_size = ra->size > wanted ? ra->size - wanted : ra->size;
}

static void next_window(struct file_ra_state *ra)
{
	ra->start += ra->size;
	ra->size = min(max(2 * ra->size, RA_PAGES_INITIAL), ra->ra_pages);
	ra->async_size = ra->size;
}

/*
 * The reader waits for the beginning of this window, where its mark would be: the next one is read
 * with it, and is marked.
 */
static void join_next_window(struct file_ra_state *ra)
{
	if (ra->async_size != ra->size)
		return;
	ra->async_size = min(max(2 * ra->size, RA_PAGES_INITIAL), ra->ra_pages);
	ra->size += ra->async_size;
}

/* Is it where the reader of our window is expected next? */
static bool continues_window(const struct file_ra_state *ra, pgoff_t index)
{
	return ra->size &&
	       (index == ra->start + ra->size || index == ra->start + ra->size - ra->async_size);
}

/*
 * Make the first missing page behind `index` the end of the window. False: there is none close by.
 */
static bool find_window(struct file_ra_state *ra, struct address_space *mapping, pgoff_t index)
{
	for (unsigned int i = 1; i <= ra->ra_pages; i++) {
		if (is_cached(mapping, index + i))
			continue;
		ra->start = index;
		ra->size = i;
		ra->async_size = 0;
		return true;
	}
	return false;
}

/* How many pages before `index` are cached: somebody came from there. At most `most`. */
static unsigned int pages_before(struct address_space *mapping, pgoff_t index, unsigned int most)
{
	unsigned int n = 0;

	while (n < most && n < index && is_cached(mapping, index - n - 1))
		n++;
	return n;
}

/* What is read for who wants `nr` pages from `index` on, of which the first is missing. */
static void choose_window(struct file_ra_state *ra, struct address_space *mapping, pgoff_t index,
			  unsigned int nr)
{
	unsigned int before;

	if (continues_window(ra, index)) {
		next_window(ra);
	} else if (!index || index - ra->prev_index <= 1 || nr == ra->ra_pages) {
		first_window(ra, index, nr);
	} else {
		before = pages_before(mapping, index, ra->ra_pages);
		ra->start = index;
		ra->size = before > nr ? min(before + nr, ra->ra_pages) : nr;
		ra->async_size = ra->size > nr ? 1 : 0;
	}
}

void page_cache_sync_readahead(struct address_space *mapping, struct file_ra_state *ra,
			       struct file *file, pgoff_t index, unsigned int nr)
{
	if (!mapping->a_ops->readpages)
		return;
	if (!ra->ra_pages) {
		force_readahead(mapping, file, index, nr);
		return;
	}
	choose_window(ra, mapping, index, min(nr, ra->ra_pages));
	join_next_window(ra);
	read_window(file, mapping, ra);
}

void page_cache_async_readahead(struct address_space *mapping, struct file_ra_state *ra,
				struct file *file, struct page *page, pgoff_t index)
{
	if (PageWriteback(page) || !mapping->a_ops->readpages)
		return; /* the mark means something else */
	ClearPageReclaim(page);
	if (!ra->ra_pages)
		return;
	if (!continues_window(ra, index) && !find_window(ra, mapping, index))
		return;
	next_window(ra);
	read_window(file, mapping, ra);
}

void page_cache_readaround(struct address_space *mapping, struct file_ra_state *ra,
			   struct file *file, pgoff_t index)
{
	pgoff_t first = index & ~(pgoff_t)(RA_PAGES_AROUND - 1);

	if (!mapping->a_ops->readpages || !ra->ra_pages)
		return;
	if (!index || continues_window(ra, index)) {
		page_cache_sync_readahead(mapping, ra, file, index, RA_PAGES_AROUND);
		return;
	}
	ra->start = first;
	ra->size = RA_PAGES_AROUND;
	ra->async_size = 0;
	read_window(file, mapping, ra);
}

/* ---- on demand of programs ------------------------------------------------------------------- */

void force_readahead(struct address_space *mapping, struct file *file, pgoff_t index,
		     unsigned long nr)
{
	pgoff_t pages = file_pages(mapping->host);

	if (!mapping->a_ops || !mapping->a_ops->readpage || index >= pages)
		return;
	nr = min(nr, pages - index);
	nr = min(nr, nr_free_pages() / 2);
	while (nr && !fatal_signal_pending(current)) {
		unsigned int part = (unsigned int)min(nr, (unsigned long)RA_PAGES_MAX);

		read_pages_ahead(file, mapping, index, part, ~0ul);
		index += part;
		nr -= part;
		cond_resched();
	}
}
