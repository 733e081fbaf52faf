/*
 * Disks of the machine that may be overwritten: those whose first bytes say FOLIO-SCRATCH
 * (tests/system/test_block.py makes them, and looks at what is on them afterwards). On a machine
 * without one nothing is tested.
 */
#include "kernel/drivers/block/blkdev.h"
#include "kernel/kthread.h"
#include "kernel/lib/err.h"
#include "kernel/cpu/timer.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/wait.h"
#include "mm/highmem.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "tests/kernel/mm_test.h"

#define MAGIC	      "FOLIO-SCRATCH"
#define FIRST_SECTOR  8u
#define PAGE_SECTORS  8u
#define BUFFER_ORDER  8
#define BUFFER_PAGES  (1u << BUFFER_ORDER)
#define REGION	      (8u << 11) /* sectors written by the first case: 8 MiB */
#define LIMIT_28      (1u << 28) /* ATA: more sectors need other commands */
#define THREADS	      4u
#define THREAD_REGION 2048u /* sectors for each, behind those */
#define THREAD_ROUNDS 60u

static struct block_device *scratch[8];
static unsigned int nr_scratch;

/* A piece of memory, anywhere. */
struct buffer {
	unsigned int nr_pages;
	struct page *pages[BUFFER_PAGES];
};

static bool buffer_alloc(struct buffer *buffer, unsigned int pages)
{
	for (buffer->nr_pages = 0; buffer->nr_pages < pages; buffer->nr_pages++) {
		struct page *page = alloc_page(GFP_HIGHUSER);

		if (!page)
			return false;
		buffer->pages[buffer->nr_pages] = page;
	}
	return true;
}

static void buffer_free(struct buffer *buffer)
{
	while (buffer->nr_pages)
		__free_page(buffer->pages[--buffer->nr_pages]);
}

/* What word i of a sector is; the host knows it too. */
static u32 pattern(u32 sector, u32 i)
{
	return sector * 0x9e3779b1u + i;
}

/* Fill or check `sectors` of the buffer from its beginning, as the disk's from `sector` on. */
static unsigned int walk_buffer(struct buffer *buffer, u32 sector, unsigned int sectors, bool fill)
{
	unsigned int wrong = 0;

	for (unsigned int s = 0; s < sectors; s++) {
		u32 *page = kmap_atomic(buffer->pages[s / PAGE_SECTORS]);
		u32 *words = page + s % PAGE_SECTORS * (SECTOR_SIZE / 4);

		for (unsigned int i = 0; i < SECTOR_SIZE / 4; i++) {
			if (fill)
				words[i] = pattern(sector + s, i);
			else
				wrong += words[i] != pattern(sector + s, i);
		}
		kunmap_atomic(page);
	}
	return wrong;
}

static void clear_buffer(struct buffer *buffer)
{
	for (unsigned int i = 0; i < buffer->nr_pages; i++)
		clear_highpage(buffer->pages[i]);
}

/* ------------------------------------------------------------ many bios at once */

struct batch {
	unsigned int pending;
	int error;
	struct wait_queue_head wait;
};

static void batch_end(struct bio *bio)
{
	struct batch *batch = bio->bi_private;

	if (bio->bi_error)
		batch->error = bio->bi_error;
	bio_free(bio);
	if (--batch->pending == 0)
		wake_up(&batch->wait);
}

/* One bio with as much as it takes, `most` sectors at most; returns how many it has. */
static unsigned int send_bio(struct block_device *bdev, struct buffer *buffer, u8 op, u32 sector,
			     unsigned int from, unsigned int most, struct batch *batch)
{
	struct bio *bio = bio_alloc(GFP_KERNEL, BIO_MAX_VECS);
	unsigned int done = 0;

	bio->bi_bdev = bdev;
	bio->bi_op = op;
	bio->bi_sector = sector;
	bio->bi_private = batch;
	bio->bi_end_io = batch_end;
	while (done < most) {
		unsigned int at = (from + done) % PAGE_SECTORS;
		unsigned int part = min(most - done, PAGE_SECTORS - at);

		if (!bio_add_page(bio, buffer->pages[(from + done) / PAGE_SECTORS],
				  at * SECTOR_SIZE, part * SECTOR_SIZE))
			break;
		done += part;
	}
	batch->pending++;
	submit_bio(bio);
	return done;
}

/* Between the beginning of the buffer and the disk, in bios of `piece` sectors; waits. */
static int transfer(struct block_device *bdev, struct buffer *buffer, u8 op, u32 sector,
		    unsigned int sectors, unsigned int piece)
{
	struct batch batch = {.error = 0};
	unsigned int done = 0;

	init_waitqueue_head(&batch.wait);
	while (done < sectors)
		done += send_bio(bdev, buffer, op, sector + done, done, min(piece, sectors - done),
				 &batch);
	wait_event(batch.wait, batch.pending == 0);
	return batch.error;
}

/* ------------------------------------------------------------ finding them */

static int look_at(struct block_device *bdev, void *ctx)
{
	struct buffer *buffer = ctx;
	char *data;

	if (bdev->bd_partno || transfer(bdev, buffer, BIO_READ, 0, 1, 1))
		return 0;
	data = kmap_atomic(buffer->pages[0]);
	if (nr_scratch < ARRAY_SIZE(scratch) && memcmp(data, MAGIC, strlen(MAGIC)) == 0)
		scratch[nr_scratch++] = bdev;
	kunmap_atomic(data);
	return 0;
}

static struct buffer *buffer;

static void setup(struct ktest *t)
{
	nr_scratch = 0;
	buffer = kzalloc(sizeof(*buffer), GFP_KERNEL);
	KT_ASSERT(t, buffer && buffer_alloc(buffer, BUFFER_PAGES));
	for_each_bdev(look_at, buffer);
	if (!nr_scratch)
		ktest_skip(t, "no disk that says FOLIO-SCRATCH");
}

static void teardown(struct ktest *t)
{
	(void)t;
	if (buffer)
		buffer_free(buffer);
	kfree(buffer);
}

/* ------------------------------------------------------------ cases */

static void write_and_read(struct ktest *t, struct block_device *bdev)
{
	static const unsigned int pieces[] = {2048, 1, 8, 37, 256, 1000, 9, 2048};
	unsigned int size = BUFFER_PAGES * PAGE_SECTORS;
	unsigned int wrong = 0;

	KT_ASSERT(t, bdev->bd_nr_sectors >= FIRST_SECTOR + REGION + THREADS * THREAD_REGION);
	for (unsigned int i = 0; i < REGION / size; i++) {
		u32 sector = FIRST_SECTOR + i * size;

		walk_buffer(buffer, sector, size, true);
		KT_EXPECT_EQ(t, transfer(bdev, buffer, BIO_WRITE, sector, size, pieces[i]), 0);
	}
	KT_EXPECT_EQ(t, blkdev_issue_flush(bdev), 0);
	for (unsigned int i = 0; i < REGION / size; i++) {
		u32 sector = FIRST_SECTOR + i * size;

		clear_buffer(buffer);
		KT_EXPECT_EQ(t, transfer(bdev, buffer, BIO_READ, sector, size, pieces[7 - i]), 0);
		wrong += walk_buffer(buffer, sector, size, false);
	}
	KT_EXPECT_EQ(t, wrong, 0u);
}

static void test_large_and_small(struct ktest *t)
{
	for (unsigned int i = 0; i < nr_scratch; i++)
		write_and_read(t, scratch[i]);
}

/* 1 MiB of memory in one piece: what a controller may take as one region has a limit. */
static void test_adjacent_pages(struct ktest *t)
{
	struct buffer *adjacent = kzalloc(sizeof(*adjacent), GFP_KERNEL);
	struct page *block = alloc_pages(GFP_KERNEL | __GFP_NOWARN, BUFFER_ORDER);
	unsigned int size = BUFFER_PAGES * PAGE_SECTORS;

	for (unsigned int i = 0; adjacent && block && i < BUFFER_PAGES; i++)
		adjacent->pages[i] = block + i;
	for (unsigned int i = 0; adjacent && block && i < nr_scratch; i++) {
		walk_buffer(adjacent, FIRST_SECTOR, size, true);
		KT_EXPECT_EQ(t, transfer(scratch[i], adjacent, BIO_WRITE, FIRST_SECTOR, size, size),
			     0);
		memset(lowmem_page_address(block), 0, BUFFER_PAGES * PAGE_SIZE);
		KT_EXPECT_EQ(t, transfer(scratch[i], adjacent, BIO_READ, FIRST_SECTOR, size, size),
			     0);
		KT_EXPECT_EQ(t, walk_buffer(adjacent, FIRST_SECTOR, size, false), 0u);
	}
	if (block)
		__free_pages(block, BUFFER_ORDER);
	kfree(adjacent);
}

static void some_sectors(struct ktest *t, struct block_device *bdev, u32 sector, unsigned int nr)
{
	walk_buffer(buffer, sector, nr, true);
	KT_EXPECT_EQ(t, transfer(bdev, buffer, BIO_WRITE, sector, nr, nr), 0);
	clear_buffer(buffer);
	KT_EXPECT_EQ(t, transfer(bdev, buffer, BIO_READ, sector, nr, 1), 0);
	KT_EXPECT_EQ(t, walk_buffer(buffer, sector, nr, false), 0u);
}

/*
 * The last sectors of the disk, and none behind them; where 28 bits of an address are not enough.
 */
static void test_last_sectors(struct ktest *t)
{
	for (unsigned int i = 0; i < nr_scratch; i++) {
		u32 last = (u32)scratch[i]->bd_nr_sectors - 3;

		some_sectors(t, scratch[i], last, 3);
		KT_EXPECT_EQ(t, transfer(scratch[i], buffer, BIO_READ, last, 4, 4), -ENOSPC);
		if (last > LIMIT_28 + 2)
			some_sectors(t, scratch[i], LIMIT_28 - 2, 4);
	}
}

/* A thread's part of a disk, in which it alone writes. */
struct worker {
	struct task_struct *task;
	struct block_device *bdev;
	u32 first;
	u32 seed;
	unsigned int wrong;
	int error;
	struct buffer buffer;
};

static void work_once(struct worker *w, struct prng *rng)
{
	unsigned int size = w->buffer.nr_pages * PAGE_SECTORS;
	unsigned int sectors = 1 + prng_below(rng, size);
	u32 sector = w->first + prng_below(rng, THREAD_REGION - sectors + 1);
	unsigned int piece = 1 + prng_below(rng, sectors);

	if (prng_below(rng, 2)) {
		walk_buffer(&w->buffer, sector, sectors, true);
		w->error |= transfer(w->bdev, &w->buffer, BIO_WRITE, sector, sectors, piece);
	} else {
		clear_buffer(&w->buffer);
		w->error |= transfer(w->bdev, &w->buffer, BIO_READ, sector, sectors, piece);
		w->wrong += walk_buffer(&w->buffer, sector, sectors, false);
	}
	if (prng_below(rng, 8) == 0)
		w->error |= blkdev_issue_flush(w->bdev);
}

static int work(void *arg)
{
	struct worker *w = arg;
	struct prng rng;

	prng_seed(&rng, w->seed);
	for (unsigned int s = 0; s < THREAD_REGION; s += w->buffer.nr_pages * PAGE_SECTORS) {
		walk_buffer(&w->buffer, w->first + s, w->buffer.nr_pages * PAGE_SECTORS, true);
		w->error |= transfer(w->bdev, &w->buffer, BIO_WRITE, w->first + s,
				     w->buffer.nr_pages * PAGE_SECTORS, 64);
	}
	for (unsigned int i = 0; i < THREAD_ROUNDS; i++)
		work_once(w, &rng);
	return 0;
}

static void start_worker(struct ktest *t, struct worker *w, unsigned int i, u32 seed)
{
	w->bdev = scratch[i % nr_scratch];
	w->first = FIRST_SECTOR + REGION + i / nr_scratch * THREAD_REGION;
	w->seed = seed + i;
	KT_ASSERT(t, buffer_alloc(&w->buffer, 32));
	w->task = kthread_run(work, w, "work%u", i);
	KT_EXPECT(t, !IS_ERR(w->task));
}

/* Several threads on all disks; each knows what it must find. */
static void test_threads(struct ktest *t)
{
	unsigned int nr = THREADS * nr_scratch;
	struct worker *workers = kzalloc(nr * sizeof(*workers), GFP_KERNEL);
	struct prng rng;

	KT_ASSERT(t, workers);
	ktest_seed(t, &rng, (u32)jiffies);
	for (unsigned int i = 0; i < nr; i++)
		start_worker(t, &workers[i], i, prng_next(&rng));
	for (unsigned int i = 0; i < nr; i++) {
		if (!IS_ERR(workers[i].task))
			kthread_join(workers[i].task);
		KT_EXPECT_EQ(t, workers[i].wrong, 0u);
		KT_EXPECT_EQ(t, workers[i].error, 0);
		buffer_free(&workers[i].buffer);
	}
	kfree(workers);
}

static const struct ktest_case cases[] = {KTEST(test_large_and_small), KTEST(test_adjacent_pages),
					  KTEST(test_last_sectors), KTEST(test_threads)};
KTEST_SUITE_WITH(scratch_disk, 0, cases, setup, teardown);
