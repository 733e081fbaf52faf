/* vmalloc: areas, guards, frames, laziness, and directories that are behind. */
#include "mm/vmalloc.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/tlbflush.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/highmem.h"
#include "mm/mmap.h"
#include "mm/page_alloc.h"
#include "tests/kernel/mm_test.h"

static bool in_region(const void *addr, unsigned long size)
{
	unsigned long a = (unsigned long)addr;

	return a >= VMALLOC_START && a + size < VMALLOC_END && IS_ALIGNED(a, PAGE_SIZE);
}

/* Give every page of an area a word that names it. */
static void mark_area(u32 *area, unsigned long size, u32 mark)
{
	for (unsigned long at = 0; at < size; at += PAGE_SIZE)
		area[at / 4] = mark + at;
	area[size / 4 - 1] = mark;
}

static bool area_has_mark(const u32 *area, unsigned long size, u32 mark)
{
	for (unsigned long at = 0; at < size; at += PAGE_SIZE)
		if (area[at / 4] != mark + at)
			return false;
	return area[size / 4 - 1] == mark;
}

static void test_sizes(struct ktest *t)
{
	static const unsigned long sizes[] = {1, 4095, 4096, 4097, 20480, 65536, 1 << 20};

	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		unsigned long size = PAGE_ALIGN(sizes[i]);
		char *area = vmalloc(sizes[i]);

		KT_ASSERT(t, area != NULL);
		KT_EXPECT(t, in_region(area, size));
		mark_area((u32 *)area, size, 0x1000000 + i);
		KT_EXPECT(t, area_has_mark((u32 *)area, size, 0x1000000 + i));
		/* The guard behind it, and whatever is before it, is not there. */
		KT_EXPECT(t, can_read(area + size - 4));
		KT_EXPECT(t, !can_read(area + size));
		KT_EXPECT(t, !can_write(area + size));
		KT_EXPECT(t, !can_read(area + size + PAGE_SIZE - 4));
		KT_EXPECT(t, !can_read(area - 4));
		vfree(area);
	}
	KT_EXPECT(t, !vmalloc(0));
	KT_EXPECT(t, !vmalloc(VMALLOC_END - VMALLOC_START));
	KT_EXPECT(t, !vmalloc(~0ul));
	vfree(NULL);
	vunmap(NULL);
}

/* Two areas next to each other: the end of the first does not reach the second. */
static void test_guard_between(struct ktest *t)
{
	char *a = vmalloc(PAGE_SIZE), *b = vmalloc(PAGE_SIZE);

	KT_ASSERT(t, a && b);
	KT_EXPECT_EQ(t, b, a + 2 * PAGE_SIZE);
	KT_EXPECT(t, !can_read(a + PAGE_SIZE));
	vfree(a);
	vfree(b);
}

static void test_frames(struct ktest *t)
{
	unsigned int count = 64, high = 0;
	bool want_high = zones[ZONE_HIGHMEM].buddy.free_pages > 10000;
	u32 *area = vmalloc(count * PAGE_SIZE);
	struct page *last = NULL;

	KT_ASSERT(t, area != NULL);
	mark_area(area, count * PAGE_SIZE, 7);
	for (unsigned int i = 0; i < count; i++) {
		struct page *page = vmalloc_to_page((char *)area + i * PAGE_SIZE + 123);
		u32 *words;

		KT_ASSERT(t, page != NULL && page != last);
		KT_EXPECT_EQ(t, page_count(page), 1);
		high += PageHighMem(page);
		words = kmap_atomic(page);
		KT_EXPECT_EQ(t, words[0], 7 + i * PAGE_SIZE);
		kunmap_atomic(words);
		last = page;
	}
	KT_EXPECT_EQ(t, high, want_high ? count : 0u);
	KT_EXPECT(t, !vmalloc_to_page((char *)area + count * PAGE_SIZE));
	KT_EXPECT(t, !vmalloc_to_page((void *)(VMALLOC_END - PAGE_SIZE)));
	KT_EXPECT(t, !vmalloc_to_page((void *)PAGE_OFFSET));
	vfree(area);
}

static void test_zeroed(struct ktest *t)
{
	unsigned long size = 16 * PAGE_SIZE;
	void *area = vmalloc(size);

	KT_ASSERT(t, area != NULL);
	memset(area, 0x5a, size);
	vfree(area);
	vmalloc_purge();
	area = vzalloc(size);
	KT_ASSERT(t, area != NULL);
	KT_EXPECT(t, !memchr_inv(area, 0, size));
	vfree(area);
}

/* Single free frames, none next to another, make one area. */
static void test_scattered(struct ktest *t)
{
	struct held_pages held = HELD_PAGES_INIT(held);
	struct page *block = alloc_pages(GFP_KERNEL, 5), *pages[16];
	u32 *area;

	KT_ASSERT(t, block != NULL);
	for (int i = 0; i < 16; i++)
		pages[i] = block + 2 * (15 - i);
	area = vmap(pages, 16, PAGE_KERNEL);
	if (KT_EXPECT(t, area != NULL)) {
		mark_area(area, 16 * PAGE_SIZE, 9);
		for (int i = 0; i < 16; i++) {
			u32 *direct = lowmem_page_address(pages[i]);

			KT_EXPECT_EQ(t, direct[0], 9 + i * PAGE_SIZE);
			KT_EXPECT_EQ(t, vmalloc_to_page((char *)area + i * PAGE_SIZE), pages[i]);
		}
		vunmap(area);
	}
	__free_pages(block, 5);
}

/* One frame at two addresses; read-only at one of them. */
static void test_vmap(struct ktest *t)
{
	struct page *page = alloc_page(GFP_HIGHUSER), *twice[2] = {page, page};
	volatile u32 *area, *constant;

	KT_ASSERT(t, page != NULL);
	area = vmap(twice, 2, PAGE_KERNEL);
	constant = vmap(twice, 1, PAGE_KERNEL_RO);
	KT_ASSERT(t, area && constant);
	area[0] = 1;
	area[1024] = 2;
	KT_EXPECT_EQ(t, area[0], 2u);
	KT_EXPECT_EQ(t, constant[0], 2u);
	KT_EXPECT(t, can_write((void *)area));
	KT_EXPECT(t, !can_write((void *)constant));
	vunmap((void *)area);
	vunmap((void *)constant);
	vmalloc_purge();
	KT_EXPECT(t, !can_read((void *)area));
	KT_EXPECT_EQ(t, page_count(page), 1);
	__free_page(page);
}

/* Freed pages and addresses come back with the flush, all at once. */
static void test_purge(struct ktest *t)
{
	unsigned long before, free;
	void *area;

	vmalloc_purge();
	before = nr_free_pages() + vmalloc_tables();
	area = vmalloc(10 * PAGE_SIZE);
	KT_ASSERT(t, area != NULL);
	free = nr_free_pages();
	vfree(area);
	KT_EXPECT_EQ(t, nr_free_pages(), free);
	KT_EXPECT_EQ(t, vmalloc_purge(), 10ul);
	KT_EXPECT_EQ(t, nr_free_pages(), free + 10);
	KT_EXPECT_EQ(t, vmalloc_purge(), 0ul);
	KT_EXPECT(t, !can_read(area));
	/* Without anybody asking, not too many are put aside. */
	for (int i = 0; i < 100; i++) {
		area = vmalloc(1 << 20);
		KT_ASSERT(t, area != NULL);
		vfree(area);
	}
	vmalloc_purge();
	KT_EXPECT_EQ(t, nr_free_pages() + vmalloc_tables(), before);
}

static void test_mistakes(struct ktest *t)
{
	struct page *page = alloc_page(GFP_KERNEL);
	char *area = vmalloc(3 * PAGE_SIZE), *mapped = vmap(&page, 1, PAGE_KERNEL);
	void *const bad[] = {area + PAGE_SIZE, area + 1, mapped, (void *)PAGE_OFFSET, (void *)8};
	bool said = true;

	KT_ASSERT(t, page && area && mapped);
	log_hush();
	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		vfree(bad[i]);
		said &= log_says("test_mistakes") && log_says("which is no area of its kind");
		log_forget();
	}
	vunmap(area);
	said &= log_says("which is no area of its kind");
	log_forget();
	KT_EXPECT(t, can_read(area) && can_read(mapped));
	vfree(area);
	vunmap(mapped);
	said &= !log_says("vmalloc");
	vfree(area);
	said &= log_says("which is no area of its kind");
	log_unhush();
	KT_EXPECT(t, said);
	__free_page(page);
}

/* ---- address space -------------------------------------------------------------------- */

struct walk {
	unsigned int count;
	unsigned long pages, last_end;
	bool ordered;
};

static void note_area(const struct vm_struct *area, void *ctx)
{
	struct walk *walk = ctx;

	walk->ordered &= area->addr >= walk->last_end;
	walk->last_end = area->end;
	walk->pages += area->nr_pages;
	walk->count++;
}

static struct walk walk_areas(void)
{
	struct walk walk = {.ordered = true};

	vmalloc_for_each(note_area, &walk);
	return walk;
}

#define SLOTS 48

/* Areas of all sizes come and go; none steps on another, and the list is always right. */
static void test_random(struct ktest *t)
{
	struct walk start = walk_areas(), now;
	static struct {
		u32 *area;
		unsigned long size;
		u32 mark;
	} slots[SLOTS];
	unsigned long pages = 0, most = nr_free_pages() / 2;
	unsigned int live = 0;
	struct prng rng;

	ktest_seed(t, &rng, 11);
	for (int i = 0; i < 3000; i++) {
		unsigned int n = prng_below(&rng, SLOTS);

		if (slots[n].area) {
			KT_EXPECT(t, area_has_mark(slots[n].area, slots[n].size, slots[n].mark));
			vfree(slots[n].area);
			slots[n].area = NULL;
			pages -= slots[n].size >> PAGE_SHIFT;
			live--;
			continue;
		}
		slots[n].size = PAGE_SIZE << prng_below(&rng, 6);
		slots[n].size += prng_below(&rng, 7) * PAGE_SIZE;
		if (pages + (slots[n].size >> PAGE_SHIFT) > most)
			continue;
		slots[n].mark = prng_next(&rng);
		slots[n].area = vmalloc(slots[n].size);
		KT_ASSERT(t, slots[n].area != NULL);
		mark_area(slots[n].area, slots[n].size, slots[n].mark);
		pages += slots[n].size >> PAGE_SHIFT;
		live++;
		now = walk_areas();
		KT_ASSERT(t, now.ordered);
		KT_ASSERT_EQ(t, now.count, start.count + live);
		KT_ASSERT_EQ(t, now.pages, start.pages + pages);
	}
	for (int n = 0; n < SLOTS; n++) {
		vfree(slots[n].area);
		slots[n].area = NULL;
	}
}

#define CHUNK 256u /* pages of an area with its guard: 64 areas fill the region */

/* All 64 MiB of addresses, with one frame behind all of them. */
static void test_no_addresses(struct ktest *t)
{
	static struct page *same[2 * CHUNK];
	static void *areas[80];
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned int n = 0, expected;
	void *again;

	KT_ASSERT(t, page != NULL);
	for (unsigned int i = 0; i < 2 * CHUNK; i++)
		same[i] = page;
	vmalloc_purge();
	expected = walk_areas().count ? 60 : 64;
	while (n < ARRAY_SIZE(areas) && (areas[n] = vmap(same, CHUNK - 1, PAGE_KERNEL)))
		n++;
	KT_EXPECT_GE(t, n, expected);
	KT_EXPECT_LE(t, n, 64u);
	KT_EXPECT(t, !vmap(same, CHUNK - 1, PAGE_KERNEL));

	/* Holes of one size do for that size and no more. */
	for (unsigned int i = 1; i < n; i += 2)
		vunmap(areas[i]);
	KT_EXPECT(t, !vmap(same, CHUNK, PAGE_KERNEL));
	again = vmap(same, CHUNK - 1, PAGE_KERNEL);
	KT_EXPECT_EQ(t, again, areas[1]);
	vunmap(again);
	/* Two neighbouring holes and what was between them become one. */
	vunmap(areas[2]);
	again = vmap(same, 2 * CHUNK, PAGE_KERNEL);
	KT_EXPECT_EQ(t, again, areas[1]);
	vunmap(again);
	for (unsigned int i = 0; i < n; i += 2)
		if (i != 2)
			vunmap(areas[i]);
	__free_page(page);
}

/* Addresses that are free but not flushed yet do not count as gone. */
static void test_unflushed_addresses(struct ktest *t)
{
	static struct page *same[CHUNK];
	static void *areas[80];
	void *small[CHUNK / 8], *again;
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned int n = 0, m = 0;

	KT_ASSERT(t, page != NULL);
	for (unsigned int i = 0; i < CHUNK; i++)
		same[i] = page;
	vmalloc_purge();
	while (n < ARRAY_SIZE(areas) && (areas[n] = vmap(same, CHUNK - 1, PAGE_KERNEL)))
		n++;
	KT_EXPECT(t, n > 1);
	vunmap(areas[--n]);
	vmalloc_purge();
	while (m < ARRAY_SIZE(small) && (small[m] = vmap(same, 7, PAGE_KERNEL)))
		m++;
	KT_EXPECT(t, !vmap(same, 7, PAGE_KERNEL));
	vunmap(small[5]);
	again = vmap(same, 7, PAGE_KERNEL);
	KT_EXPECT_EQ(t, again, small[5]);
	while (m--)
		vunmap(small[m]);
	while (n--)
		vunmap(areas[n]);
	__free_page(page);
}

/* ---- directories that are behind ---------------------------------------------------------- */

/*
 * An address space that was made before the page table of an area was does not know of it. The
 * first access faults, and copies the entry.
 */
static void test_lazy_directory(struct ktest *t)
{
	struct mm_struct *mm = mm_alloc();
	u32 *area = vmalloc(PAGE_SIZE);
	pgd_t *entry;

	if (!KT_EXPECT(t, mm && area))
		return;
	entry = &mm->pgd[pgd_index(area)];
	/* If the table was there already, make the copy as old as if it had not been. */
	*entry = __pgd(0);
	*area = 0x5afe;
	use_mm(mm);
	flush_tlb_all(); /* kernel entries are global: the CR3 load has not forgotten the area */
	KT_EXPECT_EQ(t, *(volatile u32 *)area, 0x5afeu);
	KT_EXPECT_EQ(t, pgd_val(*entry), pgd_val(swapper_pg_dir[pgd_index(area)]));
	*entry = __pgd(0);
	flush_tlb_all();
	*(volatile u32 *)area = 1;
	KT_EXPECT_EQ(t, pgd_val(*entry), pgd_val(swapper_pg_dir[pgd_index(area)]));
	/* What no directory has is nobody's: no endless fault. */
	*entry = __pgd(0);
	flush_tlb_all();
	KT_EXPECT(t, !can_read(area + 1024));
	KT_EXPECT(t, pgd_val(*entry) != 0);
	KT_EXPECT(t, !can_read((void *)(VMALLOC_START - PAGE_SIZE)));
	exit_mm();
	vfree(area);
}

/* The same with a table that is made while the process runs. */
static void test_new_table(struct ktest *t)
{
	static struct page *same[1023];
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned int tables = vmalloc_tables(), n = 0;
	void *areas[16];

	KT_ASSERT(t, page != NULL);
	for (unsigned int i = 0; i < ARRAY_SIZE(same); i++)
		same[i] = page;
	mm_test_setup(t);
	while (n < ARRAY_SIZE(areas) && vmalloc_tables() == tables &&
	       (areas[n] = vmap(same, ARRAY_SIZE(same), PAGE_KERNEL)))
		n++;
	if (vmalloc_tables() > tables) {
		u32 *last = (u32 *)((char *)areas[n - 1] + 1022 * PAGE_SIZE);

		KT_EXPECT_EQ(t, pgd_val(current->mm->pgd[pgd_index(last)]), 0ul);
		*(volatile u32 *)last = 77;
		KT_EXPECT_EQ(t, *(u32 *)lowmem_page_address(page), 77u);
		KT_EXPECT(t, pgd_val(current->mm->pgd[pgd_index(last)]) != 0);
	}
	while (n--)
		vunmap(areas[n]);
	mm_test_teardown(t);
	__free_page(page);
}

static const struct ktest_case cases[] = {
	KTEST(test_new_table),
	KTEST(test_lazy_directory),
	KTEST(test_sizes),
	KTEST(test_guard_between),
	KTEST(test_frames),
	KTEST(test_zeroed),
	KTEST(test_scattered),
	KTEST(test_vmap),
	KTEST(test_purge),
	KTEST(test_mistakes),
	KTEST(test_random),
	KTEST(test_no_addresses),
	KTEST(test_unflushed_addresses),
};
KTEST_SUITE(vmalloc, KTEST_QUICK, cases);
