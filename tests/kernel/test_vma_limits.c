/* Address spaces: what is refused, where things lie, and very many areas. */
#include "kernel/fs/mount.h"
#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "mm/madvise.h"
#include "mm/mlock.h"
#include "mm/mmap.h"
#include "mm/mprotect.h"
#include "mm/mremap.h"
#include "mm/page_alloc.h"
#include "tests/kernel/mm_test.h"

#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static struct mm_struct *mm; /* of the running case */

static void setup(struct ktest *t)
{
	mm_test_setup(t);
	mm = current->mm;
}

/* From a mount without the right to execute, nothing may be mapped so, nor made so later. */
static void test_noexec(struct ktest *t)
{
	struct file *f = mm_test_file(t, PAGE_SIZE, FMODE_READ);
	struct vfsmount mnt = {.mnt_flags = MS_NOEXEC};
	const struct path path = f->f_path;

	f->f_path.mnt = &mnt;
	KT_EXPECT(t, is_error(vm_mmap(f, 0, PAGE_SIZE, PROT_READ | PROT_EXEC, MAP_PRIVATE, 0),
			      -EPERM));
	KT_EXPECT_EQ(t, vm_mmap(f, 0, PAGE_SIZE, PROT_READ, MAP_PRIVATE, 0), TASK_UNMAPPED_BASE);
	KT_EXPECT_EQ(t, vm_mprotect(TASK_UNMAPPED_BASE, PAGE_SIZE, PROT_READ | PROT_EXEC), -EACCES);
	f->f_path = path;
	fput(f);
}

/* Nothing below mmap_min_addr, and nothing at address 0 even without it. */
static void test_lowest(struct ktest *t)
{
	const unsigned long was = mmap_min_addr;

	mmap_min_addr = 0x20000;
	KT_EXPECT(t, is_error(map_anon(0x1f000, 1, RW), -EPERM));
	KT_EXPECT_EQ(t, vm_mmap(NULL, PAGE_SIZE, PAGE_SIZE, RW, ANON, 0), 0x20000ul);
	mmap_min_addr = 0;
	KT_EXPECT_EQ(t, map_anon(PAGE_SIZE, 1, RW), PAGE_SIZE);
	KT_EXPECT(t, is_error(vm_mmap(NULL, 0, PAGE_SIZE, RW, ANON | MAP_FIXED, 0), -EPERM));
	mmap_min_addr = was;
}

/* The same places in every process, or other ones in each. */
static void test_random_places(struct ktest *t)
{
	unsigned int moved = 0;

	KT_EXPECT_EQ(t, randomize_brk(0x08100000), 0x08100000ul);
	for (unsigned int i = 0; i < 8; i++) {
		struct mm_struct *other;
		unsigned long brk;

		randomize_va_space = 2;
		other = mm_alloc();
		brk = randomize_brk(0x08100000);
		randomize_va_space = 0;
		KT_ASSERT(t, other != NULL);
		KT_EXPECT(t, !((other->mmap_base | other->stack_top | brk) & ~PAGE_MASK));
		KT_EXPECT(t, other->mmap_base >= TASK_UNMAPPED_BASE);
		KT_EXPECT_LT(t, other->mmap_base, TASK_UNMAPPED_BASE + (1ul << 20));
		KT_EXPECT(t, other->stack_top <= STACK_TOP);
		KT_EXPECT_LT(t, STACK_TOP - other->stack_top, 8ul << 20);
		KT_EXPECT(t, brk >= 0x08100000 && brk < 0x0a100000);
		moved += other->mmap_base != TASK_UNMAPPED_BASE && other->stack_top != STACK_TOP &&
			 brk != 0x08100000;
		mmput(other);
	}
	KT_EXPECT(t, moved >= 6);
}

/* Limits of the process: the one that runs the tests has none but that of the stack. */
static void set_limit(unsigned int which, unsigned long value)
{
	current->signal->rlim[which].rlim_cur = value;
}

static void test_limits(struct ktest *t)
{
	mm->start_brk = mm->brk = 0x09000000;
	mm->start_data = 0x08000000;
	mm->end_data = 0x08000000 + 3 * PAGE_SIZE;
	KT_EXPECT_EQ(t, map_anon(0x10000000, 4, RW), 0x10000000ul);
	set_limit(RLIMIT_AS, 6 * PAGE_SIZE);
	KT_EXPECT(t, is_error(map_anon(0x20000000, 3, PROT_READ), -ENOMEM));
	/* What is replaced does not count. */
	KT_EXPECT_EQ(t, map_anon(0x10003000, 3, RW), 0x10003000ul);
	KT_EXPECT_EQ(t, vm_brk(0x09001000), 0x09000000ul);
	set_limit(RLIMIT_AS, RLIM_INFINITY);
	set_limit(RLIMIT_DATA, 7 * PAGE_SIZE);
	KT_EXPECT(t, is_error(map_anon(0x20000000, 2, RW), -ENOMEM));
	KT_EXPECT_EQ(t, map_anon(0x20000000, 2, PROT_READ), 0x20000000ul);
	KT_EXPECT_EQ(t, vm_mprotect(0x20000000, 2 * PAGE_SIZE, RW), -ENOMEM);
	KT_EXPECT_EQ(t, vm_mprotect(0x20000000, PAGE_SIZE, RW), 0);
	KT_EXPECT_EQ(t, vm_munmap(0x10000000, 6 * PAGE_SIZE), 0);
	/* The heap counts together with the program's data. */
	KT_EXPECT_EQ(t, vm_brk(0x09005000), 0x09000000ul);
	KT_EXPECT_EQ(t, vm_brk(0x09004000), 0x09004000ul);
	set_limit(RLIMIT_DATA, RLIM_INFINITY);
	KT_EXPECT_EQ(t, setup_stack_vma(mm), 0);
	set_limit(RLIMIT_STACK, 10 * PAGE_SIZE);
	KT_EXPECT(t, !user_write(STACK_TOP - 11 * PAGE_SIZE, 1));
	KT_EXPECT(t, user_write(STACK_TOP - 10 * PAGE_SIZE, 1));
	set_limit(RLIMIT_STACK, STACK_LIMIT);
}

static const struct ktest_case cases[] = {
	KTEST(test_noexec),
	KTEST(test_lowest),
	KTEST(test_random_places),
	KTEST(test_limits),
};
KTEST_SUITE_WITH(vma_limits, KTEST_QUICK, cases, setup, mm_test_teardown);

/* ---- very many areas ------------------------------------------------------------------------- */

static unsigned long nth(unsigned int n)
{
	return 0x10000000 + n * 2 * PAGE_SIZE;
}

/* As many areas as one may have: every second page one of its own. */
static void test_most_areas(struct ktest *t)
{
	const unsigned int most = DEFAULT_MAX_MAP_COUNT;
	unsigned int made = 0, wrong = 0;
	struct prng rng;

	if (nr_free_pages() < 6000)
		ktest_skip(t, "too little memory for 65,530 areas");
	ktest_seed(t, &rng, 43);
	KT_ASSERT_EQ(t, map_anon(0x08000000, 4, RW), 0x08000000ul);
	while (made < most - 1 && map_anon(nth(made), 1, RW) == nth(made))
		made++;
	KT_EXPECT_EQ(t, made, most - 1);
	KT_EXPECT_EQ(t, mm->areas.count, most);
	/*
	 * None more, neither by mapping, nor by the heap, nor by cutting one in two; but it may be
	 * cut at its end.
	 */
	KT_EXPECT(t, is_error(map_anon(nth(made), 1, RW), -ENOMEM));
	mm->start_brk = mm->brk = 0x07000000;
	KT_EXPECT_EQ(t, vm_brk(0x07001000), 0x07000000ul);
	KT_EXPECT_EQ(t, vm_munmap(0x08001000, PAGE_SIZE), -ENOMEM);
	KT_EXPECT_EQ(t, vm_mprotect(0x08001000, PAGE_SIZE, PROT_READ), -ENOMEM);
	KT_EXPECT_EQ(t, vm_mprotect(0x08000000, PAGE_SIZE, PROT_READ), -ENOMEM);
	KT_EXPECT_EQ(t, vm_madvise(0x08001000, PAGE_SIZE, MADV_RANDOM), -ENOMEM);
	KT_EXPECT_EQ(t, vm_mlock(0x08001000, PAGE_SIZE, 0), -ENOMEM);
	KT_EXPECT(t, is_error(vm_mremap(0x08001000, PAGE_SIZE, PAGE_SIZE,
					MREMAP_MAYMOVE | MREMAP_FIXED, 0x07000000),
			      -ENOMEM));
	KT_EXPECT_EQ(t, mm->locked_vm, 0ul);
	/* A whole one may change, and a border may move. */
	KT_EXPECT_EQ(t, vm_mprotect(nth(7), PAGE_SIZE, PROT_READ), 0);
	KT_EXPECT_EQ(t, vm_munmap(nth(8), PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, vm_mprotect(0x08002000, 2 * PAGE_SIZE, PROT_READ), 0);
	KT_EXPECT_EQ(t, mm->areas.count, most);
	KT_EXPECT_EQ(t, vm_mprotect(0x08001000, PAGE_SIZE, PROT_READ), 0);
	KT_EXPECT_EQ(t, vm_mprotect(0x08002000, PAGE_SIZE, RW), -ENOMEM);
	KT_EXPECT_EQ(t, vm_mprotect(0x08000000, 4 * PAGE_SIZE, RW), 0);
	KT_EXPECT_EQ(t, map_anon(nth(8), 1, RW), nth(8));
	KT_EXPECT_EQ(t, vm_munmap(0x08003000, PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, mm->areas.count, most);
	expect_good_areas(t, mm);
	for (int i = 0; i < 5000; i++) {
		unsigned int n = prng_below(&rng, most - 2);
		struct vm_area_struct *vma = find_vma(mm, nth(n) + PAGE_SIZE);

		wrong += !vma || vma->vm_start != nth(n + 1);
	}
	KT_EXPECT_EQ(t, wrong, 0u);
	/* One less, and there is room again; in the lowest hole, or where one says. */
	KT_EXPECT_EQ(t, vm_munmap(nth(1000), PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, vm_munmap(0x08001000, PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, mm->areas.count, most);
	KT_EXPECT_EQ(t, vm_munmap(nth(0), 0x30000000), 0);
	KT_EXPECT_EQ(t, mm->areas.count, 2u);
}

/* The end of an address space takes them all down too. */
static void test_exit_with_many(struct ktest *t)
{
	if (nr_free_pages() < 6000)
		ktest_skip(t, "too little memory for 20,000 areas");
	for (unsigned int n = 0; n < 20000; n++)
		KT_ASSERT_EQ(t, map_anon(nth(n), 1, RW), nth(n));
	for (unsigned int n = 0; n < 20000; n += 100)
		KT_ASSERT(t, user_write(nth(n), n));
	KT_EXPECT_EQ(t, mm->rss_anon, 200ul);
}

static const struct ktest_case many_cases[] = {
	KTEST(test_most_areas),
	KTEST(test_exit_with_many),
};
KTEST_SUITE_WITH(many_areas, 0, many_cases, setup, mm_test_teardown);
