/*
 * Files on disks: reading and writing by maps of blocks, at all sizes of blocks, over a disk in
 * memory whose free blocks are full of garbage.
 */
#include "kernel/fs/inode.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/lru.h"
#include "mm/mmap.h"
#include "mm/slab.h"
#include "mm/writeback.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/map_fs.h"
#include "tests/kernel/mm_test.h"

#define MAP 0x20000000ul

static struct map_fs *fs;
static struct file *file;

/* Each case runs for each size of blocks. */
static void begin(struct ktest *t, unsigned int bits)
{
	fs = map_fs_new(t, bits);
	file = map_fs_open(t, fs);
	ktest_log(t, "blocks of %u bytes", 1u << bits);
}

static void end(void)
{
	fput(file);
	map_fs_free(fs);
}

#define for_each_size(bits) for (unsigned int bits = 10; bits <= 12; bits++)

static u8 byte_at(struct ktest *t, loff_t pos)
{
	u8 byte = 0xee;

	KT_EXPECT_EQ(t, kernel_read(file, pos, &byte, 1), 1);
	return byte;
}

/* Are the bytes [from, to) of the file on the disk, and `value`? */
static bool disk_has(loff_t from, loff_t to, u8 value)
{
	for (; from < to; from++) {
		u32 block = fs->map[from >> fs->bits];

		if (!block || map_fs_data(fs, block)[from & ((1 << fs->bits) - 1)] != value)
			return false;
	}
	return true;
}

static void fill(struct ktest *t, loff_t pos, size_t len, int byte)
{
	u8 *bytes = kmalloc(len, GFP_KERNEL);

	KT_ASSERT(t, bytes);
	memset(bytes, byte, len);
	KT_EXPECT_EQ(t, kernel_write(file, pos, bytes, len), (ssize_t)len);
	kfree(bytes);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Scattered blocks, holes, and an end in the middle of a block. */
static void read_scattered(struct ktest *t)
{
	u32 per_page = PAGE_SIZE >> fs->bits, blocks = 5 * per_page;
	unsigned int size = 1u << fs->bits;

	for (u32 i = 0; i < blocks; i++)
		if (i % 3 != 1)
			map_fs_place(fs, i, fs->blocks - 1 - i * 2, (int)(i + 1));
	i_size_write(fs->inode, (loff_t)blocks * size - size / 2);
	for (u32 i = 0; i < blocks; i++) {
		KT_EXPECT_EQ(t, byte_at(t, (loff_t)i * size), i % 3 != 1 ? i + 1 : 0u);
		KT_EXPECT_EQ(t, byte_at(t, (loff_t)i * size + size / 2 - 1),
			     i % 3 != 1 ? i + 1 : 0u);
	}
	KT_EXPECT_EQ(t, kernel_read(file, i_size_read(fs->inode), &blocks, 4), 0);
}

static void test_read_scattered(struct ktest *t)
{
	for_each_size(bits)
	{
		begin(t, bits);
		read_scattered(t);
		end();
	}
}

/* What follows each other is read in large requests. */
static void test_large_reads(struct ktest *t)
{
	for_each_size(bits)
	{
		struct page *pages[16];

		begin(t, bits);
		for (u32 i = 0; i < 16 * PAGE_SIZE >> bits; i++)
			map_fs_place(fs, i, i + 1, 7);
		i_size_write(fs->inode, 16 * PAGE_SIZE);
		for (unsigned int i = 0; i < 16; i++) {
			pages[i] = find_or_create_page(&fs->inode->i_data, i);
			KT_ASSERT(t, pages[i]);
		}
		fs->inode->i_data.a_ops->readpages(file, &fs->inode->i_data, pages, 16);
		for (unsigned int i = 0; i < 16; i++) {
			wait_on_page_locked(pages[i]);
			KT_EXPECT(t, PageUptodate(pages[i]) && !PageError(pages[i]));
			KT_EXPECT(t, PageMappedToDisk(pages[i]));
			put_page(pages[i]);
		}
		KT_EXPECT_EQ(t, fs->disk->nr_started, 1u);
		KT_EXPECT_EQ(t, fs->disk->log[0].sectors, 128u);
		KT_EXPECT_EQ(t, fs->calls, 1u);
		KT_EXPECT_EQ(t, byte_at(t, 16 * PAGE_SIZE - 1), 7);
		end();
	}
}

/* Bytes of the last block behind the end are not the file's, in memory either. */
static void test_garbage_behind_end(struct ktest *t)
{
	for_each_size(bits)
	{
		struct page *page;
		unsigned int nonzero = 0;
		u8 *at;

		begin(t, bits);
		map_fs_place(fs, 0, 3, 0x55);
		i_size_write(fs->inode, 100);
		KT_EXPECT_EQ(t, byte_at(t, 99), 0x55);
		page = find_get_page(&fs->inode->i_data, 0);
		KT_ASSERT(t, page);
		at = kmap(page);
		for (unsigned int i = 100; i < PAGE_SIZE; i++)
			nonzero += at[i] != 0;
		kunmap(page);
		put_page(page);
		KT_EXPECT_EQ(t, nonzero, 0u);
		end();
	}
}

static void test_read_errors(struct ktest *t)
{
	for_each_size(bits)
	{
		u8 byte;

		begin(t, bits);
		for (u32 i = 0; i < 4 * PAGE_SIZE >> bits; i++)
			map_fs_place(fs, i, i + 1, 9);
		i_size_write(fs->inode, 4 * PAGE_SIZE);
		fs->disk->bad = true;
		fs->disk->bad_sector = (1 << (bits - 9)) + 8 + 3; /* of the file's second page */
		fs->disk->bad_times = 1000;
		log_hush();
		KT_EXPECT_EQ(t, kernel_read(file, PAGE_SIZE, &byte, 1), (ssize_t)-EIO);
		KT_EXPECT_EQ(t, kernel_read(file, PAGE_SIZE, &byte, 1), (ssize_t)-EIO);
		log_unhush();
		KT_EXPECT_EQ(t, byte_at(t, 0), 9);
		KT_EXPECT_EQ(t, byte_at(t, 2 * PAGE_SIZE), 9);
		fs->disk->bad = false;
		KT_EXPECT_EQ(t, byte_at(t, PAGE_SIZE), 9);
		/* The map itself cannot be read. */
		map_fs_forget_cache(fs);
		fs->error = -EIO;
		fs->error_from = (u32)(PAGE_SIZE >> bits) * 2 + 1;
		KT_EXPECT_EQ(t, byte_at(t, PAGE_SIZE), 9);
		KT_EXPECT_EQ(t, kernel_read(file, 3 * PAGE_SIZE, &byte, 1), (ssize_t)-EIO);
		fs->error = -ENOMEM;
		KT_EXPECT_EQ(t, kernel_read(file, 3 * PAGE_SIZE, &byte, 1), (ssize_t)-ENOMEM);
		fs->error = 0;
		KT_EXPECT_EQ(t, byte_at(t, 3 * PAGE_SIZE), 9);
		end();
	}
}

/* ---- writing --------------------------------------------------------------------------------- */

static void test_write_and_back(struct ktest *t)
{
	for_each_size(bits)
	{
		loff_t size = 3 * PAGE_SIZE + 100;

		begin(t, bits);
		fill(t, 0, (size_t)size, 0x31);
		fs->disk->nr_started = 0;
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		KT_EXPECT_EQ(t, fs->disk->nr_started, 1u);
		KT_EXPECT(t, disk_has(0, size, 0x31));
		/* The rest of the last block is zero there; the next is nobody's. */
		KT_EXPECT(t, disk_has(size, 3 * PAGE_SIZE + (1 << bits), 0));
		map_fs_expect_garbage(t, fs);
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		KT_EXPECT_EQ(t, fs->disk->nr_started, 1u);
		/* Hot: nobody is asked where the blocks are. */
		fs->calls = 0;
		fill(t, PAGE_SIZE, PAGE_SIZE, 0x32);
		KT_EXPECT_EQ(t, fs->calls, 0u);
		map_fs_forget_cache(fs);
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		KT_EXPECT(t, disk_has(PAGE_SIZE, 2 * PAGE_SIZE, 0x32));
		/* Cold, in part: the rest is read. */
		map_fs_forget_cache(fs);
		fill(t, 10, 20, 0x33);
		KT_EXPECT_EQ(t, byte_at(t, 9), 0x31);
		KT_EXPECT_EQ(t, byte_at(t, 30), 0x31);
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		KT_EXPECT(t, disk_has(10, 30, 0x33) && disk_has(30, PAGE_SIZE, 0x31));
		end();
	}
}

/* A write into a hole leaves the rest of it zero, and of the page no more blocks than it needs. */
static void test_holes(struct ktest *t)
{
	for_each_size(bits)
	{
		u32 blocks = PAGE_SIZE >> bits;

		begin(t, bits);
		KT_EXPECT_EQ(t, map_fs_truncate(fs, 10 * PAGE_SIZE), 0);
		KT_EXPECT_EQ(t, byte_at(t, 5 * PAGE_SIZE), 0);
		fill(t, 5 * PAGE_SIZE + 20, 30, 0x44);
		KT_EXPECT(t, fs->map[5 * blocks] && (blocks == 1 || !fs->map[5 * blocks + 1]));
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		KT_EXPECT(t, disk_has(5 * PAGE_SIZE, 5 * PAGE_SIZE + 20, 0));
		KT_EXPECT(t, disk_has(5 * PAGE_SIZE + 20, 5 * PAGE_SIZE + 50, 0x44));
		KT_EXPECT(t, disk_has(5 * PAGE_SIZE + 50, 5 * PAGE_SIZE + (1 << bits), 0));
		map_fs_expect_garbage(t, fs);
		map_fs_forget_cache(fs);
		KT_EXPECT_EQ(t, byte_at(t, 5 * PAGE_SIZE + 19), 0);
		KT_EXPECT_EQ(t, byte_at(t, 5 * PAGE_SIZE + 20), 0x44);
		KT_EXPECT_EQ(t, byte_at(t, 6 * PAGE_SIZE - 1), 0);
		end();
	}
}

/* The disk is full in the middle of a page: what was there stays, garbage is not seen. */
static void test_no_room(struct ktest *t)
{
	for_each_size(bits)
	{
		unsigned int got = bits < 12;
		u8 bytes[PAGE_SIZE / 4];

		begin(t, bits);
		memset(bytes, 0x55, sizeof(bytes));
		KT_EXPECT_EQ(t, map_fs_truncate(fs, 4 * PAGE_SIZE), 0);
		fs->room = got;
		map_anon(MAP, 1, PROT_READ | PROT_WRITE);
		{
			loff_t pos = PAGE_SIZE;

			KT_EXPECT_EQ(
				t,
				generic_file_write(file, (const char __user *)MAP, PAGE_SIZE, &pos),
				(ssize_t)-ENOSPC);
		}
		for (loff_t pos = PAGE_SIZE; pos < 2 * PAGE_SIZE; pos += 64)
			KT_EXPECT_EQ(t, byte_at(t, pos), 0);
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		map_fs_forget_cache(fs);
		for (loff_t pos = PAGE_SIZE; pos < 2 * PAGE_SIZE; pos += 64)
			KT_EXPECT_EQ(t, byte_at(t, pos), 0);
		/* Behind the end: nothing is left. */
		fs->room = got;
		KT_EXPECT_EQ(t, kernel_write(file, 8 * PAGE_SIZE, bytes, sizeof(bytes)),
			     got ? (ssize_t)sizeof(bytes) : (ssize_t)-ENOSPC);
		KT_EXPECT_EQ(t, i_size_read(fs->inode),
			     got ? 8ll * PAGE_SIZE + (loff_t)sizeof(bytes) : 4ll * PAGE_SIZE);
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		map_fs_expect_garbage(t, fs);
		vm_munmap(MAP, PAGE_SIZE);
		end();
	}
}

/* A copy that comes short, into pages that are old, new, and new in part. */
static void short_copies(struct ktest *t, loff_t at, bool cached)
{
	loff_t pos = at;
	ssize_t n;

	if (cached)
		byte_at(t, at);
	/* One page of the buffer is there, and not the next. */
	n = generic_file_write(file, (const char __user *)(MAP + 100), PAGE_SIZE, &pos);
	KT_EXPECT_EQ(t, n, (ssize_t)(PAGE_SIZE - 100));
	KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
	map_fs_forget_cache(fs);
	KT_EXPECT_EQ(t, byte_at(t, at), 0x66);
	KT_EXPECT_EQ(t, byte_at(t, at + PAGE_SIZE - 101), 0x66);
}

static void test_short_copies(struct ktest *t)
{
	for_each_size(bits)
	{
		u32 blocks = PAGE_SIZE >> bits;

		for (unsigned int cached = 0; cached < 2; cached++) {
			begin(t, bits);
			map_anon(MAP, 1, PROT_READ | PROT_WRITE);
			for (unsigned long i = 0; i < PAGE_SIZE; i += 4)
				KT_EXPECT(t, user_write(MAP + i, 0x66666666));
			KT_EXPECT_EQ(t, map_fs_truncate(fs, 6 * PAGE_SIZE), 0);
			for (u32 i = 0; i < blocks; i++)
				map_fs_place(fs, i, 40 + i, 0x11);
			map_fs_place(fs, 2 * blocks, 50, 0x22);
			short_copies(t, 0, cached);
			KT_EXPECT_EQ(t, byte_at(t, PAGE_SIZE - 1), 0x11);
			short_copies(t, PAGE_SIZE, cached); /* a hole */
			KT_EXPECT_EQ(t, byte_at(t, 2 * PAGE_SIZE - 1), 0);
			short_copies(t, 2 * PAGE_SIZE, cached); /* a hole in part */
			KT_EXPECT_EQ(t, byte_at(t, 3 * PAGE_SIZE - 1), blocks > 1 ? 0 : 0x22);
			short_copies(t, 6 * PAGE_SIZE, false); /* the end */
			KT_EXPECT_EQ(t, i_size_read(fs->inode), 7ll * PAGE_SIZE - 100);
			map_fs_expect_garbage(t, fs);
			vm_munmap(MAP, PAGE_SIZE);
			end();
		}
	}
}

static void test_write_errors(struct ktest *t)
{
	for_each_size(bits)
	{
		begin(t, bits);
		fs->stride = 2; /* a bio for each block: one that fails fails as a whole */
		fill(t, 0, 4 * PAGE_SIZE, 0x21);
		fs->disk->bad = true;
		fs->disk->bad_sector = ((sector_t)fs->map[PAGE_SIZE >> bits] << (bits - 9)) + 1;
		fs->disk->bad_times = 1000;
		log_hush();
		KT_EXPECT_EQ(t, map_fs_write_back(fs), -EIO);
		log_unhush();
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0); /* told once; and given up */
		KT_EXPECT_EQ(t, byte_at(t, PAGE_SIZE + 512), 0x21);
		KT_EXPECT(t, disk_has(0, PAGE_SIZE, 0x21));
		KT_EXPECT(t, disk_has(2 * PAGE_SIZE, 4 * PAGE_SIZE, 0x21));
		fs->disk->bad = false;
		/* No memory to find the blocks: later. */
		fill(t, 0, PAGE_SIZE, 0x22);
		fs->error = -ENOMEM;
		fs->error_from = 0;
		KT_EXPECT_EQ(t, map_fs_write_back(fs), -ENOMEM);
		fs->error = 0;
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		KT_EXPECT(t, disk_has(0, PAGE_SIZE, 0x22));
		/* The map is broken: told, and given up. */
		fill(t, 0, PAGE_SIZE, 0x23);
		fs->error = -EUCLEAN;
		KT_EXPECT_EQ(t, map_fs_write_back(fs), -EIO);
		fs->error = 0;
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		end();
	}
}

/* ---- mappings -------------------------------------------------------------------------------- */

static void map_file(struct ktest *t, unsigned int pages)
{
	KT_ASSERT_EQ(t,
		     vm_mmap(file, MAP, pages * PAGE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_FIXED, 0),
		     MAP);
}

static void test_mapped_stores(struct ktest *t)
{
	for_each_size(bits)
	{
		u32 blocks = PAGE_SIZE >> bits, word;

		begin(t, bits);
		KT_EXPECT_EQ(t, map_fs_truncate(fs, 3 * PAGE_SIZE + 1030), 0);
		map_file(t, 6);
		KT_EXPECT(t, user_write(MAP + PAGE_SIZE, 0x01020304));
		for (u32 i = 0; i < blocks; i++)
			KT_EXPECT(t, fs->map[blocks + i]); /* all of the page */
		KT_EXPECT(t, user_write(MAP + 3 * PAGE_SIZE, 0x05060708));
		KT_EXPECT(t, !fs->map[3 * blocks + 3]); /* up to the end only */
		KT_EXPECT(t, !user_write(MAP + 4 * PAGE_SIZE, 1));
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		KT_EXPECT(t, disk_has(PAGE_SIZE, PAGE_SIZE + 1, 4));
		KT_EXPECT(t, disk_has(PAGE_SIZE + 4, 2 * PAGE_SIZE, 0));
		/*
		 * The file grows in its last page, which is mapped and can be written to already.
		 */
		KT_EXPECT(t, user_write(MAP + 3 * PAGE_SIZE, 0x05060709));
		KT_EXPECT_EQ(t, map_fs_truncate(fs, 5 * PAGE_SIZE), 0);
		KT_EXPECT(t, user_write(MAP + 4 * PAGE_SIZE - 4, 0x0a0b0c0d));
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		KT_EXPECT(t, disk_has(4 * PAGE_SIZE - 4, 4 * PAGE_SIZE - 3, 0x0d));
		map_fs_expect_garbage(t, fs);
		/* No room: the store fails, and is not lost later. */
		fs->room = 0;
		KT_EXPECT(t, user_read(MAP + 4 * PAGE_SIZE, &word) && !word);
		KT_EXPECT(t, !user_write(MAP + 4 * PAGE_SIZE, 1));
		KT_EXPECT(t, user_write(MAP + PAGE_SIZE + 8, 0x11111111));
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		KT_EXPECT(t, disk_has(PAGE_SIZE + 8, PAGE_SIZE + 12, 0x11));
		vm_munmap(MAP, 6 * PAGE_SIZE);
		end();
	}
}

/*
 * A file that ends in a page that is mapped grows, by truncate(2) or write(2): what was stored
 * behind the old end is not seen, what is stored there now is not lost.
 */
static void grow_under_mapping(struct ktest *t, bool by_write)
{
	loff_t size = PAGE_SIZE + 1030;

	KT_EXPECT_EQ(t, map_fs_truncate(fs, size), 0);
	map_file(t, 4);
	KT_EXPECT(t, user_write(MAP + PAGE_SIZE, 0x01010101));
	KT_EXPECT(t, user_write(MAP + PAGE_SIZE + 2040, 0x02020202));
	KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
	KT_EXPECT(t, disk_has(size, ((size >> fs->bits) + 1) << fs->bits, 0));
	KT_EXPECT(t, user_write(MAP + PAGE_SIZE + 3000, 0x02020202));
	if (by_write) {
		fill(t, PAGE_SIZE + 3900, 4, 0x03);
		KT_EXPECT_EQ(t, byte_at(t, PAGE_SIZE + 3900), 3);
	} else {
		KT_EXPECT_EQ(t, map_fs_truncate(fs, 3 * PAGE_SIZE), 0);
	}
	KT_EXPECT_EQ(t, byte_at(t, PAGE_SIZE + 3000), 0);
	KT_EXPECT(t, user_write(MAP + PAGE_SIZE + 2040, 0x04040404));
	if (by_write)
		fill(t, 2 * PAGE_SIZE + 10, 4, 0x05);
	KT_EXPECT(t, user_write(MAP + 2 * PAGE_SIZE - 8, 0x06060606));
	KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
	vm_munmap(MAP, 4 * PAGE_SIZE);
	map_fs_forget_cache(fs);
	KT_EXPECT_EQ(t, byte_at(t, PAGE_SIZE), 1);
	KT_EXPECT_EQ(t, byte_at(t, PAGE_SIZE + 2040), 4);
	KT_EXPECT_EQ(t, byte_at(t, 2 * PAGE_SIZE - 5), 6);
	KT_EXPECT_EQ(t, byte_at(t, PAGE_SIZE + 3000), 0);
}

static void test_growth_under_mappings(struct ktest *t)
{
	for_each_size(bits)
	{
		for (unsigned int by_write = 0; by_write < 2; by_write++) {
			begin(t, bits);
			grow_under_mapping(t, by_write);
			map_fs_expect_garbage(t, fs);
			end();
		}
	}
}

/* ---- a new end ------------------------------------------------------------------------------- */

static void test_truncation(struct ktest *t)
{
	for_each_size(bits)
	{
		unsigned int room;

		begin(t, bits);
		fill(t, 0, 3 * PAGE_SIZE, 0x61);
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		map_fs_forget_cache(fs);
		KT_EXPECT_EQ(t, map_fs_truncate(fs, PAGE_SIZE + 1100), 0);
		KT_EXPECT_EQ(t, map_fs_truncate(fs, 3 * PAGE_SIZE), 0);
		KT_EXPECT_EQ(t, byte_at(t, PAGE_SIZE + 1099), 0x61);
		KT_EXPECT_EQ(t, byte_at(t, PAGE_SIZE + 1100), 0);
		KT_EXPECT_EQ(t, byte_at(t, 2 * PAGE_SIZE - 1), 0);
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		map_fs_forget_cache(fs);
		KT_EXPECT_EQ(t, byte_at(t, PAGE_SIZE + 1099), 0x61);
		KT_EXPECT_EQ(t, byte_at(t, PAGE_SIZE + 1100), 0);
		KT_EXPECT_EQ(t, byte_at(t, 2 * PAGE_SIZE - 1), 0);
		/* Blocks of the last page were taken away: the next write asks for new ones. */
		fill(t, 2 * PAGE_SIZE, PAGE_SIZE, 0x62);
		KT_EXPECT_EQ(t, map_fs_truncate(fs, 2 * PAGE_SIZE + 1), 0);
		room = fs->room;
		fs->room = 0;
		KT_EXPECT_EQ(t, kernel_write(file, 3 * PAGE_SIZE - 1, "", 1),
			     bits < 12 ? (ssize_t)-ENOSPC : 1);
		fs->room = room;
		fill(t, 3 * PAGE_SIZE - 1, 1, 0x63);
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		KT_EXPECT(t, disk_has(3 * PAGE_SIZE - 1, 3 * PAGE_SIZE, 0x63));
		map_fs_expect_garbage(t, fs);
		end();
	}
}

/* ---- scarce memory --------------------------------------------------------------------------- */

static int write_and_read(void *unused __unused)
{
	static u8 bytes[6000];
	ssize_t n = kernel_write(file, 100, bytes, sizeof(bytes)), m;
	int error = map_fs_write_back(fs);

	map_fs_forget_cache(fs);
	m = kernel_read(file, 3000, bytes, 1000);
	map_fs_forget_cache(fs);
	if (error)
		return error;
	if (n < 0 || m < 0)
		return n < 0 ? (int)n : (int)m;
	return n == sizeof(bytes) && m == 1000 ? 0 : -ENOMEM;
}

static void test_no_memory(struct ktest *t)
{
	for_each_size(bits)
	{
		begin(t, bits);
		KT_EXPECT_EQ(t, write_and_read(NULL), 0);
		KT_EXPECT_GE(t, fail_each(t, write_and_read, NULL), 3u);
		end();
	}
}

static const struct ktest_case mpage_cases[] = {
	KTEST(test_read_scattered),
	KTEST(test_large_reads),
	KTEST(test_garbage_behind_end),
	KTEST(test_read_errors),
	KTEST(test_write_and_back),
	KTEST(test_holes),
	KTEST(test_no_room),
	KTEST(test_short_copies),
	KTEST(test_write_errors),
	KTEST(test_mapped_stores),
	KTEST(test_growth_under_mappings),
	KTEST(test_truncation),
	KTEST(test_no_memory),
};
KTEST_SUITE_WITH(mpage, 0, mpage_cases, mm_test_setup, mm_test_teardown);
