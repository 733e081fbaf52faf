/* Faults: what each kind of first access leaves in the page table, and in the counters. */
#include "kernel/cpu/tlbflush.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/fault_inject.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/lru.h"
#include "mm/memory.h"
#include "mm/mmap.h"
#include "mm/page_alloc.h"
#include "mm/rmap.h"
#include "tests/kernel/mm_test.h"

#define RW   (PROT_READ | PROT_WRITE)
#define BASE 0x10000000ul

static struct mm_struct *mm; /* of the running case */

static void setup(struct ktest *t)
{
	mm_test_setup(t);
	mm = current->mm;
}

static u32 read_word(struct ktest *t, unsigned long addr)
{
	u32 word = 0;

	KT_EXPECT(t, user_read(addr, &word));
	return word;
}

static pte_t entry_of(struct ktest *t, unsigned long addr)
{
	pte_t *pte = find_pte(mm, addr);

	KT_ASSERT(t, pte != NULL);
	return *pte;
}

static bool is_mapped(unsigned long addr)
{
	pte_t *pte = find_pte(mm, addr);

	return pte && !pte_none(*pte);
}

/* The first word of a page of the page cache, as the file has it. */
static u32 file_word(struct page *page)
{
	u32 *words = kmap_atomic(page), word = words[0];

	kunmap_atomic(words);
	return word;
}

static struct page *cached_page(struct file *file, pgoff_t index)
{
	struct page *page = find_get_page(file->f_mapping, index);

	if (page)
		put_page(page); /* the cache keeps it */
	return page;
}

/* A private, writable page of one's own, with nobody else in it. */
static void expect_own_page(struct ktest *t, unsigned long addr)
{
	pte_t pte = entry_of(t, addr);
	struct page *page = pte_page(pte);
	struct vm_area_struct *vma = find_vma(mm, addr);

	KT_EXPECT_EQ(t, pte_val(pte) & ~PAGE_MASK & ~_PAGE_ACCESSED,
		     _PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_DIRTY);
	KT_EXPECT_EQ(t, page_count(page), 1);
	KT_EXPECT_EQ(t, page_mapcount(page), 1);
	KT_EXPECT(t, PageAnon(page) && PageLRU(page) && PageActive(page));
	KT_EXPECT_EQ(t, page_anon_vma(page), vma->anon_vma);
	KT_EXPECT_EQ(t, page->index, linear_page_index(vma, addr & PAGE_MASK));
}

/* ---- no file ------------------------------------------------------------------------------ */

static void test_zero_page(struct ktest *t)
{
	int count = page_count(zero_page), mapcount = page_mapcount(zero_page);
	unsigned int mistakes = page_alloc_bad_calls();
	u32 word;
	pte_t pte;

	map_anon(BASE, 4, RW);
	KT_EXPECT_EQ(t, mm->nr_ptes, 0ul);
	KT_EXPECT(t, user_read(BASE + 4, &word) && word == 0);
	pte = entry_of(t, BASE);
	KT_EXPECT_EQ(t, pte_page(pte), zero_page);
	KT_EXPECT(t, pte_special(pte) && !pte_write(pte));
	KT_EXPECT_EQ(t, mm->rss_anon, 0ul);
	KT_EXPECT_EQ(t, page_count(zero_page), count);
	KT_EXPECT_EQ(t, page_mapcount(zero_page), mapcount);
	KT_EXPECT(t, !is_mapped(BASE + PAGE_SIZE));
	/* The first write puts a page of one's own in its place. */
	KT_EXPECT(t, user_write(BASE + 8, 0x1234));
	expect_own_page(t, BASE);
	KT_EXPECT_EQ(t, mm->rss_anon, 1ul);
	KT_EXPECT_EQ(t, read_word(t, BASE + 8), 0x1234u);
	KT_EXPECT_EQ(t, read_word(t, BASE + 4), 0u);
	KT_EXPECT_EQ(t, file_word(zero_page), 0u);
	KT_EXPECT_EQ(t, mm->nr_ptes, 1ul);
	/* Unmapped, it is not counted either. */
	KT_EXPECT(t, user_read(BASE + PAGE_SIZE, &word));
	vm_munmap(BASE, 4 * PAGE_SIZE);
	KT_EXPECT_EQ(t, mm->rss_anon, 0ul);
	KT_EXPECT_EQ(t, mm->rss_file, 0ul);
	KT_EXPECT_EQ(t, page_count(zero_page), count);
	KT_EXPECT_EQ(t, page_mapcount(zero_page), mapcount);
	KT_EXPECT_EQ(t, page_alloc_bad_calls(), mistakes);
}

static void test_demand_zero(struct ktest *t)
{
	unsigned long faults = current->min_flt, major = current->maj_flt;
	char page[64];

	map_anon(BASE, 4, RW);
	KT_EXPECT(t, user_write(BASE + PAGE_SIZE, 1));
	KT_EXPECT(t, user_write(BASE + PAGE_SIZE + 4, 2));
	KT_EXPECT_EQ(t, current->min_flt, faults + 1);
	expect_own_page(t, BASE + PAGE_SIZE);
	KT_EXPECT(t, !is_mapped(BASE) && !is_mapped(BASE + 2 * PAGE_SIZE));
	for (unsigned long at = 8; at < PAGE_SIZE; at += sizeof(page)) {
		unsigned long n = min(0ul + sizeof(page), PAGE_SIZE - at);

		KT_ASSERT_EQ(t, copy_from_user(page, (char *)BASE + PAGE_SIZE + at, n), 0ul);
		KT_ASSERT(t, !memchr_inv(page, 0, n));
	}
	KT_EXPECT_EQ(t, current->maj_flt, major);
}

/* ---- files ---------------------------------------------------------------------------------- */

#define FILE_PAGES 37ul
#define AROUND	   16ul /* pages that one read fault shows at most */

static struct file *open_file(struct ktest *t, unsigned int mode)
{
	return mm_test_file(t, FILE_PAGES * PAGE_SIZE - 100, mode);
}

static unsigned long map_file(struct file *file, unsigned long prot, unsigned long flags,
			      pgoff_t pgoff, unsigned long pages)
{
	return vm_mmap(file, BASE, pages * PAGE_SIZE, prot, flags | MAP_FIXED, pgoff);
}

static void test_file_read(struct ktest *t)
{
	struct file *file = open_file(t, FMODE_READ);
	struct page *page = cached_page(file, 20), *hole = cached_page(file, 18);
	unsigned long faults = current->min_flt;
	int count = page_count(page);

	remove_from_page_cache(hole);
	KT_ASSERT_EQ(t, map_file(file, PROT_READ, MAP_PRIVATE, 0, FILE_PAGES), BASE);
	KT_EXPECT_EQ(t, read_word(t, BASE + 20 * PAGE_SIZE), 20u);
	/* What is cached in the aligned 64 KiB around it is there too, as if not used yet. */
	for (unsigned long i = 0; i < FILE_PAGES; i++) {
		bool around = i >= AROUND && i < 2 * AROUND && i != 18;

		KT_EXPECT_EQ(t, is_mapped(BASE + i * PAGE_SIZE), around);
		if (!around)
			continue;
		KT_EXPECT_EQ(t, pte_young(entry_of(t, BASE + i * PAGE_SIZE)), i == 20);
		KT_EXPECT_EQ(t, pte_page(entry_of(t, BASE + i * PAGE_SIZE)), cached_page(file, i));
	}
	KT_EXPECT(t, !pte_write(entry_of(t, BASE + 20 * PAGE_SIZE)));
	KT_EXPECT_EQ(t, mm->rss_file, AROUND - 1);
	KT_EXPECT_EQ(t, mm->rss_anon, 0ul);
	KT_EXPECT_EQ(t, page_mapcount(page), 1);
	KT_EXPECT_EQ(t, page_count(page), count + 1);
	KT_EXPECT_EQ(t, read_word(t, BASE + 21 * PAGE_SIZE), 21u);
	KT_EXPECT_EQ(t, current->min_flt, faults + 1);
	KT_EXPECT_EQ(t, vm_munmap(BASE, FILE_PAGES * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, mm->rss_file, 0ul);
	KT_EXPECT_EQ(t, page_mapcount(page), 0);
	KT_EXPECT_EQ(t, page_count(page), count);
	fput(file);
}

/* The window of pages does not leave the area, nor the page table, nor the file. */
static void test_file_edges(struct ktest *t)
{
	struct file *file = open_file(t, FMODE_READ);
	unsigned long at = 0x10400000ul - PAGE_SIZE; /* the last entry of its table */
	u32 word;

	KT_ASSERT_EQ(t, vm_mmap(file, at, 3 * PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_FIXED, 30),
		     at);
	KT_EXPECT_EQ(t, read_word(t, at), 30u);
	KT_EXPECT_EQ(t, mm->rss_file, 1ul);
	KT_EXPECT_EQ(t, read_word(t, at + PAGE_SIZE), 31u);
	KT_EXPECT_EQ(t, mm->rss_file, 3ul);
	KT_EXPECT_EQ(t, mm->nr_ptes, 2ul);
	/* An area that begins in the middle of the window shows all of itself. */
	vm_munmap(at, 3 * PAGE_SIZE);
	KT_ASSERT_EQ(t,
		     vm_mmap(file, BASE + 5 * PAGE_SIZE, 8 * PAGE_SIZE, PROT_READ,
			     MAP_PRIVATE | MAP_FIXED, 20),
		     BASE + 5 * PAGE_SIZE);
	KT_EXPECT_EQ(t, read_word(t, BASE + 5 * PAGE_SIZE), 20u);
	KT_EXPECT_EQ(t, mm->rss_file, 8ul);
	KT_EXPECT_EQ(t, read_word(t, BASE + 12 * PAGE_SIZE), 27u);
	vm_munmap(BASE + 5 * PAGE_SIZE, 8 * PAGE_SIZE);
	/* The last page of the file is whole, what lies beyond is nothing (SIGBUS in a program). */
	KT_ASSERT_EQ(t, map_file(file, RW, MAP_PRIVATE, 34, 10), BASE);
	KT_EXPECT_EQ(t, read_word(t, BASE + 2 * PAGE_SIZE), 36u);
	KT_EXPECT_EQ(t, read_word(t, BASE + 3 * PAGE_SIZE - 4), 0u);
	KT_EXPECT(t, !user_read(BASE + 3 * PAGE_SIZE, &word));
	KT_EXPECT(t, !user_write(BASE + 3 * PAGE_SIZE, 1));
	KT_EXPECT(t, !is_mapped(BASE + 3 * PAGE_SIZE));
	/* What is cached beyond the end of the file is not the file's. */
	vm_munmap(BASE, 10 * PAGE_SIZE);
	file->f_inode->i_size = 35 * PAGE_SIZE;
	KT_ASSERT_EQ(t, map_file(file, RW, MAP_PRIVATE, 34, 10), BASE);
	KT_EXPECT(t, user_read(BASE, &word));
	KT_EXPECT(t, !user_read(BASE + PAGE_SIZE, &word));
	KT_EXPECT(t, !user_write(BASE + PAGE_SIZE, 1));
	KT_EXPECT_EQ(t, mm->rss_file, 1ul);
	fput(file);
}

/* A write to a private mapping leaves the file alone, whether the page was read before or not. */
static void test_private_write(struct ktest *t)
{
	struct file *file = open_file(t, FMODE_READ);
	struct page *read_first = cached_page(file, 1), *written = cached_page(file, 20);
	int count = page_count(read_first);

	KT_ASSERT_EQ(t, map_file(file, RW, MAP_PRIVATE, 0, FILE_PAGES), BASE);
	KT_EXPECT(t, user_write(BASE + 20 * PAGE_SIZE + 4, 5));
	expect_own_page(t, BASE + 20 * PAGE_SIZE);
	KT_EXPECT_EQ(t, read_word(t, BASE + 20 * PAGE_SIZE), 20u);
	KT_EXPECT_EQ(t, mm->rss_anon, 1ul);
	KT_EXPECT_EQ(t, mm->rss_file, 0ul);
	KT_EXPECT_EQ(t, page_mapcount(written), 0);

	KT_EXPECT_EQ(t, read_word(t, BASE + PAGE_SIZE), 1u);
	KT_EXPECT_EQ(t, mm->rss_file, AROUND);
	KT_EXPECT(t, user_write(BASE + PAGE_SIZE, 0xcafe));
	expect_own_page(t, BASE + PAGE_SIZE);
	KT_EXPECT_EQ(t, mm->rss_file, AROUND - 1);
	KT_EXPECT_EQ(t, mm->rss_anon, 2ul);
	KT_EXPECT_EQ(t, page_mapcount(read_first), 0);
	KT_EXPECT_EQ(t, page_count(read_first), count);
	KT_EXPECT_EQ(t, read_word(t, BASE + PAGE_SIZE), 0xcafeu);
	KT_EXPECT_EQ(t, file_word(read_first), 1u);
	KT_EXPECT_EQ(t, file_word(written), 20u);
	KT_EXPECT(t, !PageDirty(read_first) && !PageDirty(written));
	fput(file);
}

/* A write to a shared mapping is a write to the file, and seen through every mapping of it. */
static void test_shared_write(struct ktest *t)
{
	struct file *file = open_file(t, FMODE_READ | FMODE_WRITE);
	struct page *page = cached_page(file, 3), *later = cached_page(file, 5);
	unsigned long other;

	KT_ASSERT_EQ(t, map_file(file, RW, MAP_SHARED, 0, 8), BASE);
	other = vm_mmap(file, 0, 2 * PAGE_SIZE, PROT_READ, MAP_SHARED, 3);
	KT_ASSERT(t, !IS_ERR_VALUE(other));
	KT_EXPECT(t, user_write(BASE + 3 * PAGE_SIZE, 77));
	KT_EXPECT_EQ(t, pte_page(entry_of(t, BASE + 3 * PAGE_SIZE)), page);
	KT_EXPECT_EQ(t, file_word(page), 77u);
	KT_EXPECT(t, PageDirty(page));
	KT_EXPECT_EQ(t, read_word(t, other), 77u);
	KT_EXPECT_EQ(t, page_mapcount(page), 2);
	KT_EXPECT_EQ(t, mm->rss_anon, 0ul);
	/* Read first, the processor notes the write, and unmapping brings it to the page. */
	KT_EXPECT_EQ(t, read_word(t, BASE + 5 * PAGE_SIZE), 5u);
	KT_EXPECT(t, !PageDirty(later));
	KT_EXPECT(t, user_write(BASE + 5 * PAGE_SIZE, 55));
	KT_EXPECT_EQ(t, vm_munmap(BASE, 8 * PAGE_SIZE), 0);
	KT_EXPECT(t, PageDirty(later));
	KT_EXPECT_EQ(t, file_word(later), 55u);
	KT_EXPECT_EQ(t, page_mapcount(page), 1);
	fput(file);
}

/* ---- copy on write --------------------------------------------------------------------------- */

static void write_protect(unsigned long addr)
{
	pte_t *pte = find_pte(mm, addr);

	set_pte(pte, pte_wrprotect(*pte));
	flush_tlb_one(addr);
}

/* As after a fork: the page is copied while somebody else has it, and used as it is when not. */
static void test_copy_on_write(struct ktest *t)
{
	struct page *page;

	map_anon(BASE, 1, RW);
	KT_EXPECT(t, user_write(BASE, 1) && user_write(BASE + 4, 2));
	page = pte_page(entry_of(t, BASE));
	write_protect(BASE);
	KT_EXPECT(t, user_write(BASE, 3));
	KT_EXPECT_EQ(t, pte_page(entry_of(t, BASE)), page);
	expect_own_page(t, BASE);

	get_page(page);
	write_protect(BASE);
	KT_EXPECT_EQ(t, read_word(t, BASE), 3u);
	KT_EXPECT(t, user_write(BASE, 4));
	KT_EXPECT_NE(t, pte_page(entry_of(t, BASE)), page);
	expect_own_page(t, BASE);
	KT_EXPECT_EQ(t, read_word(t, BASE), 4u);
	KT_EXPECT_EQ(t, read_word(t, BASE + 4), 2u);
	KT_EXPECT_EQ(t, file_word(page), 3u);
	KT_EXPECT_EQ(t, page_count(page), 1);
	KT_EXPECT_EQ(t, page_mapcount(page), 0);
	KT_EXPECT_EQ(t, mm->rss_anon, 1ul);
	put_page(page);
}

/* ---- what is not allowed --------------------------------------------------------------------- */

static void test_verdicts(struct ktest *t)
{
	u32 word;

	map_anon(BASE, 1, RW);
	map_anon(BASE + PAGE_SIZE, 1, PROT_READ);
	map_anon(BASE + 2 * PAGE_SIZE, 1, PROT_NONE);
	map_anon(BASE + 3 * PAGE_SIZE, 1, PROT_WRITE);
	map_anon(BASE + 4 * PAGE_SIZE, 1, PROT_EXEC);
	KT_EXPECT(t, !user_read(BASE - 4, &word));
	KT_EXPECT(t, user_read(BASE + PAGE_SIZE, &word));
	KT_EXPECT(t, !user_write(BASE + PAGE_SIZE, 1)); /* the page of zeros */
	KT_EXPECT(t, !user_read(BASE + 2 * PAGE_SIZE, &word));
	KT_EXPECT(t, !user_write(BASE + 2 * PAGE_SIZE, 1));
	/* Two-level page tables cannot say "write only" or "execute only". */
	KT_EXPECT(t, user_write(BASE + 3 * PAGE_SIZE, 9));
	KT_EXPECT(t, user_read(BASE + 3 * PAGE_SIZE, &word) && word == 9);
	KT_EXPECT(t, user_read(BASE + 4 * PAGE_SIZE, &word));
	KT_EXPECT(t, !user_write(BASE + 4 * PAGE_SIZE, 1));
	KT_EXPECT(t, !user_read(0, &word));
	KT_EXPECT(t, !user_read(TASK_SIZE - 4, &word));
	KT_EXPECT(t, !user_read((unsigned long)&word, &word));
	KT_EXPECT(t, !user_write((unsigned long)&word, 1));
	KT_EXPECT(t, !is_mapped(BASE + 2 * PAGE_SIZE));
	KT_EXPECT_EQ(t, mm->rss_anon, 1ul);
}

/* What a copy that meets the end of an area says is exact to the byte. */
static void test_partial_copies(struct ktest *t)
{
	static char buffer[2 * PAGE_SIZE];
	char *end = (char *)BASE + 2 * PAGE_SIZE;

	map_anon(BASE, 2, RW);
	map_anon(BASE + 2 * PAGE_SIZE, 1, PROT_READ);
	memset(buffer, 0x11, sizeof(buffer));
	KT_EXPECT_EQ(t, copy_to_user(end - 7, buffer, 100), 93ul);
	KT_EXPECT_EQ(t, copy_to_user(end - PAGE_SIZE - 1, buffer, PAGE_SIZE + 1), 0ul);
	KT_EXPECT_EQ(t, copy_to_user((char *)BASE, buffer, sizeof(buffer)), 0ul);
	KT_EXPECT_EQ(t, copy_from_user(buffer, end + PAGE_SIZE - 3, 5), 2ul);
	KT_EXPECT_EQ(t, clear_user(end - 9, 10), 1ul);
	KT_EXPECT_EQ(t, copy_from_user(buffer, end - 10, 10), 0ul);
	KT_EXPECT(t, buffer[0] == 0x11 && !memchr_inv(buffer + 1, 0, 9));
}

/* No memory for the page, its table or its node: EFAULT, and once there is some it works. */
static void test_no_memory(struct ktest *t)
{
	unsigned int failures = 0;
	bool done = false;

	map_anon(BASE, 1, RW);
	while (!done && failures < 20) {
		fail_nth_set(failures + 1);
		done = user_write(BASE, 42);
		fail_nth_set(0);
		failures += !done;
	}
	KT_EXPECT(t, done);
	KT_EXPECT_GE(t, failures, 3u);
	expect_own_page(t, BASE);
	KT_EXPECT_EQ(t, read_word(t, BASE), 42u);
}

/* ---- what comes back ------------------------------------------------------------------------- */

#define TABLE (1024 * PAGE_SIZE) /* what one page table maps */

static void test_page_tables(struct ktest *t)
{
	const unsigned long base = 0x20000000;

	/* Address space alone: a small machine would not promise so much memory. */
	KT_ASSERT_EQ(t,
		     vm_mmap(NULL, base, 4 * TABLE, RW,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, 0),
		     base);
	for (unsigned long i = 0; i < 4; i++)
		KT_EXPECT(t, user_write(base + i * TABLE + 5 * PAGE_SIZE, i));
	KT_EXPECT_EQ(t, mm->nr_ptes, 4ul);
	KT_EXPECT(t, PageTable(pmd_page((pmd_t){mm->pgd[pgd_index(base)]})));
	/* Not while an area still needs a part of it. */
	vm_munmap(base, TABLE - PAGE_SIZE);
	KT_EXPECT_EQ(t, mm->nr_ptes, 4ul);
	vm_munmap(base + TABLE + PAGE_SIZE, TABLE);
	KT_EXPECT_EQ(t, mm->nr_ptes, 4ul);
	vm_munmap(base + TABLE - PAGE_SIZE, 2 * PAGE_SIZE);
	KT_EXPECT_EQ(t, mm->nr_ptes, 2ul);
	KT_EXPECT_EQ(t, read_word(t, base + 3 * TABLE + 5 * PAGE_SIZE), 3u);
	vm_munmap(base + 2 * TABLE + PAGE_SIZE, TABLE);
	KT_EXPECT_EQ(t, mm->nr_ptes, 1ul);
	KT_EXPECT(t, !is_mapped(base + 3 * TABLE));
	vm_munmap(base + 3 * TABLE + PAGE_SIZE, TABLE);
	KT_EXPECT_EQ(t, mm->nr_ptes, 0ul);
	KT_EXPECT_EQ(t, mm->rss_anon, 0ul);
}

/* The first table of all has no other below it, and the last none above. */
static void test_first_and_last_table(struct ktest *t)
{
	const unsigned long low = MMAP_MIN_ADDR, high = TASK_SIZE - PAGE_SIZE;

	map_anon(low, 1, RW);
	map_anon(low + 4 * PAGE_SIZE, 1, RW);
	KT_EXPECT(t, user_write(low, 1) && user_write(low + 4 * PAGE_SIZE, 2));
	vm_munmap(low, PAGE_SIZE);
	KT_EXPECT_EQ(t, mm->nr_ptes, 1ul);
	KT_EXPECT_EQ(t, read_word(t, low + 4 * PAGE_SIZE), 2u);
	vm_munmap(low + 4 * PAGE_SIZE, PAGE_SIZE);
	KT_EXPECT_EQ(t, mm->nr_ptes, 0ul);

	map_anon(high, 1, RW);
	map_anon(high - 4 * PAGE_SIZE, 1, RW);
	KT_EXPECT(t, user_write(high, 1) && user_write(high - 4 * PAGE_SIZE, 2));
	vm_munmap(high, PAGE_SIZE);
	KT_EXPECT_EQ(t, mm->nr_ptes, 1ul);
	KT_EXPECT_EQ(t, read_word(t, high - 4 * PAGE_SIZE), 2u);
	vm_munmap(high - 4 * PAGE_SIZE, PAGE_SIZE);
	KT_EXPECT_EQ(t, mm->nr_ptes, 0ul);
}

/* What was unmapped is neither readable any more nor there when the address is used again. */
static void test_unmapped(struct ktest *t)
{
	unsigned long free;
	u32 word;

	map_anon(BASE, 100, RW);
	free = nr_free_pages();
	for (unsigned long i = 0; i < 100; i++)
		KT_ASSERT(t, user_write(BASE + i * PAGE_SIZE, i + 1));
	KT_EXPECT_EQ(t, mm->rss_anon, 100ul);
	vm_munmap(BASE + PAGE_SIZE, 98 * PAGE_SIZE);
	KT_EXPECT_EQ(t, mm->rss_anon, 2ul);
	KT_EXPECT_GE(t, nr_free_pages() + 12, free - 2);
	for (unsigned long i = 1; i < 99; i++)
		KT_ASSERT(t, !user_read(BASE + i * PAGE_SIZE, &word));
	map_anon(BASE + PAGE_SIZE, 98, RW);
	for (unsigned long i = 0; i < 100; i++)
		KT_EXPECT_EQ(t, read_word(t, BASE + i * PAGE_SIZE), i == 0 || i == 99 ? i + 1 : 0);
}

/* More pages than fit the gather at once, with and without a page for its array. */
static void unmap_many(struct ktest *t, bool without_buffer)
{
	const unsigned long pages = 1200;

	if (nr_free_pages() < pages + 200)
		ktest_skip(t, "too little memory for a large mapping");
	map_anon(BASE, pages, RW);
	for (unsigned long i = 0; i < pages; i++)
		KT_ASSERT(t, user_write(BASE + i * PAGE_SIZE, i));
	KT_EXPECT_EQ(t, mm->rss_anon, pages);
	if (without_buffer)
		fail_nth_set(1);
	KT_EXPECT_EQ(t, vm_munmap(BASE, pages * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, fail_nth_hit(), without_buffer);
	fail_nth_set(0);
	KT_EXPECT_EQ(t, mm->rss_anon, 0ul);
	KT_EXPECT_EQ(t, mm->nr_ptes, 0ul);
}

static void test_unmap_many(struct ktest *t)
{
	unmap_many(t, false);
}

static void test_unmap_without_buffer(struct ktest *t)
{
	unmap_many(t, true);
}

/* Another address space at the same addresses shows its own. */
static void test_two_spaces(struct ktest *t)
{
	struct mm_struct *other = mm_alloc();
	u32 word;

	KT_ASSERT(t, other != NULL);
	map_anon(BASE, 1, RW);
	KT_EXPECT(t, user_write(BASE, 1));
	mmget(mm);
	exit_mm();
	KT_EXPECT(t, !user_read(BASE, &word));
	use_mm(other);
	KT_EXPECT(t, !user_read(BASE, &word));
	map_anon(BASE, 1, RW);
	KT_EXPECT_EQ(t, read_word(t, BASE), 0u);
	KT_EXPECT(t, user_write(BASE, 2));
	exit_mm();
	use_mm(mm);
	KT_EXPECT_EQ(t, read_word(t, BASE), 1u);
}

static const struct ktest_case cases[] = {
	KTEST(test_zero_page),	   KTEST(test_demand_zero),   KTEST(test_file_read),
	KTEST(test_file_edges),	   KTEST(test_private_write), KTEST(test_shared_write),
	KTEST(test_copy_on_write), KTEST(test_verdicts),      KTEST(test_partial_copies),
	KTEST(test_no_memory),	   KTEST(test_page_tables),   KTEST(test_first_and_last_table),
	KTEST(test_unmapped),	   KTEST(test_unmap_many),    KTEST(test_unmap_without_buffer),
	KTEST(test_two_spaces),
};
KTEST_SUITE_WITH(fault, KTEST_QUICK, cases, setup, mm_test_teardown);
