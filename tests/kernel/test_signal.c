/* Signals as programs see them: tests/kernel/programs/signals*.c do the signalling. */
#include "kernel/cpu/fpu.h"
#include "kernel/exit.h"
#include "kernel/lib/string.h"
#include "kernel/signal.h"
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

/* Ways to be ended: the status, and what the line in the log says; NULL: there is none. */
static const struct death {
	const char *name;
	int status;
	const char *line;
} deaths[] = {
	{"blocked", SIGSEGV, "segmentation fault: write to 0x30000000 (no region there)"},
	{"ignored", SIGSEGV, "segmentation fault: write to 0x30000000 (no region there)"},
	{"in_handler", SIGSEGV, "segmentation fault: write to 0x30000000 (no region there)"},
	{"handler_nowhere", SIGSEGV, "segmentation fault: jump to 0x30000000 (no region there)"},
	{"no_stack", SIGSEGV, "ended by SIGSEGV at eip"},
	{"no_stack_other", SIGSEGV, "ended by SIGSEGV at eip"},
	{"alt_overflow", SIGSEGV, "ended by SIGSEGV at eip"},
	{"no_frame", SIGSEGV, "ended by SIGSEGV at eip"},
	{"no_plain_frame", SIGSEGV, "ended by SIGSEGV at eip"},
	{"no_fpstate", SIGSEGV, "ended by SIGSEGV at eip"},
	{"quit", SIGQUIT, "ended by SIGQUIT at eip"},
	{"term", SIGTERM, NULL},
	{"killed", SIGKILL, NULL},
	{"real_time", 37, NULL},
	{"unblocked", SIGHUP, NULL},
	{"alarm", SIGALRM, NULL},
};

static void check_death(struct ktest *t, const struct death *death)
{
	struct program_run *run = program_run_alloc("sigdie", death->name, NULL);
	const char *line, *newline;

	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), death->status))
		ktest_log(t, "%s: %s", death->name, run->output);
	line = strstr(run->log, "sigdie[");
	newline = line ? strchr(line, '\n') : NULL;
	if (!KT_EXPECT(t, death->line ? line && strstr(line, death->line) : !line) ||
	    !KT_EXPECT(t, !newline || !newline[1]))
		ktest_log(t, "%s: %s", death->name, run->log);
	kfree(run);
}

static void test_deaths(struct ktest *t)
{
	struct mm_account before;

	run_quietly("sigdie", "none", NULL);
	mm_account(&before);
	for (unsigned int i = 0; i < ARRAY_SIZE(deaths); i++)
		check_death(t, &deaths[i]);
	mm_account_same(t, &before);
}

/*
 * Sending survives that there is no memory: the n-th allocation of the program fails, until none
 * does.
 */
static void test_failing_allocations(struct ktest *t)
{
	struct program_run *run = program_run_alloc("sigqueue", NULL, NULL);
	unsigned int failed = 0, refused = 0;
	struct mm_account before;

	KT_ASSERT(t, run);
	program_run(run);
	mm_account(&before);
	for (unsigned int nth = 1; nth < 500; nth++) {
		run->fail_nth = nth;
		program_run(run);
		if (!run->failed_one)
			break;
		failed++;
		/* Exec may fail, a page may be missing; but a signal is never the reason. */
		refused += run->status < 0 || run->status == SIGKILL || run->status == SIGSEGV;
		if (!KT_EXPECT(t, run->status <= 0 || run->status < 0x100))
			ktest_log(t, "allocation %u: %s", nth, run->output);
		mm_account_same(t, &before);
	}
	KT_EXPECT_EQ(t, run->status, W_EXITCODE(0));
	KT_EXPECT(t, failed > refused);
	kfree(run);
}

static const struct ktest_case cases[] = {KTEST(test_one_process),
					  KTEST(test_frames),
					  KTEST(test_waiting),
					  KTEST(test_jobs),
					  KTEST(test_hostile_frames),
					  KTEST(test_deaths),
					  KTEST(test_failing_allocations)};
KTEST_SUITE(signal, 0, cases);
