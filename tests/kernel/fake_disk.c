/* A disk in memory; see the header. */
#include "tests/kernel/fake_disk.h"

#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/timer_list.h"
#include "mm/highmem.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

static struct fake_disk *fake_of(const struct gendisk *disk)
{
	return disk->driver;
}

static void note(struct fake_disk *fake, const struct request *rq)
{
	if (fake->nr_started < FAKE_LOG)
		fake->log[fake->nr_started] = (struct fake_start){.op = rq->rq_op,
								  .sector = rq->rq_sector,
								  .sectors = rq->rq_nr_sectors,
								  .segments = rq->rq_nr_segments};
	fake->nr_started++;
}

static int fake_start(struct gendisk *disk, struct request *rq)
{
	struct fake_disk *fake = fake_of(disk);

	if (fake->nr_on_its_way == FAKE_LOG || (fake->room && fake->nr_on_its_way >= fake->room)) {
		fake->nr_busy++;
		return -EBUSY;
	}
	note(fake, rq);
	if (fake->refuse) {
		fake->refuse--;
		return -EIO;
	}
	rq->rq_driver = fake;
	fake->on_its_way[fake->nr_on_its_way++] = rq;
	if (!fake->hold)
		blk_wake(disk);
	return 0;
}

static void move_data(struct fake_disk *fake, const struct request *rq)
{
	u8 *at = fake->data + (unsigned long)rq->rq_sector * SECTOR_SIZE;
	const struct bio_vec *vec;
	struct bio *bio;

	rq_for_each_vec(vec, bio, rq)
	{
		u8 *page = kmap_atomic(vec->bv_page);

		if (rq->rq_op == BIO_READ)
			memcpy(page + vec->bv_offset, at, vec->bv_len);
		else
			memcpy(at, page + vec->bv_offset, vec->bv_len);
		kunmap_atomic(page);
		at += vec->bv_len;
	}
}

static bool touches_bad_sector(struct fake_disk *fake, const struct request *rq)
{
	if (!fake->bad || !fake->bad_times || rq->rq_op == BIO_FLUSH ||
	    fake->bad_sector < rq->rq_sector ||
	    fake->bad_sector - rq->rq_sector >= rq->rq_nr_sectors)
		return false;
	fake->bad_times--;
	return true;
}

static void end_one(struct fake_disk *fake, struct request *rq)
{
	if (touches_bad_sector(fake, rq)) {
		blk_end_request(&fake->disk, rq, -EIO);
		return;
	}
	move_data(fake, rq);
	blk_end_request(&fake->disk, rq, 0);
}

static void fake_reap(struct gendisk *disk)
{
	struct fake_disk *fake = fake_of(disk);
	unsigned int nr = fake->nr_on_its_way, kept = 0;

	if (fake->hold)
		return;
	for (unsigned int i = 0; i < nr; i++) {
		struct request *rq = fake->on_its_way[i];

		if (rq->rq_driver && fake->forget) {
			fake->forget--;
			rq->rq_driver = NULL;
		}
		if (rq->rq_driver)
			end_one(fake, rq);
		else
			fake->on_its_way[kept++] = rq;
	}
	fake->nr_on_its_way = kept;
}

static void fake_timed_out(struct gendisk *disk)
{
	struct fake_disk *fake = fake_of(disk);
	unsigned int nr = fake->nr_on_its_way;

	fake->nr_timeouts++;
	fake->nr_on_its_way = 0;
	for (unsigned int i = 0; i < nr; i++)
		blk_end_request(disk, fake->on_its_way[i], -ETIMEDOUT);
}

static const struct disk_operations fake_operations = {
	.start = fake_start,
	.reap = fake_reap,
	.timed_out = fake_timed_out,
};

struct fake_disk *fake_disk_new(struct ktest *t, unsigned int sectors)
{
	struct fake_disk *fake = kzalloc(sizeof(*fake), GFP_KERNEL);

	KT_ASSERT(t, fake);
	fake->data = vzalloc(sectors * SECTOR_SIZE);
	if (!fake->data) {
		kfree(fake);
		ktest_skip(t, "too little memory for the disk");
	}
	fake->disk = (struct gendisk){.name = "fake",
				      .minors = 64,
				      .nr_sectors = sectors,
				      .write_cache = true,
				      .max_sectors = 256,
				      .max_segments = 64,
				      .timeout = 10 * HZ,
				      .ops = &fake_operations,
				      .driver = fake};
	KT_ASSERT(t, blk_attach(&fake->disk) == 0);
	return fake;
}

void fake_disk_free(struct fake_disk *fake)
{
	if (!fake)
		return;
	blk_detach(&fake->disk);
	vfree(fake->data);
	kfree(fake);
}

void fake_release(struct fake_disk *fake)
{
	fake->hold = false;
	blk_wake(&fake->disk);
}
