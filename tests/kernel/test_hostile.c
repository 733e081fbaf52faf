/* Programs that mean harm: what they try fails, and the kernel loses nothing. */
#include "kernel/exit.h"
#include "kernel/task.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/fail_program.h"
#include "tests/kernel/program.h"

static struct mm_account memory_before;
static unsigned int tasks_before;

static void setup(struct ktest *t)
{
	(void)t;
	tasks_before = nr_tasks();
	mm_account(&memory_before);
}

static void teardown(struct ktest *t)
{
	KT_EXPECT_EQ(t, nr_tasks(), tasks_before);
	mm_account_same(t, &memory_before);
}

static void run_installed(struct ktest *t, const char *name, const char *path)
{
	struct program_run *run;

	KT_ASSERT_EQ(t, install_program(name, path), 0);
	run = program_run_alloc(name, NULL, NULL);
	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s: %s%s", run->argv[0], run->output, run->log);
	kfree(run);
	KT_EXPECT_EQ(t, remove_program(path), 0);
}

static void test_hostile(struct ktest *t)
{
	run_installed(t, "hostile", "/hostile");
}

static const struct ktest_case cases[] = {KTEST(test_hostile)};
KTEST_SUITE_WITH(hostile, 0, cases, setup, teardown);
