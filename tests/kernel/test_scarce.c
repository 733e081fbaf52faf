/*
 * Calls about names, attributes, mounts and the process when memory is short:
 * tests/kernel/programs/scarcenames.c makes them, and each allocation on the way fails once.
 */
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/vsprintf.h"
#include "tests/kernel/fail_program.h"

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

static void test_names(struct ktest *t)
{
	bool made = do_mkdirat(AT_FDCWD, "/tmp", 01777) == 0;

	fail_each_and_clear(t, "scarcenames", NULL, clear_away, 60, MAX_RUNS);
	if (made)
		do_rmdir(AT_FDCWD, "/tmp");
}

static const struct ktest_case cases[] = {KTEST(test_names)};
KTEST_SUITE(scarce, 0, cases);
