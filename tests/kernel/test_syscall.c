/* System calls as programs see them: tests/kernel/programs/syscalls.c does the calling. */
#include "kernel/exit.h"
#include "kernel/lib/string.h"
#include "kernel/syscall.h"
#include "mm/slab.h"
#include "tests/kernel/program.h"
#include "tests/kernel/ktest.h"

static void test_from_ring_3(struct ktest *t)
{
	struct program_run *run = program_run_alloc("syscalls", NULL, NULL);

	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s", run->output);
	KT_EXPECT(t, strstr(run->output, "\nwritev\nlate\ncut..\n+++++++++++++++++++\n"));
	KT_EXPECT(t, strstr(run->output, "registers\n"));
	KT_EXPECT(t, strstr(run->log, "]: system call 251 is not implemented\n"));
	KT_EXPECT(t, !strstr(run->output, "never"));
	kfree(run);
}

static void test_table(struct ktest *t)
{
	const sys_call_t nobody = sys_call_table[nr_syscalls];
	unsigned int served = 0;

	for (unsigned int i = 0; i < nr_syscalls; i++) {
		KT_EXPECT(t, sys_call_table[i] != NULL);
		served += sys_call_table[i] != nobody;
	}
	KT_EXPECT_EQ(t, served, 11u);
}

static const struct ktest_case cases[] = {KTEST(test_from_ring_3), KTEST(test_table)};
KTEST_SUITE(syscall, KTEST_QUICK, cases);
