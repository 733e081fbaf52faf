/* Allocations that fail on purpose: random ones by attribute, and the n-th of a task. */
#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "mm/fault_inject.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "tests/kernel/ktest.h"

static struct fault_attr saved_slab, saved_page;

static void setup(struct ktest *t __unused)
{
	saved_slab = failslab;
	saved_page = fail_page_alloc;
}

static void teardown(struct ktest *t __unused)
{
	fail_nth_set(0);
	failslab = saved_slab;
	fail_page_alloc = saved_page;
	current->make_it_fail = false;
	fault_inject_changed();
}

static unsigned int failed_kmallocs(unsigned int tries)
{
	unsigned int failed = 0;

	for (unsigned int i = 0; i < tries; i++) {
		void *obj = kmalloc(64, GFP_KERNEL | __GFP_NOWARN);

		failed += !obj;
		kfree(obj);
	}
	return failed;
}

static unsigned int failed_pages(unsigned int tries)
{
	unsigned int failed = 0;

	for (unsigned int i = 0; i < tries; i++) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_NOWARN);

		failed += !page;
		if (page)
			__free_page(page);
	}
	return failed;
}

static void set(struct ktest *t, struct fault_attr *attr, const char *options)
{
	KT_ASSERT_EQ(t, fault_attr_setup(attr, options), 0);
	attr->count = 0;
	fault_inject_changed();
}

static void test_options(struct ktest *t)
{
	static const char *const bad[] = {"",	       "1",	    "1,2,3",
					  "1,101,0,1", "1,2,3,4,5", "a,1,1,1",
					  "-1,1,0,1",  "1,1,0,-2",  "1,1,1,11111111111111111111"};
	struct fault_attr attr = {.probability = 7};

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++)
		KT_EXPECT_EQ(t, fault_attr_setup(&attr, bad[i]), -EINVAL);
	KT_EXPECT_EQ(t, attr.probability, 7u);
	KT_EXPECT_EQ(t, fault_attr_setup(&attr, "3,50,4096,-1"), 0);
	KT_EXPECT_EQ(t, attr.interval, 3u);
	KT_EXPECT_EQ(t, attr.probability, 50u);
	KT_EXPECT_EQ(t, attr.space, 4096ul);
	KT_EXPECT_EQ(t, attr.times, -1);
}

static void test_failslab(struct ktest *t)
{
	set(t, &failslab, "1,100,0,3");
	KT_EXPECT_EQ(t, failed_kmallocs(10), 3u); /* three times and no more */
	set(t, &failslab, "4,100,0,-1");
	KT_EXPECT_EQ(t, failed_kmallocs(20), 5u); /* every fourth */
	set(t, &failslab, "1,100,640,-1");
	KT_EXPECT_EQ(t, failed_kmallocs(20), 10u); /* after ten of 64 bytes */
	set(t, &failslab, "1,0,0,-1");
	KT_EXPECT_EQ(t, failed_kmallocs(20), 0u);
	set(t, &failslab, "1,50,0,-1");
	KT_EXPECT(t, failed_kmallocs(100) - 25 < 50); /* about a half */
}

static void test_fail_page_alloc(struct ktest *t)
{
	set(t, &fail_page_alloc, "1,100,0,3");
	KT_EXPECT_EQ(t, failed_pages(10), 3u);
	set(t, &fail_page_alloc, "2,100,0,-1");
	KT_EXPECT_EQ(t, failed_pages(20), 10u);
	set(t, &fail_page_alloc, "1,100,0,-1");
	KT_EXPECT_EQ(t, failed_pages(5), 5u);
	set(t, &fail_page_alloc, "1,0,0,-1");
	KT_EXPECT_EQ(t, failed_pages(20), 0u);
}

static void test_task_filter(struct ktest *t)
{
	failslab.task_filter = true;
	set(t, &failslab, "1,100,0,-1");
	KT_EXPECT_EQ(t, failed_kmallocs(5), 0u);
	current->make_it_fail = true;
	KT_EXPECT_EQ(t, failed_kmallocs(5), 5u);
}

static void test_nofail(struct ktest *t)
{
	struct page *page;

	fail_nth_set(1);
	page = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
	KT_EXPECT(t, page != NULL);
	KT_EXPECT(t, !fail_nth_hit());
	fail_nth_set(0);
	if (page)
		__free_page(page);
}

/* Slab and page allocations are counted together, one failure each time. */
static void test_fail_nth(struct ktest *t)
{
	for (unsigned int n = 1; n <= 4; n++) {
		unsigned int slab_failed, page_failed;

		kfree(kmalloc(64, GFP_KERNEL)); /* so that the cache need not grow */
		fail_nth_set(n);
		slab_failed = failed_kmallocs(2);
		page_failed = failed_pages(2);
		KT_EXPECT_EQ(t, slab_failed, n <= 2 ? 1u : 0u);
		KT_EXPECT_EQ(t, page_failed, n <= 2 ? 0u : 1u);
		KT_EXPECT(t, fail_nth_hit());
		fail_nth_set(0);
		KT_EXPECT(t, !fail_nth_hit());
	}
	fail_nth_set(100);
	KT_EXPECT_EQ(t, failed_kmallocs(10), 0u);
	KT_EXPECT(t, !fail_nth_hit());
}

/* Off, nothing is left of it: the magazine serves again. */
static void test_off(struct ktest *t)
{
	struct kmem_cache *cache = kmem_cache_find("size-64");
	struct slabinfo before, during, after;

	KT_ASSERT(t, cache != NULL);
	kmem_cache_info(cache, &before);
	fail_nth_set(1000);
	kmem_cache_info(cache, &during);
	fail_nth_set(0);
	kmem_cache_info(cache, &after);
	KT_EXPECT_EQ(t, during.limit, 0u);
	KT_EXPECT_EQ(t, after.limit, before.limit);
	KT_EXPECT_EQ(t, failed_kmallocs(100), 0u);
	KT_EXPECT_EQ(t, failed_pages(100), 0u);
}

static const struct ktest_case cases[] = {
	KTEST(test_options),	 KTEST(test_failslab), KTEST(test_fail_page_alloc),
	KTEST(test_task_filter), KTEST(test_nofail),   KTEST(test_fail_nth),
	KTEST(test_off),
};
KTEST_SUITE_WITH(fault_inject, KTEST_QUICK, cases, setup, teardown);
