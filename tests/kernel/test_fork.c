/* Processes that make processes: the programs that test them, and what is left afterwards. */
#include "kernel/exit.h"
#include "kernel/task.h"
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

/* Runs a program that tests itself: its status is 0, or it says what was wrong. */
static void expect_well(struct ktest *t, const char *name, const char *arg)
{
	struct program_run *run = program_run_alloc(name, arg, NULL);

	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s: %s%s", run->argv[0], run->output, run->log);
	kfree(run);
}

static void test_family(struct ktest *t)
{
	expect_well(t, "family", NULL);
}

/* Programs that exec need files. */
static void test_execs(struct ktest *t)
{
	KT_ASSERT_EQ(t, install_program("execs", "/execs"), 0);
	KT_ASSERT_EQ(t, install_program("args", "/args"), 0);
	expect_well(t, "execs", NULL);
	KT_EXPECT_EQ(t, remove_program("/execs"), 0);
	KT_EXPECT_EQ(t, remove_program("/args"), 0);
}

static void test_threads(struct ktest *t)
{
	KT_ASSERT_EQ(t, install_program("threads", "/threads"), 0);
	expect_well(t, "threads", NULL);
	KT_EXPECT_EQ(t, remove_program("/threads"), 0);
}

static void test_jobs(struct ktest *t)
{
	expect_well(t, "jobs", NULL);
}

static void test_fork_bomb(struct ktest *t)
{
	expect_well(t, "bomb", NULL);
}

/* Each allocation of fork, clone and exec fails in turn. */
static void test_failing_allocations(struct ktest *t)
{
	static const char *const ways[] = {"fork", "vfork", "clone", "thread"};

	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++)
		fail_each_program(t, "afford", ways[i], NULL);
}

static void test_exec_failing_allocations(struct ktest *t)
{
	static const char text[] = "#!/afford -\n";

	KT_ASSERT_EQ(t, install_program("afford", "/afford"), 0);
	KT_ASSERT_EQ(t, install_text(text, "/script"), 0);
	fail_each_program(t, "afford", "/afford", NULL);
	fail_each_program(t, "afford", "/script", NULL);
	KT_EXPECT_EQ(t, remove_program("/afford"), 0);
	KT_EXPECT_EQ(t, remove_program("/script"), 0);
}

static const struct ktest_case cases[] = {KTEST(test_family),
					  KTEST(test_execs),
					  KTEST(test_threads),
					  KTEST(test_jobs),
					  KTEST(test_fork_bomb),
					  KTEST(test_failing_allocations),
					  KTEST(test_exec_failing_allocations)};
KTEST_SUITE_WITH(fork, 0, cases, setup, teardown);
