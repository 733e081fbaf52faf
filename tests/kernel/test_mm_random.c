/*
 * Thousands of random calls about memory, against a model that knows of each page of a
 * window what it is, what may be done with it and what is in it.
 */
#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/fork.h"
#include "mm/madvise.h"
#include "mm/mlock.h"
#include "mm/mmap.h"
#include "mm/mprotect.h"
#include "mm/mremap.h"
#include "mm/overcommit.h"
#include "mm/rmap.h"
#include "tests/kernel/mm_test.h"

#define RW	     (PROT_READ | PROT_WRITE)
#define WINDOW	     TASK_UNMAPPED_BASE
#define WINDOW_PAGES 300u
#define FILE_PAGES   400u

enum object { NOTHING, ANON, PRIVATE_FILE, SHARED_FILE };

struct model_page {
	enum object object;
	unsigned long flags; /* of vm_flags: KNOWN_FLAGS */
	unsigned int index;  /* in the file; of anonymous memory: vm_pgoff says so */
	bool copied;	     /* it is private, and `word` is in it; else what the file has */
	u32 word;
};

#define KNOWN_FLAGS                                                                   \
	(VM_ACCESS_FLAGS | VM_SHARED | VM_LOCKED_FLAGS | VM_RAND_READ | VM_SEQ_READ | \
	 VM_DONTCOPY | VM_ACCOUNT | VM_NORESERVE)

static struct model_page model[WINDOW_PAGES];
static u32 file_word[FILE_PAGES];
static struct file *file;
static struct mm_struct *mm;
static struct prng rng;
static unsigned long committed_before;
static struct mm_struct *other; /* a copy, or what this is a copy of; or NULL */
static unsigned long other_charged;
static bool touching; /* pages are touched: areas that have some may be kept apart by them */

static unsigned long at(unsigned int page)
{
	return WINDOW + page * PAGE_SIZE;
}

static bool holds(enum object object)
{
	return object == PRIVATE_FILE || object == SHARED_FILE;
}

/* ---- the model ------------------------------------------------------------------------------- */

static void model_clear(unsigned int first, unsigned int pages)
{
	memset(&model[first], 0, pages * sizeof(*model));
}

/* What a fresh page, the n-th of a mapping like `like`, is. */
static struct model_page fresh_page(const struct model_page *like, unsigned int n)
{
	struct model_page page = *like;

	page.index += n;
	page.copied = false;
	page.word = 0;
	return page;
}

/* What a read finds; false: nothing is there, or it may not be read. */
static bool model_word(const struct model_page *page, u32 *word)
{
	if (page->object == NOTHING)
		return false;
	*word = page->word;
	if (page->copied || page->object == ANON)
		return true;
	if (page->index >= FILE_PAGES)
		return false;
	*word = file_word[page->index];
	return true;
}

/* Locked pages are filled in; private ones that may be written become copies. 0 or -EFAULT. */
static int model_populate(unsigned int first, unsigned int limit, bool all)
{
	for (unsigned int i = first; i < limit; i++) {
		struct model_page *page = &model[i];
		u32 word;

		if (page->object == NOTHING ||
		    (!all && (page->flags & VM_LOCKED_FLAGS) != VM_LOCKED))
			continue;
		if (!(page->flags & VM_ACCESS_FLAGS) || !model_word(page, &word))
			return -EFAULT;
		if ((page->flags & (VM_SHARED | VM_WRITE)) == VM_WRITE) {
			page->copied = true;
			page->word = word;
		}
	}
	return 0;
}

/* Would these two neighbours be one area, if they have no pages? */
static bool joined(unsigned int a)
{
	const struct model_page *low = &model[a], *high = &model[a + 1];

	return low->object == high->object && low->flags == high->flags &&
	       low->index + 1 == high->index;
}

/* The lowest hole of so many pages; beyond the window all is free. */
static unsigned int model_hole(unsigned int pages)
{
	unsigned int run = 0;

	for (unsigned int i = 0; i < WINDOW_PAGES; i++) {
		run = model[i].object ? 0 : run + 1;
		if (run == pages)
			return i + 1 - pages;
	}
	return WINDOW_PAGES - run;
}

/* ---- the comparison -------------------------------------------------------------------------- */

static void compare_area(struct ktest *t, const struct vm_area_struct *vma)
{
	unsigned int first = (vma->vm_start - WINDOW) >> PAGE_SHIFT;

	KT_ASSERT(t, vma->vm_start >= WINDOW && first + vma_pages(vma) <= WINDOW_PAGES);
	for (unsigned int i = 0; i < vma_pages(vma); i++) {
		const struct model_page *page = &model[first + i];

		KT_ASSERT_EQ(t, vma->vm_flags & KNOWN_FLAGS, page->flags);
		KT_ASSERT_EQ(t, vma->vm_file != NULL, holds(page->object));
		if (vma->vm_file || !touching)
			KT_ASSERT_EQ(t, vma->vm_pgoff + i, 0ul + page->index);
	}
}

static void compare(struct ktest *t)
{
	unsigned long total = 0, locked = 0, charged = 0, data = 0;
	unsigned int areas = 0, covered = 0;
	struct vm_area_struct *vma;

	expect_good_areas(t, mm);
	for (unsigned int i = 0; i < WINDOW_PAGES; i++) {
		if (!model[i].object)
			continue;
		total++;
		locked += (model[i].flags & VM_LOCKED) != 0;
		charged += (model[i].flags & VM_ACCOUNT) != 0;
		data += is_data_mapping(model[i].flags);
		areas += i == 0 || !joined(i - 1);
	}
	for_each_vma (mm, vma) {
		compare_area(t, vma);
		covered += vma_pages(vma);
	}
	KT_ASSERT_EQ(t, covered, total);
	KT_ASSERT_EQ(t, mm->total_vm, total);
	KT_ASSERT_EQ(t, mm->locked_vm, locked);
	KT_ASSERT_EQ(t, mm->data_vm, data);
	KT_ASSERT_EQ(t, vm_committed() - committed_before, charged + other_charged);
	if (!touching)
		KT_ASSERT_EQ(t, areas, mm->areas.count);
}

/* ---- the calls ------------------------------------------------------------------------------- */

static unsigned int some_pages(unsigned int most, unsigned int *first)
{
	unsigned int pages = 1 + prng_below(&rng, most);

	*first = prng_below(&rng, WINDOW_PAGES - pages);
	return pages;
}

static unsigned long some_prot(void)
{
	static const unsigned long prots[] = {PROT_NONE, PROT_READ, RW, RW, RW | PROT_EXEC};

	return prots[prng_below(&rng, ARRAY_SIZE(prots))];
}

static void do_map(struct ktest *t)
{
	unsigned int first, pages = some_pages(24, &first), fixed = prng_below(&rng, 2);
	struct model_page like = {.object = ANON + prng_below(&rng, 3)};
	unsigned long prot = some_prot(), flags = fixed ? MAP_FIXED : 0;

	if (!fixed)
		first = model_hole(pages);
	if (first + pages > WINDOW_PAGES)
		return;
	like.flags = prot;
	like.index = (WINDOW >> PAGE_SHIFT) + first;
	if (holds(like.object))
		like.index = prng_below(&rng, 4) ? first : prng_below(&rng, FILE_PAGES);
	if (like.object == SHARED_FILE) {
		like.flags |= VM_SHARED;
		flags |= MAP_SHARED;
	} else {
		flags |= MAP_PRIVATE;
		if (!prng_below(&rng, 8)) {
			flags |= MAP_NORESERVE;
			like.flags |= VM_NORESERVE;
		}
		if (is_promised(like.flags))
			like.flags |= VM_ACCOUNT;
	}
	if (touching && !prng_below(&rng, 8)) {
		flags |= MAP_LOCKED;
		like.flags |= VM_LOCKED;
	}
	KT_ASSERT_EQ(t,
		     vm_mmap(holds(like.object) ? file : NULL, fixed ? at(first) : 0,
			     pages * PAGE_SIZE, prot,
			     flags | (holds(like.object) ? 0 : MAP_ANONYMOUS), like.index),
		     at(first));
	for (unsigned int i = 0; i < pages; i++)
		model[first + i] = fresh_page(&like, i);
	if (like.flags & VM_LOCKED)
		model_populate(first, first + pages, false);
}

static void do_unmap(struct ktest *t)
{
	unsigned int first, pages = some_pages(40, &first);

	KT_ASSERT_EQ(t, vm_munmap(at(first), pages * PAGE_SIZE), 0);
	model_clear(first, pages);
}

static void do_protect(struct ktest *t)
{
	unsigned int first, pages = some_pages(30, &first), i;
	unsigned long prot = some_prot();
	int want = 0;

	for (i = first; i < first + pages && !want; i++) {
		if (!model[i].object) {
			want = -ENOMEM;
			break;
		}
		model[i].flags = (model[i].flags & ~VM_ACCESS_FLAGS) | prot;
		if (is_promised(model[i].flags))
			model[i].flags |= VM_ACCOUNT;
	}
	KT_ASSERT_EQ(t, vm_mprotect(at(first), pages * PAGE_SIZE, prot), want);
	if (!want && prot && mm->locked_vm)
		model_populate(first, first + pages, false);
}

static void do_lock(struct ktest *t)
{
	unsigned int first, pages = some_pages(30, &first), i;
	unsigned int onfault = touching ? prng_below(&rng, 2) : MLOCK_ONFAULT;
	unsigned long flags = prng_below(&rng, 2) ? VM_LOCKED | (onfault ? VM_LOCKONFAULT : 0) : 0;
	int want = 0, got;

	for (i = first; i < first + pages && !want; i++) {
		if (model[i].object)
			model[i].flags = (model[i].flags & ~VM_LOCKED_FLAGS) | flags;
		else
			want = -ENOMEM;
	}
	if (!want && flags && model_populate(first, first + pages, false))
		want = -ENOMEM;
	got = flags ? vm_mlock(at(first) + 5, pages * PAGE_SIZE - 7, onfault)
		    : vm_munlock(at(first), pages * PAGE_SIZE);
	KT_ASSERT_EQ(t, got, want);
}

static void do_advise(struct ktest *t)
{
	static const int advices[] = {MADV_NORMAL,   MADV_RANDOM, MADV_SEQUENTIAL,
				      MADV_DONTFORK, MADV_DOFORK, MADV_WILLNEED};
	static const unsigned long clear[] = {
		VM_RAND_READ | VM_SEQ_READ, VM_SEQ_READ, VM_RAND_READ, 0, VM_DONTCOPY, 0};
	static const unsigned long set[] = {0, VM_RAND_READ, VM_SEQ_READ, VM_DONTCOPY, 0, 0};
	unsigned int first, pages = some_pages(30, &first);
	unsigned int n = prng_below(&rng, ARRAY_SIZE(advices));
	int want = 0;

	for (unsigned int i = first; i < first + pages; i++) {
		if (model[i].object)
			model[i].flags = (model[i].flags & ~clear[n]) | set[n];
		else
			want = -ENOMEM;
	}
	KT_ASSERT_EQ(t, vm_madvise(at(first), pages * PAGE_SIZE, advices[n]), want);
}

static void do_drop(struct ktest *t)
{
	unsigned int first, pages = some_pages(20, &first), i;
	int want = 0;

	for (i = first; i < first + pages; i++) {
		if (!model[i].object) {
			want = -ENOMEM;
			continue;
		}
		if (model[i].flags & VM_LOCKED) {
			want = -EINVAL;
			break;
		}
		model[i].copied = false;
		model[i].word = 0;
	}
	KT_ASSERT_EQ(t, vm_madvise(at(first), pages * PAGE_SIZE, MADV_DONTNEED), want);
}

/* ---- mremap ---------------------------------------------------------------------------------- */

/* The page behind the last of the area that holds a page. */
static unsigned int area_end(unsigned int page)
{
	return (find_vma(mm, at(page))->vm_end - WINDOW) >> PAGE_SHIFT;
}

/* `pages` become `more` at another place; the old ones go, unless there are none. */
static void model_move(unsigned int from, unsigned int pages, unsigned int to, unsigned int more)
{
	static struct model_page moved[WINDOW_PAGES];

	for (unsigned int i = 0; i < more; i++)
		moved[i] = i < pages ? model[from + i] : fresh_page(&model[from], i);
	for (unsigned int i = 0; i < more && model[from].object == ANON; i++)
		moved[i].index = (WINDOW >> PAGE_SHIFT) + to + i;
	model_clear(from, pages);
	memcpy(&model[to], moved, more * sizeof(*moved));
}

static void model_grow(unsigned int first, unsigned int pages, unsigned int more)
{
	for (unsigned int i = pages; i < more; i++)
		model[first + i] = fresh_page(&model[first], i);
}

static bool is_free(unsigned int first, unsigned int limit)
{
	while (first < limit && !model[first].object)
		first++;
	return first == limit;
}

/* In place or elsewhere; what mremap must return. */
static unsigned long model_remap(unsigned int first, unsigned int pages, unsigned int more,
				 bool may_move)
{
	unsigned int to = model_hole(more);

	if (!model[first].object)
		return -EFAULT;
	if (pages >= more) {
		model_clear(first + more, pages - more);
		return at(first);
	}
	if (first + pages > area_end(first))
		return -EFAULT;
	if (first + pages == area_end(first) && is_free(first + pages, first + more)) {
		model_grow(first, pages, more);
		to = first;
	} else if (may_move) {
		model_move(first, pages, to, more);
	} else {
		return -ENOMEM;
	}
	if (mm->locked_vm)
		model_populate(to + pages, to + more, false);
	return at(to);
}

static void do_remap(struct ktest *t)
{
	unsigned int first, pages = some_pages(16, &first), more = 1 + prng_below(&rng, 24);
	bool may_move = prng_below(&rng, 4);
	unsigned long want;

	if (first + more > WINDOW_PAGES || model_hole(more) + more > WINDOW_PAGES)
		return;
	want = model_remap(first, pages, more, may_move);
	KT_ASSERT_EQ(t,
		     vm_mremap(at(first), pages * PAGE_SIZE, more * PAGE_SIZE,
			       may_move ? MREMAP_MAYMOVE : 0, 0),
		     want);
}

static unsigned long model_remap_fixed(unsigned int first, unsigned int pages, unsigned int to,
				       unsigned int more)
{
	if (!model[first].object)
		return -EFAULT;
	if (first + pages > to && to + more > first)
		return -EINVAL;
	model_clear(to, more);
	if (pages > more) {
		model_clear(first + more, pages - more);
		pages = more;
	}
	for (unsigned int i = first; i < first + pages; i++) {
		if (!model[i].object)
			return -EFAULT;
	}
	return at(to);
}

/* To a place that is named. The area's end is only known once the way has been cleared. */
static void do_remap_fixed(struct ktest *t)
{
	unsigned int first, pages = some_pages(16, &first), to, more = some_pages(24, &to);
	unsigned long want = model_remap_fixed(first, pages, to, more), got;

	got = vm_mremap(at(first), pages * PAGE_SIZE, more * PAGE_SIZE,
			MREMAP_MAYMOVE | MREMAP_FIXED, at(to));
	pages = min(pages, more);
	/* Several areas: nothing was moved. */
	if (got == (unsigned long)-EFAULT && !IS_ERR_VALUE(want) && area_end(first) < first + pages)
		return;
	KT_ASSERT_EQ(t, got, want);
	if (IS_ERR_VALUE(got))
		return;
	model_move(first, pages, to, more);
	if (mm->locked_vm && more > pages)
		model_populate(to + pages, to + more, false);
}

/* ---- copies ---------------------------------------------------------------------------------- */

static unsigned long charged_pages(void)
{
	unsigned long charged = 0;

	for (unsigned int i = 0; i < WINDOW_PAGES; i++)
		charged += (model[i].flags & VM_ACCOUNT) != 0;
	return charged;
}

static void drop_other(void)
{
	if (other)
		mmput(other);
	other = NULL;
	other_charged = 0;
}

/* Go on in the copy, which has neither locks nor what was not to be copied. */
static void become_copy(struct mm_struct *copy)
{
	other = mm;
	other_charged = charged_pages();
	use_mm(copy);
	mm = copy;
	for (unsigned int i = 0; i < WINDOW_PAGES; i++) {
		if (model[i].flags & VM_DONTCOPY)
			model_clear(i, 1);
		model[i].flags &= ~VM_LOCKED_FLAGS;
	}
}

static void do_fork(struct ktest *t)
{
	struct mm_struct *copy;

	if (other) {
		drop_other();
		return;
	}
	copy = dup_mm();
	KT_ASSERT(t, !IS_ERR(copy));
	if (prng_below(&rng, 2)) {
		become_copy(copy);
		return;
	}
	other = copy;
	for (unsigned int i = 0; i < WINDOW_PAGES; i++) {
		if (!(model[i].flags & VM_DONTCOPY))
			other_charged += (model[i].flags & VM_ACCOUNT) != 0;
	}
}

struct mapped_at {
	unsigned long address;
	int count;
	bool found;
};

static int note_entry(struct page *page, struct vm_area_struct *vma, unsigned long address,
		      pte_t *pte, void *ctx)
{
	struct mapped_at *at = ctx;

	(void)page;
	(void)pte;
	at->count++;
	at->found |= vma->vm_mm == mm && address == at->address;
	return 0;
}

/* The reverse map finds all entries of each page that is shown, this one among them. */
static void check_rmap(struct ktest *t)
{
	for (unsigned int i = 0; i < WINDOW_PAGES; i++) {
		struct mapped_at walk = {.address = at(i)};
		pte_t *ptep = find_pte(mm, at(i));

		if (!ptep || !pte_present(*ptep) || pte_special(*ptep))
			continue;
		rmap_walk(pte_page(*ptep), note_entry, &walk);
		KT_ASSERT(t, walk.found);
		KT_ASSERT_EQ(t, walk.count, page_mapcount(pte_page(*ptep)));
	}
}

/* ---- accesses -------------------------------------------------------------------------------- */

static void do_touch(struct ktest *t)
{
	unsigned int i = prng_below(&rng, WINDOW_PAGES);
	struct model_page *page = &model[i];
	bool there;
	u32 word, want;

	there = model_word(page, &want);
	if (prng_below(&rng, 2)) {
		KT_ASSERT_EQ(t, user_read(at(i), &word),
			     there && (page->flags & VM_ACCESS_FLAGS) != 0);
		if (there && (page->flags & VM_ACCESS_FLAGS))
			KT_ASSERT_EQ(t, word, want);
		return;
	}
	word = prng_next(&rng);
	KT_ASSERT_EQ(t, user_write(at(i), word), there && (page->flags & VM_WRITE) != 0);
	if (!there || !(page->flags & VM_WRITE))
		return;
	if (page->object == SHARED_FILE) {
		file_word[page->index] = word;
		return;
	}
	page->copied = true;
	page->word = word;
}

static void (*const calls[])(struct ktest *t) = {
	do_map,	   do_map,   do_unmap, do_protect,     do_protect, do_lock,
	do_advise, do_remap, do_remap, do_remap_fixed, do_drop,	   do_fork,
	do_touch,  do_touch, do_touch, do_touch,       do_touch,   do_touch,
};
#define CALLS_WITHOUT_TOUCH 11u

static void random_calls(struct ktest *t, u32 seed, unsigned int count)
{
	ktest_seed(t, &rng, seed);
	memset(model, 0, sizeof(model));
	for (unsigned int i = 0; i < FILE_PAGES; i++)
		file_word[i] = i;
	mm = current->mm;
	file = mm_test_file(t, FILE_PAGES * PAGE_SIZE, FMODE_READ | FMODE_WRITE);
	committed_before = vm_committed();
	for (unsigned int i = 0; i < count && !t->failures; i++) {
		calls[prng_below(&rng, touching ? ARRAY_SIZE(calls) : CALLS_WITHOUT_TOUCH)](t);
		compare(t);
		if (i % 16 == 0)
			check_rmap(t);
	}
	KT_EXPECT_EQ(t, vm_munmap(WINDOW, WINDOW_PAGES * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, mm->areas.count, 0u);
	KT_EXPECT_EQ(t, mm->rss_anon + mm->rss_file + mm->nr_ptes, 0ul);
	KT_EXPECT_EQ(t, mm->locked_vm + mm->total_vm, 0ul);
	drop_other();
	fput(file);
}

static void test_areas(struct ktest *t)
{
	touching = false;
	random_calls(t, 51, 8000);
}

static void test_contents(struct ktest *t)
{
	touching = true;
	random_calls(t, 52, 20000);
}

static const struct ktest_case cases[] = {KTEST(test_areas), KTEST(test_contents)};
KTEST_SUITE_WITH(mm_random, 0, cases, mm_test_setup, mm_test_teardown);
