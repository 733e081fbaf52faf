/*
 * A bio: one piece of block I/O, from some pages to some sectors that follow each other, or the
 * other way round. Who wants I/O makes bios; the block layer orders and joins them into requests
 * (kernel/drivers/block/blkdev.h), and a driver carries those out.
 *
 *	file system, page cache                      struct bio
 *	        | submit_bio()
 *	request queue: merging, elevator             struct request
 *	        | driver's start()
 *	IDE, virtio-blk                              commands of the device
 *	        | interrupt -> the disk's thread
 *	bio->end_io()
 *
 * end_io() is called once for each bio, in the disk's thread (never in an interrupt handler): it
 * may take locks and wake tasks, but it must not wait for other I/O of the same disk, because it
 * is that thread which would bring it to an end.
 */
#ifndef FOLIO_BLOCK_BIO_H
#define FOLIO_BLOCK_BIO_H

#include "kernel/lib/list.h"
#include "mm/gfp.h"

struct block_device;
struct page;

typedef u64 sector_t; /* sectors are always of 512 bytes */
#define SECTOR_SHIFT 9
#define SECTOR_SIZE  512u

/* A part of one page; offset and len are multiples of 512. */
struct bio_vec {
	struct page *bv_page; /* may be in high memory */
	u16 bv_offset, bv_len;
};

enum bio_op {
	BIO_READ,
	BIO_WRITE,
	BIO_FLUSH, /* no data: the device's write cache goes to the platter */
	NR_BIO_OPS
};

/* bi_flags */
#define BIO_SYNC      1u /* somebody waits for it: before those that nobody waits for */
#define BIO_READAHEAD 2u /* nobody has asked for it yet: no retries, and no messages */

#define BIO_MAX_VECS  256u /* 1 MiB in whole pages */

struct bio {
	struct block_device *bi_bdev;
	sector_t bi_sector;   /* in bi_bdev */
	unsigned int bi_size; /* bytes: the sum of the vectors */
	u8 bi_op, bi_flags;
	u8 bi_pool; /* bio.c: where it is given back */
	u16 bi_nr_vecs, bi_max_vecs;
	int bi_error; /* for end_io: 0, or -EIO, -ENOSPC (beyond the device's end), -EROFS */
	void (*bi_end_io)(struct bio *bio);
	void *bi_private;	  /* end_io's */
	struct list_head bi_list; /* the block layer's while it is submitted, else the owner's */
	struct bio_vec bi_vecs[];
};

/*
 * bio_alloc - an empty bio with room for max_vecs (0..BIO_MAX_VECS) vectors; bi_bdev, bi_sector,
 * bi_op, bi_end_io are the caller's to set. With __GFP_WAIT it never fails, because writing is what
 * makes memory free: there is a reserve, and it may sleep until a bio comes back to it (so nobody
 * may hold a bio that is not submitted while allocating another). Without: NULL, any context.
 * bio_free - end_io of a bio's owner calls it. Any context that may take locks.
 */
struct bio *bio_alloc(gfp_t gfp, unsigned int max_vecs);
void bio_free(struct bio *bio);

/*
 * bio_add_page - append a part of a page, which must stay until end_io. False: the bio is full
 * (or would be larger than the disk takes in one request): submit it and begin another.
 */
bool bio_add_page(struct bio *bio, struct page *page, unsigned int offset, unsigned int len);

/*
 * submit_bio - hand it over; end_io will be called, perhaps before this returns. May sleep (the
 * queue is full); no spinlock, no lock that end_io takes. BIO_FLUSH covers all writes that have
 * ended before it was submitted.
 * submit_bio_wait - the same, and wait; bi_end_io and bi_private are not the caller's. bi_error.
 */
void submit_bio(struct bio *bio);
int submit_bio_wait(struct bio *bio);

/* bio_init - boot. */
void bio_init(void);

#endif
