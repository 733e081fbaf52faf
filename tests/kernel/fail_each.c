/* Error paths by the failure of each allocation in turn; see fail_each.h. */
#include "tests/kernel/fail_each.h"

#include "mm/fault_inject.h"
#include "mm/page_alloc.h"
#include "mm/shrinker.h"
#include "mm/slab.h"

#define MAX_RUNS 1000u /* an operation with more allocations than that does not end */

void memory_account(struct memory_account *account)
{
	while (shrink_all(GFP_KERNEL))
		;
	drain_hot_pages();
	account->free_pages = nr_free_pages();
	account->slab_objects = kmem_cache_total_active();
}

bool memory_account_same(struct ktest *t, const struct memory_account *before)
{
	struct memory_account now;
	bool pages, objects;

	memory_account(&now);
	pages = KT_EXPECT_EQ(t, now.free_pages, before->free_pages);
	objects = KT_EXPECT_EQ(t, now.slab_objects, before->slab_objects);
	return pages && objects;
}

/* One run; returns whether the n-th allocation was reached. */
static bool run_with_failure(struct ktest *t, int (*fn)(void *ctx), void *ctx, unsigned int n)
{
	struct memory_account before;
	bool hit;
	int ret;

	memory_account(&before);
	fail_nth_set(n);
	ret = fn(ctx);
	hit = fail_nth_hit();
	fail_nth_set(0);
	if (!hit)
		KT_EXPECT_EQ(t, ret, 0);
	if (!memory_account_same(t, &before))
		ktest_log(t, "the failure of allocation %u (result %d) lost memory", n, ret);
	return hit;
}

unsigned int fail_each(struct ktest *t, int (*fn)(void *ctx), void *ctx)
{
	unsigned int n = 1;

	while (run_with_failure(t, fn, ctx, n)) {
		n++;
		KT_ASSERT(t, n < MAX_RUNS);
	}
	return n - 1;
}
