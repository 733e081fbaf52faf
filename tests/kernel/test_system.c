/*
 * Calls about time, ids, limits and the machine: tests/kernel/programs/system.c does the calling.
 */
#include "kernel/exit.h"
#include "kernel/cpu/clock.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/program.h"

static void test_calls(struct ktest *t)
{
	struct program_run *run = program_run_alloc("system", NULL, NULL);
	u64 offset = ktime_get_real_ns() - ktime_get_ns();
	struct mm_account before;

	KT_ASSERT(t, run);
	program_run(run); /* the first time makes caches */
	mm_account(&before);
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s", run->output);
	mm_account_same(t, &before);
	ktime_set_real_ns(ktime_get_ns() + offset); /* it has set the date */
	kfree(run);
}

static const struct ktest_case cases[] = {KTEST(test_calls)};
KTEST_SUITE(system, 0, cases);
