/* Taking pages back: kswapd, and reclaim by whoever finds no page. */
#ifndef FOLIO_MM_VMSCAN_H
#define FOLIO_MM_VMSCAN_H

#include "mm/gfp.h"
#include "mm/page.h"

struct zone;

/*
 * try_to_free_pages - the allocator found nothing: free pages that `gfp` allows to use. How many
 * became free. Sleeps; current has PF_MEMALLOC meanwhile.
 * wakeup_kswapd - a zone is below its low watermark. Any context.
 */
unsigned long try_to_free_pages(gfp_t gfp, unsigned int order);
void wakeup_kswapd(struct zone *zone);

/*
 * invalidate_mapping_pages - drop the clean, unmapped, unlocked cached pages [first, last] of a file:
 * POSIX_FADV_DONTNEED, BLKFLSBUF, /proc/sys/vm/drop_caches. How many. May sleep.
 */
unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t first, pgoff_t last);

/* vmscan_init - sign up with the page allocator, start kswapd. Boot; process context. */
void vmscan_init(void);

#endif
