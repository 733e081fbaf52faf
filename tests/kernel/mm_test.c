/* What the suites of memory management share; see mm_test.h. */
#include "tests/kernel/mm_test.h"

#include "kernel/cpu/uaccess.h"
#include "kernel/lib/string.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/lru.h"
#include "mm/mlock.h"
#include "mm/mmap.h"
#include "mm/overcommit.h"
#include "mm/page_alloc.h"
#include "mm/shrinker.h"
#include "mm/slab.h"
#include "mm/vmstat.h"
#include "tests/kernel/fail_each.h"

#define HELD_MARK 0x4865646cul /* in page->private of a page on a list */

static const char *const account_names[] = {"free pages",	 "slab objects",  "kernel stacks",
					    "kmap slots in use", "vmalloc areas", "warnings",
					    "promised pages",	 "locked pages"};

static void take_account(unsigned long *values)
{
	struct mm_account account;

	mm_account(&account);
	values[0] = account.free_pages;
	values[1] = account.slab_objects;
	values[2] = account.stacks;
	values[3] = account.kmaps;
	values[4] = account.areas;
	values[5] = warn_count();
	values[6] = vm_committed();
	values[7] = nr_locked_pages();
}

static struct ktest_accounting accounting = {
	.names = account_names,
	.count = ARRAY_SIZE(account_names),
	.snapshot = take_account,
};

void mm_test_init(void)
{
	ktest_register_accounting(&accounting);
}

void ktest_seed(struct ktest *t, struct prng *rng, u32 seed)
{
	ktest_log(t, "seed %u", seed);
	prng_seed(rng, seed);
}

bool can_read(const void *addr)
{
	u32 word __unused;

	return __get_user(word, (const u32 *)addr) == 0;
}

bool can_write(void *addr)
{
	u32 word;

	return __get_user(word, (u32 *)addr) == 0 && __put_user(word, (u32 *)addr) == 0;
}

/* ---- the log ------------------------------------------------------------------- */

static u64 log_start;
static int loglevel;

void log_forget(void)
{
	char text[128];

	while (log_read(&log_start, text, sizeof(text)))
		;
}

void log_hush(void)
{
	log_forget();
	loglevel = console_loglevel;
	console_loglevel = 0;
}

void log_unhush(void)
{
	console_loglevel = loglevel;
}

bool log_says(const char *what)
{
	static char text[4096];
	u64 pos = log_start;
	size_t len;

	while ((len = log_read(&pos, text, sizeof(text) - 1))) {
		text[len] = 0;
		if (strstr(text, what))
			return true;
		/* It may lie across the end of what was read. */
		if (len > strlen(what))
			pos -= strlen(what);
		if (len < sizeof(text) - 1)
			break;
	}
	return false;
}

/* ---- zones ---------------------------------------------------------------------- */

void zones_read(struct zones_state *state)
{
	struct zone *zone;

	while (shrink_all(GFP_KERNEL))
		;
	drain_hot_pages();
	for_each_zone (zone) {
		state->free_pages[zone->type] = zone->buddy.free_pages;
		for (int order = 0; order < MAX_ORDER; order++)
			state->nr_free[zone->type][order] = zone->buddy.free_area[order].nr_free;
	}
}

bool zones_same(struct ktest *t, const struct zones_state *before)
{
	struct zones_state now;
	bool same = true;

	zones_read(&now);
	for (int type = 0; type < MAX_NR_ZONES; type++) {
		same &= KT_EXPECT_EQ(t, now.free_pages[type], before->free_pages[type]);
		for (int order = 0; order < MAX_ORDER; order++)
			same &= KT_EXPECT_EQ(t, now.nr_free[type][order],
					     before->nr_free[type][order]);
	}
	return same;
}

/* ---- held pages ------------------------------------------------------------------ */

void hold_pages(struct ktest *t, struct held_pages *held, gfp_t gfp, unsigned long most)
{
	unsigned long twice = 0, counts = 0;
	struct page *page;

	while (held->count < most && (page = alloc_page(gfp | __GFP_NOWARN))) {
		twice += page->private == HELD_MARK;
		counts += page_count(page) != 1;
		page->private = HELD_MARK;
		list_add_tail(&page->lru, &held->list);
		held->in_zone[page_zonenum(page)]++;
		held->count++;
	}
	KT_EXPECT_EQ(t, twice, 0ul);
	KT_EXPECT_EQ(t, counts, 0ul);
}

#define BUCKETS 256

/* Deal the pages to buckets at random, front or back, and collect them again; twice. */
void shuffle_pages(struct held_pages *held, struct prng *rng)
{
	static struct list_head buckets[BUCKETS];

	for (int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < BUCKETS; i++)
			INIT_LIST_HEAD(&buckets[i]);
		while (!list_empty(&held->list)) {
			struct list_head *link = held->list.next;
			u32 random = prng_next(rng) >> 8;

			if (random & BUCKETS)
				list_move(link, &buckets[random % BUCKETS]);
			else
				list_move_tail(link, &buckets[random % BUCKETS]);
		}
		for (unsigned int i = 0; i < BUCKETS; i++)
			list_splice_tail(&buckets[i], &held->list);
	}
}

void free_held(struct held_pages *held)
{
	while (!list_empty(&held->list)) {
		struct page *page = list_first_entry(&held->list, struct page, lru);

		list_del(&page->lru);
		page->private = 0;
		__free_page(page);
	}
	held->count = 0;
	memset(held->in_zone, 0, sizeof(held->in_zone));
}

/* ---- an address space --------------------------------------------------------------- */

static struct mm_account account_before;
static unsigned long stats_before[NR_VM_STAT_ITEMS];

void mm_test_setup(struct ktest *t)
{
	struct mm_struct *mm;

	mm_account(&account_before);
	memcpy(stats_before, vm_stats, sizeof(stats_before));
	mm = mm_alloc();
	KT_ASSERT(t, mm != NULL);
	use_mm(mm);
}

void mm_test_teardown(struct ktest *t)
{
	exit_mm();
	mm_account_same(t, &account_before);
	for (unsigned int i = 0; i < NR_VM_STAT_ITEMS; i++)
		if (!KT_EXPECT_EQ(t, vm_stats[i], stats_before[i]))
			ktest_log(t, "which is %s", vm_stat_names[i]);
}

unsigned long map_anon(unsigned long addr, unsigned long pages, unsigned long prot)
{
	return vm_mmap(NULL, addr, pages * PAGE_SIZE, prot,
		       MAP_PRIVATE | MAP_ANONYMOUS | (addr ? MAP_FIXED : 0), 0);
}

void expect_good_areas(struct ktest *t, const struct mm_struct *mm)
{
	const char *wrong = vm_range_check(&mm->areas);

	if (wrong)
		KT_EXPECT_STREQ(t, wrong, "good");
}

bool user_read(unsigned long addr, u32 *word)
{
	return !get_user(*word, (const u32 __user *)addr);
}

bool user_write(unsigned long addr, u32 word)
{
	return !put_user(word, (u32 __user *)addr);
}

pte_t *find_pte(struct mm_struct *mm, unsigned long addr)
{
	pmd_t *pmd = pmd_offset(&mm->pgd[pgd_index(addr)], addr);

	return pmd_present(*pmd) ? pte_offset(pmd, addr) : NULL;
}

/* ---- files ----------------------------------------------------------------------------- */

static void test_file_release(struct inode *inode)
{
	truncate_inode_pages(&inode->i_data, 0);
	kfree(inode);
}

static const struct file_operations test_file_fops = {.mmap = generic_file_mmap};

/* A cached page with its index in word 0. */
static int add_test_page(struct inode *inode, pgoff_t index)
{
	struct page *page = alloc_page(GFP_HIGHUSER | __GFP_ZERO);
	u32 *words;
	int error;

	if (!page)
		return -ENOMEM;
	words = kmap_atomic(page);
	words[0] = index;
	kunmap_atomic(words);
	SetPageUptodate(page);
	error = add_to_page_cache(page, &inode->i_data, index);
	if (!error)
		lru_cache_add(page);
	put_page(page);
	return error;
}

struct file *mm_test_file(struct ktest *t, u64 size, unsigned int mode)
{
	struct inode *inode = kzalloc(sizeof(*inode), GFP_KERNEL);
	struct file *file;

	KT_ASSERT(t, inode != NULL);
	inode_init(inode, size, test_file_release);
	for (pgoff_t i = 0; i < PFN_UP(size); i++)
		KT_EXPECT_EQ(t, add_test_page(inode, i), 0);
	file = file_alloc(inode, mode, &test_file_fops, "test");
	iput(inode);
	KT_ASSERT(t, file != NULL);
	return file;
}
