/*
 * A hostile program for a while: tests/kernel/programs/fuzz.c makes the calls. The system must
 * be as it was afterwards. (The long run is tests/system/test_fuzz.py.)
 */
#include "kernel/exit.h"
#include "kernel/sched.h"
#include "kernel/task.h"
#include "kernel/cpu/clock.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/mm_test.h"
#include "tests/kernel/program.h"

static void run_fuzz(struct ktest *t, const char *seed, const char *count, const char *root)
{
	struct program_run *run = program_run_alloc("fuzz", seed, count);
	u64 offset = ktime_get_real_ns() - ktime_get_ns();

	KT_ASSERT(t, run);
	run->argv[3] = root;
	log_hush();
	program_run(run);
	log_unhush();
	ktest_log(t, "%s", run->output);
	KT_EXPECT_EQ(t, run->status, W_EXITCODE(0));
	ktime_set_real_ns(ktime_get_ns() + offset);
	kfree(run);
}

/* What the calls have made below /tmp stays: the second run finds it there already. */
static void fuzz_twice(struct ktest *t, const char *root)
{
	unsigned int tasks;

	run_fuzz(t, "1", "3000", root);
	tasks = nr_tasks();
	run_fuzz(t, "2", "20000", root);
	KT_EXPECT_EQ(t, nr_tasks(), tasks);
}

static void test_anybody(struct ktest *t)
{
	fuzz_twice(t, NULL);
}

static void test_root(struct ktest *t)
{
	fuzz_twice(t, "root");
}

static const struct ktest_case cases[] = {KTEST(test_anybody), KTEST(test_root)};
KTEST_SUITE(fuzz, 0, cases);
