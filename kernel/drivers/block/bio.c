/*
 * Bios: making them, even when there is no memory, and handing them over.
 *
 * A bio has its vectors behind it, so there are caches for a few sizes. Writing pages is what makes
 * memory free, and it needs bios: so a few of the largest size are kept aside. Who may sleep gets
 * one of these when the caches have none, or waits until one comes back; each that is in use is
 * submitted, so it does.
 */
#include "kernel/drivers/block/bio.h"

#include "kernel/completion.h"
#include "kernel/drivers/block/queue.h"
#include "kernel/lib/errno.h"
#include "kernel/panic.h"
#include "kernel/wait.h"
#include "mm/page.h"
#include "mm/slab.h"
#include "mm/vmstat.h"

#define NR_RESERVED 4u

static struct bio_pool {
	const char *name;
	unsigned int vecs;
	struct kmem_cache *cache;
} pools[] = {{.name = "bio-1", .vecs = 1},
	     {.name = "bio-8", .vecs = 8},
	     {.name = "bio-32", .vecs = 32},
	     {.name = "bio-128", .vecs = 128},
	     {.name = "bio-256", .vecs = BIO_MAX_VECS}};

#define LARGEST (ARRAY_SIZE(pools) - 1)

static DEFINE_SPINLOCK(reserve_lock); /* taken with interrupts disabled */
static LIST_HEAD(reserve);	      /* bi_list */
static unsigned int nr_reserved;
static DECLARE_WAIT_QUEUE_HEAD(reserve_wait);

static unsigned int pool_for(unsigned int vecs)
{
	unsigned int i = 0;

	while (pools[i].vecs < vecs)
		i++;
	return i;
}

static struct bio *take_reserved(void)
{
	unsigned long flags;
	struct bio *bio;

	spin_lock_irqsave(&reserve_lock, flags);
	bio = list_first_entry_or_null(&reserve, struct bio, bi_list);
	if (bio) {
		list_del(&bio->bi_list);
		nr_reserved--;
	}
	spin_unlock_irqrestore(&reserve_lock, flags);
	return bio;
}

/* True: the reserve was not full and has the bio now. */
static bool refill_reserve(struct bio *bio)
{
	unsigned long flags;
	bool refilled;

	spin_lock_irqsave(&reserve_lock, flags);
	refilled = nr_reserved < NR_RESERVED;
	if (refilled) {
		list_add(&bio->bi_list, &reserve);
		nr_reserved++;
	}
	spin_unlock_irqrestore(&reserve_lock, flags);
	if (refilled)
		wake_up(&reserve_wait);
	return refilled;
}

static struct bio *new_bio(unsigned int pool, gfp_t gfp)
{
	struct bio *bio = kmem_cache_alloc(pools[pool].cache, gfp);

	if (bio)
		bio->bi_pool = (u8)pool;
	return bio;
}

/*
 * First without sleeping; a write that the allocator would wait for may be the one that is being
 * made here.
 */
static struct bio *get_bio(unsigned int pool, gfp_t gfp)
{
	struct bio *bio = new_bio(pool, (gfp & ~(__GFP_WAIT | __GFP_IO | __GFP_FS)) | __GFP_NOWARN);

	return bio || !(gfp & __GFP_WAIT) ? bio : take_reserved();
}

struct bio *bio_alloc(gfp_t gfp, unsigned int max_vecs)
{
	unsigned int pool;
	struct bio *bio;

	might_sleep_if(gfp & __GFP_WAIT);
	if (max_vecs > BIO_MAX_VECS)
		panic("A bio for %u vectors; the most is %u", max_vecs, BIO_MAX_VECS);
	pool = pool_for(max_vecs);
	bio = get_bio(pool, gfp);
	if (!bio && (gfp & __GFP_WAIT))
		wait_event_exclusive(reserve_wait, (bio = get_bio(pool, gfp)));
	if (!bio)
		return NULL;
	bio->bi_bdev = NULL;
	bio->bi_sector = 0;
	bio->bi_size = 0;
	bio->bi_op = BIO_READ;
	bio->bi_flags = 0;
	bio->bi_nr_vecs = 0;
	bio->bi_max_vecs = (u16)max_vecs;
	bio->bi_error = 0;
	bio->bi_end_io = NULL;
	bio->bi_private = NULL;
	return bio;
}

void bio_free(struct bio *bio)
{
	if (bio->bi_pool == LARGEST && nr_reserved < NR_RESERVED && refill_reserve(bio))
		return;
	kmem_cache_free(pools[bio->bi_pool].cache, bio);
}

/* Does this part follow the one that was appended last, in the same page? */
static bool extends_last(const struct bio *bio, const struct page *page, unsigned int offset)
{
	const struct bio_vec *last;

	if (!bio->bi_nr_vecs)
		return false;
	last = &bio->bi_vecs[bio->bi_nr_vecs - 1];
	return last->bv_page == page && last->bv_offset + last->bv_len == offset;
}

bool bio_add_page(struct bio *bio, struct page *page, unsigned int offset, unsigned int len)
{
	const struct gendisk *disk = bio->bi_bdev->bd_disk;
	unsigned int nr = bio->bi_nr_vecs;

	if ((bio->bi_size + len) >> SECTOR_SHIFT > disk->max_sectors)
		return false;
	if (extends_last(bio, page, offset)) {
		bio->bi_vecs[nr - 1].bv_len = (u16)(bio->bi_vecs[nr - 1].bv_len + len);
	} else {
		if (nr == bio->bi_max_vecs || nr >= disk->max_segments)
			return false;
		bio->bi_vecs[nr] = (struct bio_vec){
			.bv_page = page, .bv_offset = (u16)offset, .bv_len = (u16)len};
		bio->bi_nr_vecs++;
	}
	bio->bi_size += len;
	return true;
}

/* ------------------------------------------------------------ submitting */

/* Why a bio need not or cannot go to the disk: 0, -errno; 1: it must go there. */
static int bio_check(const struct bio *bio)
{
	const struct block_device *bdev = bio->bi_bdev;
	const struct gendisk *disk = bdev->bd_disk;
	sector_t sectors = bio->bi_size >> SECTOR_SHIFT;

	if (bio->bi_op == BIO_FLUSH)
		return disk->write_cache && !disk->read_only;
	if (sectors > bdev->bd_nr_sectors || bio->bi_sector > bdev->bd_nr_sectors - sectors)
		return -ENOSPC;
	if (bio->bi_op == BIO_WRITE && (bdev->bd_read_only || disk->read_only))
		return -EROFS;
	if (bio->bi_size % SECTOR_SIZE || sectors > disk->max_sectors ||
	    bio->bi_nr_vecs > disk->max_segments)
		return -EIO;
	return sectors != 0;
}

/* pgpgin and pgpgout of /proc/vmstat; half a KiB counts as a whole one. */
static void count_bio(const struct bio *bio)
{
	unsigned int kib = (bio->bi_size + 1023) >> 10;

	count_vm_events(bio->bi_op == BIO_READ ? PGPGIN : PGPGOUT, kib);
}

void submit_bio(struct bio *bio)
{
	int check = bio_check(bio);

	might_sleep();
	bio->bi_error = min(check, 0);
	if (check > 0) {
		count_bio(bio);
		blk_queue_bio(bio);
	} else {
		bio->bi_end_io(bio);
	}
}

static void end_wait(struct bio *bio)
{
	complete(bio->bi_private);
}

int submit_bio_wait(struct bio *bio)
{
	DECLARE_COMPLETION(done);

	bio->bi_private = &done;
	bio->bi_end_io = end_wait;
	bio->bi_flags |= BIO_SYNC;
	submit_bio(bio);
	wait_for_completion(&done);
	return bio->bi_error;
}

int blkdev_issue_flush(struct block_device *bdev)
{
	struct bio *bio;
	int error;

	if (!bdev->bd_disk->write_cache)
		return 0;
	bio = bio_alloc(GFP_NOIO, 0);
	bio->bi_bdev = bdev;
	bio->bi_op = BIO_FLUSH;
	error = submit_bio_wait(bio);
	bio_free(bio);
	return error;
}

void bio_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(pools); i++)
		pools[i].cache = kmem_cache_create(
			pools[i].name, sizeof(struct bio) + pools[i].vecs * sizeof(struct bio_vec),
			0, SLAB_PANIC, NULL);
	while (nr_reserved < NR_RESERVED) {
		struct bio *bio = new_bio(LARGEST, GFP_KERNEL);

		if (!bio)
			panic("Too little memory: the reserve of bios cannot be made");
		refill_reserve(bio);
	}
}
