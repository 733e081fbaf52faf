/* Reading ahead: what is read from the device when a file is read, in this order or that. */
#include "kernel/fs/inode.h"
#include "kernel/lib/err.h"
#include "kernel/lib/prng.h"
#include "kernel/sched.h"
#include "mm/fadvise.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/madvise.h"
#include "mm/memory.h"
#include "mm/mmap.h"
#include "mm/page_alloc.h"
#include "mm/readahead.h"
#include "mm/vmstat.h"
#include "mm/writeback.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/mm_test.h"
#include "tests/kernel/slow_file.h"

#define MAP 0x20000000ul /* where the cases map files */

/* Read a word of each page from `first` on: each holds its index. */
static void read_in_order(struct ktest *t, struct file *file, pgoff_t first, unsigned int nr)
{
	for (pgoff_t index = first; index < first + nr; index++) {
		u32 word = ~0u;

		KT_EXPECT_EQ(t, kernel_read(file, (loff_t)index << PAGE_SHIFT, &word, 4), 4);
		KT_EXPECT_EQ(t, word, (u32)index);
	}
}

static bool is_cached(struct file *file, pgoff_t index)
{
	struct page *page = find_get_page(file->f_mapping, index);

	if (page)
		put_page(page);
	return page != NULL;
}

/* Windows are smaller, and pages go again, where there is not the memory for them. */
static struct file *open_large(struct ktest *t, unsigned int pages)
{
	if (nr_free_pages() < 5000)
		ktest_skip(t, "too little memory");
	return slow_file_open(t, pages);
}

static unsigned int largest_request(void)
{
	unsigned int most = 0;

	for (unsigned int i = 0; i < min(slow_disk.nr_readpages, SLOW_NOTES); i++)
		most = max(most, slow_disk.readpages[i].nr);
	return most;
}

/* ---- read(2) --------------------------------------------------------------------------------- */

/* Each page is read once, in requests that grow; nothing is read beyond the end. */
static void test_sequential(struct ktest *t)
{
	struct file *file = open_large(t, 1001);

	read_in_order(t, file, 0, 4);
	KT_EXPECT_LE(t, slow_disk.reads, 16u);
	read_in_order(t, file, 4, 997);
	KT_EXPECT_EQ(t, slow_disk.reads, 1001u);
	KT_EXPECT_LE(t, slow_disk.nr_readpages, 24u);
	KT_EXPECT_EQ(t, slow_disk.readpages[0].nr, RA_PAGES_INITIAL);
	KT_EXPECT_EQ(t, largest_request(), 64u); /* what is handed over at once */
	KT_EXPECT_EQ(t, file->f_mapping->nrpages, 1001ul);
	fput(file);
}

/* The reader finds the next window on its way, or there, when he comes to its first page. */
static void test_ahead_of_time(struct ktest *t)
{
	struct file *file = open_large(t, 1000);

	for (pgoff_t index = 0; index < 900; index++) {
		read_in_order(t, file, index, 1);
		if (index > 8)
			KT_EXPECT(t, is_cached(file, index + 1));
		if (index > 300)
			KT_EXPECT(t, is_cached(file, index + 60));
		KT_EXPECT(t, !is_cached(file, index + 2 * RA_PAGES_MAX + 1));
	}
	fput(file);
}

/* In large pieces, too. */
static void test_large_reads(struct ktest *t)
{
	struct file *file = open_large(t, 512);
	unsigned long piece = 200 * PAGE_SIZE;

	KT_ASSERT(t, map_anon(MAP, 512, PROT_READ | PROT_WRITE) == MAP);
	for (loff_t pos = 0; pos < 512ll * (loff_t)PAGE_SIZE;) {
		ssize_t n = generic_file_read(file, (char *)MAP, piece, &pos);

		KT_ASSERT(t, n > 0);
	}
	KT_EXPECT_EQ(t, slow_disk.reads, 512u);
	KT_EXPECT_LE(t, slow_disk.nr_readpages, 12u);
	vm_munmap(MAP, 512 * PAGE_SIZE);
	fput(file);
}

/* Reads here and there bring what they ask for, and little more. */
static void test_random(struct ktest *t)
{
	struct file *file = slow_file_open(t, 100000);
	struct prng rng;

	ktest_seed(t, &rng, 4711);
	for (unsigned int i = 0; i < 200; i++)
		read_in_order(t, file, 1 + prng_next(&rng) % 99000, 1);
	KT_EXPECT_LE(t, slow_disk.reads, 210u);
	fput(file);
}

/* Two who read one open file in different places are both served. */
static void test_interleaved(struct ktest *t)
{
	struct file *file = open_large(t, 4000);

	for (pgoff_t index = 0; index < 500; index++) {
		read_in_order(t, file, index, 1);
		read_in_order(t, file, 2000 + index, 1);
	}
	KT_EXPECT_LE(t, slow_disk.reads, 1600u);
	KT_EXPECT_LE(t, slow_disk.nr_readpages, 300u);
	fput(file);
}

/* What could not be read ahead is read when it is asked for, and fails there if it must. */
static void test_failures(struct ktest *t)
{
	struct file *file = slow_file_open(t, 16);
	u32 word;

	slow_disk.readpage_only = true;
	read_in_order(t, file, 0, 8);
	KT_EXPECT_EQ(t, slow_disk.reads, 8u);
	slow_disk.readpage_only = false;
	slow_disk.error = -EIO;
	KT_EXPECT_EQ(t, kernel_read(file, 14 * PAGE_SIZE, &word, 4), -EIO);
	slow_disk.error = 0;
	read_in_order(t, file, 14, 1);
	fput(file);
}

/* A page that is marked and then written loses the mark. */
static void test_mark(struct ktest *t)
{
	struct file *file = slow_file_open(t, 64);
	struct page *page;

	read_in_order(t, file, 0, 1);
	page = find_get_page(file->f_mapping, 1);
	KT_ASSERT(t, page != NULL);
	KT_EXPECT(t, PageReclaim(page));
	set_page_dirty(page);
	KT_EXPECT(t, !PageReclaim(page));
	put_page(page);
	KT_EXPECT_EQ(t, filemap_write_and_wait(file->f_mapping), 0);
	fput(file);
}

/* ---- advice ---------------------------------------------------------------------------------- */

static void test_fadvise(struct ktest *t)
{
	struct file *file = open_large(t, 2000);

	KT_EXPECT_EQ(t, vfs_fadvise(file, 0, 0, POSIX_FADV_RANDOM), 0);
	read_in_order(t, file, 0, 20);
	KT_EXPECT_EQ(t, slow_disk.reads, 20u);
	KT_EXPECT_EQ(t, vfs_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL), 0);
	read_in_order(t, file, 20, 600);
	KT_EXPECT(t, is_cached(file, 620 + 120));
	KT_EXPECT_EQ(t, vfs_fadvise(file, 0, 0, POSIX_FADV_NORMAL), 0);
	KT_EXPECT_EQ(t, file->f_ra.ra_pages, RA_PAGES_MAX);
	KT_EXPECT_EQ(t, vfs_fadvise(file, 0, 0, POSIX_FADV_NOREUSE), 0);
	KT_EXPECT_EQ(t, vfs_fadvise(file, 0, 0, 6), -EINVAL);
	KT_EXPECT_EQ(t, vfs_fadvise(file, 0, -1, POSIX_FADV_NORMAL), -EINVAL);
	fput(file);
}

static void test_will_need(struct ktest *t)
{
	struct file *file = open_large(t, 1000);

	slow_disk.delay = 2;
	KT_EXPECT_EQ(
		t, vfs_fadvise(file, 100 * PAGE_SIZE + 5, 200 * PAGE_SIZE, POSIX_FADV_WILLNEED), 0);
	KT_EXPECT_EQ(t, slow_disk.reads, 201u);
	KT_EXPECT(t, is_cached(file, 100) && is_cached(file, 300) && !is_cached(file, 301));
	read_in_order(t, file, 100, 201);
	KT_EXPECT_EQ(t, vfs_fadvise(file, 990 * PAGE_SIZE, 0, POSIX_FADV_WILLNEED), 0);
	KT_EXPECT_EQ(t, slow_disk.reads, 211u);
	fput(file);
}

static void test_dont_need(struct ktest *t)
{
	struct file *file = slow_file_open(t, 40);

	read_in_order(t, file, 0, 40);
	slow_file_dirty(t, file, 20, 1);
	/* Pages that lie in the range in part stay, and so does what has to be written first. */
	slow_disk.hold = true;
	KT_EXPECT_EQ(t, vfs_fadvise(file, 10 * PAGE_SIZE + 1, 20 * PAGE_SIZE, POSIX_FADV_DONTNEED),
		     0);
	KT_EXPECT(t, is_cached(file, 10) && is_cached(file, 30) && is_cached(file, 20));
	KT_EXPECT(t, !is_cached(file, 11) && !is_cached(file, 29));
	KT_EXPECT_EQ(t, slow_disk.writes, 1u);
	slow_disk_end();
	slow_disk.hold = false;
	KT_EXPECT_EQ(t, vfs_fadvise(file, 0, 0, POSIX_FADV_DONTNEED), 0);
	KT_EXPECT_EQ(t, file->f_mapping->nrpages, 0ul);
	fput(file);
}

/* ---- mappings -------------------------------------------------------------------------------- */

static unsigned long map(struct file *file, unsigned long pages)
{
	return vm_mmap(file, MAP, pages * PAGE_SIZE, PROT_READ, MAP_SHARED | MAP_FIXED, 0);
}

static void touch(struct ktest *t, unsigned long index)
{
	u32 word = ~0u;

	KT_EXPECT(t, user_read(MAP + (index << PAGE_SHIFT), &word));
	KT_EXPECT_EQ(t, word, (u32)index);
}

/* A fault brings what lies around it; in order, more and more; with RANDOM advice, one page. */
static void test_faults(struct ktest *t)
{
	struct file *file = open_large(t, 5000);

	KT_ASSERT(t, map(file, 5000) == MAP);
	touch(t, 1003);
	KT_EXPECT_EQ(t, slow_disk.reads, 16u);
	KT_EXPECT(t, is_cached(file, 992) && is_cached(file, 1007));
	touch(t, 995);
	KT_EXPECT_EQ(t, slow_disk.reads, 16u);
	touch(t, 3000);
	KT_EXPECT_EQ(t, slow_disk.reads, 32u);
	KT_EXPECT_EQ(t, vm_madvise(MAP, 5000 * PAGE_SIZE, MADV_RANDOM), 0);
	touch(t, 4000);
	KT_EXPECT_EQ(t, slow_disk.reads, 33u);
	KT_EXPECT_EQ(t, vm_madvise(MAP, 5000 * PAGE_SIZE, MADV_NORMAL), 0);
	slow_disk.reads = slow_disk.nr_readpages = 0;
	for (unsigned long i = 0; i < 900; i++)
		touch(t, i);
	KT_EXPECT_LE(t, slow_disk.reads, 900 + 3 * RA_PAGES_MAX);
	KT_EXPECT_LE(t, slow_disk.nr_readpages, 30u);
	vm_munmap(MAP, 5000 * PAGE_SIZE);
	fput(file);
}

/* A fault that waits for the device is a major one, whoever started to read; others are not. */
static void test_major(struct ktest *t)
{
	struct file *file = slow_file_open(t, 64);
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;

	KT_ASSERT(t, map(file, 64) == MAP);
	vma = find_vma(mm, MAP);
	slow_disk.delay = 2;
	KT_EXPECT_EQ(t, handle_mm_fault(mm, vma, MAP, false), VM_FAULT_MAJOR);
	KT_EXPECT_EQ(t, handle_mm_fault(mm, vma, MAP, false), 0u);
	force_readahead(file->f_mapping, file, 40, 4);
	KT_EXPECT_EQ(t, handle_mm_fault(mm, vma, MAP + 40 * PAGE_SIZE, false), VM_FAULT_MAJOR);
	KT_EXPECT_EQ(t, handle_mm_fault(mm, vma, MAP + 41 * PAGE_SIZE, false), 0u);
	vm_munmap(MAP, 64 * PAGE_SIZE);
	fput(file);
}

/* A fault whose page cannot be read is SIGBUS; when it can be again, all is well. */
static void test_faults_fail(struct ktest *t)
{
	struct file *file = slow_file_open(t, 64);
	struct mm_struct *mm = current->mm;
	u32 word;

	KT_ASSERT(t, map(file, 64) == MAP);
	slow_disk.error = -EIO;
	slow_disk.delay = 1;
	KT_EXPECT(t, !user_read(MAP + 20 * PAGE_SIZE, &word));
	KT_EXPECT_EQ(t, handle_mm_fault(mm, find_vma(mm, MAP), MAP, false) & VM_FAULT_ERROR,
		     VM_FAULT_SIGBUS);
	slow_disk.error = 0;
	touch(t, 20);
	touch(t, 0);
	vm_munmap(MAP, 64 * PAGE_SIZE);
	fput(file);
}

/* Reads and faults with one allocation less: done without reading ahead, or ENOMEM. */
static int read_and_touch(void *ctx)
{
	struct file *file = ctx;
	u32 word;
	ssize_t n = kernel_read(file, 0, &word, 4);
	int error = n == 4 ? 0 : (int)n;

	if (!error && map(file, 64) != MAP)
		error = -ENOMEM;
	if (!error && !user_read(MAP + 40 * PAGE_SIZE, &word))
		error = -ENOMEM;
	force_readahead(file->f_mapping, file, 48, 8);
	vm_munmap(MAP, 64 * PAGE_SIZE);
	truncate_inode_pages(file->f_mapping, 0);
	file_ra_state_init(&file->f_ra);
	return error;
}

static void test_no_memory(struct ktest *t)
{
	struct file *file = slow_file_open(t, 64);

	log_hush();
	KT_EXPECT_GE(t, fail_each(t, read_and_touch, file), 20u);
	log_unhush();
	fput(file);
}

static const struct ktest_case cases[] = {
	KTEST(test_sequential),	 KTEST(test_ahead_of_time), KTEST(test_large_reads),
	KTEST(test_random),	 KTEST(test_interleaved),   KTEST(test_failures),
	KTEST(test_mark),	 KTEST(test_fadvise),	    KTEST(test_will_need),
	KTEST(test_dont_need),	 KTEST(test_faults),	    KTEST(test_major),
	KTEST(test_faults_fail), KTEST(test_no_memory),
};
KTEST_SUITE_WITH(readahead, 0, cases, slow_disk_setup, slow_disk_teardown);
