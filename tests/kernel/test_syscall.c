/* System calls as programs see them: tests/kernel/programs/syscalls.c does the calling. */
#include "kernel/exit.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "kernel/run.h"
#include "kernel/syscall.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/program.h"

static void test_from_ring_3(struct ktest *t)
{
	struct program_run *run = program_run_alloc("syscalls", NULL, NULL);

	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s", run->output);
	KT_EXPECT(t, strstr(run->output, "\n# writev\n# late\n# cut..\n###################\n"));
	KT_EXPECT(t, strstr(run->output, "registers\n"));
	KT_EXPECT(t, !strstr(run->output, "never"));
	kfree(run);
}

/* A call that nobody serves fails, and one line says which and who; not more than a few. */
static void test_unknown_calls(struct ktest *t)
{
	struct program_run *run = program_run_alloc("syscalls", "unknown", NULL);

	KT_ASSERT(t, run);
	KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0));
	KT_EXPECT(t, strstr(run->log, "syscalls["));
	KT_EXPECT(t, strstr(run->log, "]: system call 251 is not implemented\n"));
	kfree(run);
}

/* The calls from ring 3 on the console itself, whose file copies in pieces. */
static void test_on_the_console(struct ktest *t)
{
	static const char *const argv[] = {"syscalls", NULL}, *const envp[] = {NULL};
	int loglevel = console_loglevel, status;

	console_loglevel = 5;
	status = run_program("syscalls", argv, envp);
	console_loglevel = loglevel;
	KT_EXPECT_EQ(t, status, W_EXITCODE(0));
}

static void test_many_files(struct ktest *t)
{
	struct mm_account before;

	mm_account(&before);
	KT_EXPECT_EQ(t, run_quietly("syscalls", "many", NULL), W_EXITCODE(0));
	mm_account_same(t, &before);
}

static void test_table(struct ktest *t)
{
	const sys_call_t nobody = sys_call_table[nr_syscalls];
	unsigned int served = 0;

	for (unsigned int i = 0; i < nr_syscalls; i++) {
		KT_EXPECT(t, sys_call_table[i] != NULL);
		served += sys_call_table[i] != nobody;
	}
	KT_EXPECT_GE(t, served, 100u);
}

static const struct ktest_case cases[] = {KTEST(test_from_ring_3), KTEST(test_unknown_calls),
					  KTEST(test_table)};
KTEST_SUITE(syscall, 0, cases);

static const struct ktest_case long_cases[] = {KTEST(test_on_the_console), KTEST(test_many_files)};
KTEST_SUITE(files, 0, long_cases);
