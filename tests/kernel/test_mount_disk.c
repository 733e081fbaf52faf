/*
 * Mounting a disk, working on it and unmounting it, with each allocation failing once on the way:
 * whichever the boot option testmount=NAME names, which has an ext2 file system. Nothing may be
 * lost in memory, and on the disk neither: it is looked at afterwards (tests/system/test_root.py).
 */
#include "kernel/drivers/block/blkdev.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/fs/super.h"
#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/options.h"
#include "mm/filemap.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/mm_test.h"

#define PLACE "/mount_disk"

static const char *disk_name;
static char device[32];
static struct ktest *test;

static int set_testmount(const char *value)
{
	disk_name = value;
	return value ? 0 : -EINVAL;
}
BOOT_OPTION("testmount", set_testmount);

static void setup(struct ktest *t)
{
	if (!disk_name)
		ktest_skip(t, "no testmount=");
	KT_ASSERT(t, bdev_by_name(disk_name) && get_fs_type("ext2"));
	test = t;
	snprintf(device, sizeof(device), "/dev/%s", disk_name);
	KT_ASSERT_EQ(t, do_mkdirat(AT_FDCWD, PLACE, 0755), 0);
}

static void teardown(struct ktest *t)
{
	if (disk_name)
		KT_EXPECT_EQ(t, do_rmdir(AT_FDCWD, PLACE), 0);
}

/* Only one allocation fails: if it was one of these, it is none the second time. */
static int twice(int (*fn)(void))
{
	int err = fn();

	return err == -ENOMEM ? fn() : err;
}

static int unmount(void)
{
	return do_umount(PLACE, 0);
}

static int mount_only(void *flags)
{
	int err = do_mount(device, PLACE, "ext2", *(unsigned long *)flags, NULL);

	if (!err)
		KT_EXPECT_EQ(test, twice(unmount), 0);
	return err;
}

static void test_mount(struct ktest *t)
{
	unsigned long flags[] = {MS_RDONLY, 0};

	for (unsigned int i = 0; i < ARRAY_SIZE(flags); i++) {
		KT_EXPECT_EQ(t, mount_only(&flags[i]), 0); /* what stays for ever is made */
		KT_EXPECT_GE(t, fail_each(t, mount_only, &flags[i]), 5u);
	}
}

/* ---- work ------------------------------------------------------------------------------------ */

static int write_file(void)
{
	struct file *file = filp_open(PLACE "/d/file", O_RDWR | O_CREAT, 0644);
	static const char text[] = "text of a file";
	ssize_t n;
	int err;

	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	n = kernel_write(file, 100000, text, sizeof(text)); /* behind the direct blocks of 1 KiB */
	err = n == sizeof(text) ? file->f_op->fsync(file, 0, MAX_LFS_FILESIZE, false) : (int)n;
	fput(file);
	return err;
}

static int make_folder(void)
{
	return do_mkdirat(AT_FDCWD, PLACE "/d", 0755);
}

static int make_names(void)
{
	int err = do_linkat(AT_FDCWD, PLACE "/d/file", AT_FDCWD, PLACE "/link", 0);

	return err ? err : do_symlinkat("d/file", AT_FDCWD, PLACE "/symlink");
}

static int move(void)
{
	return do_renameat(AT_FDCWD, PLACE "/d/file", AT_FDCWD, PLACE "/moved", 0);
}

static int read_only(void)
{
	return do_mount(NULL, PLACE, NULL, MS_REMOUNT | MS_RDONLY, NULL);
}

static int writable(void)
{
	return do_mount(NULL, PLACE, NULL, MS_REMOUNT, NULL);
}

static int (*const steps[])(void) = {make_folder, write_file, make_names,
				     move,	  read_only,  writable};

static int remove_all(void)
{
	static const char *const names[] = {PLACE "/d/file", PLACE "/link", PLACE "/symlink",
					    PLACE "/moved"};
	int err = 0, ret;

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		ret = do_unlinkat(AT_FDCWD, names[i]);
		if (ret && ret != -ENOENT)
			err = ret;
	}
	ret = do_rmdir(AT_FDCWD, PLACE "/d");
	return ret && ret != -ENOENT ? ret : err;
}

static int work(void *unused)
{
	int err = do_mount(device, PLACE, "ext2", 0, NULL);

	(void)unused;
	if (err)
		return err;
	for (unsigned int i = 0; i < ARRAY_SIZE(steps) && !err; i++)
		err = steps[i]();
	KT_EXPECT(test, !err || err == -ENOMEM);
	writable();
	KT_EXPECT_EQ(test, twice(remove_all), 0);
	KT_EXPECT_EQ(test, twice(unmount), 0);
	return err;
}

static void test_work(struct ktest *t)
{
	KT_EXPECT_EQ(t, work(NULL), 0);
	KT_EXPECT_GE(t, fail_each(t, work, NULL), 20u);
}

static const struct ktest_case cases[] = {KTEST(test_mount), KTEST(test_work)};
KTEST_SUITE_WITH(mount_disk, 0, cases, setup, teardown);
