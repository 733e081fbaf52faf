/* Reclaim: which pages of files go when memory is short, and which stay. */
#include "mm/vmscan.h"

#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "kernel/timer_list.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/lru.h"
#include "mm/mlock.h"
#include "mm/mmap.h"
#include "mm/page_alloc.h"
#include "mm/rmap.h"
#include "mm/shrinker.h"
#include "mm/vmstat.h"
#include "mm/writeback.h"
#include "tests/kernel/cache_file.h"
#include "tests/kernel/mm_test.h"

#define BASE  0x10000000ul
#define AT(n) (BASE + (n)*PAGE_SIZE)
#define FILL  0x5a
#define WORD  0x5a5a5a5aul

/* Nobody waits for a disk here. */
#define GFP_TEST (GFP_NOIO | __GFP_HIGHMEM)

/* A file of `pages` pages that can be read in again, and would be written to a disk. */
static struct file *open_file(struct ktest *t, unsigned int pages)
{
	struct file *file = cache_file_open(t, (loff_t)pages << PAGE_SHIFT);

	cache_file_of(file)->fill = FILL;
	cache_file_tag_dirty(file);
	return file;
}

/* Read pages [first, first + n) once; are they what they should be? */
static bool read_file_pages(struct file *file, unsigned int first, unsigned int n)
{
	static u8 buf[PAGE_SIZE];
	bool good = true;

	for (unsigned int i = first; i < first + n; i++) {
		good &= kernel_read(file, (loff_t)i << PAGE_SHIFT, buf, PAGE_SIZE) == PAGE_SIZE;
		good &= buf[0] == FILL && buf[PAGE_SIZE - 1] == FILL;
	}
	return good;
}

static unsigned long cached(const struct file *file)
{
	return file->f_mapping->nrpages;
}

static bool is_cached(struct file *file, pgoff_t index)
{
	struct page *page = find_get_page(file->f_mapping, index);

	if (page)
		put_page(page);
	return page != NULL;
}

/* Make a batch of pages free, as an allocation would. */
static unsigned long reclaim(void)
{
	unsigned long freed;

	shrink_spare(GFP_KERNEL);
	current->flags |= PF_MEMALLOC;
	freed = try_to_free_pages(GFP_TEST, 0);
	current->flags &= ~PF_MEMALLOC;
	return freed;
}

/* All that can go goes: an active page is asked twice, a used one once more. */
static void reclaim_all(void)
{
	for (unsigned int in_vain = 0; in_vain < 4;)
		in_vain = reclaim() ? 0 : in_vain + 1;
}

static void map_file(struct ktest *t, struct file *file, unsigned long addr, unsigned int pages,
		     unsigned long prot)
{
	unsigned long at = do_mmap(file, addr, pages * PAGE_SIZE, prot, MAP_SHARED | MAP_FIXED, 0);

	KT_ASSERT_EQ(t, at, addr);
}

/* ---- what goes ------------------------------------------------------------------------------- */

static void test_clean_pages_go(struct ktest *t)
{
	struct file *file = open_file(t, 256);
	unsigned long steals = vm_events[PGSTEAL_DIRECT], pages = vm_stats[NR_FILE_PAGES];

	KT_EXPECT(t, read_file_pages(file, 0, 256));
	KT_EXPECT_EQ(t, cached(file), 256ul);
	KT_EXPECT_GE(t, reclaim(), 32ul);
	KT_EXPECT_LT(t, cached(file), 225ul);
	KT_EXPECT(t, cached(file) > 0); /* a batch is enough for a request */
	KT_EXPECT(t, !is_cached(file, 0) && is_cached(file, 255)); /* the oldest first */
	reclaim_all();
	KT_EXPECT_EQ(t, cached(file), 0ul);
	KT_EXPECT_EQ(t, vm_stats[NR_FILE_PAGES], pages);
	KT_EXPECT_GE(t, vm_events[PGSTEAL_DIRECT], steals + 256);
	KT_EXPECT(t, read_file_pages(file, 0, 256));
	KT_EXPECT_EQ(t, cache_file_of(file)->reads, 512u);
	fput(file);
}

/* A file that is read once from end to end does not push out what is used again and again. */
static void test_working_set(struct ktest *t)
{
	struct file *work = open_file(t, 64), *stream = open_file(t, 8192);

	KT_EXPECT(t, read_file_pages(work, 0, 64) && read_file_pages(work, 0, 64));
	KT_EXPECT(t, read_file_pages(stream, 0, 256));
	for (unsigned int i = 256; i < 8192; i += 32) {
		KT_EXPECT(t, read_file_pages(stream, i, 32));
		reclaim();
	}
	KT_EXPECT_LE(t, cached(stream), 512ul);
	KT_EXPECT_EQ(t, cached(work), 64ul);
	fput(stream);
	/* Without a stream it goes, too. */
	reclaim_all();
	KT_EXPECT_EQ(t, cached(work), 0ul);
	fput(work);
}

/* Reading a page in pieces is one use of it. */
static void test_small_reads(struct ktest *t)
{
	struct file *file = open_file(t, 4);
	unsigned long activated = vm_events[PGACTIVATE];
	char buf[512];

	for (loff_t pos = 0; pos < 4 * PAGE_SIZE; pos += sizeof(buf))
		KT_EXPECT_EQ(t, kernel_read(file, pos, buf, sizeof(buf)), (ssize_t)sizeof(buf));
	KT_EXPECT_EQ(t, vm_events[PGACTIVATE], activated);
	KT_EXPECT_EQ(t, kernel_read(file, 512, buf, sizeof(buf)), (ssize_t)sizeof(buf));
	KT_EXPECT_EQ(t, kernel_read(file, 5000, buf, sizeof(buf)), (ssize_t)sizeof(buf));
	KT_EXPECT_EQ(t, kernel_read(file, 512, buf, sizeof(buf)), (ssize_t)sizeof(buf));
	KT_EXPECT_EQ(t, vm_events[PGACTIVATE], activated + 2);
	fput(file);
}

/* ---- mapped pages ---------------------------------------------------------------------------- */

static bool read_mapped(unsigned int first, unsigned int n)
{
	bool good = true;
	u32 word;

	for (unsigned int i = first; i < first + n; i++)
		good &= user_read(AT(i), &word) && word == WORD;
	return good;
}

static bool is_mapped(unsigned int i)
{
	pte_t *pte = find_pte(current->mm, AT(i));

	return pte && pte_present(*pte);
}

static void test_mapped_pages(struct ktest *t)
{
	struct file *file = open_file(t, 128);
	unsigned long mapped = vm_stats[NR_FILE_MAPPED];

	map_file(t, file, BASE, 128, PROT_READ);
	KT_EXPECT(t, read_mapped(0, 128));
	KT_EXPECT_EQ(t, current->mm->rss_file, 128ul);
	KT_EXPECT_EQ(t, vm_stats[NR_FILE_MAPPED], mapped + 128);
	reclaim_all();
	KT_EXPECT_EQ(t, cached(file), 0ul);
	KT_EXPECT_EQ(t, current->mm->rss_file, 0ul);
	KT_EXPECT_EQ(t, vm_stats[NR_FILE_MAPPED], mapped);
	KT_EXPECT(t, !is_mapped(0) && !is_mapped(127));
	KT_EXPECT(t, read_mapped(0, 128)); /* faulted in again */
	KT_EXPECT_EQ(t, cache_file_of(file)->reads, 256u);
	fput(file);
}

/* Use through page tables keeps a page where it is, though no read(2) tells of it. */
static void test_second_chance(struct ktest *t)
{
	struct file *file = open_file(t, 256);
	unsigned int reads;

	map_file(t, file, BASE, 256, PROT_READ);
	KT_EXPECT(t, read_mapped(0, 256));
	reclaim(); /* all were used: after that none was */
	reads = cache_file_of(file)->reads;
	while (cached(file) > 32) {
		KT_EXPECT(t, read_mapped(200, 1));
		reclaim();
	}
	KT_EXPECT(t, is_mapped(200) && is_cached(file, 200));
	KT_EXPECT(t, !is_mapped(199) && !is_cached(file, 199));
	KT_EXPECT_EQ(t, cache_file_of(file)->reads, reads);
	fput(file);
}

/* What the processor noted in an entry is not lost with it. */
static void test_dirty_entries(struct ktest *t)
{
	struct file *file = open_file(t, 4);
	struct page *page;
	pte_t *pte;

	map_file(t, file, BASE, 4, PROT_READ | PROT_WRITE);
	KT_EXPECT(t, read_mapped(0, 4));
	pte = find_pte(current->mm, AT(2));
	set_pte(pte, pte_mkdirty(*pte));
	reclaim_all();
	KT_EXPECT_EQ(t, cached(file), 1ul);
	page = find_get_page(file->f_mapping, 2);
	KT_ASSERT(t, page != NULL);
	KT_EXPECT(t, PageDirty(page) && !page_mapcount(page));
	put_page(page);
	fput(file);
}

static void test_locked_memory(struct ktest *t)
{
	struct file *file = open_file(t, 64);

	map_file(t, file, BASE, 64, PROT_READ);
	KT_EXPECT(t, read_mapped(0, 64));
	KT_EXPECT_EQ(t, vm_mlock(AT(10), 5 * PAGE_SIZE, 0), 0);
	reclaim_all();
	KT_EXPECT_EQ(t, cached(file), 5ul);
	for (unsigned int i = 0; i < 64; i++)
		KT_EXPECT_EQ(t, is_mapped(i), i >= 10 && i < 15);
	KT_EXPECT_EQ(t, vm_munlock(AT(10), 5 * PAGE_SIZE), 0);
	reclaim_all();
	KT_EXPECT_EQ(t, cached(file), 0ul);
	fput(file);
}

/* ---- what stays ------------------------------------------------------------------------------ */

static void test_dirty_pages_stay(struct ktest *t)
{
	struct file *file = open_file(t, 64);
	struct page *page;
	u32 word = 0x12345678;

	KT_EXPECT(t, read_file_pages(file, 0, 64));
	for (unsigned int i = 0; i < 64; i += 2)
		KT_EXPECT_EQ(t, kernel_write(file, (loff_t)i << PAGE_SHIFT, &word, 4), 4);
	reclaim_all();
	KT_EXPECT_EQ(t, cached(file), 32ul);
	for (pgoff_t i = 0; i < 64; i += 2) {
		page = find_lock_page(file->f_mapping, i);
		KT_ASSERT(t, page != NULL);
		KT_EXPECT(t, PageDirty(page) && PageLRU(page));
		unlock_page(page);
		put_page(page);
	}
	KT_EXPECT_EQ(t, filemap_write_and_wait(file->f_mapping), 0);
	reclaim_all();
	KT_EXPECT_EQ(t, cached(file), 0ul);
	fput(file);
}

static void test_pages_in_use_stay(struct ktest *t)
{
	struct file *file = open_file(t, 64);
	struct page *pages[4];

	KT_EXPECT(t, read_file_pages(file, 0, 64));
	for (pgoff_t i = 0; i < 4; i++) {
		pages[i] = find_get_page(file->f_mapping, i);
		KT_ASSERT(t, pages[i] != NULL);
	}
	lock_page(pages[0]);
	put_page(pages[0]);    /* locked, and nobody else has it */
	pages[1]->private = 1; /* a device's, with a sector to be written */
	put_page(pages[1]);
	lock_page(pages[2]);
	set_page_writeback(pages[2]);
	unlock_page(pages[2]);
	put_page(pages[2]);
	reclaim_all();
	KT_EXPECT_EQ(t, cached(file), 4ul);
	KT_EXPECT(t, is_cached(file, 0) && is_cached(file, 1) && is_cached(file, 2));
	KT_EXPECT(t, is_cached(file, 3));
	unlock_page(pages[0]);
	pages[1]->private = 0;
	end_page_writeback(pages[2]);
	put_page(pages[3]);
	reclaim_all();
	KT_EXPECT_EQ(t, cached(file), 0ul);
	fput(file);
}

/* Files that are nowhere but in memory are on lists that reclaim does not look at. */
static void test_memory_only(struct ktest *t)
{
	struct file *file = cache_file_open(t, 64 << PAGE_SHIFT);
	unsigned long scans = vm_events[PGSCAN_DIRECT];
	struct page *page;

	reclaim_all();
	scans = vm_events[PGSCAN_DIRECT];
	cache_file_of(file)->fill = FILL;
	KT_EXPECT(t, read_file_pages(file, 0, 64));
	page = find_get_page(file->f_mapping, 5);
	KT_ASSERT(t, page != NULL);
	KT_EXPECT(t, page_lru(page) == LRU_INACTIVE_ANON);
	put_page(page);
	reclaim_all();
	drop_pagecache();
	KT_EXPECT_EQ(t, invalidate_mapping_pages(file->f_mapping, 0, ~0ul), 0ul);
	KT_EXPECT_EQ(t, cached(file), 64ul);
	KT_EXPECT_EQ(t, vm_events[PGSCAN_DIRECT], scans);
	fput(file);
}

/* ---- on request ------------------------------------------------------------------------------ */

static void test_invalidate(struct ktest *t)
{
	struct file *file = open_file(t, 64);
	u32 word = 0x12345678;

	KT_EXPECT(t, read_file_pages(file, 0, 64));
	KT_EXPECT_EQ(t, kernel_write(file, 10ll << PAGE_SHIFT, &word, 4), 4);
	map_file(t, file, BASE, 64, PROT_READ);
	KT_EXPECT(t, read_mapped(24, 1)); /* and around it: a window of 16 */
	KT_EXPECT_EQ(t, invalidate_mapping_pages(file->f_mapping, 8, 39), 32ul - 1 - 16);
	KT_EXPECT(t, is_cached(file, 7) && !is_cached(file, 8) && !is_cached(file, 39));
	KT_EXPECT(t, is_cached(file, 10) && is_cached(file, 24) && is_cached(file, 40));
	drop_pagecache();
	KT_EXPECT_EQ(t, cached(file), 17ul);
	KT_EXPECT_EQ(t, vm_munmap(BASE, 64 * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, invalidate_mapping_pages(file->f_mapping, 0, ~0ul), 16ul);
	KT_EXPECT_EQ(t, cached(file), 1ul);
	fput(file);
}

/* Dropping what can go leaves the rest in its order: the oldest goes first still. */
static void test_drop_keeps_the_order(struct ktest *t)
{
	struct file *file = open_file(t, 128);
	struct page *held[128];

	KT_EXPECT(t, read_file_pages(file, 0, 128));
	for (pgoff_t i = 8; i < 128; i++)
		held[i] = find_get_page(file->f_mapping, i);
	drop_pagecache();
	for (pgoff_t i = 8; i < 128; i++)
		if (held[i])
			put_page(held[i]);
	KT_EXPECT_EQ(t, cached(file), 120ul);
	reclaim();
	KT_EXPECT(t, !is_cached(file, 8) && !is_cached(file, 39) && is_cached(file, 40));
	fput(file);
}

/* ---- kswapd ---------------------------------------------------------------------------------- */

/* Who may not wait finds memory after a moment, because somebody else makes it. */
static void test_kswapd(struct ktest *t)
{
	unsigned int pages = (unsigned int)min(1024ul, nr_free_pages() / 4);
	unsigned long steals = vm_events[PGSTEAL_KSWAPD];
	struct file *file = open_file(t, pages);
	struct held_pages held = HELD_PAGES_INIT(held);
	struct page *page;

	KT_EXPECT(t, read_file_pages(file, 0, pages));
	hold_pages(t, &held, __GFP_HIGHMEM | __GFP_NOWARN, ~0ul);
	KT_EXPECT_EQ(t, cached(file), (unsigned long)pages);
	for (int i = 0; i < 100 && vm_events[PGSTEAL_KSWAPD] == steals; i++)
		msleep(10);
	KT_EXPECT(t, vm_events[PGSTEAL_KSWAPD] > steals);
	KT_EXPECT_LT(t, cached(file), (unsigned long)pages);
	page = alloc_page(__GFP_HIGHMEM | __GFP_NOWARN);
	KT_EXPECT(t, page != NULL);
	if (page)
		__free_page(page);
	free_held(&held);
	fput(file);
}

/* When there is nothing left for others, the flusher gets what it needs to make pages clean. */
static void test_flusher_gets_reserves(struct ktest *t)
{
	struct held_pages held = HELD_PAGES_INIT(held);
	struct page *page;

	hold_pages(t, &held, GFP_NOIO | __GFP_NOWARN, ~0ul);
	page = alloc_page(GFP_NOFS | __GFP_NOWARN);
	KT_EXPECT(t, !page);
	if (page)
		__free_page(page);
	current->flags |= PF_FLUSHER;
	page = alloc_page(GFP_NOFS | __GFP_NOWARN);
	current->flags &= ~PF_FLUSHER;
	KT_EXPECT(t, page != NULL);
	if (page)
		__free_page(page);
	free_held(&held);
}

/* More is read than fits: every page is there when it is read, and memory does not run out. */
static void test_larger_than_memory(struct ktest *t)
{
	unsigned long pages = nr_free_pages() + nr_free_pages() / 4;
	struct file *file;

	if (pages > 100 << (20 - PAGE_SHIFT))
		ktest_skip(t, "too much memory for a quick test");
	file = open_file(t, (unsigned int)pages);
	KT_EXPECT(t, read_file_pages(file, 0, (unsigned int)pages));
	KT_EXPECT_LT(t, cached(file), pages);
	KT_EXPECT_EQ(t, cache_file_of(file)->reads, (unsigned int)pages);
	fput(file);
}

static void test_counters_have_names(struct ktest *t)
{
	for (unsigned int i = 0; i < NR_VM_EVENT_ITEMS; i++)
		KT_EXPECT(t, vm_event_names[i] != NULL);
	for (unsigned int i = 0; i < NR_VM_STAT_ITEMS; i++)
		KT_EXPECT(t, vm_stat_names[i] != NULL);
}

static const struct ktest_case cases[] = {
	KTEST(test_clean_pages_go),
	KTEST(test_working_set),
	KTEST(test_small_reads),
	KTEST(test_mapped_pages),
	KTEST(test_second_chance),
	KTEST(test_dirty_entries),
	KTEST(test_locked_memory),
	KTEST(test_dirty_pages_stay),
	KTEST(test_pages_in_use_stay),
	KTEST(test_memory_only),
	KTEST(test_invalidate),
	KTEST(test_drop_keeps_the_order),
	KTEST(test_kswapd),
	KTEST(test_larger_than_memory),
	KTEST(test_flusher_gets_reserves),
	KTEST(test_counters_have_names),
};
KTEST_SUITE_WITH(vmscan, 0, cases, mm_test_setup, mm_test_teardown);
