/* Regions: mmap, munmap and brk against a naive model, and one by one. */
#include "mm/vma.h"

#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/mmap.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "tests/kernel/mm_test.h"

#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static struct mm_struct *mm; /* of the running case */

static void setup(struct ktest *t)
{
	mm_test_setup(t);
	mm = current->mm;
}

/* ---- the model --------------------------------------------------------------------------- */

#define WINDOW	     TASK_UNMAPPED_BASE
#define WINDOW_PAGES 400u

/*
 * What each page of the window is: 0 nothing, else a kind of memory; with what in its first word.
 */
static struct {
	u16 kind;
	u16 pgoff; /* files only */
	u32 word;
} model[WINDOW_PAGES];

/* Kinds by number: rights, NORESERVE, and anonymous memory or a file. */
#define KINDS	   12u
#define IS_FILE(k) ((k) > 8)

static struct file *file;

static unsigned long kind_prot(unsigned int kind)
{
	static const unsigned long prots[] = {PROT_NONE, PROT_READ, RW, RW | PROT_EXEC};

	return prots[(kind - 1) % 4];
}

static unsigned long kind_flags(unsigned int kind)
{
	if (IS_FILE(kind))
		return MAP_PRIVATE;
	return ANON | (kind > 4 ? MAP_NORESERVE : 0);
}

static unsigned long vma_kind_number(const struct vm_area_struct *vma)
{
	for (unsigned int kind = 1; kind <= KINDS; kind++) {
		unsigned long want =
			kind_prot(kind) | (kind_flags(kind) & MAP_NORESERVE ? VM_NORESERVE : 0);

		if ((vma->vm_flags & (VM_ACCESS_FLAGS | VM_NORESERVE)) == want &&
		    IS_FILE(kind) == (vma->vm_file != NULL))
			return kind;
	}
	return 0;
}

static unsigned long page_addr(unsigned int i)
{
	return WINDOW + i * PAGE_SIZE;
}

/* Would these two pages of the window be one area? */
static bool joined(unsigned int a, unsigned int b)
{
	if (model[a].kind != model[b].kind)
		return false;
	return !IS_FILE(model[a].kind) || model[a].pgoff + 1 == model[b].pgoff;
}

static unsigned int model_pages(void)
{
	unsigned int pages = 0;

	for (unsigned int i = 0; i < WINDOW_PAGES; i++)
		pages += model[i].kind != 0;
	return pages;
}

static unsigned int model_areas(void)
{
	unsigned int areas = 0;

	for (unsigned int i = 0; i < WINDOW_PAGES; i++)
		areas += model[i].kind && (i == 0 || !joined(i - 1, i));
	return areas;
}

/* Each area lies where the model says, and is what the model says. */
static void compare(struct ktest *t, bool exact)
{
	unsigned int covered = 0, pages = model_pages();
	struct vm_area_struct *vma;

	expect_good_areas(t, mm);
	for_each_vma (mm, vma) {
		unsigned int first = (vma->vm_start - WINDOW) >> PAGE_SHIFT;

		KT_ASSERT(t, vma->vm_start >= WINDOW && first + vma_pages(vma) <= WINDOW_PAGES);
		for (unsigned int i = first; i < first + vma_pages(vma); i++) {
			KT_ASSERT_EQ(t, vma_kind_number(vma), 0ul + model[i].kind);
			if (i > first)
				KT_ASSERT(t, joined(i - 1, i));
		}
		KT_ASSERT_EQ(t, vma->vm_pgoff,
			     vma->vm_file ? model[first].pgoff : vma->vm_start >> PAGE_SHIFT);
		covered += vma_pages(vma);
	}
	KT_ASSERT_EQ(t, covered, pages);
	KT_ASSERT_EQ(t, mm->total_vm, 0ul + pages);
	/* With pages in them, two areas of one kind may have to stay two. */
	if (exact)
		KT_ASSERT_EQ(t, mm->areas.count, model_areas());
	else
		KT_ASSERT(t, mm->areas.count >= model_areas());
}

static void model_set(unsigned int first, unsigned int pages, unsigned int kind, unsigned int pgoff)
{
	for (unsigned int i = 0; i < pages; i++) {
		model[first + i].kind = kind;
		model[first + i].pgoff = IS_FILE(kind) ? pgoff + i : 0;
		model[first + i].word = IS_FILE(kind) ? pgoff + i : 0;
	}
}

/* The lowest hole of so many pages; beyond the window all is free. */
static unsigned int model_hole(unsigned int pages)
{
	unsigned int run = 0;

	for (unsigned int i = 0; i < WINDOW_PAGES; i++) {
		run = model[i].kind ? 0 : run + 1;
		if (run == pages)
			return i + 1 - pages;
	}
	return WINDOW_PAGES - run;
}

static void do_map(struct ktest *t, struct prng *rng, bool fixed)
{
	unsigned int pages = 1 + prng_below(rng, 24), kind = 1 + prng_below(rng, KINDS);
	unsigned int first = prng_below(rng, WINDOW_PAGES - pages), pgoff = 0;
	unsigned long got;

	if (!fixed) {
		first = model_hole(pages);
		if (first + pages > WINDOW_PAGES)
			return;
	}
	/* So that parts of the file come to lie side by side now and then. */
	if (IS_FILE(kind))
		pgoff = prng_below(rng, 4) ? first : prng_below(rng, 100);
	got = vm_mmap(IS_FILE(kind) ? file : NULL, fixed ? page_addr(first) : 0, pages * PAGE_SIZE,
		      kind_prot(kind), kind_flags(kind) | (fixed ? MAP_FIXED : 0), pgoff);
	KT_ASSERT_EQ(t, got, page_addr(first));
	model_set(first, pages, kind, pgoff);
}

static void do_unmap(struct ktest *t, struct prng *rng)
{
	unsigned int pages = 1 + prng_below(rng, 40);
	unsigned int first = prng_below(rng, WINDOW_PAGES - pages);

	KT_ASSERT_EQ(t, vm_munmap(page_addr(first), pages * PAGE_SIZE), 0);
	model_set(first, pages, 0, 0);
}

static void do_heap(struct ktest *t, struct prng *rng)
{
	unsigned int pages = 1 + prng_below(rng, 10);
	unsigned int first = prng_below(rng, WINDOW_PAGES - pages);

	down_write(&mm->mmap_sem);
	KT_EXPECT_EQ(t, do_brk(mm, page_addr(first), pages * PAGE_SIZE), 0);
	up_write(&mm->mmap_sem);
	model_set(first, pages, 3, 0); /* as read, write */
}

static void do_find(struct ktest *t, struct prng *rng)
{
	unsigned long addr = page_addr(prng_below(rng, WINDOW_PAGES)) + prng_below(rng, PAGE_SIZE);
	unsigned int i = (addr - WINDOW) >> PAGE_SHIFT;
	struct vm_area_struct *vma, *prev;

	down_read(&mm->mmap_sem);
	vma = find_vma_prev(mm, addr, &prev);
	KT_EXPECT_EQ(t, find_vma(mm, addr), vma);
	up_read(&mm->mmap_sem);
	while (i < WINDOW_PAGES && !model[i].kind)
		i++;
	if (i == WINDOW_PAGES) {
		KT_ASSERT(t, !vma);
		return;
	}
	KT_ASSERT(t, vma && vma->vm_end > addr && page_addr(i) >= vma->vm_start &&
			     page_addr(i) < vma->vm_end);
	KT_ASSERT(t, !prev || prev->vm_end <= addr);
	KT_ASSERT_EQ(t, prev_vma(vma), prev);
}

/* Touch a page: what the kind allows succeeds, and what was written stays. */
static void do_touch(struct ktest *t, struct prng *rng)
{
	unsigned int i = prng_below(rng, WINDOW_PAGES), kind = model[i].kind;
	u32 word = 0xffff;

	if (prng_below(rng, 2)) {
		bool may_read = kind && kind_prot(kind) != PROT_NONE;

		KT_ASSERT_EQ(t, user_read(page_addr(i), &word), may_read);
		if (may_read)
			KT_ASSERT_EQ(t, word, model[i].word);
	} else {
		bool may_write = kind && (kind_prot(kind) & PROT_WRITE);

		word = prng_next(rng);
		KT_ASSERT_EQ(t, user_write(page_addr(i), word), may_write);
		if (may_write)
			model[i].word = word;
	}
}

static void random_steps(struct ktest *t, u32 seed, unsigned int steps, bool touch)
{
	struct prng rng;

	ktest_seed(t, &rng, seed);
	memset(model, 0, sizeof(model));
	file = mm_test_file(t, 512 * PAGE_SIZE, FMODE_READ);
	for (unsigned int i = 0; i < steps; i++) {
		switch (prng_below(&rng, touch ? 16 : 8)) {
		case 0:
		case 1:
			do_map(t, &rng, false);
			break;
		case 2:
		case 3:
			do_map(t, &rng, true);
			break;
		case 4:
		case 5:
			do_unmap(t, &rng);
			break;
		case 6:
			do_heap(t, &rng);
			break;
		case 7:
			do_find(t, &rng);
			break;
		default:
			do_touch(t, &rng);
		}
		compare(t, !touch);
		if (t->failures)
			break;
	}
	KT_EXPECT_EQ(t, vm_munmap(WINDOW, WINDOW_PAGES * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, mm->areas.count, 0u);
	KT_EXPECT_EQ(t, mm->rss_anon + mm->rss_file, 0ul);
	KT_EXPECT_EQ(t, mm->nr_ptes, 0ul);
	fput(file);
}

static void test_random(struct ktest *t)
{
	random_steps(t, 41, 3000, false);
}

static void test_random_touched(struct ktest *t)
{
	random_steps(t, 42, 6000, true);
}

/* ---- merging and splitting, one by one ---------------------------------------------------- */

static void test_merge_and_split(struct ktest *t)
{
	unsigned long base = map_anon(0x10000000, 10, RW);

	KT_EXPECT_EQ(t, mm->areas.count, 1u);
	/* Next to it, of the same kind: no area more. */
	map_anon(base + 10 * PAGE_SIZE, 2, RW);
	map_anon(base - 2 * PAGE_SIZE, 2, RW);
	KT_EXPECT_EQ(t, mm->areas.count, 1u);
	KT_EXPECT_EQ(t, vma_pages(first_vma(mm)), 14ul);
	/* Of another kind: one more. */
	map_anon(base + 12 * PAGE_SIZE, 2, PROT_READ);
	KT_EXPECT_EQ(t, mm->areas.count, 2u);
	/* A hole makes two of one, filling it one of two. */
	KT_EXPECT_EQ(t, vm_munmap(base + PAGE_SIZE, PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, mm->areas.count, 3u);
	map_anon(base + PAGE_SIZE, 1, RW);
	KT_EXPECT_EQ(t, mm->areas.count, 2u);
	/* Another kind in the middle makes three of one. */
	map_anon(base + PAGE_SIZE, 1, PROT_READ);
	KT_EXPECT_EQ(t, mm->areas.count, 4u);
	/* From the edges nothing is split. */
	KT_EXPECT_EQ(t, vm_munmap(base - 2 * PAGE_SIZE, PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, vm_munmap(base + 13 * PAGE_SIZE, PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, mm->areas.count, 4u);
	expect_good_areas(t, mm);
}

/* Files: only consecutive parts of one file are one area. */
static void test_merge_files(struct ktest *t)
{
	const unsigned long base = 0x20000000, flags = MAP_PRIVATE | MAP_FIXED;
	struct file *one = mm_test_file(t, 16 * PAGE_SIZE, FMODE_READ);
	struct file *two = mm_test_file(t, 16 * PAGE_SIZE, FMODE_READ);
	int users = atomic_read(&one->f_count);

	vm_mmap(one, base, 2 * PAGE_SIZE, PROT_READ, flags, 3);
	vm_mmap(one, base + 2 * PAGE_SIZE, 2 * PAGE_SIZE, PROT_READ, flags, 5);
	KT_EXPECT_EQ(t, mm->areas.count, 1u);
	KT_EXPECT_EQ(t, atomic_read(&one->f_count), users + 1);
	vm_mmap(one, base + 4 * PAGE_SIZE, PAGE_SIZE, PROT_READ, flags, 8);
	KT_EXPECT_EQ(t, mm->areas.count, 2u);
	vm_mmap(two, base + 5 * PAGE_SIZE, PAGE_SIZE, PROT_READ, flags, 9);
	KT_EXPECT_EQ(t, mm->areas.count, 3u);
	map_anon(base + 6 * PAGE_SIZE, 1, PROT_READ);
	KT_EXPECT_EQ(t, mm->areas.count, 4u);
	KT_EXPECT_EQ(t, vm_munmap(base + PAGE_SIZE, PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, atomic_read(&one->f_count), users + 3);
	KT_EXPECT_EQ(t, find_vma(mm, base + 2 * PAGE_SIZE)->vm_pgoff, 5ul);
	KT_EXPECT_EQ(t, vm_munmap(base, 7 * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, atomic_read(&one->f_count), users);
	fput(one);
	fput(two);
}

/* ---- errors -------------------------------------------------------------------------------- */

static void test_mmap_errors(struct ktest *t)
{
	static const struct {
		unsigned long addr, len, flags;
		pgoff_t pgoff;
		int error;
	} bad[] = {
		{0, 0, ANON, 0, -EINVAL},
		{0, TASK_SIZE + 1, ANON, 0, -ENOMEM},
		{0, ~0ul, ANON, 0, -ENOMEM},
		{0, TASK_SIZE, ANON, 0, -ENOMEM},
		{0, PAGE_SIZE, MAP_ANONYMOUS, 0, -EINVAL},
		{0, PAGE_SIZE, MAP_ANONYMOUS | MAP_SHARED | MAP_PRIVATE | 0xc, 0, -EINVAL},
		{0x10000001, PAGE_SIZE, ANON | MAP_FIXED, 0, -EINVAL},
		{TASK_SIZE - PAGE_SIZE, 2 * PAGE_SIZE, ANON | MAP_FIXED, 0, -ENOMEM},
		{TASK_SIZE, PAGE_SIZE, ANON | MAP_FIXED, 0, -ENOMEM},
		{0xfffff000ul, PAGE_SIZE, ANON | MAP_FIXED, 0, -ENOMEM},
		{0, PAGE_SIZE, ANON | MAP_FIXED, 0, -EPERM},
		{MMAP_MIN_ADDR - PAGE_SIZE, PAGE_SIZE, ANON | MAP_FIXED, 0, -EPERM},
		{0, 2 * PAGE_SIZE, ANON, ~0ul, -EOVERFLOW},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		unsigned long got =
			vm_mmap(NULL, bad[i].addr, bad[i].len, RW, bad[i].flags, bad[i].pgoff);

		if (!KT_EXPECT(t, is_error(got, bad[i].error)))
			ktest_log(t, "case %u gives %ld", i, (long)got);
	}
	KT_EXPECT_EQ(t, mm->areas.count, 0u);
	KT_EXPECT_EQ(t, vm_munmap(0x10000001, PAGE_SIZE), -EINVAL);
	KT_EXPECT_EQ(t, vm_munmap(0x10000000, 0), -EINVAL);
	KT_EXPECT_EQ(t, vm_munmap(TASK_SIZE - PAGE_SIZE, 2 * PAGE_SIZE), -EINVAL);
	KT_EXPECT_EQ(t, vm_munmap(0xfffff000ul, PAGE_SIZE), -EINVAL);
	KT_EXPECT_EQ(t, vm_munmap(0x10000000, PAGE_SIZE), 0);
}

static void test_file_errors(struct ktest *t)
{
	static const struct file_operations no_mmap = {0};
	struct file *f = mm_test_file(t, PAGE_SIZE, FMODE_READ);
	const struct file_operations *fops = f->f_op;

	KT_EXPECT(t, is_error(vm_mmap(f, 0, PAGE_SIZE, RW, MAP_SHARED, 0), -EACCES));
	f->f_mode = FMODE_WRITE;
	KT_EXPECT(t, is_error(vm_mmap(f, 0, PAGE_SIZE, PROT_READ, MAP_PRIVATE, 0), -EACCES));
	f->f_mode = FMODE_READ;
	f->f_op = &no_mmap;
	KT_EXPECT(t, is_error(vm_mmap(f, 0, PAGE_SIZE, PROT_READ, MAP_PRIVATE, 0), -ENODEV));
	f->f_op = fops;
	KT_EXPECT_EQ(t, mm->areas.count, 0u);
	KT_EXPECT_EQ(t, atomic_read(&f->f_count), 1);
	/* Shared, but nobody could write: no right to write, not later either. */
	KT_EXPECT(t, !IS_ERR_VALUE(vm_mmap(f, 0, PAGE_SIZE, PROT_READ, MAP_SHARED, 0)));
	KT_EXPECT(t, !(first_vma(mm)->vm_flags & (VM_MAYWRITE | VM_SHARED)));
	fput(f);
}

/* ---- places ---------------------------------------------------------------------------------- */

static void test_places(struct ktest *t)
{
	const unsigned long hint = 0x30000123;

	KT_EXPECT_EQ(t, map_anon(0, 4, RW), TASK_UNMAPPED_BASE);
	KT_EXPECT_EQ(t, map_anon(0, 4, PROT_READ), TASK_UNMAPPED_BASE + 4 * PAGE_SIZE);
	/* A hint is taken where there is room, and forgotten where there is none. */
	KT_EXPECT_EQ(t, vm_mmap(NULL, hint, PAGE_SIZE, RW, ANON, 0), hint & PAGE_MASK);
	KT_EXPECT_EQ(t, vm_mmap(NULL, hint, PAGE_SIZE, PROT_NONE, ANON, 0),
		     TASK_UNMAPPED_BASE + 8 * PAGE_SIZE);
	KT_EXPECT_EQ(t, vm_mmap(NULL, PAGE_SIZE, PAGE_SIZE, RW, ANON, 0), MMAP_MIN_ADDR);
	/* Nothing but the upper part is full: the lower part is used. */
	KT_EXPECT_EQ(t, vm_munmap(TASK_UNMAPPED_BASE, 9 * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t,
		     map_anon(TASK_UNMAPPED_BASE, (TASK_SIZE - TASK_UNMAPPED_BASE) / PAGE_SIZE,
			      PROT_NONE),
		     TASK_UNMAPPED_BASE);
	KT_EXPECT_EQ(t, map_anon(0, 1, PROT_READ), MMAP_MIN_ADDR + PAGE_SIZE);
	KT_EXPECT(t, is_error(map_anon(0, 0x30000000 / PAGE_SIZE, RW), -ENOMEM));
}

static void test_fixed(struct ktest *t)
{
	unsigned long base = map_anon(0x10000000, 8, RW);
	u32 word;

	KT_EXPECT(t, user_write(base, 1) && user_write(base + 4 * PAGE_SIZE, 2));
	KT_EXPECT(t, is_error(vm_mmap(NULL, base + 4 * PAGE_SIZE, PAGE_SIZE, RW,
				      ANON | MAP_FIXED_NOREPLACE, 0),
			      -EEXIST));
	KT_EXPECT_EQ(
		t,
		vm_mmap(NULL, base + 8 * PAGE_SIZE, PAGE_SIZE, RW, ANON | MAP_FIXED_NOREPLACE, 0),
		base + 8 * PAGE_SIZE);
	KT_EXPECT(t, user_read(base + 4 * PAGE_SIZE, &word) && word == 2);
	/* What MAP_FIXED covers is replaced by fresh memory, the rest stays. */
	KT_EXPECT_EQ(t, map_anon(base + 3 * PAGE_SIZE, 3, RW), base + 3 * PAGE_SIZE);
	KT_EXPECT(t, user_read(base + 4 * PAGE_SIZE, &word) && word == 0);
	KT_EXPECT(t, user_read(base, &word) && word == 1);
	KT_EXPECT_EQ(t, mm->total_vm, 9ul);
}

/* ---- the stack ------------------------------------------------------------------------------- */

static void test_stack(struct ktest *t)
{
	struct vm_area_struct *stack;
	u32 word;

	KT_ASSERT_EQ(t, setup_stack_vma(mm), 0);
	stack = first_vma(mm);
	KT_EXPECT_EQ(t, stack->vm_start, STACK_TOP - PAGE_SIZE);
	/* It grows to where it is touched, also over many pages at once, and never shrinks. */
	KT_EXPECT(t, user_write(STACK_TOP - 5 * PAGE_SIZE, 5));
	KT_EXPECT_EQ(t, stack->vm_start, STACK_TOP - 5 * PAGE_SIZE);
	KT_EXPECT(t, user_write(STACK_TOP - 4, 1));
	KT_EXPECT(t, user_read(STACK_TOP - 100 * PAGE_SIZE, &word) && word == 0);
	KT_EXPECT_EQ(t, mm->stack_vm, 100ul);
	KT_EXPECT_EQ(t, mm->total_vm, 100ul);
	KT_EXPECT(t, user_read(STACK_TOP - 5 * PAGE_SIZE, &word) && word == 5);
	/* To its limit and not a byte more. */
	KT_EXPECT(t, !user_write(STACK_TOP - STACK_LIMIT - 4, 1));
	KT_EXPECT_EQ(t, stack->vm_start, STACK_TOP - 100 * PAGE_SIZE);
	for (unsigned int i = 1; i <= 8; i++) /* in steps that a small machine can promise */
		KT_EXPECT(t, user_write(STACK_TOP - i * (STACK_LIMIT / 8), 1));
	KT_EXPECT_EQ(t, mm->areas.count, 1u);
	expect_good_areas(t, mm);
}

/* A stack keeps its distance from what lies below, and others from it. */
static void test_guard_gap(struct ktest *t)
{
	const unsigned long below = STACK_TOP - STACK_GUARD_GAP - 20 * PAGE_SIZE;
	struct vm_area_struct *stack;

	KT_ASSERT_EQ(t, setup_stack_vma(mm), 0);
	stack = first_vma(mm);
	KT_EXPECT_EQ(t, map_anon(below, 1, RW), below);
	KT_EXPECT(t, user_write(STACK_TOP - 19 * PAGE_SIZE, 1));
	KT_EXPECT_EQ(t, stack->vm_start, STACK_TOP - 19 * PAGE_SIZE);
	KT_EXPECT(t, !user_write(STACK_TOP - 20 * PAGE_SIZE, 1));
	/* Neither a hint nor the search for a hole leads into the gap. */
	KT_EXPECT_EQ(t, vm_mmap(NULL, below + PAGE_SIZE, PAGE_SIZE, RW, ANON, 0),
		     TASK_UNMAPPED_BASE);
	KT_EXPECT_EQ(
		t,
		map_anon(TASK_UNMAPPED_BASE, (below - TASK_UNMAPPED_BASE) / PAGE_SIZE, PROT_NONE),
		TASK_UNMAPPED_BASE);
	KT_EXPECT_EQ(t, map_anon(0, 1, RW), MMAP_MIN_ADDR);
	/* By force it can be done. */
	KT_EXPECT_EQ(t, map_anon(STACK_TOP - 21 * PAGE_SIZE, 1, RW), STACK_TOP - 21 * PAGE_SIZE);
	expect_good_areas(t, mm);
}

/* ---- the heap -------------------------------------------------------------------------------- */

#define HEAP 0x09000000ul

static void test_brk(struct ktest *t)
{
	u32 word;

	mm->start_brk = mm->brk = HEAP + 0x123;
	KT_EXPECT_EQ(t, vm_brk(0), HEAP + 0x123);
	KT_EXPECT_EQ(t, mm->areas.count, 0u);
	KT_EXPECT_EQ(t, vm_brk(HEAP + 3 * PAGE_SIZE + 5), HEAP + 3 * PAGE_SIZE + 5);
	KT_EXPECT_EQ(t, mm->total_vm, 3ul);
	KT_EXPECT(t, user_write(HEAP + 3 * PAGE_SIZE, 7));
	/* Within a page nothing but the number changes. */
	KT_EXPECT_EQ(t, vm_brk(HEAP + 4 * PAGE_SIZE), HEAP + 4 * PAGE_SIZE);
	KT_EXPECT(t, user_read(HEAP + 3 * PAGE_SIZE, &word) && word == 7);
	/* What it gives back and takes again is zero. */
	KT_EXPECT_EQ(t, vm_brk(HEAP + 2 * PAGE_SIZE), HEAP + 2 * PAGE_SIZE);
	KT_EXPECT(t, !user_read(HEAP + 3 * PAGE_SIZE, &word));
	KT_EXPECT_EQ(t, vm_brk(HEAP + 8 * PAGE_SIZE), HEAP + 8 * PAGE_SIZE);
	KT_EXPECT(t, user_read(HEAP + 3 * PAGE_SIZE, &word) && word == 0);
	KT_EXPECT_EQ(t, mm->areas.count, 1u);
	/* Refused: below its start, above user space, onto another area. */
	KT_EXPECT_EQ(t, vm_brk(HEAP), HEAP + 8 * PAGE_SIZE);
	KT_EXPECT_EQ(t, vm_brk(TASK_SIZE + 1), HEAP + 8 * PAGE_SIZE);
	map_anon(HEAP + 10 * PAGE_SIZE, 1, PROT_READ);
	KT_EXPECT_EQ(t, vm_brk(HEAP + 11 * PAGE_SIZE), HEAP + 8 * PAGE_SIZE);
	/* A page between them stays free. */
	KT_EXPECT_EQ(t, vm_brk(HEAP + 10 * PAGE_SIZE), HEAP + 8 * PAGE_SIZE);
	KT_EXPECT_EQ(t, vm_brk(HEAP + 9 * PAGE_SIZE), HEAP + 9 * PAGE_SIZE);
	KT_EXPECT_EQ(t, vm_brk(mm->start_brk), HEAP + 0x123);
	KT_EXPECT_EQ(t, mm->total_vm, 1ul);
}

static const struct ktest_case cases[] = {
	KTEST(test_merge_and_split), KTEST(test_merge_files), KTEST(test_mmap_errors),
	KTEST(test_file_errors),     KTEST(test_places),      KTEST(test_fixed),
	KTEST(test_stack),	     KTEST(test_guard_gap),   KTEST(test_brk),
};
KTEST_SUITE_WITH(vma, KTEST_QUICK, cases, setup, mm_test_teardown);

static const struct ktest_case random_cases[] = {
	KTEST(test_random),
	KTEST(test_random_touched),
};
KTEST_SUITE_WITH(vma_random, 0, random_cases, setup, mm_test_teardown);
