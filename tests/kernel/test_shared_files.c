/* Shared mappings of files that are written back: the first store to a clean page is noticed. */
#include "kernel/fs/fs_writeback.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/err.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/madvise.h"
#include "mm/memory.h"
#include "mm/mmap.h"
#include "mm/mprotect.h"
#include "mm/writeback.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/mm_test.h"
#include "tests/kernel/slow_file.h"

#define RW  (PROT_READ | PROT_WRITE)
#define MAP 0x20000000ul /* where the cases map files */

static bool is_dirty(struct file *file, pgoff_t index)
{
	return radix_tree_tag_get(&file->f_mapping->page_tree, index, PAGECACHE_TAG_DIRTY);
}

static bool is_being_written(struct file *file, pgoff_t index)
{
	return radix_tree_tag_get(&file->f_mapping->page_tree, index, PAGECACHE_TAG_WRITEBACK);
}

static unsigned long map(struct file *file, unsigned long pages, unsigned long prot)
{
	return vm_mmap(file, MAP, pages * PAGE_SIZE, prot, MAP_SHARED | MAP_FIXED, 0);
}

static bool writable(unsigned long addr)
{
	pte_t *pte = find_pte(current->mm, addr);

	return pte && pte_present(*pte) && pte_write(*pte);
}

static void test_first_store(struct ktest *t)
{
	struct file *file = slow_file_open(t, 8);
	u32 word;

	KT_ASSERT(t, map(file, 8, RW) == MAP);
	/* Read first, then written; written at once; neighbours that were shown on the way. */
	KT_EXPECT(t, user_read(MAP, &word));
	KT_EXPECT(t, !writable(MAP) && !is_dirty(file, 0));
	KT_EXPECT(t, user_write(MAP, 1));
	KT_EXPECT(t, writable(MAP) && is_dirty(file, 0));
	KT_EXPECT_EQ(t, slow_disk.mkwrites, 1u);
	KT_EXPECT(t, user_write(MAP + 4, 2));
	KT_EXPECT(t, user_write(MAP + 6 * PAGE_SIZE, 3));
	KT_EXPECT_EQ(t, slow_disk.mkwrites, 2u);
	KT_EXPECT(t, is_dirty(file, 6) && !is_dirty(file, 5) && !writable(MAP + 5 * PAGE_SIZE));
	KT_EXPECT(t, file->f_inode->i_state & I_DIRTY_SYNC);
	/* Written back, it is clean in the page table too, and the next store is noticed. */
	KT_EXPECT_EQ(t, filemap_write_and_wait(file->f_mapping), 0);
	KT_EXPECT_EQ(t, slow_disk.writes, 2u);
	KT_EXPECT(t, !writable(MAP) && !is_dirty(file, 0));
	KT_EXPECT(t, user_read(MAP, &word) && word == 1);
	KT_EXPECT(t, user_write(MAP, 9));
	KT_EXPECT_EQ(t, slow_disk.mkwrites, 3u);
	KT_EXPECT(t, is_dirty(file, 0));
	KT_EXPECT_EQ(t, vm_munmap(MAP, 8 * PAGE_SIZE), 0);
	KT_EXPECT(t, is_dirty(file, 0));
	fput(file);
}

/* The file system has no place for the page: the program hears of it at the store. */
static void test_refused_store(struct ktest *t)
{
	struct file *file = slow_file_open(t, 4);
	u32 word;

	KT_ASSERT(t, map(file, 4, RW) == MAP);
	slow_disk.refuse = true;
	KT_EXPECT(t, !user_write(MAP + PAGE_SIZE, 1));
	KT_EXPECT(t, user_read(MAP, &word));
	KT_EXPECT(t, !user_write(MAP, 1));
	KT_EXPECT(t, !is_dirty(file, 0) && !is_dirty(file, 1));
	slow_disk.refuse = false;
	KT_EXPECT(t, user_write(MAP, 1));
	KT_EXPECT(t, user_write(MAP + PAGE_SIZE, 1));
	KT_EXPECT(t, is_dirty(file, 0) && is_dirty(file, 1));
	vm_munmap(MAP, 4 * PAGE_SIZE);
	fput(file);
}

/* Rights that come back, or go to another place, do not make a clean page writable unnoticed. */
static void test_mprotect(struct ktest *t)
{
	struct file *file = slow_file_open(t, 4);
	unsigned long other;
	u32 word;

	KT_ASSERT(t, map(file, 4, PROT_READ) == MAP);
	KT_EXPECT(t, user_read(MAP, &word));
	KT_EXPECT_EQ(t, vm_mprotect(MAP, 4 * PAGE_SIZE, RW), 0);
	KT_EXPECT(t, !writable(MAP));
	KT_EXPECT(t, user_write(MAP, 1));
	KT_EXPECT_EQ(t, slow_disk.mkwrites, 1u);
	KT_EXPECT_EQ(t, vm_mprotect(MAP, PAGE_SIZE, PROT_READ), 0);
	KT_EXPECT(t, !user_write(MAP, 2));
	KT_EXPECT_EQ(t, filemap_write_and_wait(file->f_mapping), 0);
	KT_EXPECT_EQ(t, slow_disk.writes, 1u);
	KT_EXPECT_EQ(t, vm_mprotect(MAP, PAGE_SIZE, RW), 0);
	KT_EXPECT(t, !writable(MAP));
	KT_EXPECT(t, user_write(MAP, 2));
	KT_EXPECT(t, is_dirty(file, 0));
	other = vm_mmap(file, 0, PAGE_SIZE, RW, MAP_SHARED, 0);
	KT_ASSERT(t, !IS_ERR_VALUE(other));
	KT_EXPECT(t, user_write(other, 5));
	KT_EXPECT(t, writable(MAP) && writable(other));
	/* Both are cleaned, wherever the page is seen. */
	KT_EXPECT_EQ(t, filemap_write_and_wait(file->f_mapping), 0);
	KT_EXPECT(t, !writable(MAP) && !writable(other));
	vm_munmap(MAP, 4 * PAGE_SIZE);
	vm_munmap(other, PAGE_SIZE);
	fput(file);
}

/* Private mappings of the same page keep their copies, and their rights. */
static void test_private_beside(struct ktest *t)
{
	struct file *file = slow_file_open(t, 1);
	unsigned long own;
	u32 word;

	KT_ASSERT(t, map(file, 1, RW) == MAP);
	own = vm_mmap(file, 0, PAGE_SIZE, RW, MAP_PRIVATE, 0);
	KT_ASSERT(t, !IS_ERR_VALUE(own));
	KT_EXPECT(t, user_write(MAP, 1) && user_write(own, 2));
	KT_EXPECT_EQ(t, slow_disk.mkwrites, 1u);
	KT_EXPECT_EQ(t, filemap_write_and_wait(file->f_mapping), 0);
	KT_EXPECT(t, !writable(MAP) && writable(own));
	KT_EXPECT(t, user_read(MAP, &word) && word == 1);
	KT_EXPECT(t, user_read(own, &word) && word == 2);
	vm_munmap(MAP, PAGE_SIZE);
	vm_munmap(own, PAGE_SIZE);
	fput(file);
}

static void test_msync(struct ktest *t)
{
	struct file *file = slow_file_open(t, 8);

	KT_ASSERT(t, map(file, 8, RW) == MAP);
	KT_EXPECT(t, user_write(MAP + PAGE_SIZE, 1) && user_write(MAP + 5 * PAGE_SIZE, 1));
	KT_EXPECT_EQ(t, vm_msync(MAP, 8 * PAGE_SIZE, MS_ASYNC), 0);
	KT_EXPECT_EQ(t, slow_disk.writes, 0u);
	slow_disk.delay = 2;
	KT_EXPECT_EQ(t, vm_msync(MAP + PAGE_SIZE, 2 * PAGE_SIZE, MS_SYNC), 0);
	KT_EXPECT_EQ(t, slow_disk.fsync_start, (loff_t)PAGE_SIZE);
	KT_EXPECT_EQ(t, slow_disk.fsync_end, (loff_t)(3 * PAGE_SIZE - 1));
	KT_EXPECT_EQ(t, slow_disk.writes, 1u);
	KT_EXPECT(t, !is_being_written(file, 1) && is_dirty(file, 5));
	slow_disk.error = -EIO;
	KT_EXPECT_EQ(t, vm_msync(MAP, 8 * PAGE_SIZE, MS_SYNC), -EIO);
	slow_disk.error = 0;
	KT_EXPECT_EQ(t, vm_msync(MAP, 8 * PAGE_SIZE, MS_SYNC), 0);
	vm_munmap(MAP, 8 * PAGE_SIZE);
	fput(file);
}

/* Writing, storing through a mapping and syncing with one allocation less. */
static int write_and_store(void *ctx)
{
	struct file *file = ctx;
	ssize_t n = kernel_write(file, 70 * PAGE_SIZE, "x", 1);
	int error = n == 1 ? 0 : (int)n;

	if (!error && map(file, 8, RW) != MAP)
		error = -ENOMEM;
	if (!error && !user_write(MAP + PAGE_SIZE, 1))
		error = -ENOMEM;
	if (!error)
		error = vm_msync(MAP, 8 * PAGE_SIZE, MS_SYNC);
	if (!error)
		error = sync_inodes_sb(slow_disk.sb, true);
	vm_munmap(MAP, 8 * PAGE_SIZE);
	truncate_inode_pages(file->f_mapping, 0);
	return error;
}

static void test_no_memory(struct ktest *t)
{
	struct file *file = slow_file_open(t, 80);

	log_hush();
	KT_EXPECT_GE(t, fail_each(t, write_and_store, file), 5u);
	log_unhush();
	fput(file);
}

static const struct ktest_case cases[] = {
	KTEST(test_first_store),    KTEST(test_refused_store), KTEST(test_mprotect),
	KTEST(test_private_beside), KTEST(test_msync),	       KTEST(test_no_memory),
};
KTEST_SUITE_WITH(shared_files, 0, cases, slow_disk_setup, slow_disk_teardown);
