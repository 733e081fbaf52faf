/* Advice, and the questions of mincore. */
#include "mm/madvise.h"

#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/fork.h"
#include "mm/mmap.h"
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

/* Notes cut areas, and join them when they are taken back. */
static void test_notes(struct ktest *t)
{
	map_anon(BASE, 10, RW);
	KT_EXPECT_EQ(t, vm_madvise(AT(2), 2 * PAGE_SIZE, MADV_RANDOM), 0);
	KT_EXPECT_EQ(t, mm->areas.count, 3u);
	KT_EXPECT(t, find_vma(mm, AT(2))->vm_flags & VM_RAND_READ);
	KT_EXPECT_EQ(t, vm_madvise(AT(0), 10 * PAGE_SIZE, MADV_SEQUENTIAL), 0);
	KT_EXPECT_EQ(t, mm->areas.count, 1u);
	KT_EXPECT_EQ(t, first_vma(mm)->vm_flags & (VM_SEQ_READ | VM_RAND_READ), VM_SEQ_READ);
	KT_EXPECT_EQ(t, vm_madvise(AT(0), 5 * PAGE_SIZE, MADV_DONTDUMP), 0);
	KT_EXPECT_EQ(t, mm->areas.count, 2u);
	first_vma(mm)->vm_flags |= VM_IO;
	KT_EXPECT_EQ(t, vm_madvise(AT(0), PAGE_SIZE, MADV_DODUMP), -EINVAL);
	KT_EXPECT_EQ(t, vm_madvise(AT(0), PAGE_SIZE, MADV_DOFORK), -EINVAL);
	first_vma(mm)->vm_flags &= ~VM_IO;
}

static void test_dont_fork(struct ktest *t)
{
	struct mm_struct *copy;

	map_anon(BASE, 10, RW);
	KT_EXPECT(t, user_write(AT(3), 1) && user_write(AT(8), 1));
	KT_EXPECT_EQ(t, vm_madvise(AT(2), 4 * PAGE_SIZE, MADV_DONTFORK), 0);
	copy = dup_mm();
	KT_ASSERT(t, !IS_ERR(copy));
	KT_EXPECT_EQ(t, copy->total_vm, 6ul);
	KT_EXPECT_EQ(t, copy->rss_anon, 1ul);
	KT_EXPECT_EQ(t, copy->areas.count, 2u);
	mmput(copy);
}

/* Pages go at once, tables stay. */
static void test_dont_need(struct ktest *t)
{
	struct file *file = mm_test_file(t, 8 * PAGE_SIZE, FMODE_READ | FMODE_WRITE);
	u32 word;

	map_anon(BASE, 8, RW);
	vm_mmap(file, AT(8), 4 * PAGE_SIZE, RW, MAP_PRIVATE | MAP_FIXED, 0);
	vm_mmap(file, AT(12), 4 * PAGE_SIZE, RW, MAP_SHARED | MAP_FIXED, 4);
	for (unsigned int i = 0; i < 16; i++)
		KT_EXPECT(t, user_write(AT(i), 1000 + i));
	KT_EXPECT_EQ(t, mm->rss_anon, 12ul);
	KT_EXPECT_EQ(t, mm->rss_file, 4ul);
	KT_EXPECT_EQ(t, vm_madvise(AT(1), 14 * PAGE_SIZE, MADV_DONTNEED), 0);
	KT_EXPECT_EQ(t, mm->rss_anon, 1ul);
	KT_EXPECT_EQ(t, mm->rss_file, 1ul);
	KT_EXPECT_EQ(t, mm->nr_ptes, 1ul);
	KT_EXPECT_EQ(t, mm->hiwater_rss, 16ul);
	KT_EXPECT(t, user_read(AT(0), &word) && word == 1000);
	KT_EXPECT(t, user_read(AT(7), &word) && word == 0);
	KT_EXPECT(t, user_read(AT(9), &word) && word == 1);
	KT_EXPECT(t, user_read(AT(13), &word) && word == 1013); /* shared: the file has it */
	fput(file);
}

/* D goes, and comes back with a write, without a fault. */
static void test_free(struct ktest *t)
{
	u32 word;

	map_anon(BASE, 4, RW);
	KT_EXPECT(t, user_write(AT(1), 11) && user_write(AT(2), 12) && user_read(AT(3), &word));
	KT_EXPECT(t, pte_dirty(*find_pte(mm, AT(1))));
	KT_EXPECT_EQ(t, vm_madvise(AT(0), 4 * PAGE_SIZE, MADV_FREE), 0);
	KT_EXPECT(t, !pte_dirty(*find_pte(mm, AT(1))) && !pte_young(*find_pte(mm, AT(1))));
	KT_EXPECT(t, pte_write(*find_pte(mm, AT(1))));
	KT_EXPECT(t, user_write(AT(1), 21));
	KT_EXPECT(t, pte_dirty(*find_pte(mm, AT(1))) && !pte_dirty(*find_pte(mm, AT(2))));
	KT_EXPECT(t, user_read(AT(2), &word) && (word == 12 || word == 0));
}

/* WILLNEED reads a file's pages in: then mincore finds them, without an entry. */
static void test_will_need(struct ktest *t)
{
	struct file *file = mm_test_file(t, 8 * PAGE_SIZE, FMODE_READ);
	u8 vec[4] = {9, 9, 9, 9};

	vm_mmap(file, BASE, 4 * PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_FIXED, 6);
	KT_EXPECT_EQ(t, vm_madvise(BASE, 4 * PAGE_SIZE, MADV_WILLNEED), 0);
	KT_EXPECT_EQ(t, mincore_pages(BASE, 4, vec), 0);
	KT_EXPECT(t, vec[0] == 1 && vec[1] == 1 && vec[2] == 0 && vec[3] == 0);
	KT_EXPECT_EQ(t, mm->rss_file, 0ul);
	KT_EXPECT_EQ(t, mincore_pages(AT(3), 2, vec), -ENOMEM);
	fput(file);
}

static int note_middle(void *ctx)
{
	unsigned long addr = map_anon(BASE, 6, RW);
	struct ktest *t = ctx;
	int error;

	if (IS_ERR_VALUE(addr))
		return (int)addr;
	error = vm_madvise(AT(2), 2 * PAGE_SIZE, MADV_RANDOM);
	KT_EXPECT_EQ(t, mm->areas.count, error ? 1u : 3u);
	KT_EXPECT_EQ(t, vm_munmap(BASE, 6 * PAGE_SIZE), 0);
	return error;
}

static void test_failures(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, note_middle, t), 3u);
}

static const struct ktest_case cases[] = {
	KTEST(test_notes), KTEST(test_dont_fork), KTEST(test_dont_need),
	KTEST(test_free),  KTEST(test_will_need), KTEST(test_failures),
};
KTEST_SUITE_WITH(madvise, KTEST_QUICK, cases, setup, mm_test_teardown);
