/* Taking pages back: kswapd, and reclaim by whoever finds no page. */
#ifndef FOLIO_MM_VMSCAN_H
#define FOLIO_MM_VMSCAN_H

#include "mm/gfp.h"
#include "mm/page.h"

struct zone;

/*
 * try_to_free_pages - the allocator found nothing: free pages in zones that `gfp` allows to use.
 * Returns how much became free, pages and objects of caches; 0: nothing can. May sleep; waits a
 * little when all that could be freed has to be written first. current has PF_MEMALLOC.
 * wakeup_kswapd - a request that began at `zone` found this one and those below under their low
 * marks. Any context.
 */
unsigned long try_to_free_pages(gfp_t gfp, unsigned int order);
void wakeup_kswapd(struct zone *zone);

/*
 * invalidate_mapping_pages - drop the clean, unmapped, unlocked cached pages [first, last] of a
 * file that has a device: POSIX_FADV_DONTNEED, BLKFLSBUF. How many. May sleep.
 * drop_pagecache, drop_slab - the same for all files; and all names and inodes that nobody uses,
 * with the memory that is spare then: /proc/sys/vm/drop_caches. May sleep.
 */
unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t first, pgoff_t last);
void drop_pagecache(void);
void drop_slab(void);

/* vmscan_init - sign up with the page allocator, start kswapd. Boot; process context. */
void vmscan_init(void);

#endif
