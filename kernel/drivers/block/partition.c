/*
 * Reading partition tables.
 *
 *	sector 0                 an extended partition: sectors e .. e + size
 *	  entry 1  hda1          e:      entry 1  hda5, relative to e
 *	  entry 2  hda2                  entry 2  next table: e + n, relative to e
 *	  entry 3  extended ---> e + n:  entry 1  hda6, relative to e + n
 *	  entry 4  -                     entry 2  -
 *
 * Whoever wrote the disk wrote the table: every number in it may be a lie. A chain may lead in
 * circles, so it is followed for MAX_LOGICAL steps at most; a partition has to begin on the disk,
 * is cut at its end, and a logical one lies inside the extended one.
 */
#include "kernel/drivers/block/partition.h"

#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "mm/page.h"
#include "mm/page_alloc.h"

#define TABLE_OFFSET	 446u
#define TABLE_ENTRIES	 4u
#define SIGNATURE_OFFSET 510u
#define SIGNATURE	 0xaa55u
#define FIRST_LOGICAL	 5u
#define MAX_LOGICAL	 59u /* with the whole disk and 4 others: 64 numbers */

/* Types of extended partitions: of DOS, with LBA, of Linux. */
#define TYPE_EXTENDED	    0x05u
#define TYPE_EXTENDED_LBA   0x0fu
#define TYPE_EXTENDED_LINUX 0x85u

/* An entry as it is on the disk, little endian as the processor. */
struct table_entry {
	u8 boot; /* 0x80: to be booted; else 0 */
	u8 first_chs[3];
	u8 type; /* 0: empty */
	u8 last_chs[3];
	u32 start, sectors;
} __packed;

struct reader {
	struct gendisk *disk;
	partition_fn fn;
	void *ctx;
	struct page *page; /* where sectors are read to */
	sector_t extended_start, extended_end;
};

static bool is_extended(const struct table_entry *entry)
{
	return entry->type == TYPE_EXTENDED || entry->type == TYPE_EXTENDED_LBA ||
	       entry->type == TYPE_EXTENDED_LINUX;
}

static int read_sector(struct reader *r, sector_t sector)
{
	struct bio *bio = bio_alloc(GFP_KERNEL, 1);
	int error;

	bio->bi_bdev = r->disk->whole;
	bio->bi_sector = sector;
	bio->bi_op = BIO_READ;
	bio_add_page(bio, r->page, 0, SECTOR_SIZE);
	error = submit_bio_wait(bio);
	bio_free(bio);
	return error;
}

/*
 * The four entries of the table in the page, or NULL: it is none. The boot sector of a file system
 * has the same signature, but hardly 0 or 0x80 at the beginning of each entry.
 */
static const struct table_entry *table_in(const struct reader *r)
{
	const u8 *sector = lowmem_page_address(r->page);
	const struct table_entry *table = (const void *)(sector + TABLE_OFFSET);

	if (*(const u16 *)(const void *)(sector + SIGNATURE_OFFSET) != SIGNATURE)
		return NULL;
	for (unsigned int i = 0; i < TABLE_ENTRIES; i++)
		if (table[i].boot & 0x7f)
			return NULL;
	return table;
}

/* Tell about a partition, if it lies below `end`. */
static int found(struct reader *r, unsigned int number, sector_t start, sector_t sectors,
		 sector_t end)
{
	if (start == 0 || start >= end) {
		pr_warn("%s: partition %u begins outside: left out\n", r->disk->name, number);
		return 0;
	}
	if (sectors > end - start) {
		pr_warn("%s: partition %u reaches too far: cut\n", r->disk->name, number);
		sectors = end - start;
	}
	return r->fn(r->disk, number, start, sectors, r->ctx);
}

/*
 * One table of the chain, at *at: its logical partition; *at becomes the next table's sector, 0:
 * the last. *number goes up when there was a partition.
 */
static int read_link(struct reader *r, sector_t *at, unsigned int *number)
{
	struct table_entry copy[TABLE_ENTRIES];
	const struct table_entry *table;
	sector_t here = *at;
	int error = read_sector(r, here);

	*at = 0;
	if (error)
		return error;
	table = table_in(r);
	if (!table)
		return 0;
	memcpy(copy, table, sizeof(copy));
	for (unsigned int i = 0; i < 2; i++) {
		const struct table_entry *entry = &copy[i];

		if (!entry->type || !entry->sectors)
			continue;
		if (is_extended(entry))
			*at = r->extended_start + entry->start;
		else
			error = found(r, (*number)++, here + entry->start, entry->sectors,
				      r->extended_end);
		if (error)
			return error;
	}
	return 0;
}

static int read_chain(struct reader *r)
{
	sector_t at = r->extended_start;
	unsigned int number = FIRST_LOGICAL;

	for (unsigned int steps = 0; at; steps++) {
		int error;

		if (steps == MAX_LOGICAL || at < r->extended_start || at >= r->extended_end) {
			pr_warn("%s: the chain of logical partitions leads astray\n",
				r->disk->name);
			return 0;
		}
		error = read_link(r, &at, &number);
		if (error)
			return error;
	}
	return 0;
}

/* The table of sector 0, which is in the page; the extended partition is remembered. */
static int read_primary(struct reader *r)
{
	const struct table_entry *table = table_in(r);
	struct table_entry copy[TABLE_ENTRIES];
	sector_t end = r->disk->nr_sectors;

	if (!table)
		return 0;
	memcpy(copy, table, sizeof(copy));
	for (unsigned int i = 0; i < TABLE_ENTRIES; i++) {
		const struct table_entry *entry = &copy[i];
		int error;

		if (!entry->type || !entry->sectors)
			continue;
		if (is_extended(entry) && entry->start && entry->start < end &&
		    !r->extended_start) {
			r->extended_start = entry->start;
			r->extended_end = min(end, (sector_t)entry->start + entry->sectors);
			continue;
		}
		error = found(r, i + 1, entry->start, entry->sectors, end);
		if (error)
			return error;
	}
	return r->extended_start ? read_chain(r) : 0;
}

int read_partitions(struct gendisk *disk, partition_fn fn, void *ctx)
{
	struct reader r = {.disk = disk, .fn = fn, .ctx = ctx};
	int error;

	if (!disk->nr_sectors)
		return 0;
	r.page = alloc_page(GFP_KERNEL);
	if (!r.page)
		return -ENOMEM;
	error = read_sector(&r, 0);
	if (!error)
		error = read_primary(&r);
	__free_page(r.page);
	return error;
}
