/* Error paths by the failure of each allocation in turn; see fail_each.h. */
#include "tests/kernel/fail_each.h"

#include "mm/fault_inject.h"

#define MAX_RUNS 1000u /* an operation with more allocations than that does not end */

bool mm_account_same(struct ktest *t, const struct mm_account *before)
{
	struct mm_account now;
	bool same = true;

	mm_account(&now);
	same &= KT_EXPECT_EQ(t, now.free_pages, before->free_pages);
	same &= KT_EXPECT_EQ(t, now.slab_objects, before->slab_objects);
	same &= KT_EXPECT_EQ(t, now.stacks, before->stacks);
	same &= KT_EXPECT_EQ(t, now.kmaps, before->kmaps);
	same &= KT_EXPECT_EQ(t, now.areas, before->areas);
	return same;
}

/* One run; returns whether the n-th allocation was reached. */
static bool run_with_failure(struct ktest *t, int (*fn)(void *ctx), void *ctx, unsigned int n)
{
	struct mm_account before;
	bool hit;
	int ret;

	mm_account(&before);
	fail_nth_set(n);
	ret = fn(ctx);
	hit = fail_nth_hit();
	fail_nth_set(0);
	if (!hit)
		KT_EXPECT_EQ(t, ret, 0);
	if (!mm_account_same(t, &before))
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
