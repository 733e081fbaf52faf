/*
 * The buddy system's lists and arithmetic, over any array of struct page. No
 * locks and no policy: mm/page_alloc.c brings those.
 */
#ifndef FOLIO_MM_BUDDY_H
#define FOLIO_MM_BUDDY_H

#include "mm/page.h"

#define MAX_ORDER 11 /* orders 0..10: blocks of 4 KiB to 4 MiB */

/* The free blocks of one order. */
struct free_area {
	struct list_head free_list;
	unsigned long nr_free;
};

/*
 * One arena of the buddy system: frames [start, end) of the array `map`. Blocks
 * are aligned to their size as indexes of the array.
 */
struct buddy {
	struct page *map;
	unsigned long start, end;
	unsigned long free_pages;
	struct free_area free_area[MAX_ORDER];
};

/* buddy_init - an arena with nothing free in it. */
void buddy_init(struct buddy *buddy, struct page *map, unsigned long start, unsigned long end);

/* buddy_alloc - take a block of 2^order frames; NULL when no list has one as large. */
struct page *buddy_alloc(struct buddy *buddy, unsigned int order);

/*
 * buddy_free - give a block back and merge it with its free buddies. The block
 * must lie in the arena, aligned, and be in use: the caller has checked.
 */
void buddy_free(struct buddy *buddy, struct page *page, unsigned int order);

/* buddy_free_range - give frames [start, end) to the arena, in the largest blocks that fit. */
void buddy_free_range(struct buddy *buddy, unsigned long start, unsigned long end);

#endif
