/*
 * Reading ahead: files are mostly read from one end to the other, and one large request is cheaper
 * than many small ones.
 */
#ifndef FOLIO_MM_READAHEAD_H
#define FOLIO_MM_READAHEAD_H

#include "kernel/fs/fs.h"

#define RA_PAGES_MAX	 128u /* 512 KiB */
#define RA_PAGES_INITIAL 4u

/* file_ra_state_init - of a file that is opened, or POSIX_FADV_NORMAL. */
static inline void file_ra_state_init(struct file_ra_state *ra)
{
	*ra = (struct file_ra_state){.ra_pages = RA_PAGES_MAX, .prev_index = ~0ul};
}

/*
 * page_cache_sync_readahead - page `index` is wanted and not cached: read it, `nr` pages in all (at
 * least 1), and more if it looks like going on. page_cache_async_readahead - the marked page
 * `index` is used: it is time for the next window. Neither waits for the pages, nor says whether it
 * could. May sleep.
 */
void page_cache_sync_readahead(struct address_space *mapping, struct file_ra_state *ra,
			       struct file *file, pgoff_t index, unsigned int nr);
void page_cache_async_readahead(struct address_space *mapping, struct file_ra_state *ra,
				struct file *file, struct page *page, pgoff_t index);

/*
 * page_cache_readaround - page `index` is wanted through a mapping, and not cached: read what lies
 * around it, or on from there if that is where the last window ended. May sleep.
 */
void page_cache_readaround(struct address_space *mapping, struct file_ra_state *ra,
			   struct file *file, pgoff_t index);

/*
 * force_readahead - read [index, index+nr) in, whatever was read before: readahead(2),
 * POSIX_FADV_WILLNEED, MADV_WILLNEED. At most half of the free memory. May sleep, waits for
 * nothing.
 */
void force_readahead(struct address_space *mapping, struct file *file, pgoff_t index,
		     unsigned long nr);

#endif
