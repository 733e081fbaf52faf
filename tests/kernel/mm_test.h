/*
 * What the suites of memory management share: careful accesses, the state of the
 * zones, pages held on a list, an address space to work in.
 */
#ifndef FOLIO_TESTS_MM_TEST_H
#define FOLIO_TESTS_MM_TEST_H

#include "kernel/fs/fs.h"
#include "kernel/lib/list.h"
#include "kernel/lib/prng.h"
#include "mm/mm_types.h"
#include "mm/zone.h"
#include "tests/kernel/ktest.h"

/*
 * mm_test_init - let every suite be held to exact accounts of memory (mm_account). Before
 * ktest_run().
 */
void mm_test_init(void);

/* ktest_seed - seed the case's random numbers, and print the seed. */
void ktest_seed(struct ktest *t, struct prng *rng, u32 seed);

/*
 * can_read, can_write - access a word of kernel memory through the exception table: false
 * when it faults. can_write() writes back what it has read.
 */
bool can_read(const void *addr);
bool can_write(void *addr);

/*
 * log_hush - what a case provokes goes into the log only, until log_unhush(); so do the
 * failures of its own that it meets before.
 * log_says - is there `text` in the log since log_hush(), or log_forget()?
 */
void log_hush(void);
void log_unhush(void);
void log_forget(void);
bool log_says(const char *text);

/* The free blocks of every zone, with nothing in hot lists, magazines and caches. */
struct zones_state {
	unsigned long free_pages[MAX_NR_ZONES];
	unsigned long nr_free[MAX_NR_ZONES][MAX_ORDER];
};
void zones_read(struct zones_state *state);
bool zones_same(struct ktest *t, const struct zones_state *before);

/* Pages on a list through page->lru. */
struct held_pages {
	struct list_head list;
	unsigned long count;
	unsigned long in_zone[MAX_NR_ZONES];
};

/*
 * hold_pages - allocate single pages until there are none, or `most`. Each is marked, and must
 * not have been held already.
 */
void hold_pages(struct ktest *t, struct held_pages *held, gfp_t gfp, unsigned long most);
/* shuffle_pages - put them into a random order. free_held - free them in the list's order. */
void shuffle_pages(struct held_pages *held, struct prng *rng);
void free_held(struct held_pages *held);
#define HELD_PAGES_INIT(name)                     \
	{                                         \
		.list = LIST_HEAD_INIT(name.list) \
	}

/*
 * mm_test_setup - the case runs in a new address space, current->mm; mm_test_teardown - leaves it,
 * which must give everything back. For KTEST_SUITE_WITH.
 */
void mm_test_setup(struct ktest *t);
void mm_test_teardown(struct ktest *t);

/*
 * mm_test_file - an open file of `size` bytes whose pages are all cached; word 0 of each is its
 * index.
 */
struct file *mm_test_file(struct ktest *t, u64 size, unsigned int mode);

/* Anonymous private memory: at `addr` (MAP_FIXED), or anywhere if that is 0. Address or -errno. */
unsigned long map_anon(unsigned long addr, unsigned long pages, unsigned long prot);

/* is_error - does a call that returns an address say -errno? */
static inline bool is_error(unsigned long result, int error)
{
	return result == (unsigned long)error;
}

/* expect_good_areas - the list of areas, their tree and its gaps agree. */
void expect_good_areas(struct ktest *t, const struct mm_struct *mm);

/* user_read, user_write - a word of the current address space; false: EFAULT. */
bool user_read(unsigned long addr, u32 *word);
bool user_write(unsigned long addr, u32 word);

/* find_pte - the entry of an address in a process's tables, or NULL when it has no table. */
pte_t *find_pte(struct mm_struct *mm, unsigned long addr);

#endif
