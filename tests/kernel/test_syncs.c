/* System calls about disks and the page cache, as a program sees them. */
#include "tests/kernel/ktest.h"
#include "tests/kernel/program.h"

static void test_calls(struct ktest *t)
{
	KT_EXPECT_EQ(t, run_quietly("syncs", NULL, NULL), 0);
}

static const struct ktest_case cases[] = {KTEST(test_calls)};
KTEST_SUITE(syncs, 0, cases);
