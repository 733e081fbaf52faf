/* mm/buddy.c against a table that says which frames are in use. */
#include <stdlib.h>
#include <string.h>

#include "tests/host/host.h"

#include "mm/buddy.h"

/* An arena whose borders are no multiples of anything. */
#define MAP_PAGES   8192ul
#define ARENA_START 37ul
#define ARENA_END   7001ul
#define BLOCKS	    2000

static struct page *map;
static struct buddy buddy;
static bool used[MAP_PAGES];

static struct block {
	struct page *page;
	unsigned int order;
} blocks[BLOCKS];
static unsigned int nr_blocks;

static void setup(void)
{
	map = calloc(MAP_PAGES, sizeof(struct page));
	memset(used, true, sizeof(used));
	buddy_init(&buddy, map, ARENA_START, ARENA_END);
}

static void give_all(void)
{
	buddy_free_range(&buddy, ARENA_START, ARENA_END);
	memset(used + ARENA_START, false, ARENA_END - ARENA_START);
}

static void mark(struct page *page, unsigned int order, bool value)
{
	unsigned long i, pfn = (unsigned long)(page - map);

	for (i = 0; i < 1ul << order; i++) {
		check(used[pfn + i] == !value);
		used[pfn + i] = value;
	}
}

/* One free block: its marks, its place, and that it has no free buddy of its order. */
static void check_block(const struct page *page, unsigned int order)
{
	unsigned long pfn = (unsigned long)(page - map), other = pfn ^ (1ul << order), i;

	check(PageBuddy(page) && page->private == order);
	check(IS_ALIGNED(pfn, 1ul << order));
	check(pfn >= ARENA_START && pfn + (1ul << order) <= ARENA_END);
	for (i = 0; i < 1ul << order; i++) {
		check(!used[pfn + i]);
		check(i == 0 || !PageBuddy(page + i));
	}
	if (order < MAX_ORDER - 1 && other < MAP_PAGES)
		check(!(PageBuddy(map + other) && map[other].private == order));
}

/* Every free frame is in one block, and the counts are true. */
static void check_arena(void)
{
	unsigned long total = 0, free = 0, pfn;
	unsigned int order;

	for (order = 0; order < MAX_ORDER; order++) {
		struct page *page;
		unsigned long nr = 0;

		list_for_each_entry (page, &buddy.free_area[order].free_list, lru) {
			check_block(page, order);
			nr++;
		}
		check_eq(buddy.free_area[order].nr_free, nr);
		total += nr << order;
	}
	for (pfn = ARENA_START; pfn < ARENA_END; pfn++)
		free += !used[pfn];
	check_eq(total, free);
	check_eq(buddy.free_pages, free);
}

/* Is there an aligned run of free frames for this order at all? */
static bool could_allocate(unsigned int order)
{
	unsigned long pfn, i;

	for (pfn = ALIGN_UP(ARENA_START, 1ul << order); pfn + (1ul << order) <= ARENA_END;
	     pfn += 1ul << order) {
		for (i = 0; i < 1ul << order && !used[pfn + i]; i++)
			;
		if (i == 1ul << order)
			return true;
	}
	return false;
}

static bool allocate(unsigned int order)
{
	struct page *page = buddy_alloc(&buddy, order);

	if (!page) {
		check(!could_allocate(order));
		return false;
	}
	check(!PageBuddy(page));
	check(IS_ALIGNED((unsigned long)(page - map), 1ul << order));
	mark(page, order, true);
	blocks[nr_blocks++] = (struct block){page, order};
	return true;
}

static void release(unsigned int i)
{
	mark(blocks[i].page, blocks[i].order, false);
	buddy_free(&buddy, blocks[i].page, blocks[i].order);
	blocks[i] = blocks[--nr_blocks];
}

HOST_TEST(range, "an arena with odd borders is given out in the largest blocks that fit")
{
	setup();
	check_arena();
	give_all();
	check_arena();
	check_eq(buddy.free_pages, ARENA_END - ARENA_START);
}

HOST_TEST(pieces, "frames given in pieces, in any order, merge into the same blocks")
{
	unsigned long nr_free[MAX_ORDER], pfn;
	unsigned int order, step;

	setup();
	give_all();
	for (order = 0; order < MAX_ORDER; order++)
		nr_free[order] = buddy.free_area[order].nr_free;
	setup();
	/* Every seventh frame, then the next ones, and so on. */
	for (step = 0; step < 7; step++) {
		for (pfn = ARENA_START + step; pfn < ARENA_END; pfn += 7) {
			buddy_free_range(&buddy, pfn, pfn + 1);
			used[pfn] = false;
		}
		check_arena();
	}
	for (order = 0; order < MAX_ORDER; order++)
		check_eq(buddy.free_area[order].nr_free, nr_free[order]);
}

HOST_TEST(random, "20,000 random allocations and frees; a block is refused only if there is none")
{
	unsigned long nr_free[MAX_ORDER];
	unsigned int step, order;
	struct prng rng;

	host_seed(&rng);
	setup();
	give_all();
	for (order = 0; order < MAX_ORDER; order++)
		nr_free[order] = buddy.free_area[order].nr_free;
	for (step = 0; step < 20000; step++) {
		bool growing = step / 1000 % 2 == 0;

		order = prng_below(&rng, prng_below(&rng, 3) ? 3 : MAX_ORDER);
		if (nr_blocks < BLOCKS && prng_below(&rng, 4) < (growing ? 3 : 1))
			allocate(order);
		else if (nr_blocks)
			release(prng_below(&rng, nr_blocks));
		if (step % 10 == 0)
			check_arena();
	}
	while (nr_blocks)
		release(prng_below(&rng, nr_blocks));
	check_arena();
	for (order = 0; order < MAX_ORDER; order++)
		check_eq(buddy.free_area[order].nr_free, nr_free[order]);
}

/* A block allocated at one order and freed as its halves (split_page does that). */
HOST_TEST(halves, "a block may be freed frame by frame and merges again")
{
	unsigned long nr_free[MAX_ORDER], i;
	unsigned int order;

	setup();
	give_all();
	for (order = 0; order < MAX_ORDER; order++)
		nr_free[order] = buddy.free_area[order].nr_free;
	for (order = 1; order < MAX_ORDER; order++) {
		struct page *page = buddy_alloc(&buddy, order);

		check(page != NULL);
		mark(page, order, true);
		for (i = 0; i < 1ul << order; i++) {
			unsigned long k = i * 7 % (1ul << order); /* 7 is odd: a permutation */

			mark(page + k, 0, false);
			buddy_free(&buddy, page + k, 0);
		}
		check_arena();
	}
	for (order = 0; order < MAX_ORDER; order++)
		check_eq(buddy.free_area[order].nr_free, nr_free[order]);
}

HOST_TEST(smallest, "the smallest block that fits is split, the larger ones stay whole")
{
	unsigned int order;

	setup();
	buddy_free_range(&buddy, 1024, 1024 + 16);
	buddy_free_range(&buddy, 2048, 2048 + 1024);
	for (order = 0; order < 4; order++)
		check(buddy_alloc(&buddy, 0) != NULL);
	check_eq(buddy.free_area[10].nr_free, 1);
	check_eq(buddy.free_area[3].nr_free, 1);
	check_eq(buddy.free_area[2].nr_free, 1);
	check_eq(buddy.free_pages, 1024 + 12);
}

/* Zones share mem_map: what is free next door is no buddy. */
HOST_TEST(neighbours, "blocks do not merge across the border of an arena")
{
	static struct buddy below, above;
	unsigned long pfn, border = 1032; /* aligned for order 3 only */
	unsigned int order;

	setup();
	buddy_init(&below, map, 0, border);
	buddy_init(&above, map, border, 2048);
	for (pfn = 0; pfn < 2048; pfn++)
		buddy_free(pfn < border ? &below : &above, map + pfn, 0);
	check_eq(below.free_pages, border);
	check_eq(above.free_pages, 2048 - border);
	for (order = 0; order < MAX_ORDER; order++) {
		struct page *page;

		list_for_each_entry (page, &below.free_area[order].free_list, lru)
			check(page - map + (1l << order) <= (long)border);
		list_for_each_entry (page, &above.free_area[order].free_list, lru)
			check(page - map >= (long)border);
	}
}
