/*
 * Copies of address spaces: what dup_mm() shares, what each side sees after writes of the other,
 * and that nothing is lost when there is no memory for it.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/cpu/signum.h"
#include "kernel/sched.h"
#include "kernel/task.h"
#include "mm/fault_inject.h"
#include "mm/filemap.h"
#include "mm/fork.h"
#include "mm/lru.h"
#include "mm/memory.h"
#include "mm/mmap.h"
#include "mm/page_alloc.h"
#include "mm/rmap.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/mm_test.h"
#include "tests/kernel/program.h"

#define RW   (PROT_READ | PROT_WRITE)
#define BASE 0x10000000ul

static unsigned long addr_of(unsigned int page)
{
	return BASE + page * PAGE_SIZE;
}

/* Go into another address space for a moment; both keep their references. */
static struct mm_struct *visit(struct mm_struct *mm)
{
	struct mm_struct *old = current->mm;

	use_mm(mm);
	return old;
}

static struct mm_struct *copy_mm(struct ktest *t)
{
	struct mm_struct *copy = dup_mm();

	KT_ASSERT(t, !IS_ERR(copy));
	return copy;
}

static u32 read_in(struct mm_struct *mm, unsigned long addr)
{
	struct mm_struct *old = visit(mm);
	u32 word = 0xdeadbeef;

	user_read(addr, &word);
	visit(old);
	return word;
}

static bool write_in(struct mm_struct *mm, unsigned long addr, u32 word)
{
	struct mm_struct *old = visit(mm);
	bool done = user_write(addr, word);

	visit(old);
	return done;
}

static pte_t entry_in(struct mm_struct *mm, unsigned long addr)
{
	pte_t *pte = find_pte(mm, addr);

	return pte ? *pte : __pte(0);
}

/* ---- what is shared -------------------------------------------------------------------------- */

static void test_anonymous(struct ktest *t)
{
	struct mm_struct *parent = current->mm, *child;
	struct page *page;
	u32 word;

	map_anon(BASE, 8, RW);
	KT_EXPECT(t, user_write(addr_of(1), 11) && user_write(addr_of(2), 12));
	KT_EXPECT(t, user_read(addr_of(3), &word));
	page = pte_page(entry_in(parent, addr_of(1)));
	child = copy_mm(t);
	KT_EXPECT_EQ(t, child->areas.count, parent->areas.count);
	KT_EXPECT_EQ(t, child->total_vm, parent->total_vm);
	KT_EXPECT_EQ(t, child->rss_anon, 2ul);
	KT_EXPECT_EQ(t, child->nr_ptes, 1ul);
	KT_EXPECT_EQ(t, page_count(page), 2);
	KT_EXPECT_EQ(t, page_mapcount(page), 2);
	KT_EXPECT_EQ(t, pte_page(entry_in(child, addr_of(1))), page);
	KT_EXPECT(t, !pte_write(entry_in(child, addr_of(1))));
	KT_EXPECT(t, !pte_write(entry_in(parent, addr_of(1))));
	KT_EXPECT(t, pte_special(entry_in(child, addr_of(3))));
	/* The first to write gets a copy, the other keeps the page. */
	KT_EXPECT(t, write_in(child, addr_of(1), 21));
	KT_EXPECT_NE(t, pte_page(entry_in(child, addr_of(1))), page);
	KT_EXPECT_EQ(t, page_mapcount(page), 1);
	KT_EXPECT_EQ(t, read_in(parent, addr_of(1)), 11u);
	KT_EXPECT(t, user_write(addr_of(1), 31));
	KT_EXPECT_EQ(t, pte_page(entry_in(parent, addr_of(1))), page);
	KT_EXPECT_EQ(t, read_in(child, addr_of(1)), 21u);
	KT_EXPECT_EQ(t, read_in(child, addr_of(2)), 12u);
	/* What the parent makes later is its own. */
	KT_EXPECT(t, user_write(addr_of(3), 33) && user_write(addr_of(4), 34));
	KT_EXPECT_EQ(t, read_in(child, addr_of(3)), 0u);
	KT_EXPECT_EQ(t, read_in(child, addr_of(4)), 0u);
	mmput(child);
	KT_EXPECT_EQ(t, page_count(page), 1);
	KT_EXPECT_EQ(t, parent->rss_anon, 4ul);
}

/* The child may outlive its parent, and keeps what it has of it. */
static void test_parent_first(struct ktest *t)
{
	struct mm_struct *parent = current->mm, *child;

	map_anon(BASE, 4, RW);
	KT_EXPECT(t, user_write(addr_of(0), 1) && user_write(addr_of(1), 2));
	child = copy_mm(t);
	KT_EXPECT_EQ(t, vm_munmap(BASE, 4 * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, parent->rss_anon, 0ul);
	KT_EXPECT_EQ(t, read_in(child, addr_of(0)), 1u);
	KT_EXPECT(t, write_in(child, addr_of(0), 3));
	KT_EXPECT_EQ(t, read_in(child, addr_of(0)), 3u);
	KT_EXPECT_EQ(t, read_in(child, addr_of(1)), 2u);
	KT_EXPECT_EQ(t, child->rss_anon, 2ul);
	mmput(child);
}

static void test_files(struct ktest *t)
{
	struct file *file = mm_test_file(t, 8 * PAGE_SIZE, FMODE_READ | FMODE_WRITE);
	struct mm_struct *parent = current->mm, *child;
	unsigned long shared;
	u32 word;

	KT_ASSERT_EQ(t, vm_mmap(file, BASE, 8 * PAGE_SIZE, RW, MAP_PRIVATE | MAP_FIXED, 0), BASE);
	shared = vm_mmap(file, 0, 8 * PAGE_SIZE, RW, MAP_SHARED, 0);
	KT_ASSERT(t, !IS_ERR_VALUE(shared));
	KT_EXPECT(t, user_read(addr_of(1), &word) && user_read(shared, &word));
	KT_EXPECT(t, user_write(addr_of(2), 102));
	child = copy_mm(t);
	KT_EXPECT_EQ(t, atomic_read(&file->f_count), 5);
	/* The shared mapping was not copied, and is filled again by faults. */
	KT_EXPECT(t, pte_none(entry_in(child, shared)));
	KT_EXPECT_EQ(t, read_in(child, shared + 4 * PAGE_SIZE), 4u);
	KT_EXPECT(t, write_in(child, shared + 4 * PAGE_SIZE, 44));
	KT_EXPECT_EQ(t, read_in(parent, shared + 4 * PAGE_SIZE), 44u);
	KT_EXPECT(t, write_in(child, addr_of(1), 201) && write_in(child, addr_of(2), 202));
	KT_EXPECT_EQ(t, read_in(parent, addr_of(1)), 1u);
	KT_EXPECT_EQ(t, read_in(parent, addr_of(2)), 102u);
	KT_EXPECT_EQ(t, read_in(parent, shared + PAGE_SIZE), 1u);
	mmput(child);
	KT_EXPECT_EQ(t, atomic_read(&file->f_count), 3);
	fput(file);
}

/* Areas that a child does not get, and rights that it does not inherit. */
static void test_dontcopy(struct ktest *t)
{
	struct mm_struct *parent = current->mm, *child;
	struct vm_area_struct *vma;

	map_anon(BASE, 4, RW);
	map_anon(addr_of(8), 4, RW);
	KT_EXPECT(t, user_write(addr_of(0), 1) && user_write(addr_of(8), 2));
	find_vma(parent, BASE)->vm_flags |= VM_DONTCOPY;
	find_vma(parent, addr_of(8))->vm_flags |= VM_LOCKED;
	child = copy_mm(t);
	KT_EXPECT_EQ(t, child->areas.count, 1u);
	KT_EXPECT_EQ(t, child->total_vm, 4ul);
	KT_EXPECT_EQ(t, child->data_vm, 4ul);
	vma = find_vma(child, BASE);
	KT_ASSERT(t, vma != NULL);
	KT_EXPECT_EQ(t, vma->vm_start, addr_of(8));
	KT_EXPECT(t, !(vma->vm_flags & VM_LOCKED));
	KT_EXPECT_EQ(t, read_in(child, addr_of(8)), 2u);
	KT_EXPECT_EQ(t, page_mapcount(pte_page(entry_in(parent, BASE))), 1);
	find_vma(parent, BASE)->vm_flags &= ~VM_DONTCOPY;
	find_vma(parent, addr_of(8))->vm_flags &= ~VM_LOCKED;
	mmput(child);
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static unsigned long nr_nodes(struct ktest *t)
{
	struct kmem_cache *cache = kmem_cache_find("anon_vma");
	struct slabinfo info;

	KT_ASSERT(t, cache != NULL);
	kmem_cache_info(cache, &info);
	return info.active_objs;
}

/* Each generation forks and ends, as a daemon may for ever: the nodes do not pile up. */
static void test_deep_chain(struct ktest *t)
{
	unsigned long start = nr_nodes(t), most = 0;
	u32 word;

	map_anon(BASE, 4, RW);
	KT_EXPECT(t, user_write(addr_of(0), 1000));
	for (u32 i = 1; i <= 200; i++) {
		struct mm_struct *child = copy_mm(t);

		exit_mm();
		use_mm(child);
		KT_EXPECT(t, user_write(addr_of(1 + i % 3), i));
		most = max(most, nr_nodes(t) - start);
	}
	KT_EXPECT_LE(t, most, 4ul);
	KT_EXPECT(t, user_read(addr_of(0), &word) && word == 1000);
	KT_EXPECT(t, user_read(addr_of(1 + 200 % 3), &word) && word == 200);
}

/* The same with a helper in each generation that lives a little longer. */
static void test_deep_chain_with_helpers(struct ktest *t)
{
	unsigned long start = nr_nodes(t), most = 0;
	struct mm_struct *helper = NULL;

	map_anon(BASE, 4, RW);
	KT_EXPECT(t, user_write(addr_of(0), 1));
	for (u32 i = 1; i <= 200; i++) {
		struct mm_struct *next_helper = copy_mm(t), *child = copy_mm(t);

		exit_mm();
		use_mm(child);
		KT_EXPECT(t, user_write(addr_of(1 + i % 3), i));
		if (helper)
			mmput(helper);
		helper = next_helper;
		most = max(most, nr_nodes(t) - start);
	}
	mmput(helper);
	KT_EXPECT_LE(t, most, 8ul);
}

/* Parts of what was one area share a node, and so do their copies: they can become one again. */
static void test_split_area(struct ktest *t)
{
	struct mm_struct *child;

	map_anon(BASE, 9, RW);
	for (unsigned int i = 0; i < 9; i++)
		KT_EXPECT(t, user_write(addr_of(i), i));
	KT_EXPECT_EQ(t, vm_munmap(addr_of(3), 3 * PAGE_SIZE), 0);
	child = copy_mm(t);
	KT_EXPECT_EQ(t, child->areas.count, 2u);
	KT_EXPECT_EQ(t, find_vma(child, addr_of(0))->anon_vma,
		     find_vma(child, addr_of(6))->anon_vma);
	KT_EXPECT_NE(t, find_vma(child, addr_of(0))->anon_vma,
		     find_vma(current->mm, addr_of(0))->anon_vma);
	KT_EXPECT_EQ(t, read_in(child, addr_of(7)), 7u);
	mmput(child);
}

/* ---- failures -------------------------------------------------------------------------------- */

/*
 * The first, second, third... allocation fails, until it succeeds; the parent stays whole each
 * time.
 */
static void test_no_memory(struct ktest *t)
{
	struct file *file = mm_test_file(t, 4 * PAGE_SIZE, FMODE_READ);
	struct mm_struct *child = NULL;
	unsigned int failures = 0;
	u32 word;

	map_anon(BASE, 4, RW);
	map_anon(BASE + 2 * PGDIR_SIZE, 4, RW);
	KT_EXPECT_EQ(t, vm_mmap(file, addr_of(8), 4 * PAGE_SIZE, RW, MAP_PRIVATE | MAP_FIXED, 0),
		     addr_of(8));
	KT_EXPECT(t, user_write(addr_of(0), 5) && user_write(addr_of(9), 6));
	KT_EXPECT(t, user_write(BASE + 2 * PGDIR_SIZE, 7));
	while (!child && failures < 40) {
		fail_nth_set(failures + 1);
		child = dup_mm();
		fail_nth_set(0);
		if (!IS_ERR(child))
			break;
		KT_EXPECT_EQ(t, PTR_ERR(child), (long)-ENOMEM);
		child = NULL;
		failures++;
		KT_EXPECT(t, user_write(addr_of(0), failures));
		KT_EXPECT_EQ(t, page_count(pte_page(entry_in(current->mm, addr_of(9)))), 1);
		KT_EXPECT(t, user_read(addr_of(9), &word) && word == 6);
	}
	KT_ASSERT(t, child != NULL);
	KT_EXPECT_GE(t, failures, 8u);
	KT_EXPECT_EQ(t, read_in(child, addr_of(0)), failures);
	KT_EXPECT_EQ(t, read_in(child, BASE + 2 * PGDIR_SIZE), 7u);
	mmput(child);
	vm_munmap(addr_of(8), 4 * PAGE_SIZE);
	fput(file);
}

/* No memory for the copy: the access fails, and all stays as it was. */
static void test_copy_without_memory(struct ktest *t)
{
	struct mm_struct *child;

	map_anon(BASE, 1, RW);
	KT_EXPECT(t, user_write(BASE, 5));
	child = copy_mm(t);
	fail_nth_set(1);
	KT_EXPECT(t, !user_write(BASE, 6));
	KT_EXPECT(t, fail_nth_hit());
	fail_nth_set(0);
	KT_EXPECT_EQ(t, read_in(child, BASE), 5u);
	KT_EXPECT_EQ(t, read_in(current->mm, BASE), 5u);
	KT_EXPECT_EQ(t, page_count(pte_page(entry_in(child, BASE))), 2);
	KT_EXPECT(t, user_write(BASE, 6));
	KT_EXPECT_EQ(t, read_in(child, BASE), 5u);
	mmput(child);
}

/* ---- at random ------------------------------------------------------------------------------- */

#define FAMILY 4u
#define PAGES  24u

/* What each member should read; 0 where it has not written and has not inherited anything. */
static struct {
	struct mm_struct *mm;
	u32 words[PAGES];
} family[FAMILY];

static void check_member(struct ktest *t, unsigned int i)
{
	u32 word;

	for (unsigned int page = 0; page < PAGES; page++) {
		KT_ASSERT(t, user_read(addr_of(page), &word));
		KT_ASSERT_EQ(t, word, family[i].words[page]);
	}
}

static void live(struct ktest *t, struct prng *rng, u32 value)
{
	unsigned int i = prng_below(rng, FAMILY), child = prng_below(rng, FAMILY);
	unsigned int page = prng_below(rng, PAGES);

	if (!family[i].mm)
		return;
	use_mm(family[i].mm);
	switch (prng_below(rng, 12)) {
	case 0:
		if (child == i)
			break;
		if (family[child].mm)
			mmput(family[child].mm);
		family[child] = family[i];
		family[child].mm = copy_mm(t);
		break;
	case 1:
		check_member(t, i);
		break;
	case 2: /* its memory begins anew */
		KT_EXPECT_EQ(t, map_anon(addr_of(page), 1, RW), addr_of(page));
		family[i].words[page] = 0;
		break;
	default:
		KT_EXPECT(t, user_write(addr_of(page), value));
		family[i].words[page] = value;
	}
}

static void test_random(struct ktest *t)
{
	struct mm_struct *first = current->mm;
	struct prng rng;

	ktest_seed(t, &rng, 61);
	memset(family, 0, sizeof(family));
	map_anon(BASE, PAGES, RW);
	family[0].mm = copy_mm(t);
	for (u32 i = 1; i < 4000 && !t->failures; i++)
		live(t, &rng, i);
	use_mm(first);
	for (unsigned int i = 0; i < FAMILY; i++)
		if (family[i].mm)
			mmput(family[i].mm);
}

/* ---- in ring 3 ------------------------------------------------------------------------------- */

static void test_program(struct ktest *t)
{
	struct program_run *run = program_run_alloc("cowfork", NULL, NULL);

	KT_ASSERT(t, run != NULL);
	if (!KT_EXPECT_EQ(t, program_run(run), 0))
		ktest_log(t, "%s", run->output);
	kfree(run);
}

/* A child may live a little longer than the parent that was killed. */
static void run_and_wait(struct ktest *t, struct program_run *run)
{
	unsigned int tasks = nr_tasks();

	program_run(run);
	for (int i = 0; i < 100 && nr_tasks() != tasks; i++)
		msleep(10);
	KT_EXPECT_EQ(t, nr_tasks(), tasks);
}

/*
 * The program's first, second, third... allocation fails: whatever becomes of it, nothing is lost.
 */
static void test_program_without_memory(struct ktest *t)
{
	struct program_run *run = program_run_alloc("cowfork", "once", NULL);
	struct mm_account before;

	KT_ASSERT(t, run != NULL);
	mm_account(&before);
	for (run->fail_nth = 1; run->fail_nth < 1000; run->fail_nth++) {
		run_and_wait(t, run);
		if (!mm_account_same(t, &before))
			ktest_log(t, "allocation %u (status %#x)", run->fail_nth, run->status);
		if (!run->failed_one && !run->status)
			break;
	}
	KT_EXPECT_GE(t, run->fail_nth, 100u);
	KT_EXPECT_LE(t, run->fail_nth, 999u);
	kfree(run);
}

/*
 * All memory is used up by copies, where there is little: who asks for more is killed, nothing is
 * lost.
 */
static void test_exhaustion(struct ktest *t)
{
	struct program_run *run = program_run_alloc("cowfork", "exhaust", NULL);

	KT_ASSERT(t, run != NULL);
	run_and_wait(t, run);
	if (run->status != SIGKILL && !KT_EXPECT_EQ(t, run->status, 0))
		ktest_log(t, "%s", run->output);
	kfree(run);
}

static const struct ktest_case cases[] = {
	KTEST(test_anonymous),	KTEST(test_parent_first),
	KTEST(test_files),	KTEST(test_dontcopy),
	KTEST(test_deep_chain), KTEST(test_deep_chain_with_helpers),
	KTEST(test_random),	KTEST(test_split_area),
	KTEST(test_no_memory),	KTEST(test_copy_without_memory),
	KTEST(test_program),	KTEST(test_program_without_memory),
	KTEST(test_exhaustion),
};
KTEST_SUITE_WITH(fork_mm, 0, cases, mm_test_setup, mm_test_teardown);
