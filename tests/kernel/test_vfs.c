/* Files and names: programs that do the calling, and what is left when an allocation fails. */
#include "kernel/exit.h"
#include "kernel/fs/dcache.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "mm/filemap.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/program.h"

/* Run a program that checks for itself; what it printed is shown when it was not content. */
static void run_checks(struct ktest *t, const char *name, const char *arg)
{
	struct program_run *run = program_run_alloc(name, arg, NULL);

	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s", run->output);
	kfree(run);
}

static void test_names(struct ktest *t)
{
	run_checks(t, "names", NULL);
}

static void test_attributes(struct ktest *t)
{
	run_checks(t, "attributes", NULL);
}

static void test_mounts(struct ktest *t)
{
	run_checks(t, "mounts", NULL);
}

/* ---- each allocation fails ------------------------------------------------------------------- */

#define LONG_NAME "/a-name-that-does-not-fit-into-a-dentry-and-needs-memory-of-its-own"

static int make_file(void *ctx)
{
	struct file *file = filp_open(LONG_NAME, O_RDWR | O_CREAT | O_EXCL, 0600);
	ssize_t n = -ENOMEM;

	(void)ctx;
	if (!IS_ERR(file)) {
		n = kernel_write(file, 1000000, "text", 4);
		fput(file);
	}
	while (do_unlinkat(AT_FDCWD, LONG_NAME) == -ENOMEM) /* it may be there, opened or not */
		;
	return n < 0 ? (int)n : 0;
}

static int make_names(void *ctx)
{
	int err = do_mkdirat(AT_FDCWD, "/fail", 0700);

	(void)ctx;
	if (err)
		return err;
	err = do_symlinkat("/fail/../fail", AT_FDCWD, "/fail" LONG_NAME);
	if (!err)
		err = do_linkat(AT_FDCWD, "/fail" LONG_NAME, AT_FDCWD, "/fail/other", 0);
	if (!err)
		err = do_renameat(AT_FDCWD, "/fail/other", AT_FDCWD, "/fail" LONG_NAME "/third", 0);
	do_unlinkat(AT_FDCWD, "/fail" LONG_NAME);
	do_unlinkat(AT_FDCWD, "/fail/third");
	do_unlinkat(AT_FDCWD, "/fail/other");
	do_rmdir(AT_FDCWD, "/fail");
	return err;
}

static int make_mount(void *ctx)
{
	int err = do_mkdirat(AT_FDCWD, "/fail", 0700);

	(void)ctx;
	if (err)
		return err;
	err = do_mount("nothing", "/fail", "tmpfs", 0, "mode=0700");
	if (!err) {
		err = do_mkdirat(AT_FDCWD, "/fail/inside", 0700);
		while (do_umount("/fail", 0) == -ENOMEM)
			;
	}
	do_rmdir(AT_FDCWD, "/fail");
	return err;
}

static int make_fs(void *ctx)
{
	struct fs_struct *fs = copy_fs(NULL);

	(void)ctx;
	if (!fs)
		return -ENOMEM;
	put_fs(fs);
	return 0;
}

static void test_failing_allocations(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, make_file, NULL), 4u);
	KT_EXPECT_GE(t, fail_each(t, make_names, NULL), 6u);
	KT_EXPECT_GE(t, fail_each(t, make_mount, NULL), 6u);
	KT_EXPECT_EQ(t, fail_each(t, make_fs, NULL), 1u);
}

static const struct ktest_case cases[] = {KTEST(test_names), KTEST(test_attributes),
					  KTEST(test_mounts), KTEST(test_failing_allocations)};
KTEST_SUITE(vfs, 0, cases);
