/*
 * Pages in use, in the order of their use.
 *
 * Every page that could be taken away again, page cache or anonymous, is on one of
 * its zone's two lists:
 *
 *	active    [new] <-> [...] <-> [old]     used again and again
 *	inactive  [new] <-> [...] <-> [old]     candidates for reclaim
 *
 * Pages of files begin on the inactive list and are moved up when they are used a
 * second time; anonymous pages are in use from the start and begin on the active
 * one. Here is what puts pages on the lists, moves them up when read(2) or write(2) uses
 * them, and takes them off when their last reference goes; use through page tables is seen by
 * reclaim only, which comes with swap.
 *
 * Locks: zone->lru_lock with interrupts off. The list is not a reference: a page
 * leaves it when its last reference is dropped.
 */
#include "mm/lru.h"

#include "kernel/panic.h"
#include "mm/page_alloc.h"
#include "mm/rmap.h"
#include "mm/zone.h"

static __always_inline void add_to_list(struct page *page, enum lru_list list,
					unsigned long page_flags)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	spin_lock_irqsave(&zone->lru_lock, flags);
	page->flags |= page_flags;
	list_add(&page->lru, &zone->lru[list]);
	zone->nr_lru[list]++;
	spin_unlock_irqrestore(&zone->lru_lock, flags);
}

void lru_cache_add(struct page *page)
{
	add_to_list(page, LRU_INACTIVE, BIT(PG_lru));
}

void lru_cache_add_active(struct page *page)
{
	add_to_list(page, LRU_ACTIVE, BIT(PG_lru) | BIT(PG_active));
}

static __always_inline void del_from_list(struct page *page)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	spin_lock_irqsave(&zone->lru_lock, flags);
	list_del(&page->lru);
	zone->nr_lru[PageActive(page) ? LRU_ACTIVE : LRU_INACTIVE]--;
	page->flags &= ~(BIT(PG_lru) | BIT(PG_active));
	spin_unlock_irqrestore(&zone->lru_lock, flags);
}

/* The second use makes it active; the first one is remembered only. */
void mark_page_accessed(struct page *page)
{
	if (PageActive(page))
		return;
	if (!PageReferenced(page)) {
		SetPageReferenced(page);
	} else if (PageLRU(page)) {
		ClearPageReferenced(page);
		del_from_list(page);
		lru_cache_add_active(page);
	}
}

/* The last reference has gone: nobody can find the page any more. */
void __put_page(struct page *page)
{
	if (PageLRU(page))
		del_from_list(page);
	if (PageAnon(page))
		page->mapping = NULL;
	atomic_set(&page->_count, 1);
	__free_page(page);
}

void release_pages(struct page **pages, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		put_page(pages[i]);
}
