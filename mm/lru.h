/*
 * The lists of pages in use, and the last reference to such a page.
 */
#ifndef FOLIO_MM_LRU_H
#define FOLIO_MM_LRU_H

#include "kernel/fs/fs.h"
#include "mm/page.h"
#include "mm/zone.h"

/*
 * page_lru - the list that a page is on, or belongs to: PG_active and PG_swapbacked, beside each
 * other, are its number.
 */
static __always_inline enum lru_list page_lru(const struct page *page)
{
	_Static_assert(PG_swapbacked == PG_active + 1 && LRU_ACTIVE_FILE == 1 &&
			       LRU_INACTIVE_ANON == 2 && LRU_ACTIVE_ANON == 3,
		       "page_lru()");
	return (enum lru_list)(page->flags >> PG_active & 3);
}

/*
 * mapping_in_memory_only - are the pages of a file nowhere but in memory (ramfs, shmem, what the
 * loader left)? They cannot be dropped.
 */
bool mapping_in_memory_only(const struct address_space *mapping);

/*
 * lru_cache_add - put a page of a file, which has its mapping, on its zone's inactive list.
 * lru_cache_add_active - an anonymous page on the active one. Any context.
 */
void lru_cache_add(struct page *page);
void lru_cache_add_active(struct page *page);

/*
 * mark_page_accessed - a page of the page cache was used, other than through a page table. Any
 * context.
 */
void mark_page_accessed(struct page *page);

/*
 * lru_isolate - take up to `nr` of a list's oldest pages off it, with a reference each, on to `to`
 * (the oldest last). lru_putback - put such pages on the lists that their flags say, and drop the
 * reference; what is put back first is older. Any context.
 */
unsigned int lru_isolate(struct zone *zone, enum lru_list list, unsigned int nr,
			 struct list_head *to);
void lru_putback(struct list_head *pages);

/* lru_file_pages - pages on the lists of files of a zone: what reclaim could take. Any context. */
static inline unsigned long lru_file_pages(const struct zone *zone)
{
	return zone->nr_lru[LRU_INACTIVE_FILE] + zone->nr_lru[LRU_ACTIVE_FILE];
}

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
