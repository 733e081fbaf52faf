/* /proc, read by a program: tests/kernel/programs/proc.c does the checking. */
#include "kernel/exit.h"
#include "kernel/lib/errno.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/program.h"

static const char *const envp[] = {"A=1", "B=two words", NULL};

static void test_files(struct ktest *t)
{
	struct program_run *run = program_run_alloc("proc", "one", "two");

	KT_ASSERT(t, run);
	run->envp = envp;
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s", run->output);
	kfree(run);
}

/* An allocation fails while files are opened and read: no more than an error. */
static void test_failing_allocations(struct ktest *t)
{
	struct program_run *run = program_run_alloc("proc", NULL, NULL);
	struct mm_account before;
	unsigned int nth;

	KT_ASSERT(t, run);
	run->envp = envp;
	program_run(run);
	mm_account(&before);
	for (nth = 1; nth < 2000; nth += 1 + nth / 16) {
		run->fail_nth = nth;
		program_run(run);
		if (!mm_account_same(t, &before)) {
			ktest_log(t, "allocation %u lost memory", nth);
			break;
		}
		if (!run->failed_one && run->status != -ENOMEM)
			break;
	}
	KT_EXPECT(t, nth > 50);
	kfree(run);
}

static const struct ktest_case cases[] = {KTEST(test_files), KTEST(test_failing_allocations)};
KTEST_SUITE(proc, 0, cases);
