/* The page cache: the page lock, reading in, truncation under mappings, dirty pages. */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/inode.h"
#include "kernel/kthread.h"
#include "kernel/lib/err.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/memory.h"
#include "mm/mmap.h"
#include "mm/rmap.h"
#include "mm/vmstat.h"
#include "tests/kernel/cache_file.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/mm_test.h"

#define RW  (PROT_READ | PROT_WRITE)
#define MAP 0x20000000ul /* where the cases map files */

static bool is_mapped(unsigned long addr)
{
	pte_t *pte = find_pte(current->mm, addr);

	return pte && !pte_none(*pte);
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

/* ---- the page lock --------------------------------------------------------------------------- */

static struct page *contested;
static unsigned int got_lock;

static int lock_it(void *unused)
{
	(void)unused;
	lock_page(contested);
	got_lock++;
	unlock_page(contested);
	return 0;
}

static void test_page_lock(struct ktest *t)
{
	struct file *file = cache_file_open(t, 2 * PAGE_SIZE);
	struct task_struct *tasks[3];

	got_lock = 0;
	contested = find_or_create_page(file->f_mapping, 0);
	KT_ASSERT(t, contested != NULL);
	KT_EXPECT(t, PageLocked(contested) && !PageUptodate(contested));
	KT_EXPECT(t, !trylock_page(contested));
	for (unsigned int i = 0; i < 3; i++) {
		tasks[i] = kthread_run(lock_it, NULL, "locker");
		KT_ASSERT(t, !IS_ERR(tasks[i]));
	}
	msleep(20);
	KT_EXPECT_EQ(t, got_lock, 0u);
	unlock_page(contested);
	for (unsigned int i = 0; i < 3; i++)
		kthread_join(tasks[i]);
	KT_EXPECT_EQ(t, got_lock, 3u);
	KT_EXPECT(t, trylock_page(contested));
	unlock_page(contested);
	KT_EXPECT_EQ(t, find_lock_page(file->f_mapping, 0), contested);
	unlock_page(contested);
	put_page(contested);
	put_page(contested);
	KT_EXPECT_EQ(t, find_lock_page(file->f_mapping, 1), NULL);
	fput(file);
}

/* A page that leaves the file while somebody waits for its lock is not taken for the file's. */
static struct file *shrinking;
static struct page *found;

static int find_it(void *unused)
{
	(void)unused;
	found = find_lock_page(shrinking->f_mapping, 0);
	return 0;
}

static void test_lock_after_truncation(struct ktest *t)
{
	struct task_struct *task;
	struct page *page;

	shrinking = cache_file_open(t, PAGE_SIZE);
	found = ERR_PTR(-EINVAL);
	page = find_or_create_page(shrinking->f_mapping, 0);
	KT_ASSERT(t, page != NULL);
	task = kthread_run(find_it, NULL, "finder");
	msleep(10);
	remove_from_page_cache(page);
	unlock_page(page);
	put_page(page);
	kthread_join(task);
	KT_EXPECT_EQ(t, found, NULL);
	fput(shrinking);
}

/* ---- reading in ------------------------------------------------------------------------------ */

static void test_read_in(struct ktest *t)
{
	struct file *file = cache_file_open(t, 4 * PAGE_SIZE);
	struct cache_file *cf = cache_file_of(file);
	struct page *page, *again;
	bool waited = false;

	cf->fill = 7;
	page = read_cache_page(file, file->f_mapping, 1, &waited);
	KT_ASSERT(t, !IS_ERR(page));
	KT_EXPECT(t, PageUptodate(page) && !PageLocked(page) && PageLRU(page) && !waited);
	KT_EXPECT_EQ(t, page_count(page), 2);
	again = read_cache_page(file, file->f_mapping, 1, &waited);
	KT_EXPECT_EQ(t, again, page);
	KT_EXPECT_EQ(t, cf->reads, 1u);
	put_page(page);
	put_page(page);
	/* What failed is tried again the next time. */
	cf->error = -EIO;
	KT_EXPECT_EQ(t, PTR_ERR(read_cache_page(file, file->f_mapping, 2, NULL)), (long)-EIO);
	KT_EXPECT_EQ(t, kernel_read(file, 2 * PAGE_SIZE, &page, 4), (ssize_t)-EIO);
	cf->error = 0;
	KT_EXPECT_EQ(t, byte_of(t, file, 2 * PAGE_SIZE), 7);
	/* A slow one is waited for. */
	cf->delay = 2;
	page = read_cache_page(file, file->f_mapping, 3, &waited);
	KT_ASSERT(t, !IS_ERR(page));
	KT_EXPECT(t, PageUptodate(page) && waited);
	put_page(page);
	fput(file);
}

/* What is read once may never be read again; what is read twice moves to the active list. */
static void test_use(struct ktest *t)
{
	struct file *file = cache_file_open(t, 2 * PAGE_SIZE);
	struct page *page;

	KT_EXPECT_EQ(t, byte_of(t, file, 5), 0);
	page = find_get_page(file->f_mapping, 0);
	KT_ASSERT(t, page != NULL);
	KT_EXPECT(t, PageLRU(page) && PageReferenced(page) && !PageActive(page));
	KT_EXPECT_EQ(t, kernel_write(file, 9, "x", 1), 1);
	KT_EXPECT(t, PageLRU(page) && PageActive(page));
	KT_EXPECT_EQ(t, byte_of(t, file, 5), 0);
	KT_EXPECT(t, PageLRU(page) && PageActive(page));
	put_page(page);
	fput(file);
}

/* Faults read in too; only those that wait are major. */
static void test_fault_reads_in(struct ktest *t)
{
	struct file *file = cache_file_open(t, 20 * PAGE_SIZE);
	unsigned long minor = current->min_flt, major = current->maj_flt;
	struct cache_file *cf = cache_file_of(file);
	struct page *empty;
	u32 word;

	cf->fill = 3;
	KT_ASSERT_EQ(t, map(file, 20, MAP_SHARED), MAP);
	KT_EXPECT(t, user_read(MAP, &word) && word == 0x03030303);
	KT_EXPECT_EQ(t, current->min_flt, minor + 1);
	cf->delay = 2;
	KT_EXPECT(t, user_read(MAP + 2 * PAGE_SIZE, &word) && word == 0x03030303);
	KT_EXPECT_EQ(t, current->maj_flt, major + 1);
	KT_EXPECT_EQ(t, cf->reads, 2u);
	cf->delay = 0;
	/* A page that is cached but not up to date is not shown around another one. */
	empty = find_or_create_page(file->f_mapping, 5);
	KT_ASSERT(t, empty != NULL);
	unlock_page(empty);
	KT_EXPECT_EQ(t, byte_of(t, file, 6 * PAGE_SIZE), 3);
	KT_EXPECT(t, user_read(MAP + 4 * PAGE_SIZE, &word));
	KT_EXPECT(t, is_mapped(MAP + 4 * PAGE_SIZE) && !is_mapped(MAP + 5 * PAGE_SIZE));
	KT_EXPECT(t, user_read(MAP + 7 * PAGE_SIZE, &word));
	KT_EXPECT(t, user_read(MAP + 5 * PAGE_SIZE, &word) && word == 0x03030303);
	put_page(empty);
	cf->error = -EIO;
	KT_EXPECT(t, !user_read(MAP + 10 * PAGE_SIZE, &word));
	KT_EXPECT(t, !is_mapped(MAP + 10 * PAGE_SIZE));
	fput(file);
}

/* ---- truncation ------------------------------------------------------------------------------ */

static void shorten(struct file *file, loff_t size)
{
	mutex_lock(&file->f_inode->i_mutex);
	truncate_setsize(file->f_inode, size);
	mutex_unlock(&file->f_inode->i_mutex);
}

static void test_truncate(struct ktest *t)
{
	struct file *file = cache_file_open(t, 8 * PAGE_SIZE);
	struct mm_struct *mm = current->mm;
	unsigned long other;
	u32 word;

	cache_file_of(file)->fill = 5;
	KT_ASSERT_EQ(t, map(file, 8, MAP_SHARED), MAP);
	other = vm_mmap(file, 0, 8 * PAGE_SIZE, RW, MAP_PRIVATE, 0);
	for (unsigned long at = 0; at < 8 * PAGE_SIZE; at += PAGE_SIZE)
		KT_EXPECT(t, user_read(MAP + at, &word) && user_write(other + at, 77));
	KT_EXPECT_EQ(t, mm->rss_anon, 8ul);
	KT_EXPECT_EQ(t, mm->rss_file, 8ul);
	shorten(file, 3 * PAGE_SIZE + 100);
	KT_EXPECT_EQ(t, file->f_mapping->nrpages, 4ul);
	KT_EXPECT_EQ(t, mm->rss_anon, 4ul);
	KT_EXPECT_EQ(t, mm->rss_file, 4ul);
	KT_EXPECT(t, !user_read(MAP + 4 * PAGE_SIZE, &word) && !user_write(MAP + 7 * PAGE_SIZE, 1));
	KT_EXPECT(t, !user_read(other + 4 * PAGE_SIZE, &word) &&
			     !user_write(other + 5 * PAGE_SIZE, 1));
	KT_EXPECT(t, user_read(MAP + 3 * PAGE_SIZE + 96, &word) && word == 0x05050505);
	KT_EXPECT(t, user_read(MAP + 3 * PAGE_SIZE + 100, &word) && word == 0);
	KT_EXPECT(t, user_read(other + 3 * PAGE_SIZE, &word) && word == 77);
	/* It grows again: what was there does not come back. */
	cache_file_of(file)->fill = 0;
	shorten(file, 6 * PAGE_SIZE);
	KT_EXPECT(t, user_read(MAP + 3 * PAGE_SIZE + 200, &word) && word == 0);
	KT_EXPECT(t, user_read(MAP + 4 * PAGE_SIZE, &word) && word == 0);
	KT_EXPECT(t, user_read(other + 4 * PAGE_SIZE, &word) && word == 0);
	KT_EXPECT(t, !user_read(MAP + 6 * PAGE_SIZE, &word));
	shorten(file, 0);
	KT_EXPECT_EQ(t, file->f_mapping->nrpages, 0ul);
	KT_EXPECT_EQ(t, mm->rss_anon + mm->rss_file, 0ul);
	fput(file);
}

/* Without even_cows private copies stay. */
static void test_unmap_mapping_range(struct ktest *t)
{
	struct file *file = cache_file_open(t, 4 * PAGE_SIZE);
	u32 word;

	KT_ASSERT_EQ(t, map(file, 4, MAP_PRIVATE), MAP);
	KT_EXPECT(t, user_write(MAP + PAGE_SIZE, 1) && user_write(MAP + 3 * PAGE_SIZE, 3));
	KT_EXPECT(t, user_read(MAP, &word) && user_read(MAP + 2 * PAGE_SIZE, &word));
	unmap_mapping_range(file->f_mapping, 0, 2 * PAGE_SIZE, false);
	KT_EXPECT(t, !is_mapped(MAP) && is_mapped(MAP + PAGE_SIZE));
	KT_EXPECT(t, is_mapped(MAP + 2 * PAGE_SIZE));
	unmap_mapping_range(file->f_mapping, PAGE_SIZE, PAGE_SIZE, true);
	KT_EXPECT(t, !is_mapped(MAP + PAGE_SIZE) && is_mapped(MAP + 3 * PAGE_SIZE));
	unmap_mapping_range(file->f_mapping, 0, 0, true);
	KT_EXPECT(t, !is_mapped(MAP + 2 * PAGE_SIZE) && !is_mapped(MAP + 3 * PAGE_SIZE));
	fput(file);
}

/* The file becomes shorter while a fault, or a read, waits for a page of it. */
static void shorten_in_read(struct cache_file *cf)
{
	cf->hook = NULL;
	i_size_write(&cf->inode, 0);
}

static void test_truncate_during_read(struct ktest *t)
{
	struct file *file = cache_file_open(t, 4 * PAGE_SIZE);
	struct cache_file *cf = cache_file_of(file);
	u32 word = 1;

	KT_ASSERT_EQ(t, map(file, 4, MAP_SHARED), MAP);
	cf->hook = shorten_in_read;
	KT_EXPECT_EQ(t, kernel_read(file, PAGE_SIZE, &word, 4), 0);
	i_size_write(file->f_inode, 4 * PAGE_SIZE);
	cf->hook = shorten_in_read;
	KT_EXPECT(t, !user_read(MAP + 2 * PAGE_SIZE, &word));
	KT_EXPECT(t, !is_mapped(MAP + 2 * PAGE_SIZE));
	fput(file);
}

/* ---- dirty pages ----------------------------------------------------------------------------- */

static void test_dirty(struct ktest *t)
{
	unsigned long dirty = vm_stats[NR_FILE_DIRTY], cached = vm_stats[NR_FILE_PAGES];
	struct file *file = cache_file_open(t, 4 * PAGE_SIZE);
	struct address_space *mapping = file->f_mapping;
	struct page *page;

	cache_file_tag_dirty(file);
	KT_EXPECT_EQ(t, kernel_write(file, 0, "x", 1), 1);
	KT_EXPECT_EQ(t, kernel_write(file, 2 * PAGE_SIZE, "x", 1), 1);
	KT_EXPECT_EQ(t, byte_of(t, file, 3 * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, vm_stats[NR_FILE_DIRTY], dirty + 2);
	KT_EXPECT_EQ(t, vm_stats[NR_FILE_PAGES], cached + 3);
	KT_EXPECT(t, radix_tree_tag_get(&mapping->page_tree, 2, PAGECACHE_TAG_DIRTY));
	KT_EXPECT(t, !radix_tree_tag_get(&mapping->page_tree, 3, PAGECACHE_TAG_DIRTY));
	page = find_get_page(mapping, 2);
	KT_EXPECT(t, PageDirty(page));
	set_page_dirty(page);
	KT_EXPECT_EQ(t, vm_stats[NR_FILE_DIRTY], dirty + 2);
	shorten(file, PAGE_SIZE);
	KT_EXPECT_EQ(t, vm_stats[NR_FILE_DIRTY], dirty + 1);
	/* It is nobody's now. */
	set_page_dirty(page);
	KT_EXPECT_EQ(t, vm_stats[NR_FILE_DIRTY], dirty + 1);
	put_page(page);
	fput(file);
	KT_EXPECT_EQ(t, vm_stats[NR_FILE_DIRTY], dirty);
	KT_EXPECT_EQ(t, vm_stats[NR_FILE_PAGES], cached);
}

/* ---- no memory ------------------------------------------------------------------------------- */

static int write_and_read(void *ctx)
{
	struct file *file = ctx;
	char byte = 1;
	ssize_t n = kernel_write(file, 65 * PAGE_SIZE, &byte, 1);

	if (n == 1)
		n = kernel_read(file, 3 * PAGE_SIZE, &byte, 1);
	truncate_inode_pages(file->f_mapping, 0);
	return n == 1 ? 0 : (int)n;
}

static void test_no_memory(struct ktest *t)
{
	struct file *file = cache_file_open(t, 70 * PAGE_SIZE);

	KT_EXPECT_GE(t, fail_each(t, write_and_read, file), 5u);
	fput(file);
}

static const struct ktest_case cases[] = {
	KTEST(test_page_lock),
	KTEST(test_lock_after_truncation),
	KTEST(test_read_in),
	KTEST(test_use),
	KTEST(test_fault_reads_in),
	KTEST(test_truncate),
	KTEST(test_unmap_mapping_range),
	KTEST(test_truncate_during_read),
	KTEST(test_dirty),
	KTEST(test_no_memory),
};
KTEST_SUITE_WITH(filemap, 0, cases, mm_test_setup, mm_test_teardown);
