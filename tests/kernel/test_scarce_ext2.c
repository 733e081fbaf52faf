/*
 * ext2 when memory is short: tests/kernel/programs/scarceext2.c changes a disk in all ways, and
 * each allocation on the way fails once. The disk is named by ext2disk=NAME;
 * tests/system/test_ext2.py makes it, and lets e2fsck look at it afterwards.
 */
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/options.h"
#include "tests/kernel/fail_program.h"

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

static void test_all_changes(struct ktest *t)
{
	bool made = do_mkdirat(AT_FDCWD, "/tmp", 01777) == 0;

	if (!disk_name)
		ktest_skip(t, "no disk is named by ext2disk=");
	fail_each_and_clear(t, "scarceext2", disk_name, clear_away, 100, MAX_RUNS);
	if (made)
		do_rmdir(AT_FDCWD, "/tmp");
}

static const struct ktest_case cases[] = {KTEST(test_all_changes)};
KTEST_SUITE(scarce_ext2, 0, cases);
