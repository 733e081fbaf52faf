/*
 * Block devices and their page cache, over a disk that does what a test wants: which sectors are
 * written when, and which never; what errors leave behind; the end of a device that is no multiple
 * of a page. What programs see of real disks is in tests/kernel/programs/blockdevs.c.
 */
#include "kernel/fs/block_dev.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/super.h"
#include "kernel/kthread.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "mm/filemap.h"
#include "mm/mmap.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "mm/vmscan.h"
#include "mm/writeback.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/fake_disk.h"
#include "tests/kernel/mm_test.h"
#include "tests/kernel/program.h"

#define PAGES	24u
#define SECTORS (PAGES * 8 + 3) /* the last page has 3 */
#define SIZE	((loff_t)SECTORS * SECTOR_SIZE)
#define ANY	BIT(BDEV_ANY)
#define NEW	BIT(BDEV_NEW)
#define ORDERED BIT(BDEV_ORDERED)
#define ALL	(ANY | NEW | ORDERED)
#define MAP	0x20000000ul

static struct fake_disk *fake;
static struct block_device *bdev;

static u8 pattern(unsigned int pos)
{
	return (u8)(pos / SECTOR_SIZE * 7 + pos % 251);
}

static void setup(struct ktest *t)
{
	fake = fake_disk_new(t, SECTORS);
	bdev = fake->disk.whole;
	for (unsigned int i = 0; i < SECTORS * SECTOR_SIZE; i++)
		fake->data[i] = pattern(i);
	KT_ASSERT_EQ(t, blkdev_get(bdev, FMODE_READ | FMODE_WRITE, fake), 0);
	fake->nr_started = 0;
	mm_test_setup(t);
}

static void teardown(struct ktest *t)
{
	fake_release(fake);
	fake->bad = false;
	bdev_write_class(bdev, ALL, NULL);
	invalidate_mapping_pages(&bdev->bd_inode->i_data, 0, ~(pgoff_t)0);
	mm_test_teardown(t);
	blkdev_put(bdev, FMODE_READ | FMODE_WRITE, fake);
	KT_EXPECT_EQ(t, bdev->bd_inode->i_data.nrpages, 0ul);
	bdev_remove(bdev);
	fake_disk_free(fake);
}

static struct address_space *cache(void)
{
	return &bdev->bd_inode->i_data;
}

/* The device as an open file; fput() it. */
static struct file *open_device(struct ktest *t)
{
	struct file *file;

	KT_ASSERT_EQ(t, blkdev_get(bdev, FMODE_READ | FMODE_WRITE, NULL), 0);
	file = file_alloc(bdev->bd_inode, FMODE_READ | FMODE_WRITE, &def_blk_fops, "fake");
	KT_ASSERT(t, file);
	return file;
}

/* write(2) from the program's memory. */
static ssize_t vfs_write_from(struct file *file, unsigned long from, size_t count, loff_t pos)
{
	return def_blk_fops.write(file, (const char __user *)from, count, &pos);
}

/* Change `len` bytes of metadata and mark them. */
static void change(struct ktest *t, loff_t pos, unsigned int len, int byte, enum bdev_class class)
{
	void *data;
	struct page *page = bdev_read(bdev, pos, &data);

	KT_ASSERT(t, !IS_ERR(page));
	memset(data, byte, len);
	bdev_mark_dirty(page, pos, len, class);
	bdev_release(page);
}

static bool is_dirty(struct ktest *t, loff_t pos)
{
	struct page *page = find_get_page(cache(), (pgoff_t)(pos >> PAGE_SHIFT));
	bool dirty;

	KT_ASSERT(t, page);
	dirty = PageDirty(page);
	KT_EXPECT_EQ(t, dirty,
		     radix_tree_tag_get(&cache()->page_tree, page->index, PAGECACHE_TAG_DIRTY));
	put_page(page);
	return dirty;
}

/* How many sectors of the disk were written since the last time; each request's are neighbours. */
static unsigned int sectors_written(unsigned int *requests)
{
	unsigned int n = 0, nr = 0;

	for (unsigned int i = 0; i < min(fake->nr_started, FAKE_LOG); i++) {
		if (fake->log[i].op == BIO_WRITE) {
			n += fake->log[i].sectors;
			nr++;
		}
	}
	fake->nr_started = 0;
	if (requests)
		*requests = nr;
	return n;
}

/* Is a sector on the disk filled with `byte`? -1: what was there at the beginning. */
static bool disk_has(unsigned int sector, int byte)
{
	for (unsigned int i = sector * SECTOR_SIZE; i < (sector + 1) * SECTOR_SIZE; i++)
		if (fake->data[i] != (byte < 0 ? pattern(i) : (u8)byte))
			return false;
	return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

static void test_metadata_is_read(struct ktest *t)
{
	static const loff_t places[] = {0, 1024, 4096 + 512, SIZE - 512, SIZE - 1};
	void *data, *again;

	for (unsigned int i = 0; i < ARRAY_SIZE(places); i++) {
		struct page *page = bdev_read(bdev, places[i], &data), *same;

		KT_ASSERT(t, !IS_ERR(page));
		KT_EXPECT_EQ(t, *(u8 *)data, pattern((unsigned int)places[i]));
		KT_EXPECT(t, !PageHighMem(page));
		same = bdev_read(bdev, places[i], &again);
		KT_EXPECT(t, same == page && again == data);
		bdev_release(same);
		bdev_release(page);
	}
	KT_EXPECT_EQ(t, fake->nr_started, 3u);
	KT_EXPECT_EQ(t, PTR_ERR(bdev_read(bdev, (PAGES + 1) * PAGE_SIZE, &data)), -EIO);
	KT_EXPECT_EQ(t, PTR_ERR(bdev_read(bdev, -1, &data)), -EIO);
}

static void test_files_read(struct ktest *t)
{
	u8 *buffer = vmalloc((unsigned long)SIZE + PAGE_SIZE);
	struct file *file = open_device(t);
	unsigned int wrong = 0;

	KT_ASSERT(t, buffer);
	KT_EXPECT_EQ(t, kernel_read(file, 0, buffer, (size_t)SIZE + PAGE_SIZE), (ssize_t)SIZE);
	for (unsigned int i = 0; i < SIZE; i++)
		wrong += buffer[i] != pattern(i);
	KT_EXPECT_EQ(t, wrong, 0u);
	KT_EXPECT_EQ(t, kernel_read(file, SIZE - 5, buffer, 100), 5);
	KT_EXPECT_EQ(t, kernel_read(file, SIZE, buffer, 100), 0);
	vfree(buffer);
	fput(file);
}

/* A bad sector costs its page only, and only as long as it is bad. */
static void test_bad_sectors(struct ktest *t)
{
	void *data;
	struct page *page;

	fake->bad = true;
	fake->bad_sector = 21;
	fake->bad_times = 1000;
	log_hush();
	KT_EXPECT_EQ(t, PTR_ERR(bdev_read(bdev, 16 * 512, &data)), -EIO);
	KT_EXPECT_EQ(t, PTR_ERR(bdev_read(bdev, 21 * 512, &data)), -EIO);
	log_unhush();
	page = bdev_read(bdev, 24 * 512, &data);
	KT_EXPECT(t, !IS_ERR(page));
	bdev_release(page);
	fake->bad = false;
	page = bdev_read(bdev, 21 * 512, &data);
	KT_ASSERT(t, !IS_ERR(page));
	KT_EXPECT_EQ(t, *(u8 *)data, pattern(21 * 512));
	bdev_release(page);
}

/* ---- dirty sectors --------------------------------------------------------------------------- */

static void test_only_dirty_sectors(struct ktest *t)
{
	unsigned int requests;
	bool wrote = true;

	KT_EXPECT_EQ(t, bdev_write_class(bdev, ALL, &wrote), 0);
	KT_EXPECT(t, !wrote);
	change(t, 2 * 512, 1024, 0x11, BDEV_ANY);
	change(t, 6 * 512, 1024, 0x22, BDEV_ANY);
	change(t, 8 * 512, 512, 0x33, BDEV_ANY);
	change(t, 17 * 512 + 100, 10, 0x44, BDEV_ANY);
	/* What is beside them changes on the disk, behind our back: it is the data of files. */
	memset(fake->data, 0x99, 2 * 512);
	KT_EXPECT(t, is_dirty(t, 0));
	KT_EXPECT_EQ(t, bdev_write_class(bdev, ANY, &wrote), 0);
	KT_EXPECT(t, wrote && !is_dirty(t, 0) && !is_dirty(t, 4096) && !is_dirty(t, 8192));
	KT_EXPECT_EQ(t, sectors_written(&requests), 6u);
	KT_EXPECT_EQ(t, requests, 3u);
	KT_EXPECT(t, disk_has(0, 0x99) && disk_has(1, 0x99));
	KT_EXPECT(t, disk_has(2, 0x11) && disk_has(3, 0x11) && disk_has(4, -1));
	KT_EXPECT(t, disk_has(6, 0x22) && disk_has(7, 0x22) && disk_has(8, 0x33));
	KT_EXPECT_EQ(t, fake->data[17 * 512 + 105], 0x44);
	KT_EXPECT_EQ(t, fake->data[17 * 512 + 110], pattern(17 * 512 + 110));
	KT_EXPECT_EQ(t, bdev_write_class(bdev, ALL, &wrote), 0);
	KT_EXPECT(t, !wrote);
	KT_EXPECT_EQ(t, sectors_written(NULL), 0u);
}

static void test_classes(struct ktest *t)
{
	struct page *page;
	void *data;

	change(t, 0, 512, 1, BDEV_ANY);
	change(t, 512, 512, 2, BDEV_NEW);
	change(t, 1024, 512, 3, BDEV_ORDERED);
	page = bdev_read(bdev, 512, &data);
	KT_EXPECT(t, bdev_is_new(page, 512) && bdev_is_new(page, 1000));
	KT_EXPECT(t, !bdev_is_new(page, 0) && !bdev_is_new(page, 1024));
	/* The stricter class stays. */
	bdev_mark_dirty(page, 512, 1024, BDEV_ANY);
	bdev_mark_dirty(page, 512, 512, BDEV_ORDERED);
	KT_EXPECT(t, bdev_is_new(page, 512));
	KT_EXPECT_EQ(t, filemap_write_and_wait(cache()), 0); /* the flusher's way */
	KT_EXPECT(t, disk_has(0, 1) && disk_has(1, -1) && disk_has(2, -1));
	KT_EXPECT(t, is_dirty(t, 0));
	KT_EXPECT_EQ(t, bdev_write_class(bdev, NEW, NULL), 0);
	KT_EXPECT(t, disk_has(1, 2) && disk_has(2, -1) && is_dirty(t, 0));
	KT_EXPECT(t, !bdev_is_new(page, 512));
	bdev_mark_dirty(page, 512, 512, BDEV_ORDERED);
	memset(data, 4, 512);
	KT_EXPECT_EQ(t, bdev_write_class(bdev, ANY, NULL), 0);
	KT_EXPECT(t, disk_has(1, 2));
	KT_EXPECT_EQ(t, bdev_write_class(bdev, ORDERED, NULL), 0);
	KT_EXPECT(t, disk_has(1, 4) && disk_has(2, 3) && !is_dirty(t, 0));
	bdev_release(page);
}

/* What the flusher has written is told to the next who asks: a flush is due. */
static void test_flush_is_due(struct ktest *t)
{
	bool wrote = false;

	change(t, 0, 512, 1, BDEV_ANY);
	KT_EXPECT_EQ(t, filemap_write_and_wait(cache()), 0);
	KT_EXPECT_EQ(t, bdev_write_class(bdev, NEW, &wrote), 0);
	KT_EXPECT(t, wrote);
	KT_EXPECT_EQ(t, bdev_write_class(bdev, NEW, &wrote), 0);
	KT_EXPECT(t, !wrote);
}

static void test_new_blocks(struct ktest *t)
{
	void *data;
	struct page *page = bdev_new(bdev, 5 * 4096, 4096, &data);
	u8 *bytes = data;

	KT_ASSERT(t, !IS_ERR(page));
	KT_EXPECT_EQ(t, fake->nr_started, 0u); /* nothing was read */
	KT_EXPECT(t, PageUptodate(page) && !bytes[0] && !bytes[4095]);
	bdev_release(page);
	page = bdev_new(bdev, 6 * 4096 + 1024, 1024, &data);
	KT_ASSERT(t, !IS_ERR(page));
	bytes = data;
	KT_EXPECT(t, !bytes[0] && !bytes[1023]);
	KT_EXPECT_EQ(t, bytes[1024], pattern(6 * 4096 + 2048));
	KT_EXPECT_EQ(t, bytes[-1], pattern(6 * 4096 + 1023));
	bdev_mark_dirty(page, 6 * 4096 + 1024, 1024, BDEV_NEW);
	bdev_release(page);
	KT_EXPECT_EQ(t, bdev_write_class(bdev, ALL, NULL), 0);
	KT_EXPECT(t, disk_has(49, -1) && disk_has(50, 0) && disk_has(51, 0) && disk_has(52, -1));
	KT_EXPECT_EQ(t, sectors_written(NULL), 2u);
}

static void test_forgotten_blocks(struct ktest *t)
{
	change(t, 0, 1024, 5, BDEV_NEW);
	change(t, 1024, 1024, 6, BDEV_ORDERED);
	bdev_forget(bdev, 0, 1024);
	bdev_forget(bdev, 9 * 4096, 1024); /* not cached */
	KT_EXPECT(t, is_dirty(t, 0));
	bdev_forget(bdev, 1024, 1024);
	KT_EXPECT(t, !is_dirty(t, 0));
	KT_EXPECT_EQ(t, bdev_write_class(bdev, ALL, NULL), 0);
	KT_EXPECT_EQ(t, sectors_written(NULL), 0u);
	KT_EXPECT(t, disk_has(0, -1) && disk_has(3, -1));
}

/* ---- while it is written --------------------------------------------------------------------- */

static int write_thread(void *unused __unused)
{
	return bdev_write_class(bdev, ANY, NULL);
}

static int forget_thread(void *unused __unused)
{
	bdev_forget(bdev, 0, 512);
	return 0;
}

static struct page *begin_slow_write(struct ktest *t, struct task_struct **writer)
{
	struct page *page;

	change(t, 0, 512, 1, BDEV_ANY);
	fake->hold = true;
	*writer = kthread_run(write_thread, NULL, "write");
	KT_ASSERT(t, !IS_ERR(*writer));
	page = find_get_page(cache(), 0);
	for (int i = 0; i < 100 && !PageWriteback(page); i++)
		msleep(10);
	KT_EXPECT(t, PageWriteback(page) && !PageDirty(page));
	return page;
}

static void test_dirty_again(struct ktest *t)
{
	struct task_struct *writer;
	struct page *page = begin_slow_write(t, &writer);

	change(t, 0, 512, 2, BDEV_ANY);
	change(t, 512, 512, 3, BDEV_ORDERED);
	KT_EXPECT(t, is_dirty(t, 0));
	fake_release(fake);
	KT_EXPECT_EQ(t, kthread_stop(writer), 0);
	KT_EXPECT(t, is_dirty(t, 0) && !PageWriteback(page));
	KT_EXPECT_EQ(t, bdev_write_class(bdev, ALL, NULL), 0);
	KT_EXPECT(t, disk_has(0, 2) && disk_has(1, 3) && !is_dirty(t, 0));
	put_page(page);
}

static void test_forget_waits(struct ktest *t)
{
	struct task_struct *writer, *forgetter;
	struct page *page = begin_slow_write(t, &writer);

	forgetter = kthread_run(forget_thread, NULL, "forget");
	KT_ASSERT(t, !IS_ERR(forgetter));
	msleep(50);
	KT_EXPECT(t, PageWriteback(page) && PageLocked(page)); /* it waits */
	fake_release(fake);
	KT_EXPECT_EQ(t, kthread_stop(forgetter), 0);
	KT_EXPECT_EQ(t, kthread_stop(writer), 0);
	KT_EXPECT(t, !PageWriteback(page) && !is_dirty(t, 0));
	put_page(page);
}

static void test_write_errors(struct ktest *t)
{
	change(t, 1024, 512, 7, BDEV_ANY);
	change(t, 4096, 512, 8, BDEV_ANY);
	fake->bad = true;
	fake->bad_sector = 2;
	fake->bad_times = 1000;
	log_hush();
	KT_EXPECT_EQ(t, bdev_write_class(bdev, ANY, NULL), -EIO);
	log_unhush();
	KT_EXPECT(t, disk_has(2, -1) && disk_has(8, 8));
	KT_EXPECT(t, !is_dirty(t, 0)); /* it is given up: memory would fill up */
	KT_EXPECT_EQ(t, bdev_write_class(bdev, ANY, NULL), 0);
	fake->bad = false;
	change(t, 1024, 512, 9, BDEV_ANY);
	KT_EXPECT_EQ(t, bdev_write_class(bdev, ANY, NULL), 0);
	KT_EXPECT(t, disk_has(2, 9));
}

static void test_reclaim_spares_dirty(struct ktest *t)
{
	unsigned long before;

	change(t, 0, 512, 1, BDEV_ORDERED);
	change(t, 4096, 512, 1, BDEV_ANY);
	bdev_write_class(bdev, ANY, NULL);
	before = cache()->nrpages;
	KT_EXPECT_GE(t, invalidate_mapping_pages(cache(), 0, ~(pgoff_t)0), 1ul);
	KT_EXPECT_EQ(t, cache()->nrpages, before - 1);
	KT_EXPECT(t, is_dirty(t, 0));
	KT_EXPECT_EQ(t, bdev_write_class(bdev, ALL, NULL), 0);
	KT_EXPECT(t, disk_has(0, 1));
}

/* ---- files ----------------------------------------------------------------------------------- */

static void test_raw_writes(struct ktest *t)
{
	struct file *file = open_device(t);
	loff_t pos = SIZE - 100;
	u8 bytes[600];

	memset(bytes, 0x5a, sizeof(bytes));
	/* Parts of sectors keep the rest; whole pages are not read. */
	KT_EXPECT_EQ(t, kernel_write(file, 700, bytes, 600), 600);
	KT_EXPECT_EQ(t, filemap_write_and_wait(cache()), 0);
	KT_EXPECT_EQ(t, sectors_written(NULL), 2u);
	KT_EXPECT_EQ(t, fake->data[699], pattern(699));
	KT_EXPECT_EQ(t, fake->data[700], 0x5a);
	KT_EXPECT_EQ(t, fake->data[1299], 0x5a);
	KT_EXPECT_EQ(t, fake->data[1300], pattern(1300));
	map_anon(MAP, 2, PROT_READ | PROT_WRITE);
	KT_EXPECT_EQ(t, vfs_write_from(file, MAP, PAGE_SIZE, 3 * PAGE_SIZE), (ssize_t)PAGE_SIZE);
	KT_EXPECT_EQ(t, fake->nr_started, 0u);
	/* The end. */
	KT_EXPECT_EQ(t, vfs_write_from(file, MAP, 300, pos), 100);
	KT_EXPECT_EQ(t, vfs_write_from(file, MAP, 300, SIZE), (ssize_t)-ENOSPC);
	KT_EXPECT_EQ(t, vfs_write_from(file, MAP, 0, SIZE), 0);
	/* The last page as a whole: there is nothing to be read, and nothing behind it. */
	KT_EXPECT_EQ(t, file->f_op->fsync(file, 0, MAX_LFS_FILESIZE, false), 0);
	invalidate_mapping_pages(cache(), 0, ~(pgoff_t)0);
	fake->nr_started = 0;
	KT_EXPECT_EQ(t, vfs_write_from(file, MAP, PAGE_SIZE, SIZE - 3 * 512), 3 * 512);
	KT_EXPECT_EQ(t, fake->nr_started, 0u);
	KT_EXPECT_EQ(t, file->f_op->fsync(file, 0, MAX_LFS_FILESIZE, false), 0);
	KT_EXPECT_EQ(t, sectors_written(NULL), 3u);
	KT_EXPECT(t, disk_has(SECTORS - 1, 0) && disk_has(SECTORS - 3, 0));
	KT_EXPECT(t, disk_has(SECTORS - 4, -1));
	KT_EXPECT_EQ(t, i_size_read(bdev->bd_inode), SIZE);
	fput(file);
}

static void test_mapped_stores(struct ktest *t)
{
	struct file *file = open_device(t);
	u32 word = 0;

	KT_ASSERT_EQ(t,
		     vm_mmap(file, MAP, (PAGES + 1) * PAGE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_FIXED, 0),
		     MAP);
	KT_EXPECT(t, user_read(MAP + 4096, &word) && word == *(u32 *)(fake->data + 4096));
	change(t, 4096, 512, 1, BDEV_ORDERED);
	KT_EXPECT(t, user_write(MAP + 4096 + 1024, 0x12345678));
	KT_EXPECT_EQ(t, filemap_write_and_wait(cache()), 0);
	KT_EXPECT_EQ(t, *(u32 *)(fake->data + 4096 + 1024), 0x12345678u);
	KT_EXPECT(t, disk_has(8, -1) && is_dirty(t, 4096)); /* the ordered one is kept back */
	/* The next store is noticed again, although the page was dirty all the time. */
	KT_EXPECT(t, user_write(MAP + 4096 + 2048, 0x87654321));
	KT_EXPECT_EQ(t, filemap_write_and_wait(cache()), 0);
	KT_EXPECT_EQ(t, *(u32 *)(fake->data + 4096 + 2048), 0x87654321u);
	KT_EXPECT_EQ(t, bdev_write_class(bdev, ORDERED, NULL), 0);
	/* In the last page only what the device has. */
	KT_EXPECT(t, user_write(MAP + PAGES * PAGE_SIZE + 3 * 512 - 4, 0x11223344));
	fake->nr_started = 0;
	KT_EXPECT_EQ(t, filemap_write_and_wait(cache()), 0);
	KT_EXPECT_EQ(t, sectors_written(NULL), 3u);
	KT_EXPECT_EQ(t, *(u32 *)(fake->data + SIZE - 4), 0x11223344u);
	vm_munmap(MAP, (PAGES + 1) * PAGE_SIZE);
	fput(file);
}

/* sync(2) finds devices that nobody has mounted, and ends in a flush. */
static void test_sync(struct ktest *t)
{
	unsigned int flushes = 0;

	change(t, 0, 512, 1, BDEV_ANY);
	fake->nr_started = 0;
	sync_supers();
	KT_EXPECT(t, disk_has(0, 1) && !is_dirty(t, 0));
	for (unsigned int i = 0; i < fake->nr_started; i++)
		flushes += fake->log[i].op == BIO_FLUSH;
	KT_EXPECT_GE(t, flushes, 1u);
	KT_EXPECT_EQ(t, fake->log[fake->nr_started - 1].op, BIO_FLUSH);
}

static void test_last_close(struct ktest *t)
{
	struct file *file = open_device(t);

	blkdev_put(bdev, FMODE_READ | FMODE_WRITE, fake);
	KT_EXPECT_EQ(t, kernel_write(file, 3 * 512, "written", 7), 7);
	change(t, 5 * 512, 512, 1, BDEV_NEW); /* whose file system has gone without it */
	fput(file);
	KT_EXPECT_EQ(t, cache()->nrpages, 0ul);
	KT_EXPECT(t, !memcmp(fake->data + 3 * 512, "written", 7) && disk_has(5, -1));
	memset(fake->data, 0x77, 512); /* and somebody writes to it meanwhile */
	KT_ASSERT_EQ(t, blkdev_get(bdev, FMODE_READ | FMODE_WRITE, fake), 0);
	change(t, 512, 512, 1, BDEV_ANY);
	bdev_write_class(bdev, ALL, NULL);
	KT_EXPECT(t, disk_has(0, 0x77));
}

/* ---- holders, modes -------------------------------------------------------------------------- */

static void test_holders(struct ktest *t)
{
	static int other;

	KT_EXPECT_EQ(t, blkdev_get(bdev, FMODE_READ, &other), -EBUSY);
	KT_EXPECT_EQ(t, blkdev_get(bdev, FMODE_READ, NULL), 0);
	blkdev_put(bdev, FMODE_READ, NULL);
	KT_EXPECT_EQ(t, blkdev_get(bdev, FMODE_READ, fake), 0); /* once more for the same */
	blkdev_put(bdev, FMODE_READ, fake);
	KT_EXPECT_EQ(t, blkdev_get(bdev, FMODE_READ, &other), -EBUSY);
	KT_EXPECT_EQ(t, bdev->bd_openers, 1u);
	bdev->bd_read_only = true;
	KT_EXPECT_EQ(t, blkdev_get(bdev, FMODE_WRITE, NULL), -EROFS);
	KT_EXPECT_EQ(t, blkdev_get(bdev, FMODE_READ, NULL), 0);
	blkdev_put(bdev, FMODE_READ, NULL);
	bdev->bd_read_only = false;
	bdev->bd_nr_sectors = 1ull << 32;
	KT_EXPECT_EQ(t, blkdev_get(bdev, FMODE_READ, NULL), -EFBIG);
	bdev->bd_nr_sectors = 0;
	KT_EXPECT_EQ(t, blkdev_get(bdev, FMODE_READ, NULL), -ENXIO);
	bdev->bd_nr_sectors = SECTORS;
	KT_EXPECT_EQ(t, PTR_ERR(blkdev_get_by_path("/dev/null", FMODE_READ, NULL)), -ENOTBLK);
	KT_EXPECT_EQ(t, PTR_ERR(blkdev_get_by_path("/dev/nope", FMODE_READ, NULL)), -ENOENT);
}

/* ---- scarce memory --------------------------------------------------------------------------- */

static int use_metadata(void *unused __unused)
{
	struct page *page;
	void *data;

	page = bdev_read(bdev, 4096, &data);
	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	bdev_mark_dirty(page, 4096, 512, BDEV_ANY);
	bdev_release(page);
	page = bdev_new(bdev, 2 * 4096, 4096, &data);
	if (!IS_ERR(page)) {
		bdev_mark_dirty(page, 2 * 4096, 4096, BDEV_NEW);
		bdev_release(page);
	}
	if (bdev_write_class(bdev, ALL, NULL))
		return -EIO;
	invalidate_mapping_pages(cache(), 0, ~(pgoff_t)0);
	return IS_ERR(page) ? (int)PTR_ERR(page) : 0;
}

static void test_no_memory(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, use_metadata, NULL), 3u);
}

/* ---- at random ------------------------------------------------------------------------------- */

#define BYTES (SECTORS * SECTOR_SIZE)
static u8 *model;	     /* what the device should read as, */
static u8 *on_disk;	     /* and what should be on it: BYTES, while the test runs */
static u8 class_of[SECTORS]; /* of dirty sectors, plus one; 0: clean */

static void model_write(unsigned int classes)
{
	for (unsigned int s = 0; s < SECTORS; s++) {
		if (!class_of[s] || !(classes & BIT(class_of[s] - 1)))
			continue;
		memcpy(on_disk + s * 512, model + s * 512, 512);
		class_of[s] = 0;
	}
}

static void random_change(struct ktest *t, struct prng *rng, unsigned int first, unsigned int n)
{
	enum bdev_class class = prng_below(rng, NR_BDEV_CLASSES);
	u8 byte = (u8)prng_next(rng);

	change(t, first * 512, n * 512, byte, class);
	memset(model + first * 512, byte, n * 512);
	for (unsigned int s = first; s < first + n; s++) {
		if (class == BDEV_NEW || !class_of[s] ||
		    (class == BDEV_ORDERED && class_of[s] != BDEV_NEW + 1))
			class_of[s] = (u8) class + 1;
	}
}

static void random_forget(unsigned int first, unsigned int n)
{
	bdev_forget(bdev, first * 512, n * 512);
	memset(class_of + first, 0, n);
}

static void random_step(struct ktest *t, struct prng *rng)
{
	unsigned int first = prng_below(rng, SECTORS), classes = prng_below(rng, 8);
	unsigned int n = min(1 + prng_below(rng, 8 - first % 8), SECTORS - first);

	switch (prng_below(rng, 16)) {
	case 0:
		KT_EXPECT_EQ(t, bdev_write_class(bdev, classes, NULL), 0);
		model_write(classes);
		break;
	case 1:
		KT_EXPECT_EQ(t, filemap_write_and_wait(cache()), 0);
		model_write(ANY);
		break;
	case 2:
		random_forget(first, n);
		break;
	default:
		random_change(t, rng, first, n);
	}
}

static void test_random(struct ktest *t)
{
	struct prng rng;

	model = vmalloc(2 * BYTES);
	KT_ASSERT(t, model);
	on_disk = model + BYTES;
	ktest_seed(t, &rng, 20);
	memcpy(model, fake->data, BYTES);
	memcpy(on_disk, fake->data, BYTES);
	memset(class_of, 0, sizeof(class_of));
	for (int i = 0; i < 3000 && !t->failures; i++) {
		random_step(t, &rng);
		if (i % 16 == 0)
			KT_EXPECT(t, !memcmp(fake->data, on_disk, BYTES));
	}
	KT_EXPECT_EQ(t, bdev_write_class(bdev, ALL, NULL), 0);
	model_write(ALL);
	KT_EXPECT(t, !memcmp(fake->data, on_disk, BYTES));
	for (unsigned int i = 0; i <= PAGES && !t->failures; i++) {
		struct page *page;
		void *data;

		page = bdev_read(bdev, i * PAGE_SIZE, &data);
		KT_ASSERT(t, !IS_ERR(page));
		KT_EXPECT(t, !PageDirty(page));
		KT_EXPECT_EQ(
			t, memcmp(data, model + i * PAGE_SIZE, i < PAGES ? PAGE_SIZE : 3 * 512), 0);
		bdev_release(page);
	}
	vfree(model);
}

/* ---- all at once ----------------------------------------------------------------------------- */

#define CHANGERS 3u
#define CHANGES	 400u

static u8 last_byte[SECTORS]; /* what was written to a sector last; 0: nothing */
static unsigned int nr_changing;

/* Each has every third sector for himself, and pages in common with the others. */
static int change_thread(void *arg)
{
	unsigned int id = (unsigned int)(unsigned long)arg;
	struct prng rng;

	prng_seed(&rng, id);
	for (unsigned int i = 0; i < CHANGES; i++) {
		unsigned int s = prng_below(&rng, SECTORS / CHANGERS) * CHANGERS + id;
		struct page *page;
		void *data;

		page = bdev_read(bdev, s * 512, &data);
		if (IS_ERR(page))
			break;
		last_byte[s] = (u8)(1 + i % 255);
		memset(data, last_byte[s], 512);
		bdev_mark_dirty(page, s * 512, 512, prng_below(&rng, NR_BDEV_CLASSES));
		bdev_release(page);
		yield();
	}
	nr_changing--;
	return 0;
}

static int flush_thread(void *arg __unused)
{
	int error = 0;

	while (nr_changing && !error) {
		error = filemap_write_and_wait(cache());
		yield();
	}
	return error;
}

static int commit_thread(void *arg __unused)
{
	int error = 0;

	for (unsigned int i = 0; nr_changing && !error; i++) {
		error = bdev_write_class(bdev, 1 + i % ALL, NULL);
		invalidate_mapping_pages(cache(), 0, ~(pgoff_t)0);
		yield();
	}
	return error;
}

static void test_all_at_once(struct ktest *t)
{
	struct task_struct *threads[CHANGERS + 2];
	unsigned int nr = 0;

	memset(last_byte, 0, sizeof(last_byte));
	nr_changing = CHANGERS;
	for (unsigned long id = 0; id < CHANGERS; id++)
		threads[nr++] = kthread_run(change_thread, (void *)id, "change");
	threads[nr++] = kthread_run(flush_thread, NULL, "flush");
	threads[nr++] = kthread_run(commit_thread, NULL, "commit");
	for (unsigned int i = 0; i < 1000 && nr_changing; i++)
		msleep(10);
	for (unsigned int i = 0; i < nr; i++)
		if (KT_EXPECT(t, !IS_ERR(threads[i])))
			KT_EXPECT_EQ(t, kthread_stop(threads[i]), 0);
	KT_EXPECT_EQ(t, bdev_write_class(bdev, ALL, NULL), 0);
	for (unsigned int s = 0; s < SECTORS && !t->failures; s++)
		if (!KT_EXPECT(t, disk_has(s, last_byte[s] ? last_byte[s] : -1)))
			ktest_log(t, "sector %u", s);
}

static const struct ktest_case block_dev_cases[] = {
	KTEST(test_metadata_is_read),
	KTEST(test_files_read),
	KTEST(test_bad_sectors),
	KTEST(test_only_dirty_sectors),
	KTEST(test_classes),
	KTEST(test_flush_is_due),
	KTEST(test_new_blocks),
	KTEST(test_forgotten_blocks),
	KTEST(test_dirty_again),
	KTEST(test_forget_waits),
	KTEST(test_write_errors),
	KTEST(test_reclaim_spares_dirty),
	KTEST(test_raw_writes),
	KTEST(test_mapped_stores),
	KTEST(test_sync),
	KTEST(test_last_close),
	KTEST(test_holders),
	KTEST(test_no_memory),
	KTEST(test_random),
	KTEST(test_all_at_once),
};
KTEST_SUITE_WITH(block_dev, 0, block_dev_cases, setup, teardown);
