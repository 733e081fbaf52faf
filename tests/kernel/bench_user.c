/* What is measured in user mode: by programs, which print their rows themselves. */
#include "kernel/bootinfo.h"
#include "kernel/run.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/printk.h"
#include "mm/highmem.h"
#include "mm/page_alloc.h"
#include "tests/kernel/bench.h"

static struct page *page;

static unsigned long run_clearing(void)
{
	return BENCH_TICKS(clear_highpage(page));
}

/* What the clearing of a page for a user costs: it may lie in high memory. */
static unsigned long clearing(void)
{
	unsigned long ticks;

	page = alloc_page(GFP_HIGHUSER);
	if (!page)
		return 0;
	ticks = bench_median(run_clearing);
	__free_page(page);
	return ticks;
}

static void run(const char *name, const char *arg1, const char *arg2)
{
	const char *const argv[] = {name, arg1, arg2, NULL}, *const envp[] = {NULL};
	int status = run_program(name, argv, envp);

	if (status)
		pr_err("bench: the program %s ended with status %d\n", name, status);
}

void bench_user(void)
{
	char low[16], high[16];

	snprintf(low, sizeof(low), "%lu", (unsigned long)boot_tsc);
	snprintf(high, sizeof(high), "%lu", (unsigned long)(boot_tsc >> 32));
	run("bench_start", low, high);
	snprintf(low, sizeof(low), "%lu", clearing());
	run("bench_user", low, NULL);
}
