/* Character devices; tests/kernel/programs/devices.c does what programs do. */
#include "kernel/exit.h"
#include "kernel/fs/chrdev.h"
#include "kernel/lib/errno.h"
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

static void test_device_programs(struct ktest *t)
{
	run_and_expect(t, "devices");
}

static const struct file_operations no_fops;

static int add_and_remove(void *ctx __unused)
{
	int major = register_chrdev(0, 0, 4, "test", &no_fops), err;

	if (major < 0)
		return major;
	err = device_create("test0", S_IFCHR | 0600, MKDEV((u32)major, 0));
	if (!err)
		device_destroy("test0");
	unregister_chrdev((unsigned int)major, 0, 4);
	return err;
}

static void test_registry(struct ktest *t)
{
	KT_EXPECT_EQ(t, register_chrdev(1, 200, 100, "test", &no_fops), -EBUSY);
	KT_EXPECT_EQ(t, register_chrdev(1, 0, 0, "test", &no_fops), -EINVAL);
	KT_EXPECT_EQ(t, register_chrdev(5000, 0, 1, "test", &no_fops), -EINVAL);
	KT_EXPECT_EQ(t, register_chrdev(77, 1 << 20, 1, "test", &no_fops), -EINVAL);
	KT_EXPECT_EQ(t, register_chrdev(77, 10, 5, "test", &no_fops), 77);
	KT_EXPECT_EQ(t, register_chrdev(77, 14, 5, "test", &no_fops), -EBUSY);
	KT_EXPECT_EQ(t, register_chrdev(77, 15, 5, "test", &no_fops), 77);
	unregister_chrdev(77, 15, 5);
	unregister_chrdev(77, 10, 5);
	KT_EXPECT_EQ(t, device_create("null", S_IFCHR | 0600, MKDEV(1, 3)), -EEXIST);
	KT_EXPECT_GE(t, fail_each(t, add_and_remove, NULL), 3u);
}

static const struct ktest_case device_cases[] = {KTEST(test_device_programs), KTEST(test_registry)};
KTEST_SUITE(devices, 0, device_cases);
