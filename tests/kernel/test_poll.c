/* poll(2) and select(2); tests/kernel/programs/polls.c does what programs do. */
#include "kernel/exit.h"
#include "kernel/fs/pipe.h"
#include "kernel/fs/poll.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/program.h"

static void run_and_expect(struct ktest *t, const char *name)
{
	struct program_run *run = program_run_alloc(name, NULL, NULL);

	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s", run->output);
	kfree(run);
}

static void test_programs(struct ktest *t)
{
	run_and_expect(t, "polls");
}

#define MANY_QUEUES 300

/* A poller that stands in many queues, as far as there is memory for its places. */
static int poll_many(void *ctx)
{
	struct file *file = ctx;
	struct poll_table pt;

	poll_begin(&pt);
	for (int i = 0; i < MANY_QUEUES; i++)
		vfs_poll(file, &pt);
	poll_end(&pt);
	return pt.error;
}

static void test_no_memory(struct ktest *t)
{
	struct file *ends[2];

	KT_ASSERT_EQ(t, create_pipe(ends, 0), 0);
	KT_EXPECT_GE(t, fail_each(t, poll_many, ends[0]), 2u);
	KT_EXPECT_EQ(t, atomic_read(&ends[0]->f_count), 1);
	fput(ends[0]);
	fput(ends[1]);
}

static const struct ktest_case cases[] = {KTEST(test_programs), KTEST(test_no_memory)};
KTEST_SUITE(poll, 0, cases);
