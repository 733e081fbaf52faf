/*
 * ext2 when memory is short: tests/kernel/programs/scarceext2.c changes a disk in all ways, and each
 * allocation on the way fails once. The disk is named by ext2disk=NAME; tests/system/test_ext2.py
 * makes it, and lets e2fsck look at it afterwards.
 */
#include "kernel/exit.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/options.h"
#include "kernel/signal.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/program.h"

#define MAX_RUNS 3000u

static const char *disk_name;

static int set_ext2disk(const char *value)
{
	disk_name = value;
	return value ? 0 : -EINVAL;
}
BOOT_OPTION("ext2disk", set_ext2disk);

/* What a program that was ended in the middle has left behind. */
static void clear_away(void)
{
	static const char *const names[] = {"a/third", "a/four", "file", "second", "one",
					    "two",     "slow",	 "fast", "node"};
	static const char *const folders[] = {"a/b", "b", "a"};
	char path[32];

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "/tmp/ext2/%s", names[i]);
		do_unlinkat(AT_FDCWD, path);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(path, sizeof(path), "/tmp/ext2/%s", folders[i]);
		do_rmdir(AT_FDCWD, path);
	}
	do_umount("/tmp/ext2", 0);
	do_rmdir(AT_FDCWD, "/tmp/ext2");
}

/* The n-th allocation fails. It gets through all the same, unless it is a fault's or exec's. */
static bool run_with_failure(struct ktest *t, unsigned int n)
{
	struct program_run *run = program_run_alloc("scarceext2", disk_name, NULL);
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

static void test_all_changes(struct ktest *t)
{
	bool made = do_mkdirat(AT_FDCWD, "/tmp", 01777) == 0;
	struct mm_account before;
	unsigned int n = 1;

	if (!disk_name)
		ktest_skip(t, "no disk is named by ext2disk=");
	KT_EXPECT_EQ(t, run_quietly("scarceext2", disk_name, NULL), 0);
	mm_account(&before);
	while (n < MAX_RUNS && run_with_failure(t, n)) {
		if (!mm_account_same(t, &before)) {
			ktest_log(t, "the failure of allocation %u lost memory", n);
			break;
		}
		n++;
	}
	ktest_log(t, "%u allocations", n - 1);
	KT_EXPECT(t, n > 100 && n < MAX_RUNS);
	if (made)
		do_rmdir(AT_FDCWD, "/tmp");
}

static const struct ktest_case cases[] = {KTEST(test_all_changes)};
KTEST_SUITE(scarce_ext2, 0, cases);
