/* mremap: what moves, what is charged, what a failure leaves behind. */
#include "mm/mremap.h"

#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/mmap.h"
#include "mm/mprotect.h"
#include "mm/overcommit.h"
#include "mm/rmap.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/mm_test.h"

#define RW    (PROT_READ | PROT_WRITE)
#define BASE  0x10000000ul
#define AT(n) (BASE + (n)*PAGE_SIZE)
#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

static struct mm_struct *mm; /* of the running case */

static void setup(struct ktest *t)
{
	mm_test_setup(t);
	mm = current->mm;
}

static struct page *page_at(unsigned long addr)
{
	pte_t *ptep = find_pte(mm, addr);

	return ptep && pte_present(*ptep) ? pte_page(*ptep) : NULL;
}

/* The one address at which the reverse map finds a page. */
static int note_address(struct page *page, struct vm_area_struct *vma, unsigned long address,
			pte_t *pte, void *ctx)
{
	unsigned long *found = ctx;

	(void)page;
	(void)vma;
	(void)pte;
	*found = *found ? ~0ul : address;
	return 0;
}

static unsigned long rmap_address(struct page *page)
{
	unsigned long found = 0;

	rmap_walk(page, note_address, &found);
	return found;
}

/* The frames move, over the border of a table too, and the reverse map knows where to. */
static void test_frames(struct ktest *t)
{
	const unsigned long to = 0x20000000ul + PGDIR_SIZE - 3 * PAGE_SIZE;
	struct page *pages[8];
	u32 word;

	map_anon(BASE, 8, RW);
	for (unsigned int i = 0; i < 8; i += 2) {
		KT_EXPECT(t, user_write(AT(i), 100 + i));
		pages[i] = page_at(AT(i));
	}
	KT_EXPECT_EQ(t, vm_mremap(BASE, 8 * PAGE_SIZE, 9 * PAGE_SIZE, FIXED, to), to);
	for (unsigned int i = 0; i < 8; i++) {
		KT_EXPECT_EQ(t, page_at(to + i * PAGE_SIZE), i % 2 ? NULL : pages[i]);
		if (i % 2 == 0)
			KT_EXPECT_EQ(t, rmap_address(pages[i]), to + i * PAGE_SIZE);
	}
	KT_EXPECT_EQ(t, mm->rss_anon, 4ul);
	KT_EXPECT_EQ(t, mm->nr_ptes, 2ul);
	KT_EXPECT(t, user_read(to + 6 * PAGE_SIZE, &word) && word == 106);
	KT_EXPECT(t, !user_read(AT(0), &word));
	/* There and back again: as if nothing had happened. */
	KT_EXPECT_EQ(t, vm_mremap(to, 8 * PAGE_SIZE, 8 * PAGE_SIZE, FIXED, BASE), BASE);
	KT_EXPECT_EQ(t, rmap_address(pages[2]), AT(2));
	KT_EXPECT_EQ(t, mm->total_vm, 9ul);
}

/*
 * Pages of files keep their place in the file; a second mapping of shared ones begins in the
 * middle.
 */
static void test_files(struct ktest *t)
{
	struct file *file = mm_test_file(t, 16 * PAGE_SIZE, FMODE_READ | FMODE_WRITE);
	unsigned long twin;
	u32 word;

	vm_mmap(file, BASE, 8 * PAGE_SIZE, RW, MAP_SHARED | MAP_FIXED, 2);
	KT_EXPECT(t, user_read(AT(5), &word) && word == 7);
	KT_EXPECT_EQ(t, vm_mremap(AT(4), 2 * PAGE_SIZE, 3 * PAGE_SIZE, FIXED, AT(20)), AT(20));
	KT_EXPECT(t, user_read(AT(21), &word) && word == 7);
	KT_EXPECT(t, user_read(AT(22), &word) && word == 8);
	KT_EXPECT_EQ(t, mm->areas.count, 3u);
	twin = vm_mremap(AT(1), 0, 2 * PAGE_SIZE, MREMAP_MAYMOVE, 0);
	KT_EXPECT(t, !IS_ERR_VALUE(twin));
	KT_EXPECT(t, user_read(twin, &word) && word == 3);
	KT_EXPECT(t, user_write(twin, 33) && user_read(AT(1), &word) && word == 33);
	/* Back where they came from: one area again. */
	KT_EXPECT_EQ(t, vm_mremap(AT(20), 2 * PAGE_SIZE, 2 * PAGE_SIZE, FIXED, AT(4)), AT(4));
	KT_EXPECT_EQ(t, vm_munmap(AT(22), PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, mm->areas.count, 2u);
	fput(file);
}

/* Growth is charged, in place and elsewhere; a move is not. */
static void test_charges(struct ktest *t)
{
	unsigned long before = vm_committed(), got;

	map_anon(BASE, 8, RW);
	KT_EXPECT_EQ(t, vm_mremap(BASE, 8 * PAGE_SIZE, 10 * PAGE_SIZE, 0, 0), BASE);
	KT_EXPECT_EQ(t, vm_committed(), before + 10);
	got = vm_mremap(AT(2), 2 * PAGE_SIZE, 5 * PAGE_SIZE, MREMAP_MAYMOVE, 0);
	KT_EXPECT_EQ(t, got, TASK_UNMAPPED_BASE);
	KT_EXPECT_EQ(t, vm_committed(), before + 13);
	KT_EXPECT_EQ(t, mm->total_vm, 13ul);
	KT_EXPECT_EQ(t, mm->data_vm, 13ul);
	KT_EXPECT_EQ(t, vm_mremap(got, 5 * PAGE_SIZE, PAGE_SIZE, 0, 0), got);
	KT_EXPECT_EQ(t, vm_committed(), before + 9);
	/* What cannot be had is not charged. */
	KT_EXPECT_EQ(t, vm_mremap(AT(0), PAGE_SIZE, 5 * PAGE_SIZE, 0, 0), (unsigned long)-ENOMEM);
	KT_EXPECT_EQ(t, vm_committed(), before + 9);
}

/* What drivers map may be told not to grow. */
static void test_special(struct ktest *t)
{
	map_anon(BASE, 4, RW);
	first_vma(mm)->vm_flags |= VM_DONTEXPAND;
	KT_EXPECT_EQ(t, vm_mremap(BASE, 4 * PAGE_SIZE, 5 * PAGE_SIZE, MREMAP_MAYMOVE, 0),
		     (unsigned long)-EFAULT);
	KT_EXPECT_EQ(t, vm_mremap(BASE, 4 * PAGE_SIZE, 4 * PAGE_SIZE, FIXED, AT(8)), AT(8));
	/* It stays apart from what is like it. */
	KT_EXPECT_EQ(t, map_anon(AT(12), 1, RW), AT(12));
	KT_EXPECT_EQ(t, mm->areas.count, 2u);
}

/* The source of a move may not be what the way is cleared of. */
static void test_source_gone(struct ktest *t)
{
	struct file *file = mm_test_file(t, 4 * PAGE_SIZE, FMODE_READ | FMODE_WRITE);

	vm_mmap(file, BASE, 4 * PAGE_SIZE, RW, MAP_SHARED | MAP_FIXED, 0);
	KT_EXPECT_EQ(t, vm_mremap(BASE, 0, PAGE_SIZE, FIXED, BASE), (unsigned long)-EFAULT);
	fput(file);
}

/*
 * Move the middle of an area whose tables must be made anew, and check that all is there after a
 * failure.
 */
static int move_middle(void *ctx)
{
	const unsigned long to = 0x20000000ul + PGDIR_SIZE - 2 * PAGE_SIZE;
	unsigned long addr = map_anon(BASE, 8, RW), promised, got;
	struct ktest *t = ctx;
	int error = 0;

	if (IS_ERR_VALUE(addr))
		return (int)addr;
	for (unsigned int i = 0; i < 8 && !error; i++)
		error = user_write(AT(i), i) ? 0 : -ENOMEM;
	promised = vm_committed();
	if (!error) {
		u32 word;

		got = vm_mremap(AT(2), 4 * PAGE_SIZE, 5 * PAGE_SIZE, FIXED, to);
		error = IS_ERR_VALUE(got) ? (int)got : 0;
		KT_EXPECT(t, user_read(error ? AT(5) : to + 3 * PAGE_SIZE, &word) && word == 5);
		KT_EXPECT_EQ(t, vm_committed(), promised + (error ? 0 : 1));
		KT_EXPECT_EQ(t, mm->areas.count, error ? 1u : 3u);
		KT_EXPECT_EQ(t, mm->nr_ptes, error ? 1ul : 3ul);
	}
	KT_EXPECT_EQ(t, vm_munmap(BASE, 0x20000000ul), 0);
	KT_EXPECT_EQ(t, mm->rss_anon + mm->nr_ptes + mm->total_vm, 0ul);
	return error;
}

static void test_failures(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, move_middle, t), 16u);
}

static const struct ktest_case cases[] = {
	KTEST(test_frames),  KTEST(test_files),	      KTEST(test_charges),
	KTEST(test_special), KTEST(test_source_gone), KTEST(test_failures),
};
KTEST_SUITE_WITH(mremap, KTEST_QUICK, cases, setup, mm_test_teardown);
