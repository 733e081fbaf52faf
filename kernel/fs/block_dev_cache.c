/*
 * The page cache of block devices: sectors, by class.
 *
 *	page->private   [ parts | ORDERED |   NEW   |   ANY   ]
 *	                  8 bits  a bit for each of the 8 sectors, in at most one class
 *
 * A page is dirty (PG_dirty, the tag) as long as a bit is set. Writing a class takes its bits away,
 * and only those sectors go to the device, in bios that join neighbours over page boundaries:
 *
 *	index 7   [. . x x . . x x]     sectors 58-59, 62-63
 *	index 8   [x x . . . . . .]                    64-65     two bios: 58-59, 62-65
 *
 * What is written to a sector meanwhile sets its bit again, and it is written once more. A sector
 * that could not be written is given up, as are pages of files: AS_EIO says so, to whoever asks
 * next, which for a file system is bdev_write_class().
 *
 * Reading is mpage's, with the device as a file that lies on itself.
 *
 * Pages come from low memory: what file systems keep here is looked at all the time.
 *
 * Locks: tree_lock for page->private; PG_locked and PG_writeback as everywhere. While a bio is
 * open, no page lock and no write-back is waited for: somebody else might wait for the bio.
 */
#include "kernel/fs/block_dev_internal.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/mpage_internal.h"
#include "kernel/lib/err.h"
#include "kernel/sched.h"
#include "mm/page_alloc.h"

static int bdev_get_block(struct inode *inode __unused, u32 index, unsigned int max,
			  bool create __unused, struct block_map *map)
{
	*map = (struct block_map){.block = index, .count = max, .mapped = true};
	return 0;
}

/* ---- marking --------------------------------------------------------------------------------- */

/* A mask of sectors [first, last] of a page. */
static unsigned long sector_mask(unsigned int first, unsigned int last)
{
	return ((2ul << last) - 1) & ~((1ul << first) - 1);
}

/* The sectors in which [pos, pos+len) lies. */
static unsigned long sectors_of(loff_t pos, unsigned int len)
{
	unsigned int from = (unsigned int)pos & (PAGE_SIZE - 1);

	return sector_mask(from >> SECTOR_SHIFT, (from + len - 1) >> SECTOR_SHIFT);
}

static unsigned long in_all_classes(unsigned long sectors)
{
	return sectors << BDEV_CLASS_SHIFT(BDEV_ANY) | sectors << BDEV_CLASS_SHIFT(BDEV_NEW) |
	       sectors << BDEV_CLASS_SHIFT(BDEV_ORDERED);
}

/* A sector stays in the stricter of two classes. tree_lock is held. */
static void mark_sectors(struct page *page, unsigned long sectors, enum bdev_class class)
{
	unsigned long bits = page->private;

	if (class != BDEV_NEW)
		sectors &= ~(bits >> BDEV_CLASS_SHIFT(BDEV_NEW));
	if (class == BDEV_ANY)
		sectors &= ~(bits >> BDEV_CLASS_SHIFT(BDEV_ORDERED));
	page->private = (bits & ~in_all_classes(sectors)) | sectors << BDEV_CLASS_SHIFT(class);
}

void bdev_mark_dirty(struct page *page, loff_t pos, unsigned int len, enum bdev_class class)
{
	struct address_space *mapping = page->mapping;

	spin_lock(&mapping->tree_lock);
	mark_sectors(page, sectors_of(pos, len), class);
	spin_unlock(&mapping->tree_lock);
	if (!PageDirty(page))
		set_page_dirty_tag(page);
}

void bdev_mark_page(struct page *page)
{
	loff_t start = (loff_t)page->index << PAGE_SHIFT;
	loff_t left = i_size_read(page->mapping->host) - start;

	if (left > 0)
		bdev_mark_dirty(page, start, (unsigned int)min(left, (loff_t)PAGE_SIZE), BDEV_ANY);
}

/* a_ops->set_page_dirty: somebody wrote to it, who does not say where. */
static bool bdev_set_page_dirty(struct page *page)
{
	bool was_clean = !PageDirty(page);

	bdev_mark_page(page);
	return was_clean;
}

bool bdev_is_new(const struct page *page, loff_t pos)
{
	return page->private & (sectors_of(pos, 1) << BDEV_CLASS_SHIFT(BDEV_NEW));
}

/* A locked page, not under write-back, has lost its last bit, but not by being written. */
static void page_is_clean(struct page *page)
{
	if (!clear_page_dirty_for_io(page))
		return;
	set_page_writeback(page); /* the tags follow */
	end_page_writeback(page);
}

static void forget_sectors(struct address_space *mapping, struct page *page, unsigned long bits)
{
	lock_page(page);
	wait_on_page_writeback(page);
	if (page->mapping == mapping) {
		spin_lock(&mapping->tree_lock);
		page->private &= ~bits;
		spin_unlock(&mapping->tree_lock);
		if (!(page->private & BDEV_DIRTY))
			page_is_clean(page);
	}
	unlock_page(page);
}

void bdev_forget(struct block_device *bdev, loff_t pos, unsigned int len)
{
	struct address_space *mapping = &bdev->bd_inode->i_data;
	struct page *page = find_get_page(mapping, (pgoff_t)(pos >> PAGE_SHIFT));
	unsigned long bits = in_all_classes(sectors_of(pos, len));

	if (!page)
		return;
	if (PageWriteback(page) || (PageDirty(page) && (page->private & bits)))
		forget_sectors(mapping, page, bits);
	put_page(page);
}

/* ---- writing --------------------------------------------------------------------------------- */

#define BATCH 64u

struct sector_writer {
	struct address_space *mapping;
	unsigned long bits; /* of page->private: the classes that are written */
	unsigned int left;  /* pages that may come, with this one */
	struct bio_chain chain;
};

/* One of a page's parts is on the device, or never will be. */
static void part_written(struct page *page, int error)
{
	struct address_space *mapping = page->mapping;
	bool last;

	if (unlikely(error)) {
		SetPageError(page);
		mapping_set_error(mapping, error);
	}
	spin_lock(&mapping->tree_lock);
	page->private -= BDEV_IO;
	last = !(page->private >> BDEV_IO_SHIFT);
	spin_unlock(&mapping->tree_lock);
	if (!last)
		return;
	BDEV_I(mapping->host)->flush_due = true;
	end_page_writeback(page);
}

static void write_ended(struct bio *bio)
{
	for (unsigned int i = 0; i < bio->bi_nr_vecs; i++)
		part_written(bio->bi_vecs[i].bv_page, bio->bi_error);
	bio_free(bio);
}

/* The sectors of the classes become clean, and belong to us. */
static unsigned long take_sectors(struct sector_writer *w, struct page *page)
{
	unsigned long bits, sectors;

	clear_page_dirty_for_io(page);
	spin_lock(&w->mapping->tree_lock);
	bits = page->private & w->bits;
	page->private = (page->private & ~bits) + BDEV_IO;
	spin_unlock(&w->mapping->tree_lock);
	if (page->private & BDEV_DIRTY)
		set_page_dirty_tag(page);
	sectors = bits >> BDEV_CLASS_SHIFT(BDEV_ANY) | bits >> BDEV_CLASS_SHIFT(BDEV_NEW) |
		  bits >> BDEV_CLASS_SHIFT(BDEV_ORDERED);
	return sectors & BDEV_CLASS_MASK(0);
}

static void write_sectors(struct sector_writer *w, struct page *page, unsigned long sectors)
{
	while (sectors) {
		unsigned int first = (unsigned int)__builtin_ctzl(sectors);
		unsigned int n = (unsigned int)__builtin_ctzl(~(sectors >> first));
		sector_t sector = (sector_t)page->index * BDEV_SECTORS + first;

		bio_chain_add(&w->chain, sector, page, first << SECTOR_SHIFT, n << SECTOR_SHIFT,
			      w->left);
		spin_lock(&w->mapping->tree_lock);
		page->private += BDEV_IO; /* runs do not touch: each is a part */
		spin_unlock(&w->mapping->tree_lock);
		sectors &= ~sector_mask(first, first + n - 1);
	}
}

/* Is a page of the batch to be written now? It is locked then. */
static bool claim_page(struct sector_writer *w, struct page *page, bool sync)
{
	if (!trylock_page(page)) {
		bio_chain_submit(&w->chain);
		lock_page(page);
	}
	if (sync && PageWriteback(page)) {
		bio_chain_submit(&w->chain);
		wait_on_page_writeback(page);
	}
	if (page->mapping == w->mapping && !PageWriteback(page) && (page->private & w->bits))
		return true;
	unlock_page(page);
	return false;
}

static void write_page(struct sector_writer *w, struct page *page)
{
	unsigned long sectors;

	if (PageError(page))
		ClearPageError(page);
	sectors = take_sectors(w, page);
	set_page_writeback(page);
	write_sectors(w, page, sectors);
	unlock_page(page);
	part_written(page, 0);
}

/* Dirty pages [first, last], with references. How many. */
static unsigned int dirty_pages(struct address_space *mapping, struct page **batch, pgoff_t first,
				pgoff_t last)
{
	unsigned int found, n;

	spin_lock(&mapping->tree_lock);
	found = radix_tree_gang_lookup_tag(&mapping->page_tree, (void **)batch, first, BATCH,
					   PAGECACHE_TAG_DIRTY);
	for (n = 0; n < found && batch[n]->index <= last; n++)
		get_page(batch[n]);
	spin_unlock(&mapping->tree_lock);
	return n;
}

/* The next pages from *next on. False: there are no more, or enough was written. */
static bool write_batch(struct sector_writer *w, struct writeback_control *wbc, pgoff_t *next)
{
	struct page *batch[BATCH];
	unsigned int n = dirty_pages(w->mapping, batch, *next, wbc->range_end);

	for (unsigned int i = 0; i < n; i++) {
		if (wbc->nr_to_write > 0) {
			*next = batch[i]->index + 1;
			w->left = n - i;
			if ((batch[i]->private & w->bits) && claim_page(w, batch[i], wbc->sync)) {
				write_page(w, batch[i]);
				wbc->nr_to_write--;
			}
		}
		put_page(batch[i]);
	}
	bio_chain_submit(&w->chain);
	cond_resched();
	return n && *next && *next <= wbc->range_end && wbc->nr_to_write > 0;
}

/* Start to write the dirty sectors of some classes; `bits` of page->private. */
static void write_dirty(struct address_space *mapping, unsigned long bits,
			struct writeback_control *wbc)
{
	struct sector_writer w = {
		.mapping = mapping,
		.bits = bits,
		.chain = {.bdev = mapping->host->i_private,
			  .end_io = write_ended,
			  .op = BIO_WRITE,
			  .flags = wbc->sync ? BIO_SYNC : 0},
	};
	pgoff_t next = wbc->range_cyclic ? mapping->writeback_index : wbc->range_start;

	if (wbc->range_cyclic)
		wbc->range_end = ~(pgoff_t)0;
	if (!radix_tree_tagged(&mapping->page_tree, PAGECACHE_TAG_DIRTY))
		return;
	while (write_batch(&w, wbc, &next))
		;
	if (wbc->range_cyclic) /* at the end: from the beginning, the next time */
		mapping->writeback_index = wbc->nr_to_write > 0 ? 0 : next;
}

int bdev_write_class(struct block_device *bdev, unsigned int classes, bool *wrote)
{
	struct address_space *mapping = &bdev->bd_inode->i_data;
	struct bdev_inode *bi = BDEV_I(bdev->bd_inode);
	struct writeback_control wbc = {
		.nr_to_write = WRITE_ALL, .range_end = ~(pgoff_t)0, .sync = true};
	unsigned long bits = 0;
	int error;

	for (unsigned int c = 0; c < NR_BDEV_CLASSES; c++)
		if (classes & BIT(c))
			bits |= BDEV_CLASS_MASK(c);
	write_dirty(mapping, bits, &wbc);
	error = filemap_fdatawait_range(mapping, 0, MAX_LFS_FILESIZE);
	if (wrote) {
		*wrote = bi->flush_due;
		bi->flush_due = false;
	}
	return error;
}

int bdev_sync(struct block_device *bdev)
{
	return bdev_write_class(bdev, BIT(BDEV_ANY), NULL);
}

/* ---- metadata of file systems ---------------------------------------------------------------- */

static void *data_at(struct page *page, loff_t pos)
{
	return (char *)lowmem_page_address(page) + ((unsigned int)pos & (PAGE_SIZE - 1));
}

static __noinline struct page *read_metadata(struct address_space *mapping, loff_t pos)
{
	struct page *page;

	if (pos < 0 || pos >= i_size_read(mapping->host))
		return ERR_PTR(-EIO);
	page = read_cache_page(NULL, mapping, (pgoff_t)(pos >> PAGE_SHIFT), NULL);
	return IS_ERR(page) && PTR_ERR(page) != -ENOMEM ? ERR_PTR(-EIO) : page;
}

struct page *bdev_read(struct block_device *bdev, loff_t pos, void **data)
{
	struct address_space *mapping = &bdev->bd_inode->i_data;
	struct page *page = find_get_page(mapping, (pgoff_t)(pos >> PAGE_SHIFT));

	if (unlikely(!page || !PageUptodate(page))) {
		if (page)
			put_page(page);
		page = read_metadata(mapping, pos);
		if (IS_ERR(page))
			return page;
	}
	if (!PageActive(page))
		mark_page_accessed(page);
	*data = data_at(page, pos);
	return page;
}

struct page *bdev_new(struct block_device *bdev, loff_t pos, unsigned int len, void **data)
{
	struct address_space *mapping = &bdev->bd_inode->i_data;
	struct page *page;

	if (len < PAGE_SIZE) {
		page = bdev_read(bdev, pos, data);
		if (!IS_ERR(page))
			memset(*data, 0, len);
		return page;
	}
	page = find_or_create_page(mapping, (pgoff_t)(pos >> PAGE_SHIFT));
	if (!page)
		return ERR_PTR(-ENOMEM);
	*data = data_at(page, pos);
	clear_page(*data);
	SetPageUptodate(page);
	unlock_page(page);
	return page;
}

/* ---- a_ops ----------------------------------------------------------------------------------- */

static int bdev_readpage(struct file *file __unused, struct page *page)
{
	return mpage_readpage(page, bdev_get_block);
}

static void bdev_readpages(struct file *file __unused, struct address_space *mapping,
			   struct page **pages, unsigned int nr)
{
	mpage_readpages(mapping, pages, nr, bdev_get_block);
}

/* The whole page, as far as there is a device, need not be read before. */
static int bdev_write_begin(struct file *file __unused, struct address_space *mapping, loff_t pos,
			    unsigned int len, struct page **pagep)
{
	bool start = !((unsigned int)pos & (PAGE_SIZE - 1));
	bool whole = start && (len == PAGE_SIZE || pos + len >= i_size_read(mapping->host));
	struct page *page =
		mpage_grab_page(mapping, (pgoff_t)(pos >> PAGE_SHIFT), whole, bdev_get_block);

	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	*pagep = page;
	return 0;
}

static int bdev_write_end(struct file *file __unused, struct address_space *mapping __unused,
			  loff_t pos, unsigned int len, unsigned int copied, struct page *page)
{
	if (!PageUptodate(page)) {
		if (copied == len) {
			zero_part(page, len, PAGE_SIZE);
			SetPageUptodate(page);
		} else {
			copied = 0; /* the rest is not known */
		}
	}
	if (copied)
		bdev_mark_dirty(page, pos, copied, BDEV_ANY);
	unlock_page(page);
	put_page(page);
	return (int)copied;
}

/* Dirty pages whose sectors the file system keeps back stay dirty. */
static int bdev_writepages(struct address_space *mapping, struct writeback_control *wbc)
{
	write_dirty(mapping, BDEV_CLASS_MASK(BDEV_ANY), wbc);
	return 0;
}

const struct address_space_operations bdev_aops = {
	.readpage = bdev_readpage,
	.readpages = bdev_readpages,
	.write_begin = bdev_write_begin,
	.write_end = bdev_write_end,
	.set_page_dirty = bdev_set_page_dirty,
	.writepages = bdev_writepages,
};
