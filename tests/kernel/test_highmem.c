/* kmap and kmap_atomic: one page, one address, and never an old translation. */
#include "mm/highmem.h"

#include "kernel/kthread.h"
#include "kernel/lib/string.h"
#include "mm/fixmap.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"
#include "tests/kernel/mm_test.h"

static struct held_pages held = HELD_PAGES_INIT(held);

/* High pages in an array; teardown() frees them. */
#define MOST_PAGES (3 * LAST_PKMAP)
static struct page *pages[MOST_PAGES];

static void take_pages(struct ktest *t, unsigned int count)
{
	struct page *page;
	unsigned int n = 0;

	if (zones[ZONE_HIGHMEM].buddy.free_pages < 2 * count)
		ktest_skip(t, "the machine has too little high memory");
	hold_pages(t, &held, GFP_HIGHUSER, count);
	KT_ASSERT_EQ(t, held.in_zone[ZONE_HIGHMEM], count);
	list_for_each_entry (page, &held.list, lru)
		pages[n++] = page;
}

static void teardown(struct ktest *t __unused)
{
	free_held(&held);
}

/* Write a word through a translation of its own, which nothing else uses. */
static void poke(struct page *page, u32 word)
{
	void *addr = vmap(&page, 1, PAGE_KERNEL);

	if (addr)
		*(volatile u32 *)addr = word;
	vunmap(addr);
}

/* A low page has its address always, and takes no slot. */
static void test_low_pages(struct ktest *t)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct kmap_info before, now;
	void *addr, *atomic;

	KT_ASSERT(t, page != NULL);
	kmap_info(&before);
	addr = kmap(page);
	atomic = kmap_atomic(page);
	kmap_info(&now);
	KT_EXPECT_EQ(t, addr, lowmem_page_address(page));
	KT_EXPECT_EQ(t, atomic, addr);
	KT_EXPECT_EQ(t, page_address(page), addr);
	KT_EXPECT_EQ(t, now.used, before.used);
	KT_EXPECT_EQ(t, kmap_users(page), 0u);
	kunmap_atomic(atomic);
	kunmap(page);
	__free_page(page);
}

static void test_counts(struct ktest *t)
{
	struct kmap_info before, now;
	void *a, *b;

	take_pages(t, 1);
	kmap_flush_unused();
	kmap_info(&before);
	KT_EXPECT(t, !page_address(pages[0]));
	a = kmap(pages[0]);
	b = kmap(pages[0]);
	KT_EXPECT_EQ(t, a, b);
	KT_EXPECT(t, (unsigned long)a >= PKMAP_BASE && (unsigned long)a < FIXADDR_START);
	KT_EXPECT_EQ(t, page_address(pages[0]), a);
	KT_EXPECT_EQ(t, kmap_users(pages[0]), 2u);
	kmap_info(&now);
	KT_EXPECT_EQ(t, now.used, before.used + 1);
	KT_EXPECT_EQ(t, now.free, before.free - 1);
	kunmap(pages[0]);
	KT_EXPECT_EQ(t, kmap_users(pages[0]), 1u);
	kunmap(pages[0]);
	KT_EXPECT_EQ(t, kmap_users(pages[0]), 0u);
	kmap_info(&now);
	KT_EXPECT_EQ(t, now.used, before.used);
	KT_EXPECT_EQ(t, now.stale, 1u);
	/* Given back, it is found again where it was, until the flush. */
	KT_EXPECT_EQ(t, kmap(pages[0]), a);
	kmap_info(&now);
	KT_EXPECT_EQ(t, now.stale, 0u);
	kunmap(pages[0]);
	KT_EXPECT_EQ(t, kmap_flush_unused(), 1u);
	KT_EXPECT(t, !page_address(pages[0]));
	KT_EXPECT(t, !can_read(a));
}

/* A slot that held one page shows the next, however often the circle turns. */
static void test_reuse(struct ktest *t)
{
	struct kmap_info before, now;
	unsigned int wrong = 0;

	take_pages(t, MOST_PAGES);
	kmap_info(&before);
	for (u32 i = 0; i < MOST_PAGES; i++) {
		*(u32 *)kmap(pages[i]) = i;
		kunmap(pages[i]);
	}
	for (u32 i = 0; i < MOST_PAGES; i++) {
		wrong += *(u32 *)kmap(pages[i]) != i;
		kunmap(pages[i]);
	}
	kmap_info(&now);
	KT_EXPECT_EQ(t, wrong, 0u);
	KT_EXPECT_EQ(t, now.used, before.used);
	/* Two times three turns and a bit, and no more flushes than turns. */
	KT_EXPECT_GE(t, now.flushes, before.flushes + 5);
	KT_EXPECT_LE(t, now.flushes, before.flushes + 7);
}

/* The address of a page that stays in use is not given to others. */
static void test_kept(struct ktest *t)
{
	u32 *kept;

	take_pages(t, MOST_PAGES);
	kept = kmap(pages[0]);
	*kept = 0x600d;
	for (u32 i = 1; i < MOST_PAGES; i++) {
		*(u32 *)kmap(pages[i]) = i;
		kunmap(pages[i]);
	}
	KT_EXPECT_EQ(t, *kept, 0x600du);
	KT_EXPECT_EQ(t, kmap(pages[0]), (void *)kept);
	kunmap(pages[0]);
	kunmap(pages[0]);
}

/* With few slots that turn, each is used again at once: an old translation would show. */
static void test_few_slots(struct ktest *t)
{
	const unsigned int kept = LAST_PKMAP - 8;
	struct kmap_info info;
	unsigned int wrong = 0;

	take_pages(t, LAST_PKMAP + 100);
	kmap_info(&info);
	KT_ASSERT_EQ(t, info.used, 0u);
	for (u32 i = 0; i < LAST_PKMAP + 100; i++) {
		u32 *addr = kmap_atomic(pages[i]);

		*addr = i;
		kunmap_atomic(addr);
	}
	for (u32 i = 0; i < kept; i++)
		kmap(pages[i]);
	for (u32 n = 0; n < 1000; n++) {
		u32 i = kept + n % 108;

		wrong += *(volatile u32 *)kmap(pages[i]) != i;
		kunmap(pages[i]);
	}
	for (u32 i = 0; i < kept; i++)
		kunmap(pages[i]);
	KT_EXPECT_EQ(t, wrong, 0u);
}

/* ---- no slot left ------------------------------------------------------------------------ */

static void *volatile waiter_got;

static int map_one_more(void *page)
{
	waiter_got = kmap(page);
	return 0;
}

static void test_waiting(struct ktest *t)
{
	struct task_struct *waiter;
	struct kmap_info info;
	unsigned int n = 0;
	void *addr;

	take_pages(t, LAST_PKMAP + 1);
	kmap_info(&info);
	while (n < LAST_PKMAP - info.used)
		*(u32 *)kmap(pages[n]) = n, n++;
	kmap_info(&info);
	KT_EXPECT_EQ(t, info.used, 0u + LAST_PKMAP);
	KT_EXPECT_EQ(t, info.free, 0u);

	waiter_got = NULL;
	waiter = kthread_run(map_one_more, pages[n], "kmap");
	if (!KT_EXPECT(t, !IS_ERR(waiter)))
		goto unmap;
	for (int i = 0; i < 10; i++)
		yield();
	KT_EXPECT(t, !waiter_got);
	KT_EXPECT_EQ(t, waiter->state, TASK_UNINTERRUPTIBLE);
	/* A user less, but not the last: no slot yet. */
	addr = kmap(pages[3]);
	kunmap(pages[3]);
	for (int i = 0; i < 10; i++)
		yield();
	KT_EXPECT(t, !waiter_got);
	kunmap(pages[3]);
	kthread_join(waiter);
	KT_EXPECT_EQ(t, waiter_got, addr);
	poke(pages[n], 4711);
	KT_EXPECT_EQ(t, *(volatile u32 *)waiter_got, 4711u);
	kunmap(pages[n]);
	pages[3] = pages[n - 1];
	n--;
unmap:
	while (n--)
		kunmap(pages[n]);
}

/* ---- kmap_atomic ---------------------------------------------------------------------------- */

static void test_atomic_nesting(struct ktest *t)
{
	u32 *addr[8];

	take_pages(t, 8);
	for (u32 i = 0; i < 8; i++) {
		addr[i] = kmap_atomic(pages[i]);
		addr[i][5] = i;
		KT_EXPECT(t, (unsigned long)addr[i] >= FIXADDR_START);
	}
	for (u32 i = 0; i < 8; i++)
		for (u32 j = 0; j < i; j++)
			KT_EXPECT_NE(t, addr[i], addr[j]);
	for (u32 i = 0; i < 8; i++)
		KT_EXPECT_EQ(t, addr[i][5], i);
	/* Given back in any order, and by any address within the page. */
	for (u32 i = 0; i < 8; i++)
		kunmap_atomic((char *)addr[(i * 3) % 8] + i);
}

/* The ring turns many times while some slots stay in use; nobody sees another's page. */
static void test_atomic_ring(struct ktest *t)
{
	const unsigned int turns = 20 * KMAP_ATOMIC_SLOTS, kept = 5;
	u32 *keep[5];
	unsigned int wrong = 0;
	struct prng rng;

	ktest_seed(t, &rng, 21);
	take_pages(t, 300);
	for (u32 i = 0; i < 300; i++)
		poke(pages[i], i);
	for (u32 i = 0; i < kept; i++)
		keep[i] = kmap_atomic(pages[i]);
	for (unsigned int n = 0; n < turns; n++) {
		u32 i = kept + prng_below(&rng, 300 - kept), j = prng_below(&rng, kept);
		u32 *addr = kmap_atomic(pages[i]);

		wrong += *(volatile u32 *)addr != i;
		wrong += *(volatile u32 *)keep[j] != j;
		if (prng_below(&rng, 16)) {
			kunmap_atomic(addr);
			continue;
		}
		/* Change places: the new one is kept, and the old one given back late. */
		kunmap_atomic(keep[j]);
		kunmap_atomic(addr);
		keep[j] = kmap_atomic(pages[j]);
	}
	KT_EXPECT_EQ(t, wrong, 0u);
	for (u32 i = 0; i < kept; i++)
		kunmap_atomic(keep[i]);
	for (u32 i = 0; i < 300; i++) {
		u32 *addr = kmap_atomic(pages[i]);

		wrong += *(volatile u32 *)addr != i;
		kunmap_atomic(addr);
	}
	KT_EXPECT_EQ(t, wrong, 0u);
}

/* ---- one frame, three ways to it ------------------------------------------------------------- */

static void test_three_ways(struct ktest *t)
{
	volatile u32 *mapped, *lasting, *atomic;

	take_pages(t, 1);
	KT_EXPECT_GE(t, page_to_pfn(pages[0]), MAX_LOWMEM_PFN);
	mapped = vmap(pages, 1, PAGE_KERNEL);
	KT_ASSERT(t, mapped != NULL);
	lasting = kmap(pages[0]);
	atomic = kmap_atomic(pages[0]);
	mapped[0] = 1;
	lasting[1] = 2;
	atomic[2] = 3;
	KT_EXPECT_EQ(t, lasting[0] * 100 + lasting[1] * 10 + lasting[2], 123u);
	KT_EXPECT_EQ(t, atomic[0] * 100 + atomic[1] * 10 + atomic[2], 123u);
	KT_EXPECT_EQ(t, mapped[0] * 100 + mapped[1] * 10 + mapped[2], 123u);
	kunmap_atomic((void *)atomic);
	kunmap(pages[0]);
	vunmap((void *)mapped);
}

static void test_clear_and_copy(struct ktest *t)
{
	u32 *from, *to;

	take_pages(t, 2);
	from = kmap(pages[0]);
	to = kmap(pages[1]);
	memset(from, 0x77, PAGE_SIZE);
	copy_highpage(pages[1], pages[0]);
	KT_EXPECT(t, !memchr_inv(to, 0x77, PAGE_SIZE));
	clear_highpage(pages[0]);
	KT_EXPECT(t, !memchr_inv(from, 0, PAGE_SIZE));
	KT_EXPECT(t, !memchr_inv(to, 0x77, PAGE_SIZE));
	kunmap(pages[0]);
	kunmap(pages[1]);
}

static const struct ktest_case cases[] = {
	KTEST(test_low_pages),	    KTEST(test_counts),	     KTEST(test_reuse),
	KTEST(test_kept),	    KTEST(test_waiting),     KTEST(test_few_slots),
	KTEST(test_atomic_nesting), KTEST(test_atomic_ring), KTEST(test_three_ways),
	KTEST(test_clear_and_copy),
};
KTEST_SUITE_WITH(highmem, KTEST_QUICK, cases, NULL, teardown);
