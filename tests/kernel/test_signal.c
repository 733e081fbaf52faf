/* Signals as programs see them: tests/kernel/programs/signals*.c do the signalling. */
#include "kernel/cpu/fpu.h"
#include "kernel/exit.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/program.h"

static void run(struct ktest *t, const char *name, const char *arg)
{
	struct program_run *run = program_run_alloc(name, arg, NULL);

	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s%s", run->output, run->log);
	kfree(run);
}

static void test_one_process(struct ktest *t)
{
	run(t, "signals", NULL);
}

static void test_frames(struct ktest *t)
{
	run(t, "signals_frame", NULL);
	if (fpu_present())
		run(t, "signals_frame", "fpu");
}

static void test_waiting(struct ktest *t)
{
	run(t, "signals_wait", NULL);
}

static void test_jobs(struct ktest *t)
{
	run(t, "signals_jobs", NULL);
}

/* Frames that no kernel has made, thousands of them, from two seeds. */
static void test_hostile_frames(struct ktest *t)
{
	run(t, "sigreturn", "1");
	run(t, "sigreturn", "20261120");
}

static const struct ktest_case cases[] = {KTEST(test_one_process), KTEST(test_frames),
					  KTEST(test_waiting), KTEST(test_jobs),
					  KTEST(test_hostile_frames)};
KTEST_SUITE(signal, KTEST_QUICK, cases);
