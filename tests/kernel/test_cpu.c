/* Self-tests of the machine floor. */
#include "kernel/cpu/clock.h"
#include "kernel/cpu/timer.h"
#include "tests/kernel/ktest.h"

static void test_time_runs_forward(struct ktest *t)
{
	u64 last = ktime_get_ns(), end = last + 20000000;

	while (last < end) {
		u64 now = ktime_get_ns();

		KT_ASSERT(t, now >= last);
		last = now;
	}
}

static const struct ktest_case clock_cases[] = {
	KTEST(test_time_runs_forward),
};
KTEST_SUITE(clock, KTEST_QUICK, clock_cases);
