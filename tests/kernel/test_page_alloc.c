/* The page allocator: every order, every zone to its last page, and every mistake. */
#include "mm/page_alloc.h"

#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/highmem.h"
#include "mm/memory.h"
#include "mm/shrinker.h"
#include "tests/kernel/mm_test.h"

static struct held_pages held = HELD_PAGES_INIT(held);
static struct held_pages more = HELD_PAGES_INIT(more);
static struct zones_state before;

static void setup(struct ktest *t __unused)
{
	zones_read(&before);
}

static void teardown(struct ktest *t)
{
	current->flags &= ~PF_MEMALLOC;
	free_held(&more);
	free_held(&held);
	zones_same(t, &before);
}

/* ---- blocks ------------------------------------------------------------------------- */

#define BLOCKS 4u

/* Every page of a block gets words of its own, and keeps them. */
static void mark_block(struct page *page, unsigned int order, u32 mark)
{
	for (unsigned long i = 0; i < 1ul << order; i++) {
		u32 *words = kmap_atomic(page + i);

		words[0] = mark + i;
		words[PAGE_SIZE / 4 - 1] = ~(mark + i);
		kunmap_atomic(words);
	}
}

static bool block_has_mark(struct page *page, unsigned int order, u32 mark)
{
	bool good = true;

	for (unsigned long i = 0; i < 1ul << order; i++) {
		u32 *words = kmap_atomic(page + i);

		good &= words[0] == mark + i && words[PAGE_SIZE / 4 - 1] == ~(mark + i);
		kunmap_atomic(words);
	}
	return good;
}

/* Could a zone serve this order at all, watermarks aside? */
static bool order_is_free(unsigned int order)
{
	for (int type = 0; type <= ZONE_NORMAL; type++)
		for (unsigned int o = order; o < MAX_ORDER; o++)
			if (before.nr_free[type][o] > 1)
				return true;
	return false;
}

static void try_order(struct ktest *t, gfp_t gfp, unsigned int order)
{
	struct page *blocks[BLOCKS];
	unsigned int n = 0;

	while (n < BLOCKS && (blocks[n] = alloc_pages(gfp | __GFP_NOWARN, order))) {
		mark_block(blocks[n], order, n << 24 | order << 16);
		n++;
	}
	KT_EXPECT(t, n || !order_is_free(order));
	while (n--) {
		KT_EXPECT(t, IS_ALIGNED(page_to_pfn(blocks[n]), 1ul << order));
		KT_EXPECT_EQ(t, page_count(blocks[n]), 1);
		KT_EXPECT(t, block_has_mark(blocks[n], order, n << 24 | order << 16));
		__free_pages(blocks[n], order);
	}
}

static void test_every_order(struct ktest *t)
{
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		try_order(t, GFP_KERNEL, order);
		try_order(t, GFP_HIGHUSER, order);
		try_order(t, GFP_DMA, order);
	}
	KT_EXPECT(t, !alloc_pages(GFP_KERNEL | __GFP_NOWARN, MAX_ORDER));
}

static void test_by_address(struct ktest *t)
{
	unsigned long addr = get_free_pages(GFP_KERNEL, 2), zeroed = get_zeroed_page(GFP_KERNEL);

	KT_ASSERT(t, addr && zeroed);
	KT_EXPECT(t, IS_ALIGNED(addr, 4 * PAGE_SIZE));
	KT_EXPECT(t, virt_addr_valid((void *)addr));
	KT_EXPECT(t, !memchr_inv((void *)zeroed, 0, PAGE_SIZE));
	free_pages(addr, 2);
	free_page(zeroed);
	free_pages(0, 3);
}

/* The pages of a block that was split are freed one by one, and merge again. */
static void test_split(struct ktest *t)
{
	struct prng rng;
	unsigned int order = 5;
	struct page *page = alloc_pages(GFP_KERNEL, order);

	ktest_seed(t, &rng, 1);
	KT_ASSERT(t, page != NULL);
	split_page(page, order);
	for (unsigned int i = 0; i < 1u << order; i++) {
		KT_EXPECT_EQ(t, page_count(page + i), 1);
		list_add(&page[i].lru, &held.list);
		held.count++;
	}
	shuffle_pages(&held, &rng);
	free_held(&held);
	zones_same(t, &before);
}

/* What one had dirtied is clean in the hands of the next. */
static void try_zero(struct ktest *t, gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);
	unsigned long dirty = 0;

	KT_ASSERT(t, page != NULL);
	mark_block(page, order, 0xdeadbeef);
	__free_pages(page, order);
	page = alloc_pages(gfp | __GFP_ZERO, order);
	KT_ASSERT(t, page != NULL);
	for (unsigned long i = 0; i < 1ul << order; i++) {
		void *addr = kmap_atomic(page + i);

		dirty += memchr_inv(addr, 0, PAGE_SIZE) != NULL;
		kunmap_atomic(addr);
	}
	KT_EXPECT_EQ(t, dirty, 0ul);
	__free_pages(page, order);
}

static void test_zero(struct ktest *t)
{
	try_zero(t, GFP_KERNEL, 0);
	try_zero(t, GFP_KERNEL, 3);
	try_zero(t, GFP_HIGHUSER, 0);
	try_zero(t, GFP_HIGHUSER, 3);
	try_zero(t, GFP_DMA, 1);
}

static void test_addresses(struct ktest *t)
{
	struct prng rng;

	ktest_seed(t, &rng, 2);
	for (int i = 0; i < 2000; i++) {
		unsigned long phys =
			PFN_PHYS(prng_below(&rng, max_low_pfn)) + prng_below(&rng, 4096);
		void *virt = phys_to_virt(phys);
		struct page *page = virt_to_page(virt);

		KT_ASSERT_EQ(t, virt_to_phys(virt), phys);
		KT_ASSERT_EQ(t, page_to_pfn(page), PFN_DOWN(phys));
		KT_ASSERT_EQ(t, page_to_phys(page), phys & PAGE_MASK);
		KT_ASSERT_EQ(t, page_address(page), (void *)((unsigned long)virt & PAGE_MASK));
		KT_ASSERT(t, virt_addr_valid(virt) && pfn_valid(PFN_DOWN(phys)));
	}
	KT_EXPECT(t, !virt_addr_valid((void *)(PAGE_OFFSET - 1)));
	KT_EXPECT(t, !virt_addr_valid(__va(PFN_PHYS(max_low_pfn))));
}

/* ---- to the last page ------------------------------------------------------------------ */

/* All free pages of the zones up to `type`, one by one, then back in a random order. */
static void exhaust(struct ktest *t, gfp_t gfp, enum zone_type type)
{
	unsigned long expected = 0;
	struct prng rng;

	if (zones[type].present_pages == 0)
		ktest_skip(t, "the machine has no memory in this zone");
	for (int i = 0; i <= (int)type; i++)
		expected += before.free_pages[i];
	ktest_seed(t, &rng, 3 + type);
	current->flags |= PF_MEMALLOC;
	hold_pages(t, &held, gfp, ~0ul);
	current->flags &= ~PF_MEMALLOC;
	KT_EXPECT_EQ(t, held.count, expected);
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		bool allowed = i <= (int)type;

		KT_EXPECT_EQ(t, held.in_zone[i], allowed ? before.free_pages[i] : 0);
		if (!allowed)
			continue;
		KT_EXPECT_EQ(t, zones[i].buddy.free_pages, 0ul);
		for (int order = 0; order < MAX_ORDER; order++)
			KT_EXPECT_EQ(t, zones[i].buddy.free_area[order].nr_free, 0ul);
	}
	shuffle_pages(&held, &rng);
	free_held(&held);
	zones_same(t, &before);
}

static void test_exhaust_dma(struct ktest *t)
{
	exhaust(t, GFP_DMA, ZONE_DMA);
}

static void test_exhaust_normal(struct ktest *t)
{
	exhaust(t, 0, ZONE_NORMAL);
}

static void test_exhaust_highmem(struct ktest *t)
{
	exhaust(t, __GFP_HIGHMEM, ZONE_HIGHMEM);
}

/* The pages that a request for a zone leaves in a zone, at the mark that is given. */
static unsigned long kept_back(const struct zone *zone, unsigned long mark,
			       enum zone_type classzone)
{
	return min(mark + zone->lowmem_reserve[classzone], before.free_pages[zone->type]);
}

#define BATCH 31ul /* a hot list may hold as many pages back from the counting */

/* What is left in the zones up to `classzone` is what the marks say. */
static void expect_left(struct ktest *t, enum zone_type classzone, unsigned int part)
{
	drain_hot_pages();
	for (int i = 0; i <= (int)classzone; i++) {
		unsigned long mark = zones[i].watermark[WMARK_MIN];
		unsigned long least = kept_back(&zones[i], mark - mark / part, classzone);

		KT_EXPECT_GE(t, zones[i].buddy.free_pages, least);
		KT_EXPECT_LE(t, zones[i].buddy.free_pages, least + BATCH);
	}
}

/*
 * Ordinary requests leave each zone its min mark and what is reserved from them; those
 * that may not wait get half of the mark, those that free memory everything.
 */
static void watermarks(struct ktest *t, gfp_t gfp, enum zone_type classzone)
{
	unsigned long ordinary;

	hold_pages(t, &held, gfp, ~0ul);
	expect_left(t, classzone, ~0u);
	ordinary = held.count;
	hold_pages(t, &more, gfp | GFP_ATOMIC, ~0ul);
	expect_left(t, classzone, 2);
	KT_EXPECT(t, more.count > 0);
	KT_EXPECT_LT(t, more.count, ordinary);
	free_held(&more);
	current->flags |= PF_MEMALLOC;
	hold_pages(t, &more, gfp, ~0ul);
	current->flags &= ~PF_MEMALLOC;
	KT_EXPECT_EQ(t, zones[classzone].buddy.free_pages, 0ul);
}

static void test_watermarks_dma(struct ktest *t)
{
	watermarks(t, GFP_DMA, ZONE_DMA);
}

static void test_watermarks_normal(struct ktest *t)
{
	watermarks(t, 0, ZONE_NORMAL);
}

static void test_watermarks_highmem(struct ktest *t)
{
	if (!zones[ZONE_HIGHMEM].present_pages)
		ktest_skip(t, "the machine has no high memory");
	watermarks(t, __GFP_HIGHMEM, ZONE_HIGHMEM);
}

/* Lower zones are asked only when the higher ones are down to their low marks. */
static void test_fallback(struct ktest *t)
{
	int lowest = ZONE_HIGHMEM;

	for (;;) {
		struct page *page = alloc_page(__GFP_HIGHMEM | __GFP_NOWARN);
		int type;

		if (!page)
			break;
		list_add(&page->lru, &held.list);
		held.count++;
		type = page_zonenum(page);
		for (int i = lowest; i > type; i--)
			KT_ASSERT(t, zones[i].buddy.free_pages <=
					     zones[i].watermark[WMARK_LOW] +
						     zones[i].lowmem_reserve[ZONE_HIGHMEM] + BATCH);
		lowest = min(lowest, type);
	}
	/* The reserve may cover all of the DMA zone. */
	KT_EXPECT_EQ(t, lowest,
		     kept_back(&zones[ZONE_DMA], zones[ZONE_DMA].watermark[WMARK_MIN],
			       ZONE_HIGHMEM) < before.free_pages[ZONE_DMA]
			     ? ZONE_DMA
			     : ZONE_NORMAL);
}

/* ---- no memory ---------------------------------------------------------------------------- */

static unsigned int asked; /* how often memory was asked for */
static unsigned int give_at;

/* Frees a page, but not before it has been asked some times. */
static unsigned long reluctant(gfp_t gfp __unused)
{
	struct page *page;

	if (++asked != give_at)
		return 0;
	page = list_first_entry(&held.list, struct page, lru);
	list_del(&page->lru);
	page->private = 0;
	__free_page(page);
	return 1;
}

/* Without a page left in the machine, or anything that could be freed but by the shrinker above. */
static void test_no_memory(struct ktest *t)
{
	struct shrinker shrinker = {.name = "test", .shrink = reluctant};
	struct page *page;

	current->flags |= PF_MEMALLOC;
	hold_pages(t, &held, __GFP_HIGHMEM, ~0ul);
	current->flags &= ~PF_MEMALLOC;
	KT_EXPECT_EQ(t, nr_free_pages(), 0ul);
	register_shrinker(&shrinker);

	asked = 0;
	give_at = ~0u;
	KT_EXPECT(t, !alloc_page(__GFP_HIGHMEM | __GFP_NOWARN));
	KT_EXPECT_EQ(t, asked, 0u); /* it may not wait, so nobody is asked */
	KT_EXPECT(t, !alloc_page(GFP_HIGHUSER | __GFP_NOWARN));
	KT_EXPECT(t, asked > 0);

	asked = 0;
	give_at = 100; /* patience beyond that of the others */
	page = alloc_page(GFP_HIGHUSER | __GFP_NOFAIL);
	KT_EXPECT(t, asked >= give_at);
	if (KT_EXPECT(t, page != NULL))
		__free_page(page);
	unregister_shrinker(&shrinker);
}

/* ---- mistakes -------------------------------------------------------------------------------- */

static unsigned int mistakes;

static void expect_mistakes(struct ktest *t)
{
	zones_same(t, &before);
	mistakes = page_alloc_bad_calls();
	log_hush();
}

/* One more report, with the culprit's name and the reason. */
static void expect_mistake(struct ktest *t, const char *culprit, const char *reason)
{
	log_unhush();
	KT_EXPECT_EQ(t, page_alloc_bad_calls(), ++mistakes);
	KT_EXPECT(t, log_says(culprit));
	KT_EXPECT(t, log_says(reason));
	log_hush();
}

static void no_more_mistakes(struct ktest *t)
{
	log_unhush();
	KT_EXPECT_EQ(t, page_alloc_bad_calls(), mistakes);
}

static void test_double_free(struct ktest *t)
{
	expect_mistakes(t);
	for (unsigned int order = 0; order < 4; order++) {
		struct page *page = alloc_pages(GFP_KERNEL, order);

		KT_ASSERT(t, page != NULL);
		__free_pages(page, order);
		__free_pages(page, order);
		expect_mistake(t, "by test_double_free", "free already");
	}
	no_more_mistakes(t);
}

static void test_wrong_order(struct ktest *t)
{
	expect_mistakes(t);
	for (unsigned int order = 0; order < 4; order++) {
		struct page *page = alloc_pages(GFP_KERNEL, order);

		KT_ASSERT(t, page != NULL);
		for (unsigned int wrong = 0; wrong < 5; wrong++) {
			if (wrong == order)
				continue;
			__free_pages(page, wrong);
			expect_mistake(t, "by test_wrong_order", "another order");
			KT_EXPECT_EQ(t, page_count(page), 1);
		}
		__free_pages(page, order);
	}
	no_more_mistakes(t);
}

static void test_inside_block(struct ktest *t)
{
	struct page *page = alloc_pages(GFP_KERNEL, 3);

	KT_ASSERT(t, page != NULL);
	mistakes = page_alloc_bad_calls();
	log_hush();
	for (int i = 1; i < 8; i++) {
		__free_page(page + i);
		expect_mistake(t, "by test_inside_block", "inside a larger block");
	}
	__free_pages(page, 3);
	no_more_mistakes(t);
}

static void test_reserved(struct ktest *t)
{
	expect_mistakes(t);
	__free_page(virt_to_page(&zones)); /* of the kernel image */
	expect_mistake(t, "by test_reserved", "is reserved");
	__free_page(zero_page);
	expect_mistake(t, "by test_reserved", "is reserved");
	KT_EXPECT_EQ(t, page_count(zero_page), 1);
	__free_page(pfn_to_page(0));
	expect_mistake(t, "by test_reserved", "is reserved");
	no_more_mistakes(t);
}

static void test_in_use(struct ktest *t)
{
	struct page *page = alloc_page(GFP_KERNEL);

	KT_ASSERT(t, page != NULL);
	mistakes = page_alloc_bad_calls();
	log_hush();
	page->mapping = (void *)&zones;
	__free_page(page);
	expect_mistake(t, "by test_in_use", "is in use");
	page->mapping = NULL;
	SetPageLocked(page);
	__free_page(page);
	expect_mistake(t, "by test_in_use", "is in use");
	ClearPageLocked(page);
	atomic_inc(&page->_mapcount);
	__free_page(page);
	expect_mistake(t, "by test_in_use", "is in use");
	atomic_dec(&page->_mapcount);
	__free_page(page);
	no_more_mistakes(t);
}

static void test_bad_address(struct ktest *t)
{
	unsigned long addr = get_free_page(GFP_KERNEL);

	KT_ASSERT(t, addr != 0);
	mistakes = page_alloc_bad_calls();
	log_hush();
	free_page(addr + 4);
	expect_mistake(t, "by test_bad_address", "not a page of low memory");
	free_page(PAGE_OFFSET - PAGE_SIZE);
	expect_mistake(t, "by test_bad_address", "not a page of low memory");
	free_page((unsigned long)__va(PFN_PHYS(max_low_pfn)));
	expect_mistake(t, "by test_bad_address", "not a page of low memory");
	free_page(VMALLOC_START);
	expect_mistake(t, "by test_bad_address", "not a page of low memory");
	free_page(addr);
	no_more_mistakes(t);
}

/* A reference more keeps the page. */
static void test_references(struct ktest *t)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned long free;

	KT_ASSERT(t, page != NULL);
	free = nr_free_pages();
	get_page(page);
	__free_page(page);
	KT_EXPECT_EQ(t, nr_free_pages(), free);
	__free_page(page);
	KT_EXPECT_EQ(t, nr_free_pages(), free + 1);
}

static const struct ktest_case cases[] = {
	KTEST(test_every_order), KTEST(test_by_address),     KTEST(test_split),
	KTEST(test_zero),	 KTEST(test_addresses),	     KTEST(test_references),
	KTEST(test_exhaust_dma), KTEST(test_watermarks_dma), KTEST(test_double_free),
	KTEST(test_wrong_order), KTEST(test_inside_block),   KTEST(test_reserved),
	KTEST(test_in_use),	 KTEST(test_bad_address),
};
KTEST_SUITE_WITH(page_alloc, KTEST_QUICK, cases, setup, teardown);

static const struct ktest_case exhaust_cases[] = {
	KTEST(test_exhaust_normal),	KTEST(test_exhaust_highmem), KTEST(test_watermarks_normal),
	KTEST(test_watermarks_highmem), KTEST(test_fallback),	     KTEST(test_no_memory),
};
KTEST_SUITE_WITH(page_exhaust, 0, exhaust_cases, setup, teardown);
