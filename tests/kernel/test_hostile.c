/* Programs that mean harm: what they try fails, and the kernel loses nothing. */
#include "kernel/exit.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/random.h"
#include "kernel/signal_types.h"
#include "kernel/task.h"
#include "kernel/timer_list.h"
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

static void run_installed(struct ktest *t, const char *name, const char *path, const char *arg1,
			  const char *arg2)
{
	struct program_run *run;

	KT_ASSERT_EQ(t, install_program(name, path), 0);
	run = program_run_alloc(name, arg1, arg2);
	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s: %s%s", run->argv[0], run->output, run->log);
	kfree(run);
	KT_EXPECT_EQ(t, remove_program(path), 0);
}

static void test_hostile(struct ktest *t)
{
	run_installed(t, "hostile", "/hostile", NULL, NULL);
}

/* Children that nobody waits for end soon after. */
static void wait_for_orphans(void)
{
	for (int i = 0; i < 500 && nr_tasks() > tasks_before; i++)
		msleep(10);
}

/* With seeds that are always the same, and one that is new each time; they are printed. */
static void test_threadstorm(struct ktest *t)
{
	static const u32 seeds[] = {1, 2};
	char seed[12];

	for (unsigned int i = 0; i <= ARRAY_SIZE(seeds); i++) {
		snprintf(seed, sizeof(seed), "%u",
			 i < ARRAY_SIZE(seeds) ? seeds[i] : get_random_u32());
		ktest_log(t, "seed %s", seed);
		run_installed(t, "threadstorm", "/threadstorm", seed, "4");
		wait_for_orphans();
	}
}

static int become_unkillable(void)
{
	current->signal->flags |= SIGNAL_UNKILLABLE;
	return 0;
}

/* Where a program ends because there is no page for it, init waits. */
static void test_init_without_memory(struct ktest *t)
{
	bool reached = true;

	for (unsigned int n = 1; reached && n < 200; n++) {
		struct program_run *run = program_run_alloc("touch", "stack", "20");

		KT_ASSERT(t, run);
		run->before = become_unkillable;
		run->fail_nth = n;
		program_run(run);
		reached = run->failed_one || run->status == -ENOMEM;
		if (run->status != -ENOMEM && !KT_EXPECT_EQ(t, run->status, W_EXITCODE(0)))
			ktest_log(t, "allocation %u: %s%s", n, run->output, run->log);
		kfree(run);
	}
	KT_EXPECT(t, !reached);
}

static const struct ktest_case cases[] = {KTEST(test_hostile), KTEST(test_threadstorm),
					  KTEST(test_init_without_memory)};
KTEST_SUITE_WITH(hostile, 0, cases, setup, teardown);
