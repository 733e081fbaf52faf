/* mprotect: rights of entries, areas that are cut and joined, promises. */
#include "mm/mprotect.h"

#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "mm/lru.h"
#include "mm/mmap.h"
#include "mm/overcommit.h"
#include "mm/page_alloc.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/mm_test.h"

#define RW    (PROT_READ | PROT_WRITE)
#define BASE  0x10000000ul
#define AT(n) (BASE + (n)*PAGE_SIZE)

static struct mm_struct *mm; /* of the running case */

static void setup(struct ktest *t)
{
	mm_test_setup(t);
	mm = current->mm;
}

static unsigned long entry(unsigned long addr)
{
	pte_t *ptep = find_pte(mm, addr);

	return ptep ? pte_val(*ptep) : 0;
}

/* ---- what programs see ----------------------------------------------------------------------- */

static void test_rights(struct ktest *t)
{
	u32 word;

	map_anon(BASE, 4, RW);
	KT_EXPECT(t, user_write(AT(1), 11));
	KT_EXPECT_EQ(t, vm_mprotect(AT(0), 4 * PAGE_SIZE, PROT_READ), 0);
	KT_EXPECT(t, user_read(AT(1), &word) && word == 11);
	KT_EXPECT(t, !user_write(AT(1), 12) && !user_write(AT(2), 12));
	KT_EXPECT_EQ(t, vm_mprotect(AT(0), 4 * PAGE_SIZE, PROT_NONE), 0);
	KT_EXPECT(t, !user_read(AT(1), &word) && !user_read(AT(3), &word));
	KT_EXPECT_EQ(t, entry(AT(1)) & (_PAGE_PRESENT | _PAGE_PROTNONE), _PAGE_PROTNONE);
	KT_EXPECT_EQ(t, vm_mprotect(AT(0), 4 * PAGE_SIZE, RW), 0);
	KT_EXPECT(t, user_read(AT(1), &word) && word == 11);
	KT_EXPECT(t, user_write(AT(1), 12) && user_write(AT(2), 13));
	KT_EXPECT_EQ(t, mm->rss_anon, 2ul);
	/* Pages without rights go as others do. */
	KT_EXPECT_EQ(t, vm_mprotect(AT(0), 4 * PAGE_SIZE, PROT_NONE), 0);
	KT_EXPECT_EQ(t, vm_munmap(AT(0), 4 * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, mm->rss_anon, 0ul);
}

/* A page that is ours alone may be written at once; others need a fault that copies. */
static void test_who_owns(struct ktest *t)
{
	struct page *page;
	u32 word;

	map_anon(BASE, 3, RW);
	KT_EXPECT(t, user_write(AT(0), 1) && user_write(AT(1), 2) && user_read(AT(2), &word));
	page = pte_page(__pte(entry(AT(1))));
	get_page(page);
	KT_EXPECT_EQ(t, vm_mprotect(BASE, 3 * PAGE_SIZE, PROT_READ), 0);
	KT_EXPECT(t, !(entry(AT(0)) & _PAGE_RW));
	KT_EXPECT_EQ(t, vm_mprotect(BASE, 3 * PAGE_SIZE, RW), 0);
	KT_EXPECT(t, entry(AT(0)) & _PAGE_RW);
	KT_EXPECT(t, !(entry(AT(1)) & _PAGE_RW));
	KT_EXPECT(t, !(entry(AT(2)) & _PAGE_RW) && (entry(AT(2)) & _PAGE_SPECIAL));
	KT_EXPECT(t, user_write(AT(1), 3) && user_write(AT(2), 4));
	KT_EXPECT(t, pte_page(__pte(entry(AT(1)))) != page);
	put_page(page);
	KT_EXPECT_EQ(t, mm->rss_anon, 3ul);
}

/* Pages of a file: private ones are never made writable, shared ones are. */
static void test_files(struct ktest *t)
{
	struct file *file = mm_test_file(t, 4 * PAGE_SIZE, FMODE_READ | FMODE_WRITE);
	u32 word;

	vm_mmap(file, AT(0), 4 * PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_FIXED, 0);
	vm_mmap(file, AT(8), 4 * PAGE_SIZE, PROT_READ, MAP_SHARED | MAP_FIXED, 0);
	KT_EXPECT(t, user_read(AT(2), &word) && word == 2);
	KT_EXPECT(t, user_read(AT(10), &word) && word == 2);
	KT_EXPECT_EQ(t, vm_mprotect(AT(0), 4 * PAGE_SIZE, RW), 0);
	KT_EXPECT_EQ(t, vm_mprotect(AT(8), 4 * PAGE_SIZE, RW), 0);
	KT_EXPECT(t, !(entry(AT(2)) & _PAGE_RW));
	KT_EXPECT(t, user_write(AT(2), 77));
	KT_EXPECT(t, user_read(AT(10), &word) && word == 2);
	KT_EXPECT(t, user_write(AT(9), 88));
	KT_EXPECT(t, user_read(AT(1), &word) && word == 88);
	KT_EXPECT_EQ(t, vm_mprotect(AT(8), 4 * PAGE_SIZE, PROT_READ), 0);
	KT_EXPECT(t, !user_write(AT(9), 89));
	fput(file);
}

/* Who may not write a file may not get the right later. */
static void test_not_allowed(struct ktest *t)
{
	struct file *file = mm_test_file(t, 4 * PAGE_SIZE, FMODE_READ);

	vm_mmap(file, AT(4), 4 * PAGE_SIZE, PROT_READ, MAP_SHARED | MAP_FIXED, 0);
	map_anon(AT(0), 4, RW);
	KT_EXPECT_EQ(t, vm_mprotect(AT(4), PAGE_SIZE, RW), -EACCES);
	KT_EXPECT_EQ(t, vm_mprotect(AT(4), PAGE_SIZE, PROT_NONE), 0);
	KT_EXPECT_EQ(t, vm_mprotect(AT(4), PAGE_SIZE, PROT_READ | PROT_EXEC), 0);
	/* What lies before it has been changed when it fails. */
	KT_EXPECT_EQ(t, vm_mprotect(AT(0), 4 * PAGE_SIZE, PROT_READ), 0);
	KT_EXPECT_EQ(t, vm_mprotect(AT(2), 4 * PAGE_SIZE, RW), -EACCES);
	KT_EXPECT(t, !user_write(AT(1), 1) && user_write(AT(2), 1));
	fput(file);
}

static void test_errors(struct ktest *t)
{
	map_anon(AT(0), 4, RW);
	map_anon(AT(6), 2, RW);
	KT_EXPECT_EQ(t, vm_mprotect(AT(0) + 1, PAGE_SIZE, PROT_READ), -EINVAL);
	KT_EXPECT_EQ(t, vm_mprotect(AT(0), PAGE_SIZE, 0x10), -EINVAL);
	KT_EXPECT_EQ(t, vm_mprotect(AT(0), PAGE_SIZE, PROT_GROWSDOWN | PROT_GROWSUP), -EINVAL);
	KT_EXPECT_EQ(t, vm_mprotect(AT(0), PAGE_SIZE, RW | PROT_GROWSDOWN), -EINVAL);
	KT_EXPECT_EQ(t, vm_mprotect(AT(0), PAGE_SIZE, RW | PROT_GROWSUP), -EINVAL);
	KT_EXPECT_EQ(t, vm_mprotect(AT(4), PAGE_SIZE, RW), -ENOMEM);
	KT_EXPECT_EQ(t, vm_mprotect(AT(0), 0, PROT_READ), 0);
	KT_EXPECT_EQ(t, vm_mprotect(AT(0), ~0ul - PAGE_SIZE, PROT_READ), -ENOMEM);
	KT_EXPECT_EQ(t, vm_mprotect(0xfffff000ul, PAGE_SIZE, PROT_READ), -ENOMEM);
	KT_EXPECT_EQ(t, vm_mprotect(AT(2), 6 * PAGE_SIZE, PROT_READ), -ENOMEM);
	KT_EXPECT(t, user_write(AT(1), 1) && !user_write(AT(2), 1) && user_write(AT(6), 1));
	KT_EXPECT_EQ(t, vm_mprotect(AT(0), PAGE_SIZE, RW | PROT_SEM), 0);
}

/* From the start of a stack, wherever that is now. */
static void test_grows_down(struct ktest *t)
{
	KT_ASSERT_EQ(t, setup_stack_vma(mm), 0);
	KT_EXPECT(t, user_write(STACK_TOP - 5 * PAGE_SIZE, 5));
	KT_EXPECT_EQ(t, vm_mprotect(STACK_TOP - PAGE_SIZE, PAGE_SIZE, PROT_READ | PROT_GROWSDOWN),
		     0);
	KT_EXPECT_EQ(t, mm->areas.count, 1u);
	KT_EXPECT(t, !user_write(STACK_TOP - 5 * PAGE_SIZE, 6));
}

/* ---- areas ----------------------------------------------------------------------------------- */

/* The borders of areas, in pages from BASE, against a list that ends with -1. */
static void expect_borders(struct ktest *t, const int *want)
{
	struct vm_area_struct *vma;

	expect_good_areas(t, mm);
	for_each_vma (mm, vma) {
		KT_EXPECT_EQ(t, (int)((vma->vm_start - BASE) >> PAGE_SHIFT), *want++);
		KT_EXPECT_EQ(t, (int)((vma->vm_end - BASE) >> PAGE_SHIFT), *want);
	}
	KT_EXPECT_EQ(t, want[1], -1);
}

#define EXPECT_BORDERS(t, ...) expect_borders(t, (const int[]){__VA_ARGS__, -1})

static void test_cut_and_join(struct ktest *t)
{
	map_anon(BASE, 10, RW);
	KT_EXPECT_EQ(t, vm_mprotect(AT(4), 2 * PAGE_SIZE, PROT_READ), 0);
	EXPECT_BORDERS(t, 0, 4, 6, 10);
	/* The middle grows to both sides: only borders move. */
	KT_EXPECT_EQ(t, vm_mprotect(AT(6), PAGE_SIZE, PROT_READ), 0);
	EXPECT_BORDERS(t, 0, 4, 7, 10);
	KT_EXPECT_EQ(t, vm_mprotect(AT(3), PAGE_SIZE, PROT_READ), 0);
	EXPECT_BORDERS(t, 0, 3, 7, 10);
	/* And shrinks. */
	KT_EXPECT_EQ(t, vm_mprotect(AT(3), 2 * PAGE_SIZE, RW), 0);
	EXPECT_BORDERS(t, 0, 5, 7, 10);
	KT_EXPECT_EQ(t, vm_mprotect(AT(6), PAGE_SIZE, RW), 0);
	EXPECT_BORDERS(t, 0, 5, 6, 10);
	/* Three become one. */
	KT_EXPECT_EQ(t, vm_mprotect(AT(5), PAGE_SIZE, RW), 0);
	EXPECT_BORDERS(t, 0, 10);
	/* Over several areas at once. */
	KT_EXPECT_EQ(t, vm_mprotect(AT(1), PAGE_SIZE, PROT_READ), 0);
	KT_EXPECT_EQ(t, vm_mprotect(AT(3), PAGE_SIZE, PROT_NONE), 0);
	KT_EXPECT_EQ(t, vm_mprotect(AT(5), PAGE_SIZE, PROT_READ), 0);
	EXPECT_BORDERS(t, 0, 1, 2, 3, 4, 5, 6, 10);
	KT_EXPECT_EQ(t, vm_mprotect(AT(2), 4 * PAGE_SIZE, PROT_READ), 0);
	EXPECT_BORDERS(t, 0, 1, 6, 10);
	KT_EXPECT_EQ(t, vm_mprotect(AT(0), 10 * PAGE_SIZE, RW), 0);
	EXPECT_BORDERS(t, 0, 10);
}

/* The same with pages in all parts: they have one node, so nothing keeps the areas apart. */
static void test_join_with_pages(struct ktest *t)
{
	map_anon(BASE, 10, RW);
	KT_EXPECT_EQ(t, vm_mprotect(AT(3), 4 * PAGE_SIZE, PROT_NONE), 0);
	KT_EXPECT(t, user_write(AT(9), 9) && user_write(AT(1), 1));
	KT_EXPECT_EQ(t, vm_mprotect(AT(3), 4 * PAGE_SIZE, RW), 0);
	EXPECT_BORDERS(t, 0, 7, 10); /* the first two had no page when they were joined */
	KT_EXPECT_EQ(t, vm_munmap(BASE, 10 * PAGE_SIZE), 0);

	map_anon(BASE, 10, RW);
	KT_EXPECT(t, user_write(AT(5), 5));
	KT_EXPECT_EQ(t, vm_mprotect(AT(4), 2 * PAGE_SIZE, PROT_READ), 0);
	KT_EXPECT(t, user_write(AT(0), 9) && user_write(AT(9), 1));
	KT_EXPECT_EQ(t, vm_mprotect(AT(4), 2 * PAGE_SIZE, RW), 0);
	EXPECT_BORDERS(t, 0, 10);
}

/* Promised when it becomes writable, until it goes. */
static void test_promises(struct ktest *t)
{
	unsigned long before = vm_committed();

	map_anon(BASE, 10, PROT_READ);
	KT_EXPECT_EQ(t, vm_committed(), before);
	KT_EXPECT_EQ(t, mm->data_vm, 0ul);
	KT_EXPECT_EQ(t, vm_mprotect(AT(2), 4 * PAGE_SIZE, RW), 0);
	KT_EXPECT_EQ(t, vm_committed(), before + 4);
	KT_EXPECT_EQ(t, mm->data_vm, 4ul);
	KT_EXPECT_EQ(t, vm_mprotect(AT(2), 4 * PAGE_SIZE, PROT_READ | PROT_EXEC), 0);
	KT_EXPECT_EQ(t, vm_committed(), before + 4);
	KT_EXPECT_EQ(t, mm->data_vm, 0ul);
	KT_EXPECT_EQ(t, mm->exec_vm, 4ul);
	KT_EXPECT_EQ(t, vm_mprotect(AT(0), 10 * PAGE_SIZE, RW), 0);
	KT_EXPECT_EQ(t, vm_committed(), before + 10);
	KT_EXPECT_EQ(t, mm->areas.count, 1u);
	KT_EXPECT_EQ(t, vm_munmap(AT(0), 5 * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, vm_committed(), before + 5);
}

/* Every failed allocation leaves areas and accounts as they were. */
static int cut_middle(void *ctx)
{
	unsigned long addr = map_anon(BASE, 10, PROT_READ), promised = vm_committed();
	struct ktest *t = ctx;
	int error;

	if (IS_ERR_VALUE(addr))
		return (int)addr;
	error = vm_mprotect(AT(4), 2 * PAGE_SIZE, RW);
	if (error) {
		KT_EXPECT_EQ(t, error, -ENOMEM);
		KT_EXPECT_EQ(t, mm->areas.count, 1u);
		KT_EXPECT_EQ(t, vm_committed(), promised);
	}
	KT_EXPECT_EQ(t, vm_munmap(BASE, 10 * PAGE_SIZE), 0);
	return error;
}

static void test_failures(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, cut_middle, t), 3u);
}

static const struct ktest_case cases[] = {
	KTEST(test_rights),	  KTEST(test_who_owns),	       KTEST(test_files),
	KTEST(test_not_allowed),  KTEST(test_errors),	       KTEST(test_grows_down),
	KTEST(test_cut_and_join), KTEST(test_join_with_pages), KTEST(test_promises),
	KTEST(test_failures),
};
KTEST_SUITE_WITH(mprotect, KTEST_QUICK, cases, setup, mm_test_teardown);
