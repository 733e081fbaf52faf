/*
 * read(2) and write(2) through the page cache with every kind of buffer; and together with stores
 * through a mapping and truncation, at random, against a plain array of bytes.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/string.h"
#include "kernel/rlimit.h"
#include "kernel/sched.h"
#include "kernel/task.h"
#include "mm/filemap.h"
#include "mm/mmap.h"
#include "mm/slab.h"
#include "mm/unmap.h"
#include "tests/kernel/cache_file.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/mm_test.h"
#include "tests/kernel/program.h"

#define RW     (PROT_READ | PROT_WRITE)
#define BUFFER 0x10000000ul /* where the cases have user memory */
#define MAP    0x20000000ul /* and where they map files */

static ssize_t write_at(struct file *file, loff_t pos, unsigned long from, size_t count)
{
	return generic_file_write(file, (const char __user *)from, count, &pos);
}

static ssize_t read_at(struct file *file, loff_t pos, unsigned long to, size_t count)
{
	return generic_file_read(file, (char __user *)to, count, &pos);
}

static u8 byte_of(struct ktest *t, struct file *file, loff_t pos)
{
	u8 byte = 0xee;

	KT_EXPECT_EQ(t, kernel_read(file, pos, &byte, 1), 1);
	return byte;
}

static unsigned long map(struct file *file, unsigned long pages, unsigned long flags)
{
	return vm_mmap(file, MAP, pages * PAGE_SIZE, RW, flags | MAP_FIXED, 0);
}

/* ---- read and write -------------------------------------------------------------------------- */

static void test_write_and_read(struct ktest *t)
{
	struct file *file = cache_file_open(t, 0);
	loff_t pos = 10;
	u32 word;

	map_anon(BUFFER, 4, RW);
	for (unsigned long at = 0; at < 2 * PAGE_SIZE; at += 4)
		KT_ASSERT(t, user_write(BUFFER + at, 0x01010101 * (1 + at / 1024)));
	KT_EXPECT_EQ(t, read_at(file, 0, BUFFER, 10), 0);
	KT_EXPECT_EQ(t, generic_file_write(file, (char *)BUFFER, 5000, &pos), 5000);
	KT_EXPECT_EQ(t, pos, 5010ll);
	KT_EXPECT_EQ(t, i_size_read(file->f_inode), 5010ll);
	KT_EXPECT_EQ(t, byte_of(t, file, 9), 0);
	KT_EXPECT_EQ(t, byte_of(t, file, 10), 1);
	KT_EXPECT_EQ(t, byte_of(t, file, 5009), 5);
	/* At the end it comes short, behind it there is nothing. */
	pos = 4000;
	KT_EXPECT_EQ(t, generic_file_read(file, (char *)BUFFER + 2 * PAGE_SIZE, 3000, &pos), 1010);
	KT_EXPECT_EQ(t, pos, 5010ll);
	KT_EXPECT(t, user_read(BUFFER + 2 * PAGE_SIZE + 20, &word) && word == 0x04040404);
	KT_EXPECT_EQ(t, read_at(file, 5010, BUFFER, 1), 0);
	KT_EXPECT_EQ(t, read_at(file, 1ll << 40, BUFFER, 1), 0);
	/* A hole reads as zeros. */
	KT_EXPECT_EQ(t, write_at(file, 20 * PAGE_SIZE + 1, BUFFER, 1), 1);
	KT_EXPECT_EQ(t, byte_of(t, file, 7 * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, byte_of(t, file, 20 * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, write_at(file, 3, BUFFER, 0), 0);
	/* O_APPEND does not ask where. */
	file->f_flags |= O_APPEND;
	pos = 0;
	KT_EXPECT_EQ(t, generic_file_write(file, (char *)BUFFER, 3, &pos), 3);
	KT_EXPECT_EQ(t, pos, (loff_t)(20 * PAGE_SIZE + 5));
	fput(file);
}

/* A buffer that ends somewhere: what lies before it is transferred, to the byte. */
static void test_bad_buffers(struct ktest *t)
{
	unsigned long end = BUFFER + 2 * PAGE_SIZE;

	map_anon(BUFFER, 2, RW);
	for (unsigned int whole = 0; whole < 2; whole++) {
		struct file *file = cache_file_open(t, 0);

		cache_file_of(file)->whole_pages = whole;
		for (unsigned int good = 0; good < 9; good++) {
			ssize_t expect = good ? (ssize_t)good : -EFAULT;

			KT_EXPECT_EQ(t, write_at(file, 4090, end - good, 100), expect);
			KT_EXPECT_EQ(t, i_size_read(file->f_inode), good ? 4090ll + good : 0ll);
		}
		KT_EXPECT_EQ(t, write_at(file, 0, end - 5000, 9000), 5000);
		KT_EXPECT_EQ(t, read_at(file, 0, end - 4500, 5000), 4500);
		for (unsigned int good = 0; good < 9; good++)
			KT_EXPECT_EQ(t, read_at(file, 4090, end - good, 100),
				     good ? (ssize_t)good : -EFAULT);
		KT_EXPECT_EQ(t, write_at(file, 0, TASK_SIZE - 2, 8), (ssize_t)-EFAULT);
		KT_EXPECT_EQ(t, read_at(file, 0, PAGE_OFFSET, 8), (ssize_t)-EFAULT);
		fput(file);
	}
}

/* The buffer of a write is the page being written, in memory or not yet. */
static void test_write_onto_itself(struct ktest *t)
{
	struct file *file = cache_file_open(t, 2 * PAGE_SIZE);
	struct cache_file *cf = cache_file_of(file);

	cf->fill = 9;
	KT_ASSERT_EQ(t, map(file, 2, MAP_SHARED), MAP);
	KT_EXPECT_EQ(t, write_at(file, 100, MAP, PAGE_SIZE), (ssize_t)PAGE_SIZE);
	KT_EXPECT_EQ(t, write_at(file, 0, MAP, 2 * PAGE_SIZE), (ssize_t)(2 * PAGE_SIZE));
	KT_EXPECT_EQ(t, byte_of(t, file, 150), 9);
	KT_EXPECT_EQ(t, read_at(file, 0, MAP + 64, PAGE_SIZE), (ssize_t)PAGE_SIZE);
	fput(file);
}

/* Between the look at the buffer and the copy its page is taken away, now and then. */
static unsigned int steal;

static void steal_buffer(struct cache_file *cf)
{
	(void)cf;
	if (steal && steal--)
		zap_page_range(find_vma(current->mm, MAP), MAP, MAP + PAGE_SIZE, false);
}

static void test_buffer_goes_away(struct ktest *t)
{
	struct file *file = cache_file_open(t, PAGE_SIZE), *from = cache_file_open(t, PAGE_SIZE);

	cache_file_of(from)->fill = 4;
	cache_file_of(file)->hook = steal_buffer;
	KT_ASSERT_EQ(t, map(from, 1, MAP_SHARED), MAP);
	steal = 3;
	KT_EXPECT_EQ(t, write_at(file, 8, MAP, 16), 16);
	KT_EXPECT_EQ(t, steal, 0u);
	KT_EXPECT_EQ(t, byte_of(t, file, 23), 4);
	KT_EXPECT_EQ(t, byte_of(t, file, 24), 0);
	fput(from);
	fput(file);
}

static void test_limits(struct ktest *t)
{
	struct rlimit *limit = &current->signal->rlim[RLIMIT_FSIZE], old = *limit;
	struct file *file = cache_file_open(t, 0);

	map_anon(BUFFER, 1, RW);
	KT_EXPECT_EQ(t, write_at(file, MAX_LFS_FILESIZE, BUFFER, 1), (ssize_t)-EFBIG);
	KT_EXPECT_EQ(t, write_at(file, 0x7fffffff, BUFFER, 1), (ssize_t)-EFBIG);
	KT_EXPECT_EQ(t, write_at(file, 0x7ffffffe, BUFFER, 10), 1);
	file->f_flags |= O_LARGEFILE;
	KT_EXPECT_EQ(t, write_at(file, 0x7fffffff, BUFFER, 10), 10);
	KT_EXPECT_EQ(t, byte_of(t, file, 0x80000001ll), 0);
	limit->rlim_cur = 1000;
	KT_EXPECT_EQ(t, write_at(file, 995, BUFFER, 10), 5);
	KT_EXPECT_EQ(t, kernel_write(file, 995, "0123456789", 10), 10);
	*limit = old;
	fput(file);
}

static void shorten(struct file *file, loff_t size)
{
	mutex_lock(&file->f_inode->i_mutex);
	truncate_setsize(file->f_inode, size);
	mutex_unlock(&file->f_inode->i_mutex);
}

/* ---- at random ------------------------------------------------------------------------------- */

#define MOST_PAGES 6u
#define MOST	   (MOST_PAGES * PAGE_SIZE)

static u8 model[MOST]; /* what the file should hold; zeros behind its end */
static u8 scratch[MOST];

/* The whole file is as it should be, through read(2) and through the mapping. */
static void compare_all(struct ktest *t, struct file *file, size_t size)
{
	KT_ASSERT_EQ(t, i_size_read(file->f_inode), (loff_t)size);
	KT_ASSERT_EQ(t, kernel_read(file, 0, scratch, MOST), (ssize_t)size);
	KT_ASSERT(t, !memcmp(scratch, model, size));
	KT_ASSERT_EQ(t, copy_from_user(scratch, (char *)MAP, size), 0ul);
	KT_ASSERT(t, !memcmp(scratch, model, size));
}

static size_t random_write(struct ktest *t, struct file *file, struct prng *rng, size_t size)
{
	size_t pos = prng_below(rng, MOST), len = 1 + prng_below(rng, 6000), at;

	len = min(len, (size_t)(MOST - pos));
	at = prng_below(rng, 5000);
	for (size_t i = 0; i < len; i++)
		scratch[i] = (u8)prng_next(rng);
	KT_EXPECT_EQ(t, copy_to_user((char *)BUFFER + at, scratch, len), 0ul);
	KT_EXPECT_EQ(t, write_at(file, (loff_t)pos, BUFFER + at, len), (ssize_t)len);
	memcpy(model + pos, scratch, len);
	return max(size, pos + len);
}

static void random_store(struct ktest *t, struct prng *rng, size_t size)
{
	u32 pos = prng_below(rng, (u32)size) & ~3u;
	u32 word = prng_next(rng);

	if (pos + 4 > size)
		return;
	KT_EXPECT(t, user_write(MAP + pos, word));
	memcpy(model + pos, &word, 4);
}

static size_t random_truncate(struct file *file, struct prng *rng, size_t size)
{
	size_t to = prng_below(rng, MOST);

	shorten(file, (loff_t)to);
	if (to < size)
		memset(model + to, 0, size - to);
	return to;
}

static void test_random(struct ktest *t)
{
	struct file *file = cache_file_open(t, 0);
	struct prng rng;
	size_t size = 0;

	ktest_seed(t, &rng, 71);
	memset(model, 0, sizeof(model));
	map_anon(BUFFER, 4, RW);
	KT_ASSERT_EQ(t, map(file, MOST_PAGES, MAP_SHARED), MAP);
	for (int i = 0; i < 1500 && !t->failures; i++) {
		cache_file_of(file)->whole_pages = prng_below(&rng, 2);
		switch (prng_below(&rng, 8)) {
		case 0:
			size = random_truncate(file, &rng, size);
			break;
		case 1:
		case 2:
			size = random_write(t, file, &rng, size);
			break;
		case 3:
			vm_munmap(MAP, MOST);
			KT_EXPECT_EQ(t, map(file, MOST_PAGES, MAP_SHARED), MAP);
			break;
		default:
			if (size)
				random_store(t, &rng, size);
		}
		if (i % 5 == 0)
			compare_all(t, file, size);
	}
	fput(file);
}

/* ---- in ring 3 ------------------------------------------------------------------------------- */

static void test_program(struct ktest *t)
{
	struct program_run *run = program_run_alloc("filemem", NULL, NULL);

	KT_ASSERT(t, run != NULL);
	if (!KT_EXPECT_EQ(t, program_run(run), 0))
		ktest_log(t, "%s", run->output);
	kfree(run);
}

/*
 * The program's first, second, third... allocation fails. It may leave its file behind, until it
 * comes to its end: then all must be as it was.
 */
static void test_program_without_memory(struct ktest *t)
{
	struct program_run *run = program_run_alloc("filemem", NULL, NULL);
	unsigned int tasks = nr_tasks();
	struct mm_account before;

	KT_ASSERT(t, run != NULL);
	mm_account(&before);
	for (run->fail_nth = 1; run->fail_nth < 2000; run->fail_nth++) {
		program_run(run);
		for (int i = 0; i < 100 && nr_tasks() != tasks; i++)
			msleep(10);
		if (!run->failed_one && !run->status)
			break;
	}
	KT_EXPECT_GE(t, run->fail_nth, 100u);
	KT_EXPECT_LE(t, run->fail_nth, 1999u);
	mm_account_same(t, &before);
	kfree(run);
}

static const struct ktest_case cases[] = {
	KTEST(test_write_and_read),
	KTEST(test_bad_buffers),
	KTEST(test_write_onto_itself),
	KTEST(test_buffer_goes_away),
	KTEST(test_limits),
	KTEST(test_random),
	KTEST(test_program),
	KTEST(test_program_without_memory),
};
KTEST_SUITE_WITH(file_rw, 0, cases, mm_test_setup, mm_test_teardown);
