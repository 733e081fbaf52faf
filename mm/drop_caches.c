/*
 * Dropping caches because somebody wants it, not because memory is short.
 *
 * What is clean and used by nobody goes, however lately it was used; the rest stays, and stays
 * where it is on its list: a list that is taken apart from the old end and put back at the new one,
 * once around, is in the order in which it was.
 *
 * Files that are nowhere but in memory are left alone.
 */
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/shrinker.h"
#include "mm/vmscan.h"
#include "mm/vmstat.h"

#define BATCH 16u

/* Drop a page that we have a reference to, if it is that file's (NULL: any). */
static bool drop_if_clean(struct page *page, const struct address_space *mapping)
{
	bool dropped = false;

	if (!trylock_page(page))
		return false;
	if (page->mapping && (!mapping || page->mapping == mapping))
		dropped = remove_clean_page(page);
	unlock_page(page);
	return dropped;
}

/* ---- one file -------------------------------------------------------------------------------- */

/* The next cached pages from *first to `last`, with references; *first is behind them then. */
static unsigned int next_pages(struct address_space *mapping, struct page **batch, pgoff_t *first,
			       pgoff_t last)
{
	unsigned int n, found;

	spin_lock(&mapping->tree_lock);
	found = radix_tree_gang_lookup(&mapping->page_tree, (void **)batch, *first, BATCH);
	for (n = 0; n < found && batch[n]->index <= last; n++)
		get_page(batch[n]);
	if (n)
		*first = batch[n - 1]->index + 1;
	spin_unlock(&mapping->tree_lock);
	return n;
}

unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t first, pgoff_t last)
{
	unsigned long dropped = 0;
	struct page *batch[BATCH];
	unsigned int n;

	if (mapping_in_memory_only(mapping))
		return 0;
	while (first <= last && (n = next_pages(mapping, batch, &first, last))) {
		for (unsigned int i = 0; i < n; i++) {
			dropped += drop_if_clean(batch[i], mapping);
			put_page(batch[i]);
		}
		if (!first) /* that was the last index of all */
			break;
		cond_resched();
	}
	return dropped;
}

/* ---- all ------------------------------------------------------------------------------------- */

static void drop_isolated(struct list_head *pages)
{
	struct page *page, *next;

	list_for_each_entry_safe (page, next, pages, lru) {
		if (!drop_if_clean(page, NULL))
			continue;
		list_del(&page->lru);
		ClearPageActive(page);
		put_page(page);
	}
}

static void drop_list(struct zone *zone, enum lru_list list)
{
	for (long left = (long)zone->nr_lru[list]; left > 0; left -= BATCH) {
		LIST_HEAD(pages);

		if (!lru_isolate(zone, list, BATCH, &pages))
			break;
		drop_isolated(&pages);
		lru_putback(&pages);
		cond_resched();
	}
}

void drop_pagecache(void)
{
	struct zone *zone;

	for_each_zone (zone) {
		drop_list(zone, LRU_INACTIVE_FILE);
		drop_list(zone, LRU_ACTIVE_FILE);
	}
	count_vm_event(DROP_PAGECACHE);
}

void drop_slab(void)
{
	while (shrink_all(GFP_KERNEL))
		cond_resched();
	count_vm_event(DROP_SLAB);
}
