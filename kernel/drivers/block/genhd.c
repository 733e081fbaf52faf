/*
 * Disks and partitions that the kernel knows.
 *
 * All block devices are in one list, which only grows: disks are found at boot and stay. So it is
 * walked without a lock; an entry is complete before it is linked.
 */
#include "kernel/drivers/block/blkdev.h"

#include "kernel/drivers/block/partition.h"
#include "kernel/drivers/block/queue.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/kstrtox.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/options.h"
#include "kernel/printk.h"
#include "mm/slab.h"

static DEFINE_SPINLOCK(bdevs_lock); /* for adding */
static LIST_HEAD(bdevs);	    /* bd_list */
static void (*bdev_created)(struct block_device *bdev);

int for_each_bdev(int (*fn)(struct block_device *bdev, void *ctx), void *ctx)
{
	struct block_device *bdev;
	int result = 0;

	list_for_each_entry (bdev, &bdevs, bd_list) {
		result = fn(bdev, ctx);
		if (result)
			break;
	}
	return result;
}

struct block_device *bdev_by_dev(dev_t dev)
{
	struct block_device *bdev;

	list_for_each_entry (bdev, &bdevs, bd_list)
		if (bdev->bd_dev == dev)
			return bdev;
	return NULL;
}

struct block_device *bdev_by_name(const char *name)
{
	struct block_device *bdev;

	list_for_each_entry (bdev, &bdevs, bd_list)
		if (strcmp(bdev->bd_name, name) == 0)
			return bdev;
	return NULL;
}

/* For those that were there before somebody wanted to know. */
static int tell_created(struct block_device *bdev, void *ctx)
{
	(void)ctx;
	bdev_created(bdev);
	return 0;
}

void set_bdev_created(void (*fn)(struct block_device *bdev))
{
	bdev_created = fn;
	for_each_bdev(tell_created, NULL);
}

static void publish(struct block_device *bdev)
{
	spin_lock(&bdevs_lock);
	list_add_tail(&bdev->bd_list, &bdevs);
	spin_unlock(&bdevs_lock);
	if (bdev_created)
		bdev_created(bdev);
}

static struct block_device *new_bdev(struct gendisk *disk, unsigned int partno, sector_t start,
				     sector_t sectors)
{
	struct block_device *bdev = kzalloc(sizeof(*bdev), GFP_KERNEL);

	if (!bdev)
		return NULL;
	bdev->bd_dev = MKDEV(disk->major, disk->first_minor + partno);
	bdev->bd_disk = disk;
	bdev->bd_partno = partno;
	bdev->bd_start = start;
	bdev->bd_nr_sectors = sectors;
	bdev->bd_read_only = disk->read_only;
	mutex_init(&bdev->bd_mutex, "bd_mutex");
	if (partno)
		snprintf(bdev->bd_name, sizeof(bdev->bd_name), "%s%u", disk->name, partno);
	else
		snprintf(bdev->bd_name, sizeof(bdev->bd_name), "%s", disk->name);
	return bdev;
}

int blk_attach(struct gendisk *disk)
{
	int error;

	disk->whole = new_bdev(disk, 0, 0, disk->nr_sectors);
	if (!disk->whole)
		return -ENOMEM;
	error = blk_queue_create(disk);
	if (error) {
		kfree(disk->whole);
		disk->whole = NULL;
	}
	return error;
}

void blk_detach(struct gendisk *disk)
{
	blk_queue_destroy(disk);
	kfree(disk->whole);
	disk->whole = NULL;
}

/* ------------------------------------------------------------ the boot log */

static void print_disk(const struct gendisk *disk)
{
	u64 kib = disk->nr_sectors >> 1;
	bool in_mib = kib >= 1024;

	pr_info("%s: %llu %s%s%s%s\n", disk->name, in_mib ? kib >> 10 : kib, in_mib ? "MiB" : "KiB",
		disk->description ? ", " : "", disk->description ? disk->description : "",
		disk->read_only ? ", read-only" : "");
}

/* The partitions of a disk, as a sentence that grows. */
struct partition_line {
	char text[160];
	size_t len;
};

static int add_partition(struct gendisk *disk, unsigned int number, sector_t start,
			 sector_t sectors, void *ctx)
{
	struct partition_line *line = ctx;
	struct block_device *bdev;

	if (number >= disk->minors)
		return 0;
	bdev = new_bdev(disk, number, start, sectors);
	if (!bdev)
		return -ENOMEM;
	publish(bdev);
	snprintf(line->text + line->len, sizeof(line->text) - line->len, " %s", bdev->bd_name);
	line->len += strlen(line->text + line->len);
	return 0;
}

/* disktimeout=SECONDS: for every disk, instead of what its driver says. */
static unsigned int timeout_seconds;

static int set_disktimeout(const char *value)
{
	return value ? kstrtouint(value, 10, &timeout_seconds) : -EINVAL;
}

BOOT_OPTION("disktimeout", set_disktimeout);

int add_disk(struct gendisk *disk)
{
	struct partition_line line = {.len = 0};
	int error;

	if (timeout_seconds)
		disk->timeout = timeout_seconds * HZ;
	error = blk_attach(disk);
	if (error)
		return error;
	print_disk(disk);
	publish(disk->whole);
	error = read_partitions(disk, add_partition, &line);
	if (line.len)
		pr_info("%s:%s\n", disk->name, line.text);
	if (error)
		pr_warn("%s: the partition table cannot be read: error %d\n", disk->name, -error);
	return 0;
}
