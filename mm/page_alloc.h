/*
 * The page allocator: blocks of 2^order page frames from zones.
 */
#ifndef FOLIO_MM_PAGE_ALLOC_H
#define FOLIO_MM_PAGE_ALLOC_H

#include "mm/buddy.h"
#include "mm/gfp.h"

struct zone;

/*
 * alloc_pages - allocate a block of 2^order frames, aligned to its size.
 * @gfp: where from and how hard (mm/gfp.h)
 * @order: 0..MAX_ORDER-1
 *
 * Returns the first page with one reference, or NULL when there is no memory (never with
 * __GFP_NOFAIL | __GFP_WAIT and a valid order). Sleeps only with __GFP_WAIT; without it any context
 * will do, interrupt handlers too. Takes zone->lock.
 */
struct page *alloc_pages(gfp_t gfp, unsigned int order);
#define alloc_page(gfp) alloc_pages(gfp, 0)

/*
 * __free_pages - drop one reference; free the block when it was the last.
 * @page: what alloc_pages() returned; not on an LRU list
 * @order: the order it was allocated with
 *
 * A double free, a reserved page and a wrong order are reported with the
 * caller's name and the block is left alone. Any context. Takes zone->lock.
 */
void __free_pages(struct page *page, unsigned int order);
void __free_page(struct page *page); /* order 0 */

/*
 * The same by address, for low memory (no __GFP_HIGHMEM). Return the
 * direct-map address, or 0. free_pages() ignores 0.
 */
unsigned long get_free_pages(gfp_t gfp, unsigned int order);
#define get_free_page(gfp)   get_free_pages(gfp, 0)
#define get_zeroed_page(gfp) get_free_pages((gfp) | __GFP_ZERO, 0)
void free_pages(unsigned long addr, unsigned int order);
#define free_page(addr) free_pages(addr, 0)

/*
 * split_page - turn a block of order > 0 into 2^order single pages, each with
 * its own reference, to be freed one by one. Any context.
 */
void split_page(struct page *page, unsigned int order);

/*
 * hot_pages_setup - size the hot lists for the zones as they are. Boot, and after
 * page_alloc_set_slow(). Any context.
 */
void hot_pages_setup(void);

/* drain_hot_pages - give the hot lists' pages back to the buddy lists. Any context. */
void drain_hot_pages(void);

/*
 * page_alloc_set_slow - switch the hot lists off (every allocation then takes the
 * slow path, where fault injection looks) or on again. Any context.
 */
void page_alloc_set_slow(bool slow);

/*
 * page_alloc_set_reclaim - what to do when memory is short; one of the house's few calls upwards.
 * try_to_free: as try_to_free_pages() (mm/vmscan.h), called with PF_MEMALLOC. wake: as
 * wakeup_kswapd(). Boot.
 */
void page_alloc_set_reclaim(unsigned long (*try_to_free)(gfp_t gfp, unsigned int order),
			    void (*wake)(struct zone *zone));

/* nr_free_pages - free frames of all zones, hot lists included. Any context. */
unsigned long nr_free_pages(void);

/* How many bad calls of the allocator were reported since boot (for tests). */
unsigned int page_alloc_bad_calls(void);

#endif
