/*
 * mm/page_alloc.c with mm/zone.c and mm/buddy.c, on a machine of 64 MiB with three
 * zones, against a table of who owns which frame.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/host/host.h"

#include "kernel/cpu/irqflags.h"
#include "mm/fault_inject.h"
#include "mm/page_alloc.h"
#include "mm/shrinker.h"
#include "mm/zone.h"
#include "tests/host/shim/machine.h"

#define BLOCKS 3000

static bool used[MACHINE_PAGES];

static struct block {
	struct page *page;
	unsigned int order;
} blocks[BLOCKS + MACHINE_PAGES];
static unsigned int nr_blocks;

/* The free blocks of each order in each zone, after the hot lists were emptied. */
struct picture {
	unsigned long nr_free[MAX_NR_ZONES][MAX_ORDER];
};

static struct picture take_picture(void)
{
	struct picture picture;
	struct zone *zone;
	unsigned int order;

	drain_hot_pages();
	for_each_zone (zone) {
		for (order = 0; order < MAX_ORDER; order++)
			picture.nr_free[zone->type][order] = zone->buddy.free_area[order].nr_free;
	}
	return picture;
}

static void same_picture(const struct picture *before)
{
	struct picture now = take_picture();

	check(memcmp(before, &now, sizeof(now)) == 0);
}

/* Stand-in for mm/slab.c, which mm/fault_inject.c wants to tell. */
void slab_set_slow(bool slow)
{
	(void)slow;
}

static void own(struct page *page, unsigned int order, bool value)
{
	unsigned long i, pfn = page_to_pfn(page);

	for (i = 0; i < 1ul << order; i++) {
		check(machine_frame_exists(pfn + i));
		check(used[pfn + i] == !value);
		used[pfn + i] = value;
	}
}

/* Allocates; checks all that the contract promises about the block. */
static struct page *allocate(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);
	unsigned long i;

	check(!irqs_disabled());
	if (!page)
		return NULL;
	check(IS_ALIGNED(page_to_pfn(page), 1ul << order));
	check_eq(page_count(page), 1);
	check_eq(PageHead(page), order > 0);
	check(page_zonenum(page) <= (unsigned int)gfp_zone(gfp));
	own(page, order, true);
	if (gfp & __GFP_ZERO) {
		for (i = 0; i < PAGE_SIZE << order; i += sizeof(long))
			check_eq(*(unsigned long *)((char *)lowmem_page_address(page) + i), 0);
	}
	memset(lowmem_page_address(page), 0xa5, PAGE_SIZE << order);
	blocks[nr_blocks++] = (struct block){page, order};
	return page;
}

static void release(unsigned int i)
{
	struct block block = blocks[i];

	blocks[i] = blocks[--nr_blocks];
	own(block.page, block.order, false);
	__free_pages(block.page, block.order);
	check(!irqs_disabled());
}

static void release_all(struct prng *rng)
{
	while (nr_blocks)
		release(prng_below(rng, nr_blocks));
}

static unsigned long frames_in_use(void)
{
	unsigned long pfn, sum = 0;

	for (pfn = 0; pfn < MACHINE_PAGES; pfn++)
		sum += used[pfn];
	return sum;
}

static const gfp_t kinds[] = {
	GFP_DMA,
	GFP_KERNEL | __GFP_NOWARN,
	GFP_ATOMIC | __GFP_NOWARN,
	GFP_HIGHUSER | __GFP_NOWARN,
	GFP_HIGHUSER | __GFP_ZERO | __GFP_NOWARN,
	GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN,
};

HOST_TEST(random, "30,000 random allocations: no frame twice, none lost, free_area as before")
{
	unsigned long total, step;
	struct picture before;
	struct prng rng;

	host_seed(&rng);
	machine_boot();
	before = take_picture();
	total = nr_free_pages();
	for (step = 0; step < 30000; step++) {
		unsigned int order = prng_below(&rng, 4) ? 0 : prng_below(&rng, MAX_ORDER);
		bool growing = step / 3000 % 2 == 0;

		if (nr_blocks < BLOCKS && prng_below(&rng, 4) < (growing ? 3 : 1))
			allocate(kinds[prng_below(&rng, ARRAY_SIZE(kinds))], order);
		else if (nr_blocks)
			release(prng_below(&rng, nr_blocks));
		if (step % 50 == 0)
			check_eq(nr_free_pages(), total - frames_in_use());
	}
	release_all(&rng);
	check_eq(nr_free_pages(), total);
	same_picture(&before);
	check_eq(page_alloc_bad_calls(), 0);
}

/* Every order and every zone, down to the last block that the marks allow. */
HOST_TEST(exhaust, "each zone exhausted at each order and freed in random order is as before")
{
	static const gfp_t zones_gfp[] = {GFP_DMA, GFP_KERNEL | __GFP_NOWARN,
					  GFP_HIGHUSER | __GFP_NOWARN};
	struct picture before;
	struct prng rng;
	unsigned int kind, order;

	host_seed(&rng);
	machine_boot();
	before = take_picture();
	for (kind = 0; kind < ARRAY_SIZE(zones_gfp); kind++) {
		for (order = 0; order < MAX_ORDER; order++) {
			while (allocate(zones_gfp[kind] | __GFP_NOWARN, order))
				;
			check(nr_blocks > 0);
			release_all(&rng);
			same_picture(&before);
		}
	}
}

HOST_TEST(fallback, "a request goes down the zones and never up; each keeps its reserve")
{
	unsigned long reserve_min, free;
	struct page *page;
	struct prng rng;

	host_seed(&rng);
	machine_boot();
	page = allocate(GFP_HIGHUSER, 0);
	check_eq(page_zonenum(page), ZONE_HIGHMEM);
	check(PageHighMem(page));
	check_eq(page_zonenum(allocate(GFP_KERNEL, 0)), ZONE_NORMAL);
	check_eq(page_zonenum(allocate(GFP_DMA, 0)), ZONE_DMA);
	while (allocate(GFP_HIGHUSER | __GFP_NOWARN, 0))
		;
	/* User pages leave in each lower zone what is reserved from them, and the mark. */
	drain_hot_pages();
	free = zones[ZONE_NORMAL].buddy.free_pages;
	reserve_min = zones[ZONE_NORMAL].watermark[WMARK_MIN] +
		      zones[ZONE_NORMAL].lowmem_reserve[ZONE_HIGHMEM];
	host_note("user pages left %lu of Normal, reserve %lu", free, reserve_min);
	check(free >= reserve_min);
	check(free < reserve_min + 256);
	check(allocate(GFP_KERNEL, 0) != NULL);
	while (allocate(GFP_KERNEL | __GFP_NOWARN, 0))
		;
	check(allocate(GFP_DMA, 0) != NULL);
	/* An atomic request may go where an ordinary one may not. */
	check(alloc_pages(GFP_KERNEL | __GFP_NOWARN, 0) == NULL);
	check(allocate(GFP_ATOMIC | __GFP_NOWARN, 0) != NULL);
	release_all(&rng);
}

HOST_TEST(mistakes,
	  "a double free, a wrong order, an inner page, a reserved page: reported, harmless")
{
	struct picture before;
	struct page *page;

	machine_boot();
	before = take_picture();

	page = alloc_pages(GFP_KERNEL, 0);
	__free_pages(page, 0);
	host_log_clear();
	__free_pages(page, 0);
	check_log("the page is free already");
	check_eq(page_alloc_bad_calls(), 1);

	page = alloc_pages(GFP_KERNEL, 3);
	__free_pages(page, 2);
	check_log("another order");
	__free_pages(page, 0);
	__free_pages(page + 2, 0);
	check_log("inside a larger block");
	check_eq(page_alloc_bad_calls(), 4);
	__free_pages(page, 3);
	check_eq(page_alloc_bad_calls(), 4);
	__free_pages(page, 3);
	check_eq(page_alloc_bad_calls(), 5);

	page = alloc_pages(GFP_KERNEL, 0);
	__free_pages(page, 1);
	check_eq(page_alloc_bad_calls(), 6);
	__free_pages(page, 0);

	/* Still mapped by somebody: the block stays whole, and can be freed later. */
	page = alloc_pages(GFP_KERNEL, 2);
	atomic_inc(&page->_mapcount);
	__free_pages(page, 2);
	check_log("the page is in use");
	check_eq(page_alloc_bad_calls(), 7);
	atomic_dec(&page->_mapcount);
	__free_pages(page, 2);
	check_eq(page_alloc_bad_calls(), 7);

	host_log_clear();
	get_page(pfn_to_page(200));
	__free_pages(pfn_to_page(200), 0);
	check_log("the page is reserved");
	free_pages(0x1000, 0);
	check_log("not a page of low memory");
	free_pages((unsigned long)__va(0x300010), 0);
	check_eq(page_alloc_bad_calls(), 10);
	free_pages(0, 0);
	check_eq(page_alloc_bad_calls(), 10);
	atomic_set(&pfn_to_page(200)->_count, 0);
	same_picture(&before);
}

HOST_TEST(references, "a block is freed with its last reference")
{
	unsigned long total;
	struct page *page;

	machine_boot();
	total = nr_free_pages();
	page = alloc_pages(GFP_KERNEL, 2);
	get_page(page);
	__free_pages(page, 2);
	check_eq(page_count(page), 1);
	check_eq(nr_free_pages(), total - 4);
	__free_pages(page, 2);
	check_eq(nr_free_pages(), total);
	check_eq(page_alloc_bad_calls(), 0);
}

HOST_TEST(split, "split_page gives single pages that are freed one by one")
{
	struct picture before;
	struct page *page;
	unsigned int order, i;

	machine_boot();
	before = take_picture();
	for (order = 0; order < MAX_ORDER; order++) {
		page = alloc_pages(GFP_KERNEL, order);
		split_page(page, order);
		for (i = 0; i < 1u << order; i++) {
			check_eq(page_count(page + i), 1);
			__free_pages(page + i, 0);
		}
	}
	same_picture(&before);
	check_eq(page_alloc_bad_calls(), 0);
	page = alloc_pages(GFP_KERNEL, 1);
	check_panics(split_page(page, 2));
}

HOST_TEST(by_address, "get_free_pages gives addresses of low memory; high memory is refused")
{
	unsigned long addr, total;

	machine_boot();
	total = nr_free_pages();
	addr = get_zeroed_page(GFP_KERNEL);
	check(virt_addr_valid((void *)addr) && IS_ALIGNED(addr, PAGE_SIZE));
	check_eq(*(unsigned long *)addr, 0);
	check_eq(page_count(virt_to_page(addr)), 1);
	free_page(addr);
	addr = get_free_pages(GFP_DMA, 4);
	check(__pa(addr) < 16ul << 20 && IS_ALIGNED(__pa(addr), 16 * PAGE_SIZE));
	free_pages(addr, 4);
	check_eq(nr_free_pages(), total);
	check_panics(get_free_pages(GFP_HIGHUSER, 0));
}

static unsigned int shrink_calls;
static struct page *hoard[64];

static unsigned long give_hoard(gfp_t gfp)
{
	unsigned int i;

	(void)gfp;
	shrink_calls++;
	for (i = 0; i < ARRAY_SIZE(hoard) && hoard[0]; i++)
		__free_pages(hoard[i], 0);
	i = hoard[0] ? i : 0;
	memset(hoard, 0, sizeof(hoard));
	return i;
}

HOST_TEST(reclaim, "who may wait gets what a shrinker gives back; who may not gets nothing")
{
	static struct shrinker shrinker = {.name = "hoard", .shrink = give_hoard};
	struct prng rng;
	unsigned int i;

	host_seed(&rng);
	machine_boot();
	for (i = 0; i < ARRAY_SIZE(hoard); i++)
		hoard[i] = alloc_pages(GFP_DMA, 0);
	register_shrinker(&shrinker);
	while (allocate(GFP_DMA | __GFP_NOWARN, 0))
		;
	check_eq(shrink_calls, 0);
	check(allocate(GFP_DMA | __GFP_WAIT, 0) != NULL);
	check_eq(shrink_calls, 1);
	release_all(&rng);
	unregister_shrinker(&shrinker);
}

HOST_TEST(warning, "a failure is told once, with order and flags, unless __GFP_NOWARN")
{
	machine_boot();
	while (alloc_pages(GFP_DMA | __GFP_NOWARN, 4))
		;
	check_str(host_log(), "");
	check(alloc_pages(GFP_DMA, 4) == NULL);
	check_log("order 4");
	check(alloc_pages(GFP_KERNEL | __GFP_NOWARN, MAX_ORDER) == NULL);
}

HOST_TEST(nofail, "__GFP_NOFAIL goes down to the last page")
{
	unsigned int got = 0, last;

	machine_boot();
	while (alloc_pages(GFP_KERNEL | __GFP_NOWARN, 0))
		;
	drain_hot_pages();
	last = (unsigned int)(zones[ZONE_DMA].buddy.free_pages +
			      zones[ZONE_NORMAL].buddy.free_pages);
	check(last > 20);
	for (got = 0; got < last; got++)
		check(alloc_pages(GFP_KERNEL | __GFP_NOFAIL, 0) != NULL);
}

HOST_TEST(fail_nth, "the n-th allocation of a task can be made to fail, and only that one")
{
	struct picture before;
	struct page *page;
	unsigned int n, i;

	machine_boot();
	before = take_picture();
	for (n = 1; n < 6; n++) {
		fail_nth_set(n);
		for (i = 1; i < 10; i++) {
			page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, i % 3);
			check_eq(page == NULL, i == n);
			check_eq(fail_nth_hit(), i >= n);
			if (page)
				__free_pages(page, i % 3);
		}
		fail_nth_set(0);
	}
	same_picture(&before);
	page = alloc_pages(GFP_KERNEL, 0);
	__free_pages(page, 0);
	check(alloc_pages(GFP_KERNEL, 0) == page);
}

HOST_TEST(fail_page_alloc, "fail_page_alloc: interval, probability, space, times")
{
	unsigned int i, failed = 0;
	struct page *page;

	machine_boot();
	check(fault_attr_setup(&fail_page_alloc, "1,101,0,5") != 0);
	check(fault_attr_setup(&fail_page_alloc, "1,100") != 0);
	check(fault_attr_setup(&fail_page_alloc, "x,100,0,5") != 0);
	check_eq(fault_attr_setup(&fail_page_alloc, "3,100,8192,5"), 0);
	fault_inject_changed();
	for (i = 0; i < 100; i++) {
		page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, 0);
		failed += page == NULL;
		/* Two pages pass (space); then every third fails, five times. */
		check_eq(page == NULL, i >= 4 && (i - 1) % 3 == 0 && i <= 16);
		if (page)
			__free_pages(page, 0);
	}
	check_eq(failed, 5);
	check_eq(fail_page_alloc.failed, 5);
}
