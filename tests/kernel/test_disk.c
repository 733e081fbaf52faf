/*
 * A real disk, through the block layer and its driver: whichever the boot option testdisk=NAME
 * names. What is on it is lost. The same cases are for every driver (tests/system/test_disk.py).
 */
#include "kernel/completion.h"
#include "kernel/cpu/clock.h"
#include "kernel/drivers/block/blkdev.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/math64.h"
#include "kernel/lib/string.h"
#include "kernel/options.h"
#include "mm/page.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "tests/kernel/mm_test.h"

#define SECTORS_PER_PAGE (PAGE_SIZE / SECTOR_SIZE)

static const char *disk_name;

static int set_testdisk(const char *value)
{
	disk_name = value;
	return value ? 0 : -EINVAL;
}

BOOT_OPTION("testdisk", set_testdisk);

static struct block_device *bdev;

static void setup(struct ktest *t)
{
	if (!disk_name)
		ktest_skip(t, "no testdisk=");
	bdev = bdev_by_name(disk_name);
	KT_ASSERT(t, bdev);
}

/* ------------------------------------------------------------ pieces of I/O */

/* Pages of its own, which a bio carries from or to the disk. */
struct piece {
	struct page **pages;
	unsigned int nr_pages;
	struct bio *bio;
	struct completion done;
	unsigned int calls;
};

static void free_piece(struct piece *piece)
{
	for (unsigned int i = 0; piece->pages && i < piece->nr_pages; i++)
		if (piece->pages[i])
			__free_page(piece->pages[i]);
	kfree(piece->pages);
	piece->pages = NULL;
}

static bool alloc_piece(struct piece *piece, unsigned int nr_pages)
{
	piece->nr_pages = nr_pages;
	piece->pages = kzalloc(nr_pages * sizeof(*piece->pages), GFP_KERNEL);
	for (unsigned int i = 0; piece->pages && i < nr_pages; i++) {
		piece->pages[i] = alloc_page(GFP_KERNEL);
		if (!piece->pages[i])
			break;
	}
	if (piece->pages && piece->pages[nr_pages - 1])
		return true;
	free_piece(piece);
	return false;
}

static void ended(struct bio *bio)
{
	struct piece *piece = bio->bi_private;

	piece->calls++;
	complete(&piece->done);
}

/*
 * Begin; the sectors lie in the pages from `offset` bytes on. False: it is more than a bio takes.
 */
static bool begin(struct piece *piece, enum bio_op op, sector_t sector, unsigned int offset,
		  unsigned int nr_sectors)
{
	unsigned int left = nr_sectors * SECTOR_SIZE;
	struct bio *bio = bio_alloc(GFP_KERNEL, piece->nr_pages);

	bio->bi_bdev = bdev;
	bio->bi_sector = sector;
	bio->bi_op = (u8)op;
	bio->bi_end_io = ended;
	bio->bi_private = piece;
	for (unsigned int i = 0; left; i++) {
		unsigned int len = min((unsigned int)PAGE_SIZE - offset, left);

		if (!bio_add_page(bio, piece->pages[i], offset, len)) {
			bio_free(bio);
			return false;
		}
		left -= len;
		offset = 0;
	}
	piece->bio = bio;
	piece->calls = 0;
	init_completion(&piece->done);
	submit_bio(bio);
	return true;
}

static int await(struct piece *piece)
{
	int error;

	wait_for_completion(&piece->done);
	error = piece->bio->bi_error;
	bio_free(piece->bio);
	return error;
}

static int transfer(struct piece *piece, enum bio_op op, sector_t sector, unsigned int offset,
		    unsigned int nr_sectors)
{
	return begin(piece, op, sector, offset, nr_sectors) ? await(piece) : -E2BIG;
}

/* ------------------------------------------------------------ patterns */

/* The n-th sector of a piece whose first begins at `offset`. */
static u32 *sector_data(struct piece *piece, unsigned int offset, unsigned int n)
{
	unsigned int at = offset + n * SECTOR_SIZE;

	return lowmem_page_address(piece->pages[at / PAGE_SIZE]) + at % PAGE_SIZE;
}

/* Every word of a sector tells which one it is, and in which version. */
static u32 pattern(sector_t sector, u32 version, unsigned int word)
{
	return ((u32)sector * 2654435761u) ^ (version * 40503u) ^ word << 24;
}

static void fill_sector(u32 *data, sector_t sector, u32 version)
{
	for (unsigned int i = 0; i < SECTOR_SIZE / 4; i++)
		data[i] = pattern(sector, version, i);
}

static bool is_sector(const u32 *data, sector_t sector, u32 version)
{
	for (unsigned int i = 0; i < SECTOR_SIZE / 4; i++)
		if (data[i] != pattern(sector, version, i))
			return false;
	return true;
}

static void fill_piece(struct piece *piece, unsigned int offset, sector_t sector, unsigned int nr,
		       u32 version)
{
	for (unsigned int i = 0; i < nr; i++)
		fill_sector(sector_data(piece, offset, i), sector + i, version);
}

static void check_piece(struct ktest *t, struct piece *piece, unsigned int offset, sector_t sector,
			unsigned int nr, u32 version)
{
	for (unsigned int i = 0; i < nr; i++)
		if (!is_sector(sector_data(piece, offset, i), sector + i, version)) {
			KT_EXPECT_EQ(t, sector + i, (sector_t)-1);
			return;
		}
}

/* ------------------------------------------------------------ cases */

static void test_round_trip(struct ktest *t)
{
	static const struct {
		sector_t sector;
		unsigned int offset, nr;
	} shapes[] = {{0, 0, 1},   {1, 512, 1},	    {7, 3584, 2},   {100, 0, 8},
		      {101, 0, 8}, {300, 1024, 31}, {1000, 0, 256}, {5001, 2048, 128}};
	const unsigned int most = (bdev->bd_disk->max_segments - 1) * SECTORS_PER_PAGE;
	struct piece out = {}, in = {};

	KT_ASSERT(t, alloc_piece(&out, 34));
	if (!KT_EXPECT(t, alloc_piece(&in, 34)))
		goto free;
	for (unsigned int i = 0; i < ARRAY_SIZE(shapes); i++) {
		const unsigned int offset = shapes[i].offset, nr = min(shapes[i].nr, most);

		fill_piece(&out, offset, shapes[i].sector, nr, i);
		fill_piece(&in, 0, 0, 34 * SECTORS_PER_PAGE, ~0u);
		KT_EXPECT_EQ(t, transfer(&out, BIO_WRITE, shapes[i].sector, offset, nr), 0);
		KT_EXPECT_EQ(t, transfer(&in, BIO_READ, shapes[i].sector, 512, nr), 0);
		check_piece(t, &in, 512, shapes[i].sector, nr, i);
		KT_EXPECT(t, is_sector(sector_data(&in, 0, 0), 0, ~0u));
		KT_EXPECT(t, is_sector(sector_data(&in, 512, nr), nr + 1, ~0u));
	}
	free_piece(&in);
free:
	free_piece(&out);
}

static void test_limits(struct ktest *t)
{
	const sector_t end = bdev->bd_nr_sectors;
	struct piece piece = {};

	KT_ASSERT(t, alloc_piece(&piece, BIO_MAX_VECS));
	fill_piece(&piece, 0, end - 1, 1, 1);
	KT_EXPECT_EQ(t, transfer(&piece, BIO_WRITE, end - 1, 0, 1), 0);
	KT_EXPECT_EQ(t, transfer(&piece, BIO_READ, end - 1, 512, 1), 0);
	check_piece(t, &piece, 512, end - 1, 1, 1);
	KT_EXPECT_EQ(t, transfer(&piece, BIO_READ, end, 0, 1), -ENOSPC);
	KT_EXPECT_EQ(t, transfer(&piece, BIO_READ, end - 1, 0, 2), -ENOSPC);
	KT_EXPECT_EQ(t, transfer(&piece, BIO_WRITE, end - 1, 0, 2), -ENOSPC);
	KT_EXPECT_EQ(t, transfer(&piece, BIO_WRITE, ~(sector_t)0, 0, 2), -ENOSPC);
	KT_EXPECT_EQ(t, blkdev_issue_flush(bdev), 0);
	free_piece(&piece);
}

/* As much as one request may be, in pages that do not follow each other. */
static void test_largest(struct ktest *t)
{
	const struct gendisk *disk = bdev->bd_disk;
	unsigned int nr_pages = min(disk->max_segments, BIO_MAX_VECS);
	struct piece out = {}, in = {};
	unsigned int nr;

	nr_pages = min(nr_pages, disk->max_sectors / (unsigned int)SECTORS_PER_PAGE);
	nr = nr_pages * SECTORS_PER_PAGE;
	ktest_log(t, "%u pages in one request", nr_pages);
	KT_ASSERT(t, alloc_piece(&out, nr_pages));
	if (!KT_EXPECT(t, alloc_piece(&in, nr_pages)))
		goto free;
	for (unsigned int i = 0; i < nr_pages / 2; i++)
		swap(in.pages[i], in.pages[nr_pages - 1 - i]);
	fill_piece(&out, 0, 2000, nr, 3);
	KT_EXPECT_EQ(t, transfer(&out, BIO_WRITE, 2000, 0, nr), 0);
	KT_EXPECT_EQ(t, transfer(&in, BIO_READ, 2000, 0, nr), 0);
	check_piece(t, &in, 0, 2000, nr, 3);
	free_piece(&in);
free:
	free_piece(&out);
}

/* Many pieces on their way at once, in random order and of random lengths; none is lost. */
#define BATCH	    96u
#define ROUNDS	    20u
#define PLACE_PAGES 4u
#define PLACE	    (PLACE_PAGES * SECTORS_PER_PAGE) /* sectors for each piece */

struct batch {
	struct piece pieces[BATCH];
	unsigned int order[BATCH], first[BATCH], nr[BATCH];
	u32 versions[BATCH * PLACE]; /* of each sector; 0: never written */
};

static void shuffle(struct batch *b, struct prng *rng)
{
	for (unsigned int i = 0; i < BATCH; i++)
		b->order[i] = i;
	for (unsigned int i = BATCH - 1; i; i--) {
		unsigned int other = prng_below(rng, i + 1);

		swap(b->order[i], b->order[other]);
	}
}

static void run_batch(struct ktest *t, struct batch *b, struct prng *rng, u32 version)
{
	const enum bio_op op = version & 1 ? BIO_WRITE : BIO_READ;

	shuffle(b, rng);
	for (unsigned int i = 0; i < BATCH; i++) {
		const unsigned int n = b->order[i];
		struct piece *piece = &b->pieces[n];

		b->first[n] = prng_below(rng, PLACE);
		b->nr[n] = 1 + prng_below(rng, PLACE - b->first[n]);
		if (op == BIO_WRITE) {
			fill_piece(piece, 0, n * PLACE + b->first[n], b->nr[n], version);
			for (unsigned int s = 0; s < b->nr[n]; s++)
				b->versions[n * PLACE + b->first[n] + s] = version;
		}
		KT_EXPECT(t, begin(piece, op, n * PLACE + b->first[n], 0, b->nr[n]));
	}
	for (unsigned int n = 0; n < BATCH; n++) {
		KT_EXPECT_EQ(t, await(&b->pieces[n]), 0);
		KT_EXPECT_EQ(t, b->pieces[n].calls, 1u);
	}
}

static void check_batch(struct ktest *t, struct batch *b)
{
	for (unsigned int n = 0; n < BATCH; n++)
		for (unsigned int s = 0; s < b->nr[n]; s++) {
			const unsigned int sector = n * PLACE + b->first[n] + s;

			if (b->versions[sector])
				check_piece(t, &b->pieces[n], s * SECTOR_SIZE, sector, 1,
					    b->versions[sector]);
		}
}

/* check_piece() looks at the sector at an offset; the piece's pages are one after the other. */
static void test_many(struct ktest *t)
{
	struct batch *b = kzalloc(sizeof(*b), GFP_KERNEL);
	struct prng rng;
	bool all = true;

	KT_ASSERT(t, b);
	ktest_seed(t, &rng, 20);
	for (unsigned int i = 0; i < BATCH; i++)
		all = all && alloc_piece(&b->pieces[i], PLACE_PAGES);
	for (u32 version = 1; KT_EXPECT(t, all) && version < ROUNDS && !t->failures; version++) {
		run_batch(t, b, &rng, version);
		if (!(version & 1))
			check_batch(t, b);
		if (version % 5 == 0)
			KT_EXPECT_EQ(t, blkdev_issue_flush(bdev), 0);
	}
	for (unsigned int i = 0; i < BATCH; i++)
		free_piece(&b->pieces[i]);
	kfree(b);
}

/* ------------------------------------------------------------ speed */

#define STREAMS	    4u /* pieces on their way */
#define STREAM_SIZE (32u << 20)
#define STREAM_TIME 300000000ull /* ns; slow disks get no further */

/* Bytes that were carried; 0: an error. */
static u32 stream(struct piece *pieces, enum bio_op op, unsigned int piece_sectors)
{
	const u64 end = ktime_get_ns() + STREAM_TIME;
	const u32 size = piece_sectors * SECTOR_SIZE;
	unsigned int begun = 0, ended = 0;
	bool good = true;

	while (begun < STREAM_SIZE / size && ktime_get_ns() < end) {
		if (begun - ended == STREAMS)
			good = await(&pieces[ended++ % STREAMS]) == 0 && good;
		begin(&pieces[begun % STREAMS], op, (sector_t)begun * piece_sectors, 0,
		      piece_sectors);
		begun++;
	}
	while (ended < begun)
		good = await(&pieces[ended++ % STREAMS]) == 0 && good;
	return good ? begun * size : 0;
}

static void stream_speed(struct ktest *t, struct piece *pieces, enum bio_op op,
			 unsigned int piece_sectors)
{
	u64 ns = ktime_get_ns();
	u32 bytes = stream(pieces, op, piece_sectors);

	KT_EXPECT_NE(t, bytes, 0u);
	ns = max(ktime_get_ns() - ns, 1000000ull);
	ktest_log(t, "%s %u KiB: %u MB/s", op == BIO_READ ? "read" : "write", piece_sectors / 2,
		  (u32)div_u64(bytes * 1000ull, (u32)ns));
}

static void test_speed(struct ktest *t)
{
	unsigned int largest = min(bdev->bd_disk->max_segments, 128u) * SECTORS_PER_PAGE;
	struct piece pieces[STREAMS] = {};
	bool all = true;

	if (bdev->bd_nr_sectors < STREAM_SIZE / SECTOR_SIZE)
		ktest_skip(t, "a small disk");
	for (unsigned int i = 0; i < STREAMS; i++)
		all = all && alloc_piece(&pieces[i], largest / SECTORS_PER_PAGE);
	for (unsigned int nr = 8; KT_EXPECT(t, all) && nr <= largest; nr *= 4) {
		stream_speed(t, pieces, BIO_WRITE, nr);
		stream_speed(t, pieces, BIO_READ, nr);
	}
	for (unsigned int i = 0; i < STREAMS; i++)
		free_piece(&pieces[i]);
}

static const struct ktest_case cases[] = {KTEST(test_round_trip), KTEST(test_limits),
					  KTEST(test_largest), KTEST(test_many), KTEST(test_speed)};
KTEST_SUITE_WITH(disk, 0, cases, setup, NULL);
