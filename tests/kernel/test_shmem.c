/*
 * Anonymous memory that processes share: made at the first touch, seen by all, gone with the last.
 */
#include "kernel/fs/dcache.h"
#include "kernel/lib/err.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/fork.h"
#include "mm/lru.h"
#include "mm/mmap.h"
#include "mm/overcommit.h"
#include "mm/rmap.h"
#include "mm/shmem.h"
#include "mm/vmstat.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/mm_test.h"

#define RW    (PROT_READ | PROT_WRITE)
#define BASE  0x10000000ul
#define PAGES 20ul

static unsigned long shared_pages(void)
{
	return vm_stats[NR_SHMEM];
}

static struct file *new_segment(struct ktest *t)
{
	struct file *file = shmem_file_setup("SYSV00000001", PAGES * PAGE_SIZE, false);

	KT_ASSERT(t, !IS_ERR(file));
	return file;
}

static unsigned long map(struct file *file, unsigned long addr)
{
	return vm_mmap(file, addr, PAGES * PAGE_SIZE, RW, MAP_SHARED | MAP_FIXED, 0);
}

static void test_first_touch(struct ktest *t)
{
	unsigned long before = shared_pages();
	struct file *file = new_segment(t);
	struct page *page;
	char path[64];
	u32 word = 1;

	KT_EXPECT_STREQ(t, d_path(&file->f_path, path, sizeof(path)), "SYSV00000001 (deleted)");
	KT_ASSERT_EQ(t, map(file, BASE), BASE);
	KT_EXPECT_EQ(t, shared_pages(), before);
	KT_EXPECT(t, user_read(BASE + 3 * PAGE_SIZE, &word) && word == 0);
	KT_EXPECT(t, user_write(BASE + 5 * PAGE_SIZE, 5));
	KT_EXPECT_EQ(t, shared_pages(), before + 2);
	KT_EXPECT_EQ(t, current->mm->rss_file, 2ul);
	page = find_get_page(file->f_mapping, 5);
	KT_ASSERT(t, page != NULL);
	KT_EXPECT(t, PageDirty(page) && PageLRU(page) && !PageAnon(page));
	put_page(page);
	/* Beyond its end there is nothing. */
	KT_EXPECT_EQ(t, vm_mmap(file, BASE, PAGE_SIZE, RW, MAP_SHARED | MAP_FIXED, PAGES), BASE);
	KT_EXPECT(t, !user_read(BASE, &word));
	vm_munmap(BASE, PAGES * PAGE_SIZE);
	KT_EXPECT_EQ(t, shared_pages(), before + 2);
	fput(file);
	KT_EXPECT_EQ(t, shared_pages(), before);
}

/* Two mappings, a child: all see one memory; it lives as long as one of them does. */
static void test_sharing(struct ktest *t)
{
	struct mm_struct *parent = current->mm, *child;
	unsigned long before = shared_pages();
	struct file *file = new_segment(t);
	unsigned long other = BASE + 0x1000000;
	u32 word;

	KT_ASSERT_EQ(t, map(file, BASE), BASE);
	KT_ASSERT_EQ(t, map(file, other), other);
	fput(file); /* the areas keep it */
	KT_EXPECT(t, user_write(BASE + PAGE_SIZE, 11));
	KT_EXPECT(t, user_read(other + PAGE_SIZE, &word) && word == 11);
	child = dup_mm();
	KT_ASSERT(t, !IS_ERR(child));
	KT_EXPECT_EQ(t, child->rss_file, 0ul);
	KT_EXPECT(t, user_write(BASE + 2 * PAGE_SIZE, 22));
	use_mm(child);
	KT_EXPECT(t, user_read(BASE + PAGE_SIZE, &word) && word == 11);
	KT_EXPECT(t, user_read(other + 2 * PAGE_SIZE, &word) && word == 22);
	KT_EXPECT(t, user_write(other + 3 * PAGE_SIZE, 33));
	use_mm(parent);
	KT_EXPECT(t, user_read(BASE + 3 * PAGE_SIZE, &word) && word == 33);
	vm_munmap(BASE, PAGES * PAGE_SIZE);
	vm_munmap(other, PAGES * PAGE_SIZE);
	KT_EXPECT_EQ(t, shared_pages(), before + 3);
	use_mm(child);
	KT_EXPECT(t, user_read(BASE + 3 * PAGE_SIZE, &word) && word == 33);
	use_mm(parent);
	mmput(child);
	KT_EXPECT_EQ(t, shared_pages(), before);
}

/* The promise is for all of it, from the start, once; none with noreserve. */
static void test_commitment(struct ktest *t)
{
	unsigned long before = vm_committed();
	struct file *file = new_segment(t);

	KT_EXPECT_EQ(t, vm_committed(), before + PAGES);
	KT_ASSERT_EQ(t, map(file, BASE), BASE);
	KT_ASSERT_EQ(t, map(file, BASE + 0x1000000), BASE + 0x1000000);
	KT_EXPECT_EQ(t, vm_committed(), before + PAGES);
	fput(file);
	vm_munmap(BASE, PAGES * PAGE_SIZE);
	vm_munmap(BASE + 0x1000000, PAGES * PAGE_SIZE);
	KT_EXPECT_EQ(t, vm_committed(), before);
	file = shmem_file_setup("none", PAGES * PAGE_SIZE, true);
	KT_ASSERT(t, !IS_ERR(file));
	KT_EXPECT_EQ(t, vm_committed(), before);
	fput(file);
	KT_EXPECT_EQ(t, vm_committed(), before);
	KT_EXPECT_EQ(t, PTR_ERR(shmem_file_setup("bad", -1, false)), (long)-EINVAL);
	sysctl_overcommit_memory = OVERCOMMIT_NEVER;
	KT_EXPECT_EQ(t, PTR_ERR(shmem_file_setup("large", 1ll << 40, false)), (long)-ENOMEM);
	sysctl_overcommit_memory = OVERCOMMIT_GUESS;
	KT_EXPECT_EQ(t, vm_committed(), before);
}

static int make_segment(void *unused)
{
	struct file *file = shmem_file_setup("failing", PAGES * PAGE_SIZE, false);

	(void)unused;
	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	fput(file);
	return 0;
}

static void test_no_memory(struct ktest *t)
{
	unsigned long before = vm_committed();

	KT_EXPECT_GE(t, fail_each(t, make_segment, NULL), 2u);
	KT_EXPECT_EQ(t, vm_committed(), before);
}

static const struct ktest_case cases[] = {
	KTEST(test_first_touch),
	KTEST(test_sharing),
	KTEST(test_commitment),
	KTEST(test_no_memory),
};
KTEST_SUITE_WITH(shmem, KTEST_QUICK, cases, mm_test_setup, mm_test_teardown);
