/*
 * A disk some of whose sectors fail: the one that tests/system/test_disk_faults.py makes and names
 * by faultydisk=NAME. Who asked for such a sector gets EIO; nobody else notices.
 */
#include "kernel/completion.h"
#include "kernel/cpu/timer.h"
#include "kernel/drivers/block/blkdev.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/options.h"
#include "mm/page.h"
#include "mm/page_alloc.h"
#include "tests/kernel/mm_test.h"

/* The same numbers are in the Python file. */
#define READ_FAILS	 1000u
#define READ_FAILS_ONCE	 1100u
#define WRITE_FAILS	 1200u
#define WRITE_FAILS_ONCE 1300u

static const char *faulty_name, *stalling_name;

static int set_faultydisk(const char *value)
{
	faulty_name = value;
	return value ? 0 : -EINVAL;
}

static int set_stallingdisk(const char *value)
{
	stalling_name = value;
	return value ? 0 : -EINVAL;
}

BOOT_OPTION("faultydisk", set_faultydisk);
BOOT_OPTION("stallingdisk", set_stallingdisk);

static struct block_device *bdev;
static struct page *page;

static void find_disk(struct ktest *t, const char *name)
{
	if (!name)
		ktest_skip(t, "no such disk");
	bdev = bdev_by_name(name);
	KT_ASSERT(t, bdev);
	page = alloc_page(GFP_KERNEL);
	KT_ASSERT(t, page);
}

static void setup(struct ktest *t)
{
	find_disk(t, faulty_name);
	log_hush();
}

static void teardown(struct ktest *t)
{
	(void)t;
	if (page)
		__free_page(page);
	page = NULL;
	log_unhush();
}

static int transfer(enum bio_op op, sector_t sector, unsigned int nr_sectors)
{
	struct bio *bio = bio_alloc(GFP_KERNEL, 1);
	int error;

	bio->bi_bdev = bdev;
	bio->bi_sector = sector;
	bio->bi_op = (u8)op;
	bio_add_page(bio, page, 0, nr_sectors * SECTOR_SIZE);
	error = submit_bio_wait(bio);
	bio_free(bio);
	return error;
}

static void test_read(struct ktest *t)
{
	KT_EXPECT_EQ(t, transfer(BIO_READ, READ_FAILS, 1), -EIO);
	KT_EXPECT(t, log_says("read error at sector 1000"));
	KT_EXPECT_EQ(t, transfer(BIO_READ, READ_FAILS - 4, 8), -EIO);
	log_forget();
	KT_EXPECT_EQ(t, transfer(BIO_READ, READ_FAILS - 1, 1), 0);
	KT_EXPECT_EQ(t, transfer(BIO_READ, READ_FAILS + 1, 7), 0);
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, READ_FAILS, 1), 0);
	KT_EXPECT(t, !log_says("error"));
	KT_EXPECT_EQ(t, transfer(BIO_READ, READ_FAILS, 1), -EIO);
}

static void test_read_once(struct ktest *t)
{
	KT_EXPECT_EQ(t, transfer(BIO_READ, READ_FAILS_ONCE, 1), 0);
	KT_EXPECT(t, !log_says("error"));
}

static void test_write(struct ktest *t)
{
	char *data = lowmem_page_address(page);

	memset(data, 'w', PAGE_SIZE);
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, WRITE_FAILS - 1, 1), 0);
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, WRITE_FAILS, 1), -EIO);
	KT_EXPECT(t, log_says("write error at sector 1200"));
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, WRITE_FAILS + 1, 1), 0);
	KT_EXPECT_EQ(t, transfer(BIO_READ, WRITE_FAILS - 1, 3), 0);
	KT_EXPECT_EQ(t, data[0], 'w');
	KT_EXPECT_EQ(t, data[SECTOR_SIZE], 0);
	KT_EXPECT_EQ(t, data[2 * SECTOR_SIZE], 'w');
}

static void test_write_once(struct ktest *t)
{
	memset(lowmem_page_address(page), 'o', PAGE_SIZE);
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, WRITE_FAILS_ONCE - 4, 8), 0);
	memset(lowmem_page_address(page), 0, PAGE_SIZE);
	KT_EXPECT_EQ(t, transfer(BIO_READ, WRITE_FAILS_ONCE, 1), 0);
	KT_EXPECT_EQ(t, *(char *)lowmem_page_address(page), 'o');
	KT_EXPECT(t, !log_says("error"));
}

/* The device's first flush fails. */
static void test_flush_once(struct ktest *t)
{
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, 0, 1), 0);
	KT_EXPECT_EQ(t, blkdev_issue_flush(bdev), 0);
	KT_EXPECT(t, !log_says("error"));
}

/* Many neighbours of the bad sector at once, which merge on their way; only one fails. */
#define CROWD 64u

struct crowd {
	unsigned int left, failed;
	sector_t last_failed;
	struct completion done;
};

static void one_ended(struct bio *bio)
{
	struct crowd *crowd = bio->bi_private;

	if (bio->bi_error) {
		crowd->failed++;
		crowd->last_failed = bio->bi_sector;
	}
	bio_free(bio);
	if (!--crowd->left)
		complete(&crowd->done);
}

static void run_crowd(struct ktest *t, enum bio_op op, sector_t bad)
{
	struct crowd crowd = {.left = CROWD};

	init_completion(&crowd.done);
	for (unsigned int i = 0; i < CROWD; i++) {
		struct bio *bio = bio_alloc(GFP_KERNEL, 1);

		bio->bi_bdev = bdev;
		bio->bi_sector = bad - CROWD / 2 + (i * 37) % CROWD;
		bio->bi_op = (u8)op;
		bio->bi_end_io = one_ended;
		bio->bi_private = &crowd;
		bio_add_page(bio, page, i % 8 * SECTOR_SIZE, SECTOR_SIZE);
		submit_bio(bio);
	}
	wait_for_completion(&crowd.done);
	KT_EXPECT_EQ(t, crowd.failed, 1u);
	KT_EXPECT_EQ(t, crowd.last_failed, bad);
}

static void test_crowd(struct ktest *t)
{
	for (unsigned int round = 0; round < 4; round++) {
		run_crowd(t, BIO_READ, READ_FAILS);
		run_crowd(t, BIO_WRITE, WRITE_FAILS);
	}
}

/* What nobody has asked for fails in silence, and is not tried again. */
static void ended_ahead(struct bio *bio)
{
	complete(bio->bi_private);
}

static void test_read_ahead(struct ktest *t)
{
	struct completion done;
	struct bio *bio = bio_alloc(GFP_KERNEL, 1);

	init_completion(&done);
	bio->bi_bdev = bdev;
	bio->bi_sector = READ_FAILS;
	bio->bi_flags = BIO_READAHEAD;
	bio->bi_end_io = ended_ahead;
	bio->bi_private = &done;
	bio_add_page(bio, page, 0, SECTOR_SIZE);
	submit_bio(bio);
	wait_for_completion(&done);
	KT_EXPECT_EQ(t, bio->bi_error, -EIO);
	KT_EXPECT(t, !log_says("error"));
	bio_free(bio);
}

static const struct ktest_case cases[] = {KTEST(test_read),	  KTEST(test_read_once),
					  KTEST(test_write),	  KTEST(test_write_once),
					  KTEST(test_flush_once), KTEST(test_crowd),
					  KTEST(test_read_ahead)};
KTEST_SUITE_WITH(disk_faults, 0, cases, setup, teardown);

/* ------------------------------------------------------------ a disk that stalls */

static void stalling_setup(struct ktest *t)
{
	find_disk(t, stalling_name);
}

static void stalling_teardown(struct ktest *t)
{
	(void)t;
	if (page)
		__free_page(page);
	page = NULL;
}

/* From some moment on a request takes longer than two time-outs: who asked is told. */
static void test_for_ever(struct ktest *t)
{
	unsigned long begin = jiffies;
	int error = 0;

	ktest_log(t, "let it stall");
	while (!error && jiffies - begin < 20 * HZ)
		error = transfer(BIO_READ, 3000, 8);
	KT_EXPECT_EQ(t, error, -EIO);
	KT_EXPECT_LT(t, jiffies - begin, 40ul * HZ);
}

static void test_for_a_while(struct ktest *t)
{
	const unsigned long begin = jiffies;

	memset(lowmem_page_address(page), 'x', PAGE_SIZE);
	ktest_log(t, "let it go on");
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, 3000, 8), 0);
	KT_EXPECT_LE(t, 2ul * HZ, jiffies - begin); /* or it has not stalled */
	memset(lowmem_page_address(page), 0, PAGE_SIZE);
	KT_EXPECT_EQ(t, transfer(BIO_READ, 3000, 8), 0);
	KT_EXPECT_EQ(t, *(char *)lowmem_page_address(page), 'x');
	for (unsigned int i = 0; i < 100; i++)
		KT_EXPECT_EQ(t, transfer(BIO_READ, i * 8, 8), 0);
}

static const struct ktest_case stalling_cases[] = {KTEST(test_for_ever), KTEST(test_for_a_while)};
KTEST_SUITE_WITH(disk_stalls, 0, stalling_cases, stalling_setup, stalling_teardown);
