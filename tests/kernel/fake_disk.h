/*
 * A disk in memory, for tests: its driver can fail, be busy, hold back what it was given, or forget
 * it. It is known to nobody but the test (blk_attach()).
 */
#ifndef FOLIO_TESTS_FAKE_DISK_H
#define FOLIO_TESTS_FAKE_DISK_H

#include "kernel/drivers/block/blkdev.h"
#include "tests/kernel/ktest.h"

#define FAKE_LOG 256u

/* A request as the driver was asked to start it. */
struct fake_start {
	u8 op;
	sector_t sector;
	unsigned int sectors, segments;
};

struct fake_disk {
	struct gendisk disk;
	u8 *data; /* nr_sectors * 512 bytes */

	/* for the test to set */
	bool hold;	   /* what is started does not end until fake_release() */
	unsigned int room; /* requests that it takes before it is -EBUSY; 0: no end */
	bool bad;	   /* requests that touch this sector fail, ... */
	sector_t bad_sector;
	unsigned int bad_times; /* ... so often */
	unsigned int forget;	/* so many requests are never answered: they time out */
	unsigned int refuse;	/* so many start() fail with -EIO */

	/* what happened */
	unsigned int nr_started, nr_timeouts, nr_busy;
	struct fake_start log[FAKE_LOG]; /* the first of them */

	struct request *on_its_way[FAKE_LOG];
	unsigned int nr_on_its_way;
};

/* fake_disk_new - a disk of so many sectors with limits that suit most; asserts. */
struct fake_disk *fake_disk_new(struct ktest *t, unsigned int sectors);

/* fake_disk_free - with nothing on its way; NULL is allowed. */
void fake_disk_free(struct fake_disk *fake);

/* fake_release - hold no more, and end what was held. */
void fake_release(struct fake_disk *fake);

#endif
