/* Locked memory: areas, counters, what is there and what stays. */
#include "mm/mlock.h"

#include "kernel/lib/errno.h"
#include "kernel/lib/err.h"
#include "kernel/sched.h"
#include "mm/fork.h"
#include "mm/madvise.h"
#include "mm/mmap.h"
#include "mm/mremap.h"
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

static bool is_there(unsigned long addr)
{
	pte_t *ptep = find_pte(mm, addr);

	return ptep && pte_present(*ptep);
}

static void test_ranges(struct ktest *t)
{
	unsigned long before = nr_locked_pages();

	map_anon(BASE, 10, RW);
	KT_EXPECT_EQ(t, vm_mlock(AT(2), 3 * PAGE_SIZE, 0), 0);
	KT_EXPECT_EQ(t, mm->locked_vm, 3ul);
	KT_EXPECT_EQ(t, nr_locked_pages(), before + 3);
	KT_EXPECT_EQ(t, mm->areas.count, 3u);
	KT_EXPECT(t, !is_there(AT(1)) && is_there(AT(2)) && is_there(AT(4)) && !is_there(AT(5)));
	KT_EXPECT_EQ(t, mm->rss_anon, 3ul); /* own pages, not the page of zeros */
	KT_EXPECT_EQ(t, vm_mlock(AT(4), 2 * PAGE_SIZE, MLOCK_ONFAULT), 0);
	KT_EXPECT_EQ(t, mm->locked_vm, 4ul);
	KT_EXPECT(t, !is_there(AT(5)));
	KT_EXPECT_EQ(t, vm_munmap(AT(3), PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, mm->locked_vm, 3ul);
	KT_EXPECT_EQ(t, vm_mremap(AT(2), PAGE_SIZE, 2 * PAGE_SIZE, 0, 0), AT(2));
	KT_EXPECT_EQ(t, mm->locked_vm, 4ul);
	KT_EXPECT(t, is_there(AT(3)));
	KT_EXPECT_EQ(t, vm_munlock(AT(0), 10 * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, mm->locked_vm, 0ul);
	KT_EXPECT_EQ(t, nr_locked_pages(), before);
	KT_EXPECT_EQ(t, mm->areas.count, 1u);
	KT_EXPECT_EQ(t, vm_mlock(0xffffe000ul, 2 * PAGE_SIZE, 0), -EINVAL);
	KT_EXPECT_EQ(t, vm_munlock(0xffffe000ul, 2 * PAGE_SIZE), -EINVAL);
	KT_EXPECT_EQ(t, vm_mlock(BASE, PAGE_SIZE, 2), -EINVAL);
}

/* What a driver shows has no pages that could go. */
static void test_special(struct ktest *t)
{
	map_anon(BASE, 2, RW);
	first_vma(mm)->vm_flags |= VM_IO;
	KT_EXPECT_EQ(t, vm_mlock(BASE, 2 * PAGE_SIZE, 0), 0);
	KT_EXPECT_EQ(t, mm->locked_vm, 0ul);
}

static void test_everything(struct ktest *t)
{
	map_anon(BASE, 2, RW);
	map_anon(AT(4), 2, PROT_NONE);
	map_anon(AT(8), 2, PROT_READ);
	KT_EXPECT_EQ(t, vm_mlockall(MCL_FUTURE), 0);
	KT_EXPECT_EQ(t, mm->locked_vm, 0ul);
	map_anon(AT(12), 2, RW);
	KT_EXPECT_EQ(t, mm->locked_vm, 2ul);
	KT_EXPECT(t, is_there(AT(13)) && !is_there(AT(0)));
	mm->start_brk = mm->brk = AT(100);
	KT_EXPECT_EQ(t, vm_brk(AT(102)), AT(102));
	KT_EXPECT_EQ(t, mm->locked_vm, 4ul);
	KT_EXPECT(t, is_there(AT(101)));
	KT_EXPECT_EQ(t, vm_mlockall(MCL_CURRENT), 0);
	KT_EXPECT_EQ(t, mm->def_flags, 0ul);
	KT_EXPECT_EQ(t, mm->locked_vm, 10ul);
	KT_EXPECT(t, is_there(AT(1)));
	KT_EXPECT_EQ(t, vm_munlockall(), 0);
	KT_EXPECT_EQ(t, mm->locked_vm, 0ul);
}

/* A stack with a lock counts what it grows by. */
static void test_stack(struct ktest *t)
{
	KT_ASSERT_EQ(t, setup_stack_vma(mm), 0);
	KT_EXPECT_EQ(t, vm_mlock(mm->stack_top - PAGE_SIZE, PAGE_SIZE, 0), 0);
	KT_EXPECT(t, user_write(mm->stack_top - 5 * PAGE_SIZE, 1));
	KT_EXPECT_EQ(t, mm->locked_vm, 5ul);
	KT_EXPECT_EQ(t, mm->stack_vm, 5ul);
}

/* A copy of the address space has none of its locks, and its end unlocks nothing twice. */
static void test_copies(struct ktest *t)
{
	unsigned long before = nr_locked_pages();
	struct mm_struct *copy;

	map_anon(BASE, 4, RW);
	KT_EXPECT_EQ(t, vm_mlock(BASE, 2 * PAGE_SIZE, 0), 0);
	KT_EXPECT_EQ(t, vm_mlock(AT(2), PAGE_SIZE, MLOCK_ONFAULT), 0);
	KT_EXPECT_EQ(t, vm_madvise(AT(0), PAGE_SIZE, MADV_DONTFORK), 0);
	copy = dup_mm();
	KT_ASSERT(t, !IS_ERR(copy));
	KT_EXPECT_EQ(t, copy->locked_vm, 0ul);
	KT_EXPECT_EQ(t, copy->total_vm, 3ul);
	KT_EXPECT_EQ(t, first_vma(copy)->vm_flags & VM_LOCKED_FLAGS, 0ul);
	mmput(copy);
	KT_EXPECT_EQ(t, nr_locked_pages(), before + 3);
}

static int lock_middle(void *ctx)
{
	unsigned long addr = map_anon(BASE, 6, RW);
	struct ktest *t = ctx;
	int error;

	if (IS_ERR_VALUE(addr))
		return (int)addr;
	error = vm_mlock(AT(2), 2 * PAGE_SIZE, 0);
	if (error == -ENOMEM) /* an area: nothing was locked */
		KT_EXPECT_EQ(t, mm->locked_vm, 0ul);
	else if (error) /* a page */
		KT_EXPECT_EQ(t, error, -EAGAIN);
	KT_EXPECT_EQ(t, vm_munmap(BASE, 6 * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, mm->locked_vm, 0ul);
	return error;
}

static void test_failures(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, lock_middle, t), 6u);
}

static const struct ktest_case cases[] = {
	KTEST(test_ranges), KTEST(test_special), KTEST(test_everything),
	KTEST(test_stack),  KTEST(test_copies),	 KTEST(test_failures),
};
KTEST_SUITE_WITH(mlock, KTEST_QUICK, cases, setup, mm_test_teardown);
