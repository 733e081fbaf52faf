/*
 * The counters of /proc/diskstats, kept for a disk and for the partition that a request is for. A
 * request is in flight from when it is made until it has ended, the time that it waits included.
 */
#include "kernel/drivers/block/queue.h"

#define MS_PER_TICK (1000u / HZ)

/* Bring the two sums over time up to now. */
static void advance(struct disk_stats *stats)
{
	unsigned long ms = (jiffies - stats->stamp) * MS_PER_TICK;

	stats->stamp = jiffies;
	if (!stats->in_flight)
		return;
	stats->io_ticks += ms;
	stats->time_in_queue += ms * stats->in_flight;
}

static void in_flight(struct disk_stats *stats, long change)
{
	advance(stats);
	stats->in_flight += (unsigned long)change;
}

/* Both of the devices that a bio counts for; for a bio of the whole disk the second is NULL. */
static struct disk_stats *whole_of(const struct bio *bio)
{
	return &bio->bi_bdev->bd_disk->whole->bd_stats;
}

static struct disk_stats *part_of(const struct bio *bio)
{
	return bio->bi_bdev->bd_partno ? &bio->bi_bdev->bd_stats : NULL;
}

static const struct bio *first_bio(const struct request *rq)
{
	return list_first_entry(&rq->rq_bios, struct bio, bi_list);
}

void blk_stat_queued(const struct request *rq)
{
	in_flight(whole_of(first_bio(rq)), 1);
	if (part_of(first_bio(rq)))
		in_flight(part_of(first_bio(rq)), 1);
}

void blk_stat_merged(const struct bio *bio)
{
	whole_of(bio)->merges[bio->bi_op]++;
	if (part_of(bio))
		part_of(bio)->merges[bio->bi_op]++;
}

static void joined(struct disk_stats *stats, enum bio_op op)
{
	in_flight(stats, -1);
	stats->merges[op]++;
}

void blk_stat_joined(const struct request *rq)
{
	joined(whole_of(first_bio(rq)), rq->rq_op);
	if (part_of(first_bio(rq)))
		joined(part_of(first_bio(rq)), rq->rq_op);
}

static void ended(struct disk_stats *stats, const struct request *rq)
{
	stats->ios[rq->rq_op]++;
	stats->sectors[rq->rq_op] += rq->rq_nr_sectors;
	stats->ticks[rq->rq_op] += (jiffies - rq->rq_queued) * MS_PER_TICK;
	in_flight(stats, -1);
}

void blk_stat_ended(const struct request *rq)
{
	ended(whole_of(first_bio(rq)), rq);
	if (part_of(first_bio(rq)))
		ended(part_of(first_bio(rq)), rq);
}

void bdev_stats(struct block_device *bdev, struct disk_stats *stats)
{
	struct request_queue *q = bdev->bd_disk->queue;

	spin_lock(&q->lock);
	advance(&bdev->bd_stats);
	*stats = bdev->bd_stats;
	spin_unlock(&q->lock);
}
