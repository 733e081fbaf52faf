/* The little machine, and stand-ins for what lies above the page allocator. */
#include "tests/host/shim/machine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "mm/fault_inject.h"
#include "mm/highmem.h"
#include "mm/page_alloc.h"
#include "mm/zone.h"
#include "tests/host/host.h"

void machine_map(void)
{
	void *want = (void *)PAGE_OFFSET;
	void *got = mmap(want, MACHINE_PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);

	if (got != want)
		host_skip("the host has no room at PAGE_OFFSET");
}

bool machine_frame_exists(unsigned long pfn)
{
	return pfn > 0 && pfn < MACHINE_PAGES && !(pfn >= 160 && pfn < 256) &&
	       !(pfn >= 9000 && pfn < 9003) && pfn != 14001;
}

/* Gives the allocator each run of frames that exist, as mm/init.c does with memblock's. */
static void release_frames(void)
{
	unsigned long start, end;

	for (start = 0; start < MACHINE_PAGES; start = end + 1) {
		for (end = start; machine_frame_exists(end); end++)
			mem_map[end].flags &= ~BIT(PG_reserved);
		if (start < end)
			zone_add_free(start, end);
	}
}

void machine_boot(void)
{
	struct zone *zone;
	unsigned long pfn;

	machine_map();
	max_pfn = MACHINE_PAGES;
	max_low_pfn = MACHINE_LOW_PAGES;
	mem_map = calloc(max_pfn, sizeof(struct page));
	zones_init();
	for_each_zone (zone) {
		for (pfn = zone->buddy.start; pfn < zone->buddy.end; pfn++)
			mem_map[pfn].flags =
				(unsigned long)zone->type << PAGE_ZONE_SHIFT | BIT(PG_reserved);
	}
	release_frames();
	zones_setup_watermarks();
	hot_pages_setup();
}

/* High memory needs no mapping here: all 64 MiB lie in a row. */
void clear_highpage(struct page *page)
{
	memset(lowmem_page_address(page), 0, PAGE_SIZE);
}

/* For programs without mm/fault_inject.c: nothing fails on purpose. */
__attribute__((weak)) bool should_fail_alloc_page(gfp_t gfp, unsigned int order)
{
	(void)gfp;
	(void)order;
	return false;
}
