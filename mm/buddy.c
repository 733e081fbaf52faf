/*
 * The buddy system.
 *
 * Free memory is kept in blocks of 2^order frames, each aligned to its size, on
 * one list for each order. A request takes the smallest block that fits; what is
 * too large is halved, and the upper halves go to the lists below:
 *
 *	want order 0, smallest free block has order 2:
 *
 *	frames   8    9    10   11
 *	       [ taken | 9 ][ 10   11 ]
 *	          |      |       `---- half of order 1, to free_area[1]
 *	          |      `------------ half of order 0, to free_area[0]
 *	          `------------------- returned
 *
 * Halving pairs the two halves for life: they are buddies, and the number of one
 * is that of the other with a single bit flipped (frame ^ 2^order). So a freed
 * block finds its buddy with one exclusive-or; when the buddy is free and whole,
 * the two become a block of the next order, and so on upwards. A free block is
 * recognised by its first page: PG_buddy is set and `private` holds the order.
 *
 * Cost: at most MAX_ORDER steps each way, whatever the amount of memory. Price:
 * a request is rounded up to a power of two, and one frame in use keeps all the
 * blocks around it from merging.
 *
 * Locks: none here; a zone's lock covers its arena.
 */
#include "mm/buddy.h"

void buddy_init(struct buddy *buddy, struct page *map, unsigned long start, unsigned long end)
{
	buddy->map = map;
	buddy->start = start;
	buddy->end = end;
	buddy->free_pages = 0;
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		INIT_LIST_HEAD(&buddy->free_area[order].free_list);
		buddy->free_area[order].nr_free = 0;
	}
}

static inline void add_block(struct buddy *buddy, struct page *page, unsigned int order)
{
	struct free_area *area = &buddy->free_area[order];

	page->private = order;
	page->flags |= BIT(PG_buddy);
	list_add(&page->lru, &area->free_list);
	area->nr_free++;
}

static inline void remove_block(struct buddy *buddy, struct page *page, unsigned int order)
{
	list_del(&page->lru);
	page->flags &= ~BIT(PG_buddy);
	buddy->free_area[order].nr_free--;
}

struct page *buddy_alloc(struct buddy *buddy, unsigned int order)
{
	for (unsigned int have = order; have < MAX_ORDER; have++) {
		struct free_area *area = &buddy->free_area[have];
		struct page *page;

		if (list_empty(&area->free_list))
			continue;
		page = list_first_entry(&area->free_list, struct page, lru);
		remove_block(buddy, page, have);
		while (have > order) {
			have--;
			add_block(buddy, page + (1ul << have), have);
		}
		page->private = 0;
		buddy->free_pages -= 1ul << order;
		return page;
	}
	return NULL;
}

/* The buddy of block `index`, if it is free, whole and of the same order. */
static inline struct page *free_buddy(struct buddy *buddy, unsigned long index, unsigned int order)
{
	unsigned long other = index ^ (1ul << order);
	struct page *page = buddy->map + other;

	if (other < buddy->start || other + (1ul << order) > buddy->end)
		return NULL;
	return PageBuddy(page) && page->private == order ? page : NULL;
}

void buddy_free(struct buddy *buddy, struct page *page, unsigned int order)
{
	unsigned long index = page - buddy->map;
	struct page *other;

	buddy->free_pages += 1ul << order;
	while (order < MAX_ORDER - 1 && (other = free_buddy(buddy, index, order))) {
		remove_block(buddy, other, order);
		index &= ~(1ul << order);
		order++;
	}
	add_block(buddy, buddy->map + index, order);
}

void buddy_free_range(struct buddy *buddy, unsigned long start, unsigned long end)
{
	while (start < end) {
		unsigned int order = 0;

		while (order < MAX_ORDER - 1 && IS_ALIGNED(start, 2ul << order) &&
		       start + (2ul << order) <= end)
			order++;
		buddy_free(buddy, buddy->map + start, order);
		start += 1ul << order;
	}
}
