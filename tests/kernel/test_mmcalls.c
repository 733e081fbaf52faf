/* The calls about memory, as a program makes them; and their failures for want of memory. */
#include "kernel/lib/string.h"
#include "kernel/panic.h"
#include "kernel/run.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/program.h"

static void test_program(struct ktest *t)
{
	struct program_run *run = program_run_alloc("mmcalls", NULL, NULL);

	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), 0))
		ktest_log(t, "%s%s", run->output, run->log);
	kfree(run);
}

/* The same, with mappings, stack and heap anywhere. */
static void test_random_places(struct ktest *t)
{
	const int was = randomize_va_space;

	for (unsigned int i = 0; i < 5; i++) {
		randomize_va_space = 2;
		KT_EXPECT_EQ(t, run_quietly("mmcalls", NULL, NULL), 0);
		KT_EXPECT_EQ(t, run_quietly("memory", NULL, NULL), 0);
		randomize_va_space = was;
	}
}

/*
 * One run whose n-th allocation fails; false: it has not so many. Whatever it meets, nothing is
 * lost.
 */
static bool run_failing(struct ktest *t, unsigned int n)
{
	struct program_run *run = program_run_alloc("mmcalls", NULL, NULL);
	struct mm_account before;
	bool hit;

	KT_ASSERT(t, run);
	run->fail_nth = n;
	mm_account(&before);
	program_run(run);
	hit = run->failed_one;
	if (!hit)
		KT_EXPECT_EQ(t, run->status, 0);
	if (!mm_account_same(t, &before))
		ktest_log(t, "allocation %u: status 0x%x, lost memory: %s", n, run->status,
			  run->output);
	kfree(run);
	return hit;
}

static void test_failures(struct ktest *t)
{
	unsigned int n = 1;

	while (run_failing(t, n) && !t->failures)
		n++;
	KT_EXPECT_GE(t, n, 100u);
	ktest_log(t, "%u allocations", n - 1);
}

static const struct ktest_case quick_cases[] = {KTEST(test_program)};
KTEST_SUITE(mmcalls, 0, quick_cases);

static const struct ktest_case cases[] = {KTEST(test_random_places), KTEST(test_failures)};
KTEST_SUITE(mmcalls_long, 0, cases);
