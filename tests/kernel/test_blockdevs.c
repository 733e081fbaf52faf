/*
 * Block devices in ring 3: tests/kernel/programs/blockdevs.c on the disk that the boot option
 * blockdevs= names, which tests/system/test_blockdevs.py has made for it. Without that nothing is
 * tested.
 */
#include "kernel/drivers/block/blkdev.h"
#include "kernel/exit.h"
#include "kernel/lib/errno.h"
#include "kernel/options.h"
#include "mm/slab.h"
#include "tests/kernel/ktest.h"
#include "tests/kernel/program.h"

static const char *disk_name;

static int set_blockdevs(const char *value)
{
	disk_name = value;
	return value ? 0 : -EINVAL;
}

BOOT_OPTION("blockdevs", set_blockdevs);

static void test_program(struct ktest *t)
{
	struct program_run *run;

	if (!disk_name || !bdev_by_name(disk_name))
		ktest_skip(t, "no blockdevs=");
	run = program_run_alloc("blockdevs", disk_name, NULL);
	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s", run->output);
	kfree(run);
}

static const struct ktest_case blockdevs_cases[] = {KTEST(test_program)};
KTEST_SUITE(blockdevs, 0, blockdevs_cases);
