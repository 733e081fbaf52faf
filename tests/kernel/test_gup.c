/* The kernel's own ways to the pages of a program: looking one up, filling in a range, copying. */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/fault.h"
#include "mm/fork.h"
#include "mm/lru.h"
#include "mm/memory.h"
#include "mm/mmap.h"
#include "mm/rmap.h"
#include "tests/kernel/cache_file.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/mm_test.h"

#define RW   (PROT_READ | PROT_WRITE)
#define BASE 0x10000000ul

static unsigned long addr_of(unsigned int page)
{
	return BASE + page * PAGE_SIZE;
}

static pte_t entry_of(unsigned long addr)
{
	pte_t *pte = find_pte(current->mm, addr);

	return pte ? *pte : __pte(0);
}

static struct page *look_up(unsigned long addr, bool write)
{
	struct page *page;

	down_read(&current->mm->mmap_sem);
	page = get_user_page(current->mm, addr, write);
	up_read(&current->mm->mmap_sem);
	return page;
}

static void test_get_user_page(struct ktest *t)
{
	int zeros = page_count(zero_page);
	struct page *page;

	map_anon(BASE, 2, RW);
	map_anon(addr_of(2), 1, PROT_READ);
	map_anon(addr_of(3), 1, PROT_NONE);
	page = look_up(BASE + 5, false);
	KT_EXPECT_EQ(t, page, zero_page);
	put_page(page);
	KT_EXPECT_EQ(t, page_count(zero_page), zeros);
	page = look_up(BASE + 5, true);
	KT_ASSERT(t, !IS_ERR(page));
	KT_EXPECT(t, PageAnon(page));
	KT_EXPECT_EQ(t, page_count(page), 2);
	KT_EXPECT_EQ(t, pte_page(entry_of(BASE)), page);
	KT_EXPECT_EQ(t, look_up(BASE, false), page);
	put_page(page);
	/* It stays the caller's when the program has it no more. */
	vm_munmap(BASE, PAGE_SIZE);
	KT_EXPECT_EQ(t, page_count(page), 1);
	put_page(page);
	KT_EXPECT_EQ(t, PTR_ERR(look_up(BASE, false)), (long)-EFAULT);
	KT_EXPECT_EQ(t, PTR_ERR(look_up(addr_of(2), true)), (long)-EFAULT);
	KT_EXPECT_EQ(t, PTR_ERR(look_up(addr_of(3), false)), (long)-EFAULT);
	KT_EXPECT_EQ(t, PTR_ERR(look_up(PAGE_OFFSET, false)), (long)-EFAULT);
}

/* ---- filling in ------------------------------------------------------------------------------ */

static int populate(unsigned long start, unsigned long len)
{
	int error;

	down_read(&current->mm->mmap_sem);
	error = populate_range(current->mm, start, len);
	up_read(&current->mm->mmap_sem);
	return error;
}

static void test_populate(struct ktest *t)
{
	struct file *file = cache_file_open(t, 3 * PAGE_SIZE);
	struct mm_struct *mm = current->mm;

	map_anon(BASE, 4, RW);
	map_anon(addr_of(4), 2, PROT_READ);
	KT_EXPECT_EQ(t, populate(addr_of(1) + 5, 5 * PAGE_SIZE - 10), 0);
	KT_EXPECT(t, pte_none(entry_of(addr_of(0))));
	KT_EXPECT_EQ(t, mm->rss_anon, 3ul);
	KT_EXPECT(t, pte_write(entry_of(addr_of(3))));
	KT_EXPECT(t, pte_special(entry_of(addr_of(5))));
	KT_EXPECT_EQ(t, populate(addr_of(5), 2 * PAGE_SIZE), -ENOMEM);
	map_anon(addr_of(6), 1, PROT_NONE);
	KT_EXPECT_EQ(t, populate(addr_of(5), 2 * PAGE_SIZE), -EFAULT);
	/* A shared file is read in; what lies beyond its end cannot be. */
	KT_ASSERT_EQ(t, vm_mmap(file, addr_of(8), 4 * PAGE_SIZE, RW, MAP_SHARED | MAP_FIXED, 0),
		     addr_of(8));
	KT_EXPECT_EQ(t, populate(addr_of(8), 3 * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, mm->rss_file, 3ul);
	KT_EXPECT(t, !PageDirty(pte_page(entry_of(addr_of(8)))));
	KT_EXPECT_EQ(t, populate(addr_of(8), 4 * PAGE_SIZE), -EFAULT);
	fput(file);
}

static int populate_fresh(void *unused)
{
	int error;

	(void)unused;
	map_anon(BASE, 3, RW);
	error = find_vma(current->mm, BASE) ? populate(BASE, 3 * PAGE_SIZE) : -ENOMEM;
	vm_munmap(BASE, 3 * PAGE_SIZE);
	return error;
}

static void test_populate_without_memory(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, populate_fresh, NULL), 5u);
}

/* ---- copying --------------------------------------------------------------------------------- */

static void test_access_process_vm(struct ktest *t)
{
	static char buf[3 * PAGE_SIZE];
	struct mm_struct *parent = current->mm, *child;
	u32 word;

	map_anon(BASE, 2, RW);
	map_anon(addr_of(2), 1, PROT_READ);
	KT_EXPECT(t, user_write(addr_of(1), 0x64636261));
	child = dup_mm();
	KT_ASSERT(t, !IS_ERR(child));
	KT_EXPECT_EQ(t, access_process_vm(child, addr_of(1) - 2, buf, 6, false), (size_t)6);
	KT_EXPECT(t, !memcmp(buf, "\0\0abcd", 6));
	KT_EXPECT_EQ(t, access_process_vm(child, addr_of(1) - 1, "xyz", 3, true), (size_t)3);
	KT_EXPECT(t, user_read(addr_of(1), &word) && word == 0x64636261);
	KT_EXPECT_EQ(t, access_process_vm(child, addr_of(1), buf, 4, false), (size_t)4);
	KT_EXPECT(t, !memcmp(buf, "yzcd", 4));
	/* As far as the program itself could go. */
	memset(buf, 1, sizeof(buf));
	KT_EXPECT_EQ(t, access_process_vm(child, addr_of(2) - 10, buf, 20, true), (size_t)10);
	KT_EXPECT_EQ(t, access_process_vm(child, addr_of(1), buf, sizeof(buf), false),
		     (size_t)(2 * PAGE_SIZE));
	KT_EXPECT_EQ(t, access_process_vm(child, BASE - 1, buf, 1, false), (size_t)0);
	mmput(child);
	KT_EXPECT_EQ(t, parent->rss_anon, 1ul);
}

/* With page faults disabled an access finds what is there, and nothing else. */
static void test_pagefault_disable(struct ktest *t)
{
	u32 word = 7;

	map_anon(BASE, 2, RW);
	KT_EXPECT(t, user_write(BASE, 1));
	pagefault_disable();
	KT_EXPECT(t, user_read(BASE, &word) && word == 1);
	KT_EXPECT(t, !user_read(addr_of(1), &word));
	KT_EXPECT(t, !user_write(addr_of(1), 1));
	pagefault_disable();
	pagefault_enable();
	word = 7;
	KT_EXPECT_EQ(t, __copy_from_user_inatomic(&word, (char *)addr_of(1) - 2, 4), 2ul);
	KT_EXPECT_EQ(t, word & 0xffff0000u, 0u);
	KT_EXPECT(t, !user_read(addr_of(1), &word));
	pagefault_enable();
	KT_EXPECT(t, user_write(addr_of(1), 1));
}

static const struct ktest_case cases[] = {
	KTEST(test_get_user_page),	     KTEST(test_populate),
	KTEST(test_populate_without_memory), KTEST(test_access_process_vm),
	KTEST(test_pagefault_disable),
};
KTEST_SUITE_WITH(gup, KTEST_QUICK, cases, mm_test_setup, mm_test_teardown);
