/*
 * The page allocator: blocks of 2^order page frames from zones.
 */
#ifndef FOLIO_MM_PAGE_ALLOC_H
#define FOLIO_MM_PAGE_ALLOC_H

#include "mm/gfp.h"
#include "mm/page.h"

#define MAX_ORDER 11 /* orders 0..10: blocks of 4 KiB to 4 MiB */

/*
 * alloc_pages - allocate a block of 2^order frames, aligned to its size.
 * @gfp: where from and how hard (mm/gfp.h)
 * @order: 0..MAX_ORDER-1
 *
 * Returns the first page with one reference, or NULL when there is no memory
 * (never with __GFP_NOFAIL). Sleeps only with __GFP_WAIT; without it any
 * context will do, interrupt handlers too. Takes zone->lock.
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
#define __free_page(page) __free_pages(page, 0)

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

/* drain_hot_pages - give the hot lists' pages back to the buddy lists. Any context. */
void drain_hot_pages(void);

/* nr_free_pages - free frames of all zones, hot lists included. Any context. */
unsigned long nr_free_pages(void);

/* How many bad calls of the allocator were reported since boot (for tests). */
unsigned int page_alloc_bad_calls(void);

#endif
