/*
 * Reading files into the page cache.
 *
 * Pages of a file follow each other, and mostly their blocks do so on the device too. get_block()
 * says for how long (a run), and the pages of a run go into as few bios as there can be:
 *
 *	pages of the file     | 4 | 5 | 6 | 7 | 8 |
 *	blocks on the device   70  71  72   -  90        -: a hole, or beyond the end: zero
 *	bios                  [70  71  72]    [90]
 *
 * With blocks smaller than a page, the parts of one page may be in several bios. Such a page is
 * unlocked when the last one has ended: page->private counts (mpage_internal.h).
 *
 * A part that cannot be read leaves its page with PG_error and not up to date. Nobody is told here:
 * who wants the page finds it so and reads it again, alone, and is told then.
 *
 * The device's bytes behind the end of a file are not the file's. They become zero in memory when
 * they have been read; the bio that has them is the last one of the file, and its bi_private says
 * how many they are. i_size of the time when the read began is what counts: if the file grows
 * meanwhile, what is new in this page is a hole.
 *
 * An open bio is submitted before get_block() is called. That may wait for other I/O, and for
 * memory, which may have to wait for bios.
 *
 * Locks: each page is locked, from before the call until its bios have ended.
 */
#include "kernel/fs/mpage_internal.h"
#include "kernel/lib/err.h"
#include "mm/lru.h"

/* ---- chains of bios -------------------------------------------------------------------------- */

void bio_chain_submit(struct bio_chain *chain)
{
	if (chain->bio)
		submit_bio(chain->bio);
	chain->bio = NULL;
}

static void open_bio(struct bio_chain *chain, sector_t sector, unsigned int vecs)
{
	struct bio *bio = bio_alloc(GFP_NOFS, min(vecs, BIO_MAX_VECS));

	bio->bi_bdev = chain->bdev;
	bio->bi_sector = sector;
	bio->bi_op = chain->op;
	bio->bi_flags = chain->flags;
	bio->bi_end_io = chain->end_io;
	bio->bi_private = NULL;
	chain->bio = bio;
}

bool bio_chain_add(struct bio_chain *chain, sector_t sector, struct page *page, unsigned int offset,
		   unsigned int len, unsigned int vecs)
{
	unsigned int nr;

	if (chain->bio && chain->next != sector)
		bio_chain_submit(chain);
	nr = chain->bio ? chain->bio->bi_nr_vecs : 0;
	while (!chain->bio || !bio_add_page(chain->bio, page, offset, len)) {
		bio_chain_submit(chain);
		open_bio(chain, sector, vecs);
		nr = 0;
	}
	chain->next = sector + (len >> SECTOR_SHIFT);
	return chain->bio->bi_nr_vecs > nr;
}

/* ---- a part has been read -------------------------------------------------------------------- */

static void part_read(struct page *page, int error)
{
	if (unlikely(error))
		SetPageError(page);
	if (!put_part(page))
		return;
	if (likely(!PageError(page)))
		SetPageUptodate(page);
	unlock_page(page);
}

static void read_ended(struct bio *bio)
{
	unsigned int tail = (unsigned int)(unsigned long)bio->bi_private;
	unsigned int nr = bio->bi_nr_vecs;

	if (tail) {
		const struct bio_vec *last = &bio->bi_vecs[nr - 1];
		unsigned int end = last->bv_offset + last->bv_len;

		zero_part(last->bv_page, end - tail, end);
	}
	for (unsigned int i = 0; i < nr; i++)
		part_read(bio->bi_vecs[i].bv_page, bio->bi_error);
	bio_free(bio);
}

/* ---- pages into bios ------------------------------------------------------------------------- */

struct read_state {
	struct inode *inode;
	get_block_t get_block;
	unsigned int bits;
	u32 end;	    /* the file's blocks */
	unsigned int tail;  /* bytes of the last one that are not the file's */
	unsigned int pages; /* still to come, with this one */
	struct block_run run;
	struct bio_chain chain;
};

static void init_read(struct read_state *r, struct inode *inode, get_block_t get_block,
		      unsigned int pages, u8 flags)
{
	loff_t size = i_size_read(inode);

	r->inode = inode;
	r->get_block = get_block;
	r->bits = block_bits(inode);
	r->end = size_in_blocks(size, r->bits);
	r->tail = -(unsigned int)size & ((1u << r->bits) - 1);
	r->pages = pages;
	r->run.map.count = 0;
	r->chain = (struct bio_chain){
		.bdev = mpage_bdev(inode), .end_io = read_ended, .op = BIO_READ, .flags = flags};
}

/* Have the run in which a block lies. How many blocks of it are left from there; or -errno. */
static int find_run(struct read_state *r, u32 block, unsigned int most)
{
	struct block_run *run = &r->run;
	u32 into = block - run->start;
	int error;

	if (into >= run->map.count) {
		bio_chain_submit(&r->chain);
		run->map.count = 0;
		error = r->get_block(r->inode, block, min(most, r->end - block), false, &run->map);
		if (error)
			return error;
		run->start = block;
		into = 0;
	}
	return (int)(run->map.count - into);
}

/* `n` mapped blocks of a page, from its byte `offset` on. */
static void read_blocks(struct read_state *r, struct page *page, u32 block, unsigned int offset,
			unsigned int n)
{
	u32 on_device = r->run.map.block + (block - r->run.start);
	sector_t sector = (sector_t)on_device << (r->bits - SECTOR_SHIFT);

	if (bio_chain_add(&r->chain, sector, page, offset, n << r->bits, r->pages))
		get_part(page);
	if (block + n == r->end && r->tail) {
		r->chain.bio->bi_private = (void *)(unsigned long)r->tail;
		bio_chain_submit(&r->chain);
	}
}

/*
 * How many blocks of a page, from `at` on, are of one kind: up to the end of the page, the run and
 * the file, or to the next one of `fresh`. Or -errno. 0: beyond the end of the file.
 */
static int like_blocks(struct read_state *r, u32 block, unsigned int left, unsigned int fresh)
{
	int n;

	if (block >= r->end)
		return 0;
	if (fresh & 1)
		return 1;
	n = find_run(r, block, left + ((r->pages - 1) << (PAGE_SHIFT - r->bits)));
	if (n < 0)
		return n;
	left = min(left, (unsigned int)n);
	return (int)(fresh ? min(left, (unsigned int)__builtin_ctz(fresh)) : left);
}

static void begin_page(struct page *page)
{
	page->private = 1;
	if (unlikely(PageError(page)))
		ClearPageError(page);
}

/* The usual case: all of the page lies in the run that is known. */
static bool read_in_run(struct read_state *r, struct page *page)
{
	u32 first = page_block(page, r->bits), into = first - r->run.start;
	u32 blocks = PAGE_SIZE >> r->bits;
	const struct block_map *map = &r->run.map;
	sector_t sector;

	if (into >= map->count || map->count - into < blocks || !map->mapped ||
	    (r->tail && first + blocks == r->end))
		return false;
	begin_page(page); /* which has this part, and no other */
	SetPageMappedToDisk(page);
	sector = (sector_t)(map->block + into) << (r->bits - SECTOR_SHIFT);
	bio_chain_add(&r->chain, sector, page, 0, PAGE_SIZE, r->pages);
	return true;
}

/* Blocks of the mask `fresh` are zero, whatever the device has there. 0 or -errno. */
static int read_one(struct read_state *r, struct page *page, unsigned int fresh)
{
	unsigned int blocks = PAGE_SIZE >> r->bits, at = 0;
	u32 first = page_block(page, r->bits);
	bool holes = false;
	int n = 0;

	begin_page(page);
	while (at < blocks && (n = like_blocks(r, first + at, blocks - at, fresh >> at)) > 0) {
		if (!(fresh >> at & 1) && r->run.map.mapped) {
			read_blocks(r, page, first + at, at << r->bits, (unsigned int)n);
		} else {
			zero_part(page, at << r->bits, (at + (unsigned int)n) << r->bits);
			holes |= !(fresh >> at & 1);
		}
		at += (unsigned int)n;
	}
	if (at < blocks && n == 0)
		zero_part(page, at << r->bits, PAGE_SIZE);
	if (at == blocks && !holes)
		SetPageMappedToDisk(page);
	part_read(page, min(n, 0));
	return min(n, 0);
}

int mpage_read_new(struct page *page, get_block_t get_block, unsigned int fresh)
{
	struct read_state r;
	int error;

	init_read(&r, page->mapping->host, get_block, 1, BIO_SYNC);
	error = read_one(&r, page, fresh);
	bio_chain_submit(&r.chain);
	return error;
}

int mpage_readpage(struct page *page, get_block_t get_block)
{
	return mpage_read_new(page, get_block, 0);
}

void mpage_readpages(struct address_space *mapping, struct page **pages, unsigned int nr,
		     get_block_t get_block)
{
	struct read_state r;

	init_read(&r, mapping->host, get_block, nr, BIO_READAHEAD);
	for (unsigned int i = 0; i < nr; i++, r.pages--)
		if (!read_in_run(&r, pages[i]))
			read_one(&r, pages[i], 0);
	bio_chain_submit(&r.chain);
}

/* ---- one page, now --------------------------------------------------------------------------- */

struct page *mpage_grab_page(struct address_space *mapping, pgoff_t index, bool whole,
			     get_block_t get_block)
{
	struct page *page;
	int error = 0;

	while ((page = find_or_create_page(mapping, index))) {
		if (PageUptodate(page) || whole)
			return page;
		error = mpage_readpage(page, get_block);
		wait_on_page_locked(page);
		if (!error && !PageUptodate(page))
			error = -EIO;
		put_page(page);
		if (error)
			return ERR_PTR(error);
	}
	return ERR_PTR(-ENOMEM);
}
