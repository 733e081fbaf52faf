/*
 * Calls about names, attributes, mounts and the process when memory is short:
 * tests/kernel/programs/scarcenames.c makes them, and each allocation on the way fails once.
 */
#include "kernel/exit.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/signal.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/program.h"

#define MAX_RUNS 1000u

/* What a program that was ended in the middle has left behind. */
static void clear_away(void)
{
	static const char *const names[] = {"link", "file", "other", "third", "fifo", "null"};
	char path[32];

	do_umount("/tmp/s/mnt", 0);
	do_rmdir(AT_FDCWD, "/tmp/s/mnt");
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "/tmp/s/%s", names[i]);
		do_unlinkat(AT_FDCWD, path);
	}
	do_rmdir(AT_FDCWD, "/tmp/s");
}

/* The n-th allocation fails. It gets through all the same, unless it is a fault's or exec's. */
static bool run_with_failure(struct ktest *t, unsigned int n)
{
	struct program_run *run = program_run_alloc("scarcenames", NULL, NULL);
	bool hit;

	KT_ASSERT(t, run);
	run->fail_nth = n;
	program_run(run);
	clear_away();
	hit = run->failed_one || run->status == -ENOMEM || run->status == W_SIGNALED(SIGKILL);
	if (run->status != W_EXITCODE(0) && (!hit || run->status > 0xff))
		ktest_log(t, "allocation %u: status 0x%x %s", n, run->status, run->output);
	KT_EXPECT(t, run->status == W_EXITCODE(0) || (hit && run->status <= 0xff));
	kfree(run);
	return hit;
}

static void test_names(struct ktest *t)
{
	bool made = do_mkdirat(AT_FDCWD, "/tmp", 01777) == 0;
	struct mm_account before;
	unsigned int n = 1;

	KT_EXPECT_EQ(t, run_quietly("scarcenames", NULL, NULL), 0);
	mm_account(&before);
	while (n < MAX_RUNS && run_with_failure(t, n)) {
		if (!mm_account_same(t, &before)) {
			ktest_log(t, "the failure of allocation %u lost memory", n);
			break;
		}
		n++;
	}
	ktest_log(t, "%u allocations", n - 1);
	KT_EXPECT(t, n > 60 && n < MAX_RUNS);
	if (made)
		do_rmdir(AT_FDCWD, "/tmp");
}

static const struct ktest_case cases[] = {KTEST(test_names)};
KTEST_SUITE(scarce, 0, cases);
