/*
 * How much may be dirty.
 *
 * Memory is faster than any disk. A program that writes a large file would fill all memory with
 * dirty pages before the first one is on the disk, and from then on everybody who needs a page
 * would wait for it. So there are two limits, in percent of the memory that could be dirty:
 *
 *	0 ............. dirty_background_ratio ............. dirty_ratio
 *	the flusher         the flusher is woken, and           who makes pages dirty
 *	writes what         writes until there are fewer        sleeps until there are fewer
 *	is old
 *
 * What could be dirty is free memory and the page cache. High memory counts only as far as there is
 * low memory to match: each dirty page needs things there (bios, tree nodes, maps of blocks), and
 * a device's own pages can be nowhere else.
 *
 * A writer sleeps for as long as pages are being written at all. If none has been for a while (the
 * disk is gone, or all that is dirty must wait for something else), it goes on: then memory may
 * become short, which is reclaim's to say, but nobody hangs.
 *
 * Looking at all this for each page would cost more than it is worth, so it is done each time that
 * some pages have become dirty, and whoever comes next waits, if there is a reason to.
 *
 * Left out: fairness between a fast disk and a slow one. The limits are common to all, so a writer
 * to the fast one waits for the slow one too.
 */
#include "kernel/wait.h"
#include "mm/filemap.h"
#include "mm/rmap.h"
#include "mm/vmstat.h"
#include "mm/writeback.h"
#include "mm/zone.h"

unsigned int dirty_ratio = 20, dirty_background_ratio = 10;
unsigned int dirty_expire_centisecs = 3000, dirty_writeback_centisecs = 500;

static DECLARE_WAIT_QUEUE_HEAD(progress);

/* ---- limits ---------------------------------------------------------------------------------- */

/* Free pages of a zone that may be used, and all that could be taken back. */
static unsigned long usable_pages(const struct zone *zone)
{
	unsigned long kept = min(zone->buddy.free_pages, zone->watermark[WMARK_HIGH]);

	return zone->buddy.free_pages - kept + zone->nr_lru[LRU_INACTIVE_FILE] +
	       zone->nr_lru[LRU_ACTIVE_FILE];
}

static unsigned long dirtyable_pages(void)
{
	unsigned long low = usable_pages(&zones[ZONE_DMA]) + usable_pages(&zones[ZONE_NORMAL]);
	unsigned long all = low + usable_pages(&zones[ZONE_HIGHMEM]);

	return min(all, 2 * low);
}

/* So many pages may be dirty in any case: less would be all waiting, and no writing. */
#define LOWEST_LIMIT 64ul

struct dirty_limits dirty_limits(void)
{
	unsigned long pages = dirtyable_pages(), percent = pages / 100;
	struct dirty_limits limits;

	limits.limit = max(percent * dirty_ratio, LOWEST_LIMIT);
	limits.background = percent * dirty_background_ratio;
	if (limits.background >= limits.limit)
		limits.background = limits.limit / 2;
	return limits;
}

bool dirty_background_exceeded(void)
{
	return vm_stats[NR_FILE_DIRTY] > dirty_limits().background;
}

static bool limit_exceeded(void)
{
	return vm_stats[NR_FILE_DIRTY] + vm_stats[NR_WRITEBACK] > dirty_limits().limit;
}

/* ---- waiting --------------------------------------------------------------------------------- */

#define PATIENCE 50 /* times that a writer looks, in tenths of a second, while nothing is written */

static void throttle(void)
{
	unsigned long written = vm_events[NR_WRITTEN];
	unsigned int patience = PATIENCE;

	while (limit_exceeded() && patience && !fatal_signal_pending(current)) {
		wakeup_flusher(0);
		wait_event_timeout(progress, !limit_exceeded(), HZ / 10);
		patience = vm_events[NR_WRITTEN] == written ? patience - 1 : PATIENCE;
		written = vm_events[NR_WRITTEN];
	}
}

#define RATELIMIT 32u /* pages that become dirty until somebody looks */

void balance_dirty_pages_ratelimited(struct address_space *mapping, unsigned int pages)
{
	static unsigned int dirtied;

	if (!mapping_writes_back(mapping))
		return;
	dirtied += pages;
	if (dirtied < RATELIMIT)
		return;
	dirtied = 0;
	if (dirty_background_exceeded())
		wakeup_flusher(0);
	if (!(current->flags & (PF_MEMALLOC | PF_FLUSHER)))
		throttle();
}

void writeback_progress(void)
{
	static unsigned int written;

	if (++written % 16 && vm_stats[NR_WRITEBACK])
		return;
	if (waitqueue_active(&progress))
		wake_up_all(&progress);
}

/* ---- the flusher ----------------------------------------------------------------------------- */

static void (*wake_flusher)(unsigned long pages);

void set_flusher(void (*wake)(unsigned long pages))
{
	wake_flusher = wake;
}

void wakeup_flusher(unsigned long pages)
{
	if (wake_flusher)
		wake_flusher(pages);
}
