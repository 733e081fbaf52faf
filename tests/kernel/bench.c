/*
 * Measuring one row: the cold cost is that of the first call after all caches of
 * the allocators were drained; the settled one is the median of RUNS calls after as many
 * to warm up. What an empty measurement costs is subtracted.
 */
#include "tests/kernel/bench.h"

#include "kernel/cpu/cpuid.h"
#include "kernel/lib/errno.h"
#include "kernel/options.h"
#include "kernel/printk.h"
#include "mm/init.h"

#define RUNS 31

static bool wanted;
static unsigned long empty; /* what measuring nothing costs */

static int set_bench(const char *value)
{
	if (value)
		return -EINVAL;
	wanted = true;
	return 0;
}
BOOT_OPTION("bench", set_bench);

static unsigned long run_nothing(void)
{
	return BENCH_TICKS();
}

unsigned long bench_median(unsigned long (*run)(void))
{
	unsigned long sorted[RUNS];

	for (unsigned int i = 0; i < RUNS; i++)
		run();
	for (unsigned int n = 0; n < RUNS; n++) {
		unsigned long time = run();
		unsigned int i = n;

		for (; i && sorted[i - 1] > time; i--)
			sorted[i] = sorted[i - 1];
		sorted[i] = time;
	}
	return sorted[RUNS / 2] - empty;
}

static void measure(const struct bench_row *row)
{
	unsigned long cold, settled;
	struct mm_account drained;

	if (row->setup && !row->setup())
		return;
	mm_account(&drained);
	cold = row->run() - empty;
	settled = bench_median(row->run);
	if (row->teardown)
		row->teardown();
	pr_raw("bench: %-20s %10lu %10lu  %s\n", row->name, cold, settled, row->what);
}

void bench_run(void)
{
	if (!wanted)
		return;
	if (!boot_cpu_has(X86_FEATURE_TSC)) {
		pr_warn("bench: this processor has no time-stamp counter\n");
		return;
	}
	pr_raw("bench: %-20s %10s %10s  %s\n", "operation", "first", "settled", "what");
	empty = bench_median(run_nothing);
	bench_user();
	for (unsigned int i = 0; i < nr_bench_mm_rows; i++)
		measure(&bench_mm_rows[i]);
	bench_lesson();
	pr_raw("bench: done\n");
}
