/* Zones, mem_map, and what the boot allocator left behind. */
#include "mm/zone.h"

#include "kernel/bootinfo.h"
#include "kernel/cpu/cpuid.h"
#include "kernel/fs/initramfs.h"
#include "mm/memblock.h"
#include "mm/memory.h"
#include "mm/page_alloc.h"
#include "tests/kernel/mm_test.h"

/* The linker's marks (linker.ld). */
extern char __kernel_start[], __kernel_end[];

static void test_borders(struct ktest *t)
{
	unsigned long expected = 0;
	struct zone *zone;

	for_each_zone (zone) {
		KT_EXPECT_EQ(t, zone->buddy.start, expected);
		KT_EXPECT_LE(t, zone->buddy.start, zone->buddy.end);
		KT_EXPECT_LE(t, zone->present_pages, zone->buddy.end - zone->buddy.start);
		expected = zone->buddy.end;
	}
	KT_EXPECT_EQ(t, expected, max_pfn);
	KT_EXPECT_EQ(t, zones[ZONE_DMA].buddy.end, min(max_pfn, MAX_DMA_PFN));
	KT_EXPECT_EQ(t, zones[ZONE_NORMAL].buddy.end, max_low_pfn);
	KT_EXPECT_EQ(t, max_low_pfn, min(max_pfn, MAX_LOWMEM_PFN));
	KT_EXPECT_EQ(t, sizeof(struct page), (size_t)32);
	KT_EXPECT_EQ(t, (int)gfp_zone(GFP_KERNEL), (int)ZONE_NORMAL);
	KT_EXPECT_EQ(t, (int)gfp_zone(GFP_HIGHUSER), (int)ZONE_HIGHMEM);
	KT_EXPECT_EQ(t, (int)gfp_zone(GFP_DMA | __GFP_HIGHMEM), (int)ZONE_DMA);
}

/* What boot needs for itself it takes from above: the scarce DMA zone stays nearly whole. */
static void test_dma_is_spared(struct ktest *t)
{
	const unsigned long image = PFN_UP(__kernel_end - __kernel_start), hole = 96, spare = 256;

	if (max_low_pfn < 2 * MAX_DMA_PFN)
		ktest_skip(t, "the machine has little more than the DMA zone");
	KT_EXPECT_GE(t, zones[ZONE_DMA].present_pages, MAX_DMA_PFN - image - hole - spare);
}

/* Each frame says which zone it is in. */
static void test_zone_bits(struct ktest *t)
{
	unsigned long wrong = 0;
	struct zone *zone;

	for_each_zone (zone)
		for (unsigned long pfn = zone->buddy.start; pfn < zone->buddy.end; pfn++)
			wrong += page_zone(pfn_to_page(pfn)) != zone;
	KT_EXPECT_EQ(t, wrong, 0ul);
	for (unsigned long pfn = 0; pfn < max_pfn; pfn += 997)
		KT_ASSERT_EQ(t, PageHighMem(pfn_to_page(pfn)), pfn >= MAX_LOWMEM_PFN);
}

static void test_watermarks(struct ktest *t)
{
	unsigned long min_sum = 0;
	struct zone *zone;

	for_each_zone (zone) {
		const unsigned long *mark = zone->watermark;

		if (!zone->present_pages)
			continue;
		KT_EXPECT_LT(t, mark[WMARK_MIN], mark[WMARK_LOW]);
		KT_EXPECT_LT(t, mark[WMARK_LOW], mark[WMARK_HIGH]);
		KT_EXPECT_LT(t, mark[WMARK_HIGH], zone->present_pages / 4);
		KT_EXPECT_EQ(t, zone->lowmem_reserve[zone->type], 0ul);
		if (zone->type != ZONE_HIGHMEM)
			min_sum += mark[WMARK_MIN];
	}
	/* Linux's min_free_kbytes: the root of 16 times the KiB of low memory; 128 KiB at least. */
	min_sum += 2; /* shares are rounded down */
	KT_EXPECT_GE(t, min_sum, 32ul);
	KT_EXPECT_GE(t, (min_sum + 1) * (min_sum + 1), max_low_pfn - max_low_pfn / 8);
	KT_EXPECT_EQ(t, zones[ZONE_DMA].lowmem_reserve[ZONE_NORMAL],
		     zones[ZONE_NORMAL].present_pages / 256);
	KT_EXPECT_EQ(t, zones[ZONE_NORMAL].lowmem_reserve[ZONE_HIGHMEM],
		     zones[ZONE_HIGHMEM].present_pages / 32);
	KT_EXPECT_EQ(t, zones[ZONE_DMA].lowmem_reserve[ZONE_HIGHMEM],
		     (zones[ZONE_NORMAL].present_pages + zones[ZONE_HIGHMEM].present_pages) / 256);
}

/* Free blocks: on the right list, whole, aligned, of frames that nobody uses. */
static unsigned long check_block(struct ktest *t, const struct zone *zone, struct page *page,
				 unsigned int order)
{
	unsigned long pfn = page_to_pfn(page), bad = 0;

	KT_EXPECT(t, PageBuddy(page) && page->private == order);
	KT_EXPECT(t, IS_ALIGNED(pfn, 1ul << order));
	KT_EXPECT(t, pfn >= zone->buddy.start && pfn + (1ul << order) <= zone->buddy.end);
	for (unsigned long i = 0; i < 1ul << order; i++)
		bad += PageReserved(page + i) || page_count(page + i) || (i && PageBuddy(page + i));
	KT_EXPECT_EQ(t, bad, 0ul);
	return 1ul << order;
}

static void test_free_lists(struct ktest *t)
{
	struct zone *zone;

	drain_hot_pages();
	for_each_zone (zone) {
		unsigned long pages = 0;

		for (unsigned int order = 0; order < MAX_ORDER; order++) {
			struct free_area *area = &zone->buddy.free_area[order];
			unsigned long blocks = 0;
			struct page *page;

			list_for_each_entry (page, &area->free_list, lru) {
				pages += check_block(t, zone, page, order);
				blocks++;
			}
			KT_EXPECT_EQ(t, blocks, area->nr_free);
		}
		KT_EXPECT_EQ(t, pages, zone->buddy.free_pages);
	}
}

static const struct ktest_case zone_cases[] = {
	KTEST(test_borders),	KTEST(test_dma_is_spared), KTEST(test_zone_bits),
	KTEST(test_watermarks), KTEST(test_free_lists),
};
KTEST_SUITE(zone, KTEST_QUICK, zone_cases);

/* ---- the boot allocator's result ------------------------------------------------------------- */

static void check_sorted(struct ktest *t, const struct memblock_type *type)
{
	KT_EXPECT_LE(t, type->count, type->max);
	for (unsigned int i = 0; i < type->count; i++) {
		const struct memblock_region *r = &type->regions[i];

		KT_EXPECT_LT(t, r->start, r->end);
		if (i)
			KT_EXPECT_LT(t, r[-1].end, r->start);
	}
}

static void test_lists(struct ktest *t)
{
	check_sorted(t, &memblock.memory);
	check_sorted(t, &memblock.reserved);
	KT_EXPECT_EQ(t, memblock_end(), max_pfn);
	KT_EXPECT_LE(t, memblock_pages(), max_pfn);
}

static bool overlaps_memory(u64 base, u64 size)
{
	for (unsigned int i = 0; i < memblock.memory.count; i++) {
		const struct memblock_region *r = &memblock.memory.regions[i];

		if (base < (u64)r->end << PAGE_SHIFT && base + size > (u64)r->start << PAGE_SHIFT)
			return true;
	}
	return false;
}

static void count_bad_range(u64 base, u64 size, u32 type, void *bad)
{
	if (type != BOOT_RANGE_USABLE && size && overlaps_memory(base, size))
		++*(unsigned int *)bad;
}

/* What the loader's map does not call usable, and the hole of the PC, is no memory. */
static void test_map(struct ktest *t)
{
	unsigned int bad = 0;

	bootinfo_for_each_range(count_bad_range, &bad);
	KT_EXPECT_EQ(t, bad, 0u);
	KT_EXPECT(t, !overlaps_memory(0xA0000, 0x60000));
	KT_EXPECT(t, overlaps_memory(0x100000, 1));
}

struct free_count {
	unsigned long pages, reserved;
};

static void count_free(unsigned long start, unsigned long end, void *ctx)
{
	struct free_count *count = ctx;

	for (unsigned long pfn = start; pfn < end; pfn++)
		count->reserved += PageReserved(pfn_to_page(pfn));
	count->pages += end - start;
}

/*
 * The zones were given exactly the frames that exist and were not taken, and all others
 * are reserved. (The page of zeros was allocated and reserved later.)
 */
static void test_handed_over(struct ktest *t)
{
	unsigned long present = 0, reserved = 0;
	struct free_count count = {0};
	struct zone *zone;

	for_each_zone (zone)
		present += zone->present_pages;
	memblock_for_each_free(count_free, &count);
	KT_EXPECT_EQ(t, count.pages, present);
	KT_EXPECT(t, PageReserved(zero_page));
	KT_EXPECT_EQ(t, count.reserved, 1ul);
	for (unsigned long pfn = 0; pfn < max_pfn; pfn++)
		reserved += PageReserved(pfn_to_page(pfn));
	KT_EXPECT_EQ(t, reserved, max_pfn - present + 1);
}

static unsigned long not_reserved(unsigned long start, unsigned long end)
{
	unsigned long count = 0;

	for (unsigned long pfn = PFN_DOWN(start); pfn < PFN_UP(end); pfn++)
		count += !PageReserved(pfn_to_page(pfn)) || memblock_is_free(pfn);
	return count;
}

static void check_module(const struct boot_module *module, void *bad)
{
	if (!initramfs_is(module->start)) /* unpacked and freed */
		*(unsigned long *)bad += not_reserved(module->start, module->end);
}

/* The kernel's image, its modules, its page tables and mem_map are nobody else's. */
static void test_reserved(struct ktest *t)
{
	unsigned long bad = not_reserved(__pa(__kernel_start), __pa(__kernel_end));

	KT_EXPECT_EQ(t, bad, 0ul);
	KT_EXPECT_EQ(t, not_reserved(0, PAGE_SIZE), 0ul);
	KT_EXPECT_EQ(t, not_reserved(0xA0000, 0x100000), 0ul);
	KT_EXPECT_EQ(t, not_reserved(__pa(mem_map), __pa(mem_map + max_pfn)), 0ul);
	bootinfo_for_each_module(check_module, &bad);
	KT_EXPECT_EQ(t, bad, 0ul);
	for (unsigned int i = USER_PTRS_PER_PGD; i < PTRS_PER_PGD; i++) {
		pmd_t pmd = {swapper_pg_dir[i]};
		unsigned long addr = (unsigned long)i << PGDIR_SHIFT;

		if (!pmd_present(pmd) || pmd_large(pmd) ||
		    (addr + PGDIR_SIZE > VMALLOC_START && addr < VMALLOC_END))
			continue;
		KT_EXPECT(t, PageReserved(pmd_page(pmd)));
	}
}

static const struct ktest_case boot_cases[] = {
	KTEST(test_lists),
	KTEST(test_map),
	KTEST(test_handed_over),
	KTEST(test_reserved),
};
KTEST_SUITE(memblock, KTEST_QUICK, boot_cases);
