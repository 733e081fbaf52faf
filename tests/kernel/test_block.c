/*
 * The block layer before a disk that does what a test wants: merging, order, errors, time-outs,
 * scarce requests and scarce memory.
 */
#include "kernel/kthread.h"
#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/timer_list.h"
#include "kernel/wait.h"
#include "mm/fault_inject.h"
#include "mm/page.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/fake_disk.h"
#include "tests/kernel/mm_test.h"

#define SECTORS	 4096u
#define MAX_BIOS 256u

static struct fake_disk *fake;
static struct page *page; /* what bios read and write */

/* Bios that were sent without waiting. */
static struct sent {
	struct bio *bio;
	int error;
	bool ended;
} sent[MAX_BIOS];
static unsigned int nr_sent, nr_ended;
static DECLARE_WAIT_QUEUE_HEAD(ended_wait);

static void setup(struct ktest *t)
{
	nr_sent = nr_ended = 0;
	page = alloc_page(GFP_KERNEL);
	KT_ASSERT(t, page);
	fake = fake_disk_new(t, SECTORS);
}

static void sent_end(struct bio *bio)
{
	struct sent *s = bio->bi_private;

	s->error = bio->bi_error;
	s->ended = true;
	nr_ended++;
	bio_free(bio);
	wake_up_all(&ended_wait);
}

static bool all_ended(void)
{
	return wait_event_timeout(ended_wait, nr_ended == nr_sent, 20 * HZ) != 0;
}

static void teardown(struct ktest *t)
{
	fake_release(fake);
	if (KT_EXPECT(t, all_ended())) {
		fake_disk_free(fake);
		__free_page(page);
	}
}

static struct bio *make(u8 op, u8 flags, sector_t sector, unsigned int sectors)
{
	struct bio *bio = bio_alloc(GFP_KERNEL, 8);

	bio->bi_bdev = fake->disk.whole;
	bio->bi_op = op;
	bio->bi_flags = flags;
	bio->bi_sector = sector;
	while (sectors) {
		unsigned int part = min(sectors, 8u);

		bio_add_page(bio, page, 0, part * SECTOR_SIZE);
		sectors -= part;
	}
	return bio;
}

/* Submit and do not wait; the number of it in sent[]. */
static unsigned int send(u8 op, u8 flags, sector_t sector, unsigned int sectors)
{
	struct bio *bio = make(op, flags, sector, sectors);

	sent[nr_sent] = (struct sent){.bio = bio};
	bio->bi_private = &sent[nr_sent];
	bio->bi_end_io = sent_end;
	nr_sent++;
	submit_bio(bio);
	return nr_sent - 1;
}

/* Submit and wait. */
static int transfer(u8 op, u8 flags, sector_t sector, unsigned int sectors)
{
	struct bio *bio = make(op, flags, sector, sectors);
	int error = submit_bio_wait(bio);

	bio_free(bio);
	return error;
}

/* From now on requests wait: a read far away keeps the disk busy. */
static void keep_busy(void)
{
	fake->hold = true;
	fake->disk.depth = 1;
	send(BIO_READ, 0, SECTORS - 8, 8);
}

static bool started(unsigned int n, u8 op, sector_t sector, unsigned int sectors)
{
	const struct fake_start *s = &fake->log[n];

	return n < fake->nr_started && s->op == op && s->sector == sector && s->sectors == sectors;
}

/* ------------------------------------------------------------ moving data */

static void test_read_and_write(struct ktest *t)
{
	u8 *data = lowmem_page_address(page);
	struct bio *bio;

	for (unsigned int i = 0; i < PAGE_SIZE; i++)
		data[i] = (u8)(i >> 5);
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, 0, 16, 8), 0);
	KT_EXPECT_EQ(t, memcmp(fake->data + 16 * SECTOR_SIZE, data, PAGE_SIZE), 0);
	memset(data, 0, PAGE_SIZE);

	/* Parts of the page in another order: sectors 17 and 18 to its end, 19 to its beginning. */
	bio = make(BIO_READ, 0, 17, 0);
	KT_EXPECT(t, bio_add_page(bio, page, 6 * SECTOR_SIZE, SECTOR_SIZE));
	KT_EXPECT(t, bio_add_page(bio, page, 7 * SECTOR_SIZE, SECTOR_SIZE));
	KT_EXPECT_EQ(t, bio->bi_nr_vecs, 1); /* they follow each other */
	KT_EXPECT(t, bio_add_page(bio, page, 0, SECTOR_SIZE));
	KT_EXPECT_EQ(t, submit_bio_wait(bio), 0);
	bio_free(bio);
	KT_EXPECT_EQ(t, memcmp(data + 6 * SECTOR_SIZE, fake->data + 17 * SECTOR_SIZE, 1024), 0);
	KT_EXPECT_EQ(t, memcmp(data, fake->data + 19 * SECTOR_SIZE, SECTOR_SIZE), 0);
	KT_EXPECT_EQ(t, data[SECTOR_SIZE], 0);
}

static void test_beyond_the_end(struct ktest *t)
{
	KT_EXPECT_EQ(t, transfer(BIO_READ, 0, SECTORS - 8, 8), 0);
	KT_EXPECT_EQ(t, transfer(BIO_READ, 0, SECTORS - 7, 8), -ENOSPC);
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, 0, SECTORS, 1), -ENOSPC);
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, 0, ~(sector_t)0 - 3, 8), -ENOSPC);
	KT_EXPECT_EQ(t, transfer(BIO_READ, 0, 0, 0), 0);
	KT_EXPECT_EQ(t, fake->nr_started, 1u);
}

static void test_read_only(struct ktest *t)
{
	fake->disk.whole->bd_read_only = true;
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, 0, 0, 8), -EROFS);
	KT_EXPECT_EQ(t, transfer(BIO_READ, 0, 0, 8), 0);
	fake->disk.whole->bd_read_only = false;
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, 0, 0, 8), 0);
	fake->disk.read_only = true;
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, 0, 0, 8), -EROFS);
	KT_EXPECT_EQ(t, blkdev_issue_flush(fake->disk.whole), 0);
}

/* A partition's sectors are counted from its beginning, and end with it. */
static void test_partition(struct ktest *t)
{
	struct block_device part = *fake->disk.whole;
	struct disk_stats whole;
	struct bio *bio = make(BIO_WRITE, 0, 3, 8);

	part.bd_partno = 1;
	part.bd_start = 1000;
	part.bd_nr_sectors = 12;
	memset(&part.bd_stats, 0, sizeof(part.bd_stats));
	bio->bi_bdev = &part;
	KT_EXPECT_EQ(t, submit_bio_wait(bio), 0);
	KT_EXPECT(t, started(0, BIO_WRITE, 1003, 8));
	bio->bi_sector = 5;
	KT_EXPECT_EQ(t, submit_bio_wait(bio), -ENOSPC);
	bio_free(bio);
	bdev_stats(fake->disk.whole, &whole);
	KT_EXPECT_EQ(t, whole.sectors[BIO_WRITE], 8ul);
	KT_EXPECT_EQ(t, part.bd_stats.sectors[BIO_WRITE], 8ul);
	KT_EXPECT_EQ(t, part.bd_stats.in_flight, 0ul);
}

static void test_bio_limits(struct ktest *t)
{
	struct bio *bio = bio_alloc(GFP_KERNEL, 2);

	bio->bi_bdev = fake->disk.whole;
	fake->disk.max_sectors = 12;
	KT_EXPECT(t, bio_add_page(bio, page, 0, PAGE_SIZE));
	KT_EXPECT(t, !bio_add_page(bio, page, 0, PAGE_SIZE)); /* 16 sectors */
	KT_EXPECT(t, bio_add_page(bio, page, 0, SECTOR_SIZE));
	KT_EXPECT(t, !bio_add_page(bio, page, 2048, SECTOR_SIZE)); /* a third vector */
	KT_EXPECT_EQ(t, bio->bi_size, (unsigned int)PAGE_SIZE + SECTOR_SIZE);
	bio_free(bio);
	fake->disk.max_segments = 1;
	bio = bio_alloc(GFP_KERNEL, 2);
	bio->bi_bdev = fake->disk.whole;
	KT_EXPECT(t, bio_add_page(bio, page, 0, SECTOR_SIZE));
	KT_EXPECT(t, !bio_add_page(bio, page, 2048, SECTOR_SIZE));
	bio_free(bio);
}

/* ------------------------------------------------------------ merging */

static void test_merging(struct ktest *t)
{
	struct disk_stats stats;

	keep_busy();
	send(BIO_READ, 0, 100, 8);
	send(BIO_READ, 0, 108, 4);  /* behind it */
	send(BIO_READ, 0, 120, 8);  /* apart */
	send(BIO_READ, 0, 92, 8);   /* before the first */
	send(BIO_READ, 0, 112, 8);  /* closes the gap */
	send(BIO_WRITE, 0, 128, 8); /* a write is no read */
	fake_release(fake);
	KT_EXPECT(t, all_ended());
	KT_EXPECT_EQ(t, fake->nr_started, 3u);
	KT_EXPECT(t, started(1, BIO_READ, 92, 36));
	KT_EXPECT(t, started(2, BIO_WRITE, 128, 8));
	bdev_stats(fake->disk.whole, &stats);
	KT_EXPECT_EQ(t, stats.ios[BIO_READ], 2ul);
	KT_EXPECT_EQ(t, stats.merges[BIO_READ], 4ul);
	KT_EXPECT_EQ(t, stats.sectors[BIO_READ], 44ul);
	KT_EXPECT_EQ(t, stats.in_flight, 0ul);
}

static void test_merge_limits(struct ktest *t)
{
	fake->disk.max_sectors = 24;
	fake->disk.max_segments = 4;
	keep_busy();
	for (unsigned int i = 0; i < 5; i++)
		send(BIO_WRITE, 0, 100 + i * 8, 8);
	for (unsigned int i = 0; i < 6; i++) /* from the end: front merges */
		send(BIO_WRITE, 0, 1005 - i, 1);
	fake_release(fake);
	KT_EXPECT(t, all_ended());
	KT_EXPECT(t, started(1, BIO_WRITE, 100, 24));
	KT_EXPECT(t, started(2, BIO_WRITE, 124, 16));
	KT_EXPECT(t, started(3, BIO_WRITE, 1000, 2));
	KT_EXPECT(t, started(4, BIO_WRITE, 1002, 4));
	KT_EXPECT_EQ(t, fake->nr_started, 5u);
}

static void test_merged_data(struct ktest *t)
{
	struct page *pages[4];
	bool good = true;

	keep_busy();
	for (unsigned int i = 0; i < 4; i++) {
		static const u8 order[] = {2, 0, 3, 1};
		struct page *saved = page;

		page = pages[order[i]] = alloc_page(GFP_KERNEL);
		KT_ASSERT(t, page);
		memset(lowmem_page_address(page), 'a' + order[i], PAGE_SIZE);
		send(BIO_WRITE, 0, 64 + order[i] * 8u, 8);
		page = saved;
	}
	fake_release(fake);
	KT_EXPECT(t, all_ended());
	KT_EXPECT(t, started(1, BIO_WRITE, 64, 32));
	for (unsigned int i = 0; i < 4 * PAGE_SIZE; i++)
		good &= fake->data[64 * SECTOR_SIZE + i] == 'a' + i / PAGE_SIZE;
	KT_EXPECT(t, good);
	for (unsigned int i = 0; i < 4; i++)
		__free_page(pages[i]);
}

/* ------------------------------------------------------------ order */

static void test_elevator_order(struct ktest *t)
{
	keep_busy(); /* the head is at the end: the next is the first */
	send(BIO_WRITE, 0, 10, 1);
	send(BIO_READ, 0, 500, 1);
	send(BIO_READ, 0, 100, 1);
	send(BIO_WRITE, BIO_SYNC, 300, 1);
	send(BIO_READ, 0, 900, 1);
	send(BIO_WRITE, 0, 5, 1);
	send(BIO_WRITE, BIO_SYNC, 6, 1); /* makes urgent what it joins */
	fake_release(fake);
	KT_EXPECT(t, all_ended());
	KT_EXPECT(t, started(1, BIO_WRITE, 5, 2));
	KT_EXPECT(t, started(2, BIO_READ, 100, 1));
	KT_EXPECT(t, started(3, BIO_WRITE, 300, 1));
	KT_EXPECT(t, started(4, BIO_READ, 500, 1));
	KT_EXPECT(t, started(5, BIO_READ, 900, 1));
	KT_EXPECT(t, started(6, BIO_WRITE, 10, 1));
}

/* A read that is sent again when it has ended, further on, until `stop`. */
static bool stop;

static void again(struct bio *bio)
{
	if (stop) {
		sent_end(bio);
		return;
	}
	bio->bi_sector = (bio->bi_sector + 3) % (SECTORS / 2) + SECTORS / 4;
	submit_bio(bio);
}

/* Reads without end: a background write, and a read in the wrong direction, have their turns. */
static void test_nobody_starves(struct ktest *t)
{
	unsigned int write;

	stop = false;
	keep_busy();
	for (unsigned int i = 0; i < 8; i++) {
		struct bio *bio = make(BIO_READ, 0, 1000 + i * 100, 1);

		sent[nr_sent] = (struct sent){.bio = bio};
		bio->bi_private = &sent[nr_sent++];
		bio->bi_end_io = again;
		submit_bio(bio);
	}
	write = send(BIO_WRITE, 0, 4000, 1);
	fake_release(fake);
	msleep(1000);
	KT_EXPECT(t, !sent[write].ended); /* else the reads were no burden */
	KT_EXPECT(t, wait_event_timeout(ended_wait, sent[write].ended, 10 * HZ) != 0);
	KT_EXPECT_EQ(t, nr_ended, 2u);
	stop = true;
	KT_EXPECT(t, all_ended());
}

/* ------------------------------------------------------------ flushes */

static void test_flush(struct ktest *t)
{
	keep_busy();
	send(BIO_WRITE, 0, 100, 8);
	send(BIO_FLUSH, 0, 0, 0);
	send(BIO_FLUSH, 0, 0, 0);
	fake_release(fake);
	KT_EXPECT(t, all_ended());
	KT_EXPECT_EQ(t, fake->nr_started, 3u); /* the flushes were one */
	KT_EXPECT_EQ(t, blkdev_issue_flush(fake->disk.whole), 0);
	KT_EXPECT(t, started(3, BIO_FLUSH, 0, 0));
	fake->disk.write_cache = false;
	KT_EXPECT_EQ(t, blkdev_issue_flush(fake->disk.whole), 0);
	KT_EXPECT_EQ(t, fake->nr_started, 4u);
	fake->disk.write_cache = true;
	log_hush();
	fake->refuse = 3;
	KT_EXPECT_EQ(t, blkdev_issue_flush(fake->disk.whole), -EIO);
	KT_EXPECT(t, log_says("fake: flush error"));
	log_unhush();
}

/* ------------------------------------------------------------ errors */

/* Four bios in one request, the third of them bad. */
static void test_error_is_split(struct ktest *t)
{
	unsigned int first;

	log_hush();
	fake->bad = true;
	fake->bad_sector = 100 + 17;
	fake->bad_times = 100;
	keep_busy();
	first = send(BIO_READ, 0, 100, 8);
	for (unsigned int i = 1; i < 4; i++)
		send(BIO_READ, 0, 100 + i * 8, 8);
	fake_release(fake);
	KT_EXPECT(t, all_ended());
	KT_EXPECT(t, started(1, BIO_READ, 100, 32));
	for (unsigned int i = 0; i < 4; i++)
		KT_EXPECT_EQ(t, sent[first + i].error, i == 2 ? -EIO : 0);
	/* As a whole, each alone, and the bad one twice more. */
	KT_EXPECT_EQ(t, fake->nr_started, 1u + 1 + 4 + 2);
	KT_EXPECT(t, log_says("fake: read error at sector 116"));
	log_unhush();
}

/* A bad sector in the midst of a write costs the page that it is in, whatever went with that. */
static void test_write_in_pieces(struct ktest *t)
{
	unsigned int one, two, good;

	log_hush();
	memset(lowmem_page_address(page), 'p', PAGE_SIZE);
	memset(fake->data + (SECTORS - 8) * SECTOR_SIZE, 'p', PAGE_SIZE); /* keep_busy() reads it */
	fake->bad = true;
	fake->bad_sector = 100 + 17;
	fake->bad_times = 1000;
	keep_busy();
	one = send(BIO_WRITE, 0, 100, 48);
	good = send(BIO_WRITE, 0, 148, 16);
	two = send(BIO_WRITE, 0, 100 + 16, 24);
	fake_release(fake);
	KT_EXPECT(t, all_ended());
	KT_EXPECT_EQ(t, sent[one].error, -EIO);
	KT_EXPECT_EQ(t, sent[two].error, -EIO);
	KT_EXPECT_EQ(t, sent[good].error, 0);
	for (unsigned int sector = 100; sector < 164; sector++) {
		bool bad = sector >= 116 && sector < 124;

		KT_EXPECT_EQ(t, fake->data[sector * SECTOR_SIZE], bad ? 0 : 'p');
	}
	KT_EXPECT(t, log_says("fake: write error at sector 116"));
	KT_EXPECT(t, !log_says("at sector 100"));
	log_unhush();
}

static void test_error_that_passes(struct ktest *t)
{
	fake->bad = true;
	fake->bad_sector = 50;
	fake->bad_times = 2;
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, 0, 48, 8), 0);
	KT_EXPECT_EQ(t, fake->nr_started, 3u);
	fake->refuse = 2; /* the driver itself says no */
	KT_EXPECT_EQ(t, transfer(BIO_READ, 0, 8, 8), 0);
	KT_EXPECT_EQ(t, fake->nr_started, 6u);
}

/* Nobody waits for read-ahead: it fails at once, and in silence. */
static void test_readahead_fails_fast(struct ktest *t)
{
	log_hush();
	fake->bad = true;
	fake->bad_sector = 50;
	fake->bad_times = 100;
	KT_EXPECT_EQ(t, transfer(BIO_READ, BIO_READAHEAD, 48, 8), -EIO);
	KT_EXPECT_EQ(t, fake->nr_started, 1u);
	KT_EXPECT(t, !log_says("error"));
	log_unhush();
}

static void test_time_out(struct ktest *t)
{
	fake->disk.timeout = 3;
	fake->forget = 1;
	KT_EXPECT_EQ(t, transfer(BIO_READ, 0, 0, 8), 0); /* the second try */
	KT_EXPECT_EQ(t, fake->nr_timeouts, 1u);
	KT_EXPECT_EQ(t, fake->nr_started, 2u);
	log_hush();
	fake->hold = true; /* nothing but the timer wakes the thread */
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, 0, 0, 8), -EIO);
	KT_EXPECT_EQ(t, fake->nr_timeouts, 3u);
	KT_EXPECT(t, log_says("fake: write time-out at sector 0"));
	log_unhush();
	fake->hold = false;
	KT_EXPECT_EQ(t, transfer(BIO_WRITE, 0, 0, 8), 0);
}

/* ------------------------------------------------------------ scarcity */

static void test_busy_driver(struct ktest *t)
{
	fake->room = 2;
	fake->hold = true;
	for (unsigned int i = 0; i < 40; i++)
		send(BIO_READ, 0, (i * 37 % 40) * 16, 1);
	KT_EXPECT_EQ(t, fake->nr_started, 2u);
	KT_EXPECT(t, fake->nr_busy > 0);
	fake_release(fake);
	KT_EXPECT(t, all_ended());
	KT_EXPECT_EQ(t, fake->nr_started, 40u);
}

#define MANY 200u

static int send_many(void *op)
{
	for (unsigned int i = 0; i < MANY; i++)
		send((u8)(unsigned long)op, 0, i * 16, 1);
	return 0;
}

/* More than there are requests: who submits sleeps; background writes leave room for others. */
static void test_full_queue(struct ktest *t)
{
	struct task_struct *thread;

	keep_busy();
	thread = kthread_run(send_many, (void *)BIO_WRITE, "many");
	KT_ASSERT(t, !IS_ERR(thread));
	msleep(50);
	KT_EXPECT_LT(t, nr_sent, 128u);
	KT_EXPECT_EQ(t, nr_ended, 0u);
	/* Not at the end of sent[], which is the thread's. */
	fake->disk.depth = 0;
	fake->hold = false;
	KT_EXPECT_EQ(t, transfer(BIO_READ, 0, 8, 1), 0);
	KT_EXPECT_EQ(t, kthread_join(thread), 0);
	KT_EXPECT(t, all_ended());
	KT_EXPECT_EQ(t, nr_ended, MANY + 1);
}

static struct bio *kept[8];

static int free_one_later(void *unused)
{
	(void)unused;
	msleep(30);
	bio_free(kept[0]);
	return 0;
}

/* No memory at all: the reserve serves those who may wait, and they wait for each other. */
static void test_reserve(struct ktest *t)
{
	struct task_struct *thread = kthread_create(free_one_later, NULL, "free");
	unsigned int got = 0;
	unsigned long before;

	KT_ASSERT(t, !IS_ERR(thread));
	kept[0] = bio_alloc(GFP_NOFS, 1);
	bio_free(kept[0]);
	failslab.probability = 100;
	failslab.times = -1;
	fault_inject_changed();
	KT_EXPECT_EQ(t, bio_alloc(GFP_ATOMIC, 1), NULL);
	for (got = 0; got < 4; got++)
		kept[got] = bio_alloc(GFP_NOFS, got * 64);
	wake_up_process(thread);
	before = jiffies;
	kept[4] = bio_alloc(GFP_NOIO, BIO_MAX_VECS); /* kept[0], when it comes back */
	failslab.probability = 0;
	failslab.times = 0;
	fault_inject_changed();
	KT_EXPECT(t, jiffies - before >= 2);
	KT_EXPECT(t, kept[4] == kept[0]);
	KT_EXPECT_EQ(t, kthread_join(thread), 0);
	for (unsigned int i = 1; i <= got; i++)
		bio_free(kept[i]);
}

static int attach_and_detach(void *ctx)
{
	struct gendisk disk = fake->disk;
	int error = blk_attach(&disk);

	(void)ctx;
	if (!error)
		blk_detach(&disk);
	return error;
}

static void test_attach_fails(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, attach_and_detach, NULL), 2u);
}

static const struct ktest_case cases[] = {
	KTEST(test_read_and_write),    KTEST(test_beyond_the_end),
	KTEST(test_read_only),	       KTEST(test_partition),
	KTEST(test_bio_limits),	       KTEST(test_merging),
	KTEST(test_merge_limits),      KTEST(test_merged_data),
	KTEST(test_elevator_order),    KTEST(test_flush),
	KTEST(test_write_in_pieces),   KTEST(test_error_is_split),
	KTEST(test_error_that_passes), KTEST(test_readahead_fails_fast),
	KTEST(test_time_out),	       KTEST(test_busy_driver),
	KTEST(test_full_queue),	       KTEST(test_reserve),
	KTEST(test_attach_fails),
};
KTEST_SUITE_WITH(block, KTEST_QUICK, cases, setup, teardown);

static const struct ktest_case long_cases[] = {KTEST(test_nobody_starves)};
KTEST_SUITE_WITH(block_deadlines, 0, long_cases, setup, teardown);
