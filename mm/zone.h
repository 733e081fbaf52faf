/*
 * Zones: memory divided by what may reach it.
 *
 *	DMA      below 16 MiB	old devices
 *	Normal   below 896 MiB	the kernel, through the direct map
 *	HighMem  the rest	only through kmap, vmalloc or user mappings
 */
#ifndef FOLIO_MM_ZONE_H
#define FOLIO_MM_ZONE_H

#include "kernel/cpu/spinlock.h"
#include "mm/buddy.h"
#include "mm/gfp.h"

enum zone_type { ZONE_DMA, ZONE_NORMAL, ZONE_HIGHMEM, MAX_NR_ZONES };

/* The three marks of a zone, in free pages. */
enum zone_watermark {
	WMARK_MIN,  /* below: only for those who free memory, and for emergencies */
	WMARK_LOW,  /* below: no stock is laid in any more */
	WMARK_HIGH, /* above: memory is plenty; where kswapd rests */
	NR_WMARK
};

/* Lists of the pages in use, by when they were used last (mm/lru.c). */
enum lru_list {
	LRU_INACTIVE_FILE,
	LRU_ACTIVE_FILE,
	LRU_INACTIVE_ANON, /* what is in memory only, pages of ramfs included */
	LRU_ACTIVE_ANON,
	NR_LRU
};

struct zone {
	const char *name;
	enum zone_type type;
	spinlock_t lock; /* buddy; taken with interrupts off */
	struct buddy buddy;
	unsigned long watermark[NR_WMARK];
	/* Pages kept back from requests that could have used a higher zone, by its type. */
	unsigned long lowmem_reserve[MAX_NR_ZONES];
	unsigned long present_pages; /* frames that the allocator was given */

	spinlock_t lru_lock; /* the lists below; taken with interrupts off */
	struct list_head lru[NR_LRU];
	unsigned long nr_lru[NR_LRU];
} __aligned(256); /* a power of two: page_zone() is a shift */

extern struct zone zones[MAX_NR_ZONES];

#define for_each_zone(zone) for ((zone) = zones; (zone) < zones + MAX_NR_ZONES; (zone)++)

static __always_inline struct zone *page_zone(const struct page *page)
{
	return &zones[page_zonenum(page)];
}

/* The highest zone that a request may use. */
static __always_inline enum zone_type gfp_zone(gfp_t gfp)
{
	if (gfp & __GFP_DMA)
		return ZONE_DMA;
	return gfp & __GFP_HIGHMEM ? ZONE_HIGHMEM : ZONE_NORMAL;
}

/*
 * zones_init - lay out the zones over mem_map; nothing is free yet. Boot only.
 */
void zones_init(void);

/*
 * zone_add_free - give frames [start, end), which may span zones and have no flags
 * but their zone, to the allocator. Any context.
 */
void zone_add_free(unsigned long start_pfn, unsigned long end_pfn);

/*
 * zones_setup_watermarks - compute marks, and reserves from the pages
 * present. Called when zones have changed size.
 */
void zones_setup_watermarks(void);

/* zones_print - the zones, for the boot log. */
void zones_print(void);

#endif
