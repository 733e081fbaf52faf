/*
 * Partition tables in the format of the PC's BIOS ("MBR"): four entries in sector 0, one of which
 * may be an extended partition, a chain of tables with one logical partition each.
 */
#ifndef FOLIO_BLOCK_PARTITION_H
#define FOLIO_BLOCK_PARTITION_H

#include "kernel/drivers/block/blkdev.h"

/*
 * read_partitions - call fn(disk, number, start, sectors, ctx) for each partition of a disk that
 * lies on it, by number: 1..4 primary, 5.. logical ones in the order of their chain; until it
 * returns other than 0, which is returned. 0: no more, or no table; -EIO, -ENOMEM. What is wrong
 * with a table is told on the console, and the entry left out. May sleep.
 */
typedef int (*partition_fn)(struct gendisk *disk, unsigned int number, sector_t start,
			    sector_t sectors, void *ctx);
int read_partitions(struct gendisk *disk, partition_fn fn, void *ctx);

#endif
