/*
 * The lists of pages in use, and the last reference to such a page.
 */
#ifndef FOLIO_MM_LRU_H
#define FOLIO_MM_LRU_H

#include "mm/page.h"

/* lru_cache_add - put a page on its zone's inactive, or active, list. Any context. */
void lru_cache_add(struct page *page);
void lru_cache_add_active(struct page *page);

/*
 * mark_page_accessed - a page of the page cache was used, other than through a page table. Any
 * context.
 */
void mark_page_accessed(struct page *page);

/*
 * put_page - drop a reference to a page of the page cache, or anonymous; the last one
 * takes it off its list and frees it. Any context.
 */
void __put_page(struct page *page);
static __always_inline void put_page(struct page *page)
{
	if (atomic_dec_and_test(&page->_count))
		__put_page(page);
}

/* release_pages - put_page() for `nr` pages. Any context. */
void release_pages(struct page **pages, unsigned int nr);

#endif
