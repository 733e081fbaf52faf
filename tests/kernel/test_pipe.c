/* Pipes and FIFOs; tests/kernel/programs/pipes.c does what programs do. */
#include "kernel/exit.h"
#include "kernel/fs/pipe.h"
#include "kernel/lib/err.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/program.h"

static void run_and_expect(struct ktest *t, const char *arg)
{
	struct program_run *run = program_run_alloc("pipes", arg, NULL);
	struct mm_account before;

	KT_ASSERT(t, run);
	mm_account(&before);
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s", run->output);
	mm_account_same(t, &before);
	kfree(run);
}

static void test_one_process(struct ktest *t)
{
	run_and_expect(t, NULL);
}

static void test_two_processes(struct ktest *t)
{
	run_and_expect(t, "two");
}

static int make_and_end(void *ctx __unused)
{
	struct file *files[2];
	int err = create_pipe(files, 0);

	if (err)
		return err;
	fput(files[0]);
	fput(files[1]);
	return 0;
}

/* The pipe, its ring, inode, dentry and two files: each may be what there is no memory for. */
static void test_no_memory(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, make_and_end, NULL), 6u);
}

static const struct ktest_case cases[] = {KTEST(test_one_process), KTEST(test_two_processes),
					  KTEST(test_no_memory)};
KTEST_SUITE(pipe, 0, cases);
