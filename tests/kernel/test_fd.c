/* Descriptor tables; tests/kernel/programs/fds.c does what programs do. */
#include "kernel/exit.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/pipe.h"
#include "kernel/lib/err.h"
#include "kernel/lib/prng.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/mm_test.h"
#include "tests/kernel/program.h"

#define SOME_FDS 3000u

/* A table of its own for the task that runs the tests, and a file. */
static struct files_struct *before;
static struct file *ends[2];

static void setup(struct ktest *t)
{
	before = current->files;
	current->files = files_alloc();
	KT_ASSERT(t, current->files);
	KT_ASSERT_EQ(t, create_pipe(ends, 0), 0);
}

static void teardown(struct ktest *t __unused)
{
	exit_files();
	current->files = before;
	for (int i = 0; i < 2; i++) {
		if (ends[i])
			fput(ends[i]);
		ends[i] = NULL;
	}
}

/* Against an array of truth: each descriptor given is the lowest free one. */
static void test_lowest(struct ktest *t)
{
	struct rlimit *limit = &current->signal->rlim[RLIMIT_NOFILE];
	unsigned long old = limit->rlim_cur;
	u8 *used = kzalloc(SOME_FDS, GFP_KERNEL);
	struct prng rng;

	KT_ASSERT(t, used);
	ktest_seed(t, &rng, 7);
	limit->rlim_cur = SOME_FDS;
	for (unsigned int i = 0; i < 20000; i++) {
		unsigned int fd = prng_below(&rng, SOME_FDS), lowest = 0;

		if (prng_below(&rng, 5) < 2) {
			KT_EXPECT_EQ(t, fd_close(fd), used[fd] ? 0 : -EBADF);
			used[fd] = 0;
			continue;
		}
		while (lowest < SOME_FDS && used[lowest])
			lowest++;
		fd = (unsigned int)fd_install(get_file(ends[0]));
		if (lowest == SOME_FDS) {
			fput(ends[0]);
			KT_EXPECT_EQ(t, (int)fd, -EMFILE);
			continue;
		}
		KT_ASSERT_EQ(t, fd, lowest);
		used[fd] = 1;
	}
	limit->rlim_cur = old;
	kfree(used);
}

static void test_reserved(struct ktest *t)
{
	int a = get_unused_fd(0, 0), b = get_unused_fd(5, O_CLOEXEC);
	struct files_struct *copy;

	KT_EXPECT_EQ(t, a, 0);
	KT_EXPECT_EQ(t, b, 5);
	KT_EXPECT(t, !fget(0));
	KT_EXPECT_EQ(t, fd_close(0), -EBADF);
	KT_EXPECT_EQ(t, fd_replace(5, ends[0], 0), -EBUSY);
	copy = dup_files(current->files);
	KT_ASSERT(t, copy);
	swap(copy, current->files);
	KT_EXPECT_EQ(t, get_unused_fd(0, 0), 0); /* what is only reserved is not copied */
	put_unused_fd(0);
	swap(copy, current->files);
	files_put(copy);
	fd_publish(5, get_file(ends[0]));
	KT_EXPECT(t, get_close_on_exec(5));
	put_unused_fd(0);
	close_on_exec();
	KT_EXPECT_EQ(t, fd_close(5), -EBADF);
	KT_EXPECT_EQ(t, atomic_read(&ends[0]->f_count), 1);
}

static int install_far(void *ctx __unused)
{
	int fd = fd_install_from(get_file(ends[0]), 900, 0);

	if (fd < 0)
		fput(ends[0]);
	return fd < 0 ? fd : 0;
}

/* A growing table, in a table of its own each time. */
static int grow(void *ctx __unused)
{
	struct files_struct *mine = current->files;
	int err = -ENOMEM;

	current->files = files_alloc();
	if (current->files) {
		err = install_far(NULL);
		files_put(current->files);
	}
	current->files = mine;
	return err;
}

static int copy(void *ctx __unused)
{
	struct files_struct *files = dup_files(current->files);

	if (!files)
		return -ENOMEM;
	files_put(files);
	return 0;
}

static void test_no_memory(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, grow, NULL), 2u);
	KT_ASSERT_EQ(t, install_far(NULL), 0);
	KT_EXPECT_GE(t, fail_each(t, copy, NULL), 2u);
	KT_EXPECT_EQ(t, atomic_read(&ends[0]->f_count), 2);
}

static const struct ktest_case table_cases[] = {KTEST(test_lowest), KTEST(test_reserved),
						KTEST(test_no_memory)};
KTEST_SUITE_WITH(fdtable, KTEST_QUICK, table_cases, setup, teardown);

static void run_and_expect(struct ktest *t, const char *arg)
{
	struct program_run *run = program_run_alloc("fds", arg, NULL);

	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s", run->output);
	kfree(run);
}

static void test_one_process(struct ktest *t)
{
	run_and_expect(t, NULL);
}

static void test_several_tasks(struct ktest *t)
{
	run_and_expect(t, "tasks");
}

static const struct ktest_case cases[] = {KTEST(test_one_process), KTEST(test_several_tasks)};
KTEST_SUITE(fds, 0, cases);

#define MAX_RUNS 1000u

/*
 * Each allocation of the program and of its exec fails once, which may end it (a page of its own);
 * its mistakes would be exits with another status.
 */
static void test_each_failure(struct ktest *t)
{
	struct program_run *run = program_run_alloc("scarce", NULL, NULL);
	struct mm_account account;
	unsigned int n = 0;

	KT_ASSERT(t, run);
	do {
		mm_account(&account);
		run->fail_nth = ++n;
		run->failed_one = false;
		program_run(run);
		if (run->status > 0 && !(run->status & 0x7f) && run->status != W_EXITCODE(127)) {
			KT_EXPECT_EQ(t, run->status, 0);
			ktest_log(t, "allocation %u: %s", n, run->output);
		}
		if (!mm_account_same(t, &account))
			ktest_log(t, "the failure of allocation %u lost memory", n);
	} while (run->failed_one && n < MAX_RUNS);
	KT_EXPECT_EQ(t, run->status, W_EXITCODE(0));
	KT_EXPECT_GE(t, n, 30u);
	kfree(run);
}

static const struct ktest_case long_cases[] = {KTEST(test_each_failure)};
KTEST_SUITE(fds_scarce, 0, long_cases);
