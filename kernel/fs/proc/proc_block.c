/* partitions and diskstats: the block devices, in Linux's formats (its Documentation/admin-guide/
 * iostats.rst). */
#include "kernel/drivers/block/blkdev.h"
#include "kernel/fs/proc/proc.h"

static int show_partition(struct block_device *bdev, void *m)
{
	seq_printf(m, "%4u  %7u %10llu %s\n", MAJOR(bdev->bd_dev), MINOR(bdev->bd_dev),
		   bdev->bd_nr_sectors >> 1, bdev->bd_name);
	return 0;
}

static void partitions_show(struct seq_file *m, void *v)
{
	(void)v;
	seq_puts(m, "major minor  #blocks  name\n\n");
	for_each_bdev(show_partition, m);
}

/* Requests, merges, sectors, milliseconds. */
static void show_op(struct seq_file *m, const struct disk_stats *stats, enum bio_op op)
{
	seq_printf(m, " %lu %lu %lu %lu", stats->ios[op], stats->merges[op], stats->sectors[op],
		   stats->ticks[op]);
}

static int show_stats(struct block_device *bdev, void *m)
{
	struct disk_stats stats;

	bdev_stats(bdev, &stats);
	seq_printf(m, "%4u %7u %s", MAJOR(bdev->bd_dev), MINOR(bdev->bd_dev), bdev->bd_name);
	show_op(m, &stats, BIO_READ);
	show_op(m, &stats, BIO_WRITE);
	seq_printf(m, " %lu %lu %lu", stats.in_flight, stats.io_ticks, stats.time_in_queue);
	seq_puts(m, " 0 0 0 0"); /* discarded sectors: there are none */
	seq_printf(m, " %lu %lu\n", stats.ios[BIO_FLUSH], stats.ticks[BIO_FLUSH]);
	return 0;
}

static void diskstats_show(struct seq_file *m, void *v)
{
	(void)v;
	for_each_bdev(show_stats, m);
}

static struct proc_entry entries[] = {
	{.name = "partitions", .show = partitions_show},
	{.name = "diskstats", .show = diskstats_show},
};

void proc_block_init(void)
{
	proc_register_all(NULL, entries);
}
