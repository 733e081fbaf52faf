/*
 * Pages in use, in the order of their use.
 *
 * Every page that programs or files use is on one of its zone's four lists:
 *
 *	                 new                  old
 *	active file      [ ] <-> [ ] <-> ... [ ] --.   used again and again
 *	                                           | reclaim wants to keep half of
 *	                  .------------------------'  the pages on the inactive list
 *	                  v
 *	inactive file    [ ] <-> [ ] <-> ... [ ] --->  used: up again; else: the page is freed
 *	                  ^
 *	                  `--- pages that are read in
 *
 *	active anon, inactive anon: what is nowhere but in memory
 *
 * A page of a file is born on the inactive list, and has the time that it takes to get from one
 * end of the list to the other to be used again. Then it is moved up. So a file that is read once
 * from end to end, however large, only replaces its own pages, and the pages that are used all the
 * time, on the active list, do not notice.
 *
 * Use by read(2) and write(2) is told by mark_page_accessed(): the first use sets PG_referenced,
 * the second one moves the page. Use through page tables leaves no trace but the processor's A
 * bits, and is seen when reclaim looks there (mm/vmscan.c). Anonymous memory begins on the active
 * list: whoever asked for the page is going to use it.
 *
 * Anonymous pages, and those of ramfs and shmem, can be freed only if there is swap to write them
 * to, which there is not yet. They have lists of their own (PG_swapbacked), so that reclaim does
 * not have to step over them again and again in search of pages that can go.
 *
 * Locks: zone->lru_lock with interrupts off. The list is not a reference: a page leaves it when its
 * last reference is dropped. Reclaim takes pages off the lists, with a reference, before it looks
 * at them, so that it need not hold the lock; a page that is moved up meanwhile is only marked.
 *
 * Left out: batches of pages per processor in front of the lists, which spare taking lru_lock for
 * each page. On one processor that lock is two instructions.
 */
#include "mm/lru.h"

#include "kernel/panic.h"
#include "mm/filemap.h"
#include "mm/page_alloc.h"
#include "mm/rmap.h"
#include "mm/vmstat.h"

/* ---- on and off ------------------------------------------------------------------------------ */

static __always_inline void add_to_list(struct page *page, unsigned long page_flags)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;
	enum lru_list list;

	spin_lock_irqsave(&zone->lru_lock, flags);
	page->flags |= page_flags | BIT(PG_lru);
	list = page_lru(page);
	list_add(&page->lru, &zone->lru[list]);
	zone->nr_lru[list]++;
	spin_unlock_irqrestore(&zone->lru_lock, flags);
}

bool mapping_in_memory_only(const struct address_space *mapping)
{
	const struct address_space_operations *a_ops = mapping->a_ops;

	return !a_ops || !a_ops->readpage || a_ops->set_page_dirty == set_page_dirty_no_writeback;
}

void lru_cache_add(struct page *page)
{
	add_to_list(page, mapping_in_memory_only(page->mapping) ? BIT(PG_swapbacked) : 0);
}

/* The numbers of flags and list are constants here: anonymous memory is made often. */
void lru_cache_add_active(struct page *page)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	spin_lock_irqsave(&zone->lru_lock, flags);
	page->flags |= BIT(PG_lru) | BIT(PG_active) | BIT(PG_swapbacked);
	list_add(&page->lru, &zone->lru[LRU_ACTIVE_ANON]);
	zone->nr_lru[LRU_ACTIVE_ANON]++;
	spin_unlock_irqrestore(&zone->lru_lock, flags);
}

static __always_inline void del_from_list(struct page *page)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	spin_lock_irqsave(&zone->lru_lock, flags);
	list_del(&page->lru);
	zone->nr_lru[page_lru(page)]--;
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
		add_to_list(page, BIT(PG_active));
		count_vm_event(PGACTIVATE);
	}
}

/* ---- for reclaim ----------------------------------------------------------------------------- */

unsigned int lru_isolate(struct zone *zone, enum lru_list list, unsigned int nr,
			 struct list_head *to)
{
	struct list_head *pages = &zone->lru[list];
	unsigned int taken = 0;
	unsigned long flags;

	spin_lock_irqsave(&zone->lru_lock, flags);
	for (; nr && !list_empty(pages); nr--) {
		struct page *page = list_entry(pages->prev, struct page, lru);

		if (!atomic_read(&page->_count)) { /* about to leave: __put_page() */
			list_move(&page->lru, pages);
			continue;
		}
		get_page(page);
		page->flags &= ~BIT(PG_lru);
		list_move(&page->lru, to);
		zone->nr_lru[list]--;
		taken++;
	}
	spin_unlock_irqrestore(&zone->lru_lock, flags);
	return taken;
}

void lru_putback(struct list_head *pages)
{
	while (!list_empty(pages)) {
		struct page *page = list_entry(pages->prev, struct page, lru);

		list_del(&page->lru);
		add_to_list(page, 0);
		put_page(page);
	}
}

/* ---- the last reference ---------------------------------------------------------------------- */

/* Nobody can find the page any more. */
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
