/*
 * Zones: their borders, watermarks and reserves.
 *
 * Not every frame is good for everything. Old devices reach 16 MiB only; the
 * kernel reaches 896 MiB without a mapping of its own. So frames are kept in three
 * zones, and a request names the highest one that it can use: user pages can live
 * anywhere, kmalloc wants Normal, a floppy buffer DMA. When that zone is short, the
 * ones below are asked (mm/page_alloc.c), never those above.
 *
 * Watermarks. A zone does not give its last pages to anybody: reclaim itself
 * needs memory to make memory. The sum of the `min` marks is Linux's
 * min_free_kbytes: the square root of 16 times the low memory in KiB, shared out
 * by size; `low` and `high` are a quarter and a half above it.
 *
 *	free pages
 *	---- high	plenty: kswapd rests
 *	---- low	the hot lists are no longer filled, another zone is asked first; when all
 *			are that low kswapd is woken
 *	---- min	who may wait makes memory himself; below, only __GFP_HIGH goes on, down to
 *			half, and those who free memory, to the last page
 *	---- 0
 *
 * Reserves. If high memory is full, user pages would soon fill the zones
 * below, which the kernel cannot do without. lowmem_reserve[t] is what a zone keeps
 * back from requests that began at the higher zone t: a 256th (DMA) or a 32nd (Normal) of
 * the memory above the zone, up to that of t.
 *
 * Left out: several nodes (NUMA) and zones for movable memory.
 */
#include "mm/zone.h"

#include "kernel/lib/math64.h"
#include "kernel/printk.h"
#include "mm/page_alloc.h"

struct zone zones[MAX_NR_ZONES];

/* How much of the memory above is reserved below: 1/ratio. By the zone that reserves. */
static const unsigned int lowmem_reserve_ratio[MAX_NR_ZONES] = {256, 32, 1};

static const char *const zone_names[MAX_NR_ZONES] = {"DMA", "Normal", "HighMem"};

#define MIN_FREE_PAGES_LEAST 32u    /* 128 KiB, for the smallest machines */
#define MIN_FREE_PAGES_MOST  16384u /* 64 MiB */

void zones_init(void)
{
	const unsigned long ends[MAX_NR_ZONES] = {
		min(max_low_pfn, MAX_DMA_PFN),
		max_low_pfn,
		max_pfn,
	};
	unsigned long start = 0;
	struct zone *zone;

	for_each_zone (zone) {
		zone->type = zone - zones;
		zone->name = zone_names[zone->type];
		spin_lock_init_rank(&zone->lock, "zone", LOCK_RANK_ZONE);
		spin_lock_init_rank(&zone->lru_lock, "lru", LOCK_RANK_LRU);
		buddy_init(&zone->buddy, mem_map, start, ends[zone->type]);
		for (int i = 0; i < NR_LRU; i++)
			INIT_LIST_HEAD(&zone->lru[i]);
		start = ends[zone->type];
	}
}

void zone_add_free(unsigned long start_pfn, unsigned long end_pfn)
{
	struct zone *zone;

	for_each_zone (zone) {
		unsigned long start = max(start_pfn, zone->buddy.start);
		unsigned long end = min(end_pfn, zone->buddy.end);
		unsigned long flags;

		if (start >= end)
			continue;
		spin_lock_irqsave(&zone->lock, flags);
		buddy_free_range(&zone->buddy, start, end);
		zone->present_pages += end - start;
		spin_unlock_irqrestore(&zone->lock, flags);
	}
}

static unsigned long int_sqrt(unsigned long x)
{
	unsigned long root = 0;

	for (unsigned long bit = 1ul << 15; bit; bit >>= 1)
		if ((root + bit) * (root + bit) <= x)
			root += bit;
	return root;
}

/* The pages that all zones together keep free. */
static unsigned long min_free_pages(void)
{
	unsigned long low_kib = (zones[ZONE_DMA].present_pages + zones[ZONE_NORMAL].present_pages)
				<< (PAGE_SHIFT - 10);
	unsigned long pages = int_sqrt(low_kib * 16) >> (PAGE_SHIFT - 10);

	return min(max(pages, 0ul + MIN_FREE_PAGES_LEAST), 0ul + MIN_FREE_PAGES_MOST);
}

static void setup_marks(struct zone *zone, unsigned long min_free, unsigned long low_pages)
{
	unsigned long share;

	if (zone->type == ZONE_HIGHMEM)
		/* Nobody must have high memory: a small mark is enough. */
		share = min(zone->present_pages / 1024, 128ul);
	else
		share = low_pages ? mul_u64_u32_div(min_free, zone->present_pages, low_pages) : 0;
	zone->watermark[WMARK_MIN] = share;
	zone->watermark[WMARK_LOW] = share + share / 4;
	zone->watermark[WMARK_HIGH] = share + share / 2;
}

void zones_setup_watermarks(void)
{
	unsigned long low_pages = zones[ZONE_DMA].present_pages + zones[ZONE_NORMAL].present_pages;
	unsigned long min_free = min_free_pages();
	struct zone *zone;

	for_each_zone (zone) {
		unsigned long above = 0;

		setup_marks(zone, min_free, low_pages);
		for (int t = 0; t < MAX_NR_ZONES; t++)
			zone->lowmem_reserve[t] = 0;
		for (int t = zone->type + 1; t < MAX_NR_ZONES; t++) {
			above += zones[t].present_pages;
			zone->lowmem_reserve[t] = above / lowmem_reserve_ratio[zone->type];
		}
	}
}

void zones_print(void)
{
	struct zone *zone;

	pr_info("zones:     frames             free pages   min   low  high\n");
	for_each_zone (zone) {
		if (zone->buddy.start == zone->buddy.end) {
			pr_info("  %-8s none\n", zone->name);
			continue;
		}
		pr_info("  %-8s 0x%05lx-0x%05lx  %10lu %5lu %5lu %5lu\n", zone->name,
			zone->buddy.start, zone->buddy.end - 1, zone->buddy.free_pages,
			zone->watermark[WMARK_MIN], zone->watermark[WMARK_LOW],
			zone->watermark[WMARK_HIGH]);
	}
}
