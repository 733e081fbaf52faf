/* Files and names as programs see them: tests/kernel/programs/names.c and others do the calling. */
#include "kernel/exit.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/program.h"

/* Run a program that checks for itself; what it printed is shown when it was not content. */
static void run_checks(struct ktest *t, const char *name, const char *arg)
{
	struct program_run *run = program_run_alloc(name, arg, NULL);

	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s", run->output);
	kfree(run);
}

static void test_names(struct ktest *t)
{
	run_checks(t, "names", NULL);
}

static const struct ktest_case cases[] = {KTEST(test_names)};
KTEST_SUITE(vfs, KTEST_QUICK, cases);
