/*
 * Reverse mapping: for every frame that some page table of the test shows, rmap_walk() must
 * name exactly the entries that a search through all page tables finds.
 */
#include "mm/rmap.h"

#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/fork.h"
#include "mm/lru.h"
#include "mm/madvise.h"
#include "mm/memory.h"
#include "mm/mmap.h"
#include "mm/mprotect.h"
#include "mm/mremap.h"
#include "mm/page_alloc.h"
#include "mm/pgalloc.h"
#include "mm/slab.h"
#include "mm/vma.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/mm_test.h"

#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

/* The address spaces of the running case. */
#define SPACES 3u
static struct mm_struct *spaces[SPACES];

static struct mm_account before;

static void setup(struct ktest *t)
{
	mm_account(&before);
	for (unsigned int i = 0; i < SPACES; i++) {
		spaces[i] = mm_alloc();
		KT_ASSERT(t, spaces[i] != NULL);
	}
}

static void enter(unsigned int i)
{
	if (current->mm == spaces[i])
		return;
	exit_mm();
	mmget(spaces[i]);
	use_mm(spaces[i]);
}

/* A space that a case has ended already is NULL. */
static void end_space(unsigned int i)
{
	if (current->mm == spaces[i])
		exit_mm();
	if (spaces[i])
		mmput(spaces[i]);
	spaces[i] = NULL;
}

static void teardown(struct ktest *t)
{
	for (unsigned int i = 0; i < SPACES; i++)
		end_space(i);
	mm_account_same(t, &before);
}

/* ---- the search through all page tables ------------------------------------------------------ */

struct found {
	struct mm_struct *mm;
	unsigned long address;
	struct page *page;
	bool named; /* rmap_walk() has named it */
};

#define MOST_ENTRIES 1200u
static struct found found[MOST_ENTRIES];
static unsigned int nr_found;

static void search_table(struct mm_struct *mm, unsigned long addr)
{
	pte_t *pte = find_pte(mm, addr);

	for (unsigned int i = 0; pte && i < PTRS_PER_PTE; i++) {
		pte_t entry = pte[i];

		if (!pte_present(entry) || pte_special(entry) || nr_found == MOST_ENTRIES)
			continue;
		found[nr_found++] = (struct found){
			.mm = mm, .address = addr + i * PAGE_SIZE, .page = pte_page(entry)};
	}
}

static void search_all(void)
{
	nr_found = 0;
	for (unsigned int i = 0; i < SPACES; i++)
		for (unsigned long n = 0; spaces[i] && n < USER_PTRS_PER_PGD; n++)
			search_table(spaces[i], n << PGDIR_SHIFT);
}

struct walk {
	unsigned int count, wrong;
};

/* An entry that the walk names must be one of those found, and not named before. */
static int note_entry(struct page *page, struct vm_area_struct *vma, unsigned long address,
		      pte_t *pte, void *ctx)
{
	struct walk *walk = ctx;

	walk->count++;
	for (unsigned int i = 0; i < nr_found; i++) {
		if (found[i].mm != vma->vm_mm || found[i].address != address)
			continue;
		walk->wrong += found[i].page != page || found[i].named ||
			       pte != find_pte(vma->vm_mm, address) || address < vma->vm_start ||
			       address >= vma->vm_end;
		found[i].named = true;
		return 0;
	}
	walk->wrong++;
	return 0;
}

/* Ask for every frame that is mapped; each answer must be complete, and nothing else. */
static void compare(struct ktest *t)
{
	unsigned int unnamed = 0;

	search_all();
	KT_ASSERT(t, nr_found < MOST_ENTRIES);
	for (unsigned int i = 0; i < nr_found; i++) {
		struct walk walk = {0};

		if (found[i].named)
			continue;
		KT_ASSERT_EQ(t, rmap_walk(found[i].page, note_entry, &walk), 0);
		KT_ASSERT_EQ(t, walk.wrong, 0u);
		KT_ASSERT_EQ(t, 0u + page_mapcount(found[i].page), walk.count);
	}
	for (unsigned int i = 0; i < nr_found; i++)
		unnamed += !found[i].named;
	KT_ASSERT_EQ(t, unnamed, 0u);
}

/* ---- anonymous memory ------------------------------------------------------------------------ */

#define BASE  0x10000000ul
#define PAGES 96u

static unsigned long addr_of(unsigned int page)
{
	return BASE + page * PAGE_SIZE;
}

/* Map, unmap and touch pieces of a stretch of memory at random. */
static void test_anonymous(struct ktest *t)
{
	struct prng rng;

	ktest_seed(t, &rng, 51);
	enter(0);
	for (int i = 0; i < 1500; i++) {
		unsigned int n = 1 + prng_below(&rng, 12), page = prng_below(&rng, PAGES - n);
		unsigned long prot = prng_below(&rng, 4) ? RW : RW | PROT_EXEC;

		switch (prng_below(&rng, 6)) {
		case 0:
			KT_ASSERT_EQ(t, map_anon(addr_of(page), n, prot), addr_of(page));
			break;
		case 1:
			KT_ASSERT_EQ(t, vm_munmap(addr_of(page), n * PAGE_SIZE), 0);
			break;
		default:
			user_write(addr_of(page), i); /* or nothing is mapped there */
		}
		if (i % 8 == 0)
			compare(t);
	}
	compare(t);
}

/* Two areas with nodes of their own stay two when the hole between them is filled. */
static void test_two_nodes(struct ktest *t)
{
	struct vm_area_struct *lower, *upper;

	enter(0);
	map_anon(addr_of(0), 4, RW);
	map_anon(addr_of(8), 4, RW);
	KT_EXPECT(t, user_write(addr_of(1), 1) && user_write(addr_of(9), 2));
	lower = find_vma(current->mm, addr_of(0));
	upper = find_vma(current->mm, addr_of(8));
	KT_ASSERT(t, lower && upper);
	KT_EXPECT_NE(t, lower->anon_vma, upper->anon_vma);
	map_anon(addr_of(4), 4, RW);
	KT_EXPECT_EQ(t, current->mm->areas.count, 2u);
	for (unsigned int page = 0; page < 12; page++)
		KT_EXPECT(t, user_write(addr_of(page), page));
	compare(t);
	/* Cut off, what is left of an area keeps its node, and its pages are found. */
	KT_EXPECT_EQ(t, vm_munmap(addr_of(2), PAGE_SIZE), 0);
	upper = find_vma(current->mm, addr_of(3));
	KT_ASSERT(t, upper != NULL);
	KT_EXPECT_EQ(t, upper->anon_vma, lower->anon_vma);
	compare(t);
}

/* Next to an area with a node, a new one takes over that node, so that they can become one. */
static void test_node_is_shared(struct ktest *t)
{
	struct vm_area_struct *vma;
	struct anon_vma *node;

	enter(0);
	map_anon(addr_of(0), 6, RW);
	KT_EXPECT(t, user_write(addr_of(1), 1) && user_write(addr_of(5), 5));
	KT_EXPECT_EQ(t, vm_munmap(addr_of(2), 2 * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, current->mm->areas.count, 2u);
	map_anon(addr_of(2), 2, RW);
	KT_EXPECT_EQ(t, current->mm->areas.count, 1u);
	vma = find_vma(current->mm, addr_of(2));
	KT_EXPECT_EQ(t, vma->anon_vma->nr_areas, 1u);
	KT_EXPECT(t, user_write(addr_of(2), 2));
	compare(t);
	/* Of other rights: two areas for now. */
	node = vma->anon_vma;
	map_anon(addr_of(6), 4, RW | PROT_EXEC);
	map_anon(addr_of(20), 4, RW | PROT_EXEC);
	map_anon(addr_of(16), 4, RW);
	KT_EXPECT(t, user_write(addr_of(6), 6) && user_write(addr_of(20), 20));
	KT_EXPECT(t, user_write(addr_of(16), 16));
	KT_EXPECT_EQ(t, current->mm->areas.count, 4u);
	KT_EXPECT_EQ(t, find_vma(current->mm, addr_of(6))->anon_vma, node);
	KT_EXPECT_EQ(t, node->nr_areas, 2u);
	KT_EXPECT_NE(t, find_vma(current->mm, addr_of(20))->anon_vma, node);
	KT_EXPECT_EQ(t, find_vma(current->mm, addr_of(16))->anon_vma,
		     find_vma(current->mm, addr_of(20))->anon_vma);
	compare(t);
}

/* ---- files ----------------------------------------------------------------------------------- */

#define FILE_PAGES 40u

/* Several spaces map parts of a file, several times each; some pages become private copies. */
static void test_files(struct ktest *t)
{
	struct file *file = mm_test_file(t, FILE_PAGES * PAGE_SIZE, FMODE_READ | FMODE_WRITE);
	struct prng rng;
	u32 word;

	ktest_seed(t, &rng, 52);
	for (int i = 0; i < 1200 && !t->failures; i++) {
		unsigned int n = 1 + prng_below(&rng, 12), page = prng_below(&rng, PAGES - n);
		unsigned int pgoff = prng_below(&rng, FILE_PAGES);
		unsigned long type = prng_below(&rng, 2) ? MAP_SHARED : MAP_PRIVATE;

		enter(prng_below(&rng, SPACES));
		switch (prng_below(&rng, 8)) {
		case 0:
		case 1:
			KT_EXPECT_EQ(t,
				     vm_mmap(file, addr_of(page), n * PAGE_SIZE, RW,
					     type | MAP_FIXED, pgoff),
				     addr_of(page));
			break;
		case 2:
			KT_EXPECT_EQ(t, vm_munmap(addr_of(page), n * PAGE_SIZE), 0);
			break;
		case 3:
			user_write(addr_of(page), i);
			break;
		default:
			user_read(addr_of(page), &word);
		}
		if (i % 8 == 0)
			compare(t);
	}
	compare(t);
	fput(file);
}

/* A page that is cached and mapped nowhere, and one that is nothing. */
static void test_not_mapped(struct ktest *t)
{
	struct file *file = mm_test_file(t, 3 * PAGE_SIZE, FMODE_READ);
	struct page *cached = find_get_page(file->f_mapping, 1), *page = alloc_page(GFP_KERNEL);
	struct walk walk = {0};

	KT_EXPECT(t, cached && page);
	rmap_walk(cached, note_entry, &walk);
	rmap_walk(page, note_entry, &walk);
	KT_EXPECT_EQ(t, walk.count, 0u);
	put_page(cached);
	__free_page(page);
	fput(file);
}

static int stop_at_second(struct page *page __unused, struct vm_area_struct *vma __unused,
			  unsigned long address __unused, pte_t *pte __unused, void *ctx)
{
	return ++*(int *)ctx == 2 ? 123 : 0;
}

/* A walk ends when its function says so. */
static void test_walk_stops(struct ktest *t)
{
	struct file *file = mm_test_file(t, PAGE_SIZE, FMODE_READ);
	struct page *page = find_get_page(file->f_mapping, 0);
	int calls = 0;
	u32 word;

	for (unsigned int i = 0; i < SPACES; i++) {
		enter(i);
		vm_mmap(file, BASE, PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_FIXED, 0);
		KT_EXPECT(t, user_read(BASE, &word));
	}
	compare(t);
	KT_EXPECT_EQ(t, page_mapcount(page), 3);
	KT_EXPECT_EQ(t, rmap_walk(page, stop_at_second, &calls), 123);
	KT_EXPECT_EQ(t, calls, 2);
	put_page(page);
	fput(file);
}

/* ---- families -------------------------------------------------------------------------------- */

/* Fork: space `to` becomes a copy of space `from`. */
static void share_with(struct ktest *t, unsigned int from, unsigned int to)
{
	struct mm_struct *copy;

	enter(from);
	copy = dup_mm();
	KT_ASSERT(t, !IS_ERR(copy));
	mmput(spaces[to]);
	spaces[to] = copy;
}

/* Three generations; each makes pages of its own, and each end leaves the others whole. */
static void test_family(struct ktest *t)
{
	u32 word;

	enter(0);
	map_anon(BASE, 16, RW);
	for (unsigned int page = 0; page < 8; page++)
		KT_EXPECT(t, user_write(addr_of(page), 100 + page));
	share_with(t, 0, 1);
	compare(t);
	enter(1);
	for (unsigned int page = 4; page < 12; page++)
		KT_EXPECT(t, user_write(addr_of(page), 200 + page));
	compare(t);
	share_with(t, 1, 2);
	compare(t);
	enter(2);
	for (unsigned int page = 6; page < 14; page += 2)
		KT_EXPECT(t, user_write(addr_of(page), 300 + page));
	KT_EXPECT(t, user_read(addr_of(0), &word) && word == 100);
	KT_EXPECT(t, user_read(addr_of(5), &word) && word == 205);
	KT_EXPECT(t, user_read(addr_of(6), &word) && word == 306);
	compare(t);
	/*
	 * The one in the middle goes first. Its pages live on below it, and above it nothing
	 * changes.
	 */
	end_space(1);
	compare(t);
	enter(0);
	KT_EXPECT(t, user_read(addr_of(5), &word) && word == 105);
	KT_EXPECT(t, user_write(addr_of(5), 1));
	compare(t);
	end_space(0);
	compare(t);
	enter(2);
	KT_EXPECT(t, user_read(addr_of(0), &word) && word == 100);
	KT_EXPECT(t, user_read(addr_of(5), &word) && word == 205);
	KT_EXPECT(t, user_write(addr_of(0), 2));
	compare(t);
}

/* Move pages to where others may be; or find that there are none to be moved. */
static void move(struct prng *rng, unsigned int page, unsigned int n)
{
	unsigned int to = prng_below(rng, 40 - n), more = prng_below(rng, 2);

	if (to + n + more <= page || page + n <= to)
		vm_mremap(addr_of(page), n * PAGE_SIZE, (n + more) * PAGE_SIZE,
			  MREMAP_MAYMOVE | MREMAP_FIXED, addr_of(to));
}

/*
 * One step of a family's life: areas change, pages are touched, or a child takes another's place.
 */
static void live(struct ktest *t, struct prng *rng, u32 value)
{
	unsigned int n = 1 + prng_below(rng, 12), page = prng_below(rng, 40 - n);
	unsigned int who = prng_below(rng, SPACES), child = prng_below(rng, SPACES);
	u32 word;

	enter(who);
	switch (prng_below(rng, 16)) {
	case 0:
		KT_ASSERT_EQ(t, map_anon(addr_of(page), n, RW), addr_of(page));
		break;
	case 1:
		KT_ASSERT_EQ(t, vm_munmap(addr_of(page), n * PAGE_SIZE), 0);
		break;
	case 2:
		if (child != who)
			share_with(t, who, child);
		break;
	case 3:
		user_read(addr_of(page), &word);
		break;
	case 4:
		move(rng, page, n);
		break;
	case 5: /* holes are none of its business */
		vm_mprotect(addr_of(page), n * PAGE_SIZE, prng_below(rng, 3) ? RW : PROT_NONE);
		break;
	case 6:
		vm_madvise(addr_of(page), n * PAGE_SIZE, MADV_DONTNEED);
		break;
	default:
		user_write(addr_of(page), value);
	}
}

static void test_families_at_random(struct ktest *t)
{
	struct prng rng;

	ktest_seed(t, &rng, 53);
	for (u32 i = 0; i < 1200 && !t->failures; i++) {
		live(t, &rng, i);
		if (i % 8 == 0)
			compare(t);
	}
	compare(t);
}

/* Nodes go with the last area that needs them. */
static void test_nodes_are_freed(struct ktest *t)
{
	struct kmem_cache *cache = kmem_cache_find("anon_vma");
	struct slabinfo start, now;

	KT_ASSERT(t, cache != NULL);
	kmem_cache_info(cache, &start);
	enter(0);
	map_anon(addr_of(0), 9, RW);
	KT_EXPECT(t, user_write(addr_of(0), 1));
	kmem_cache_info(cache, &now);
	KT_EXPECT_EQ(t, now.active_objs, start.active_objs + 1);
	vm_munmap(addr_of(3), 3 * PAGE_SIZE);
	vm_munmap(addr_of(0), 3 * PAGE_SIZE);
	kmem_cache_info(cache, &now);
	KT_EXPECT_EQ(t, now.active_objs, start.active_objs + 1);
	vm_munmap(addr_of(6), 3 * PAGE_SIZE);
	kmem_cache_info(cache, &now);
	KT_EXPECT_EQ(t, now.active_objs, start.active_objs);
}

static const struct ktest_case cases[] = {
	KTEST(test_two_nodes),	KTEST(test_node_is_shared), KTEST(test_nodes_are_freed),
	KTEST(test_not_mapped), KTEST(test_walk_stops),	    KTEST(test_family),
	KTEST(test_anonymous),	KTEST(test_files),	    KTEST(test_families_at_random),
};
KTEST_SUITE_WITH(rmap, KTEST_QUICK, cases, setup, teardown);
