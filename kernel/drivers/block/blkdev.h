/*
 * Disks, their partitions, and the queues of requests before them.
 *
 * A driver finds a disk, fills a gendisk and calls add_disk(), which reads the partition table and
 * makes a block_device for the whole and for each part. From then on it is asked to start()
 * requests. One thread for each disk does what interrupt handlers must not do: it asks the driver
 * what has ended, calls the owners back and starts what waits.
 *
 *	submit_bio -> [queue: sorted by sector, neighbours joined] -> start() -> hardware
 *	                                                                           | interrupt
 *	bio->end_io() <- blk_end_request() <- reap() <- the disk's thread <- blk_wake()
 */
#ifndef FOLIO_BLOCK_BLKDEV_H
#define FOLIO_BLOCK_BLKDEV_H

#include "kernel/drivers/block/bio.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/rbtree.h"

struct gendisk;
struct request_queue;

/* What a driver may carry out at once. A driver reads it, and writes to rq_driver only. */
struct request {
	struct list_head rq_list;
	struct list_head rq_bios; /* bi_list; their sectors follow each other */
	sector_t rq_sector;	  /* of the disk */
	unsigned int rq_nr_sectors;
	unsigned int rq_nr_segments; /* vectors of all bios */
	u8 rq_op;		     /* enum bio_op; BIO_FLUSH: no sectors */
	u8 rq_flags;
	u8 rq_class;		   /* enum rq_class: where it waits (queue.h) */
	u8 rq_retries;		   /* how often it was started before */
	unsigned long rq_queued;   /* jiffies, when it was made */
	unsigned long rq_started;  /* jiffies, when it was handed to the driver */
	unsigned long rq_deadline; /* jiffies, when it should be started at the latest */
	void *rq_driver;	   /* the driver's own while it is started */
	struct rb_node rq_node;	   /* by rq_sector, while it waits */
	struct list_head rq_alone; /* after an error: bios to be tried one by one, later */
};

/* rq_for_each_vec - all parts of pages of a request, in the order of its sectors. */
#define rq_for_each_vec(vec, bio, rq)                      \
	list_for_each_entry (bio, &(rq)->rq_bios, bi_list) \
		for ((vec) = (bio)->bi_vecs; (vec) < (bio)->bi_vecs + (bio)->bi_nr_vecs; (vec)++)

/* All are called without locks, in process context, one at a time for each disk. */
struct disk_operations {
	/*
	 * Hand a request to the hardware. 0: it is on its way; -EBUSY: the hardware can take no
	 * more now, it will be offered again after the next reap(); other errors end it. Called
	 * by the disk's thread and by those who submit: it must not wait for the end of requests.
	 */
	int (*start)(struct gendisk *disk, struct request *rq);
	/* The disk's thread was woken: blk_end_request() for each request that has ended. */
	void (*reap)(struct gendisk *disk);
	/*
	 * A request has taken longer than the queue's time-out: bring the hardware to a known
	 * state, and blk_end_request(-ETIMEDOUT) for each that was on its way.
	 */
	void (*timed_out)(struct gendisk *disk);
};

/* Counters of /proc/diskstats (Linux: Documentation/iostats); by enum bio_op. */
struct disk_stats {
	unsigned long ios[NR_BIO_OPS], merges[NR_BIO_OPS], sectors[NR_BIO_OPS];
	unsigned long ticks[NR_BIO_OPS]; /* ms that requests took, added up */
	unsigned long in_flight;
	unsigned long io_ticks;	     /* ms in which there was something to do */
	unsigned long time_in_queue; /* ms, added up over the requests */
	unsigned long stamp;	     /* jiffies, up to which the two above are counted */
};

/* A disk or one of its partitions. They stay as long as the disk, which is for ever. */
struct block_device {
	dev_t bd_dev;
	char bd_name[16]; /* "hda", "hda1" */
	struct gendisk *bd_disk;
	unsigned int bd_partno; /* 0: the whole */
	sector_t bd_start, bd_nr_sectors;
	bool bd_read_only;
	struct inode *bd_inode;	 /* its page cache; made with the first opening */
	unsigned int bd_openers; /* bd_mutex */
	const void *bd_holder;	 /* who has it for himself: a mounted file system; bd_mutex */
	struct mutex bd_mutex;
	struct disk_stats bd_stats;
	struct list_head bd_list; /* all, in the order of discovery */
};

/* A disk, as its driver describes it. */
struct gendisk {
	const char *name;	 /* "hda" */
	const char *description; /* for the boot log, "QEMU HARDDISK, DMA"; may be NULL */
	unsigned int major, first_minor;
	unsigned int minors; /* how many numbers it has: itself and its partitions */
	sector_t nr_sectors;
	bool read_only;
	bool write_cache;	   /* BIO_FLUSH goes to the driver; else it has nothing to do */
	unsigned int max_sectors;  /* in one request */
	unsigned int max_segments; /* in one request; a segment is a part of one page */
	unsigned int depth;	   /* so many requests are offered at once; 0: until it is -EBUSY */
	unsigned long timeout; /* jiffies for one request; a flush may take four times as long */
	const struct disk_operations *ops;
	void *driver;		     /* the driver's own */
	struct block_device *whole;  /* add_disk() makes it */
	struct request_queue *queue; /* add_disk() makes it */
};

/*
 * add_disk - the disk can be used: makes its queue and thread, reads the partition table, makes the
 * nodes in /dev. The gendisk stays the driver's and must stay. 0 or -ENOMEM. May sleep; boot.
 */
int add_disk(struct gendisk *disk);

/*
 * blk_attach - the first half of add_disk(): queue, thread, disk->whole, which is known to nobody
 * else. 0 or -ENOMEM. blk_detach - undo it; nothing is on its way. For disks of tests. May sleep.
 */
int blk_attach(struct gendisk *disk);
void blk_detach(struct gendisk *disk);

/*
 * blk_wake - something may have ended, or what was -EBUSY may be free: wake the disk's thread. Any
 * context; interrupt handlers call it.
 */
void blk_wake(struct gendisk *disk);

/*
 * blk_end_request - a request that start() took has ended; from reap() and timed_out() only.
 * Errors are tried again where that makes sense: a request of several bios is split, so that only
 * the bad ones fail; what fails for good becomes -EIO for the bio's owner, with one line on the
 * console.
 */
void blk_end_request(struct gendisk *disk, struct request *rq, int error);

/* for_each_bdev - fn(bdev, ctx), in the order of discovery, until it returns other than 0. */
int for_each_bdev(int (*fn)(struct block_device *bdev, void *ctx), void *ctx);

/* bdev_by_dev, bdev_by_name ("hda1", without /dev/) - or NULL. Any process context. */
struct block_device *bdev_by_dev(dev_t dev);
struct block_device *bdev_by_name(const char *name);

/* bdev_stats - a copy of its counters, up to now. Process context. */
void bdev_stats(struct block_device *bdev, struct disk_stats *stats);

/*
 * blkdev_issue_flush - what was written before is on the platter when it returns. 0 or -EIO. May
 * sleep.
 */
int blkdev_issue_flush(struct block_device *bdev);

/* set_bdev_created - who is told of each new block_device (kernel/fs/block_dev.c: nodes). Boot. */
void set_bdev_created(void (*fn)(struct block_device *bdev));

/* Numbers as in Linux: Documentation/admin-guide/devices.txt. */
#define IDE0_MAJOR    3
#define IDE1_MAJOR    22
#define VIRTBLK_MAJOR 254

#endif
