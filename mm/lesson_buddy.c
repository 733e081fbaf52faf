/*
 * Lesson three: the buddy system, for comparison.
 *
 * This is the kernel's own (mm/buddy.c), set to work on a range of frames with
 * descriptors of its own, so that it stands beside the other two on equal terms:
 * without the zones, watermarks and hot lists around it. How it works is told there.
 *
 * What it buys: allocating and freeing cost at most MAX_ORDER steps however full
 * and however broken up memory is. What it pays: a run of n frames takes the next
 * power of two, and the free frames beside it cannot always be joined: two free
 * blocks merge only if they are buddies.
 */
#include "kernel/lib/bitops.h"
#include "kernel/lib/string.h"
#include "mm/buddy.h"
#include "mm/lesson_alloc.h"

struct buddy_state {
	unsigned long start; /* the frame of map[0] */
	unsigned long frames;
	struct buddy buddy;
	struct page map[];
};

static size_t buddy_state_size(unsigned long frames)
{
	return sizeof(struct buddy_state) + frames * sizeof(struct page);
}

static void buddy_state_init(void *state, unsigned long start, unsigned long frames)
{
	struct buddy_state *s = state;

	memset(s, 0, buddy_state_size(frames));
	s->start = start;
	s->frames = frames;
	buddy_init(&s->buddy, s->map, 0, frames);
	buddy_free_range(&s->buddy, 0, frames);
}

static unsigned long buddy_run_alloc(void *state, unsigned long n)
{
	struct buddy_state *s = state;
	unsigned int order = order_base_2(n);
	struct page *page = order < MAX_ORDER ? buddy_alloc(&s->buddy, order) : NULL;

	return page ? s->start + (unsigned long)(page - s->map) : LESSON_NONE;
}

static void buddy_run_free(void *state, unsigned long start, unsigned long n)
{
	struct buddy_state *s = state;

	buddy_free(&s->buddy, &s->map[start - s->start], order_base_2(n));
}

static unsigned long buddy_footprint(unsigned long n)
{
	return roundup_pow_of_two(n);
}

/* Free blocks that touch count as one run here, though no request can have it. */
static unsigned long buddy_largest_run(const void *state)
{
	const struct buddy_state *s = state;
	unsigned long run = 0, best = 0, i = 0;

	while (i < s->frames) {
		if (PageBuddy(&s->map[i])) {
			run += BIT(s->map[i].private);
			i += BIT(s->map[i].private);
			best = max(best, run);
		} else {
			run = 0;
			i++;
		}
	}
	return best;
}

const struct lesson_allocator lesson_buddy = {
	.name = "buddy",
	.state_size = buddy_state_size,
	.init = buddy_state_init,
	.alloc = buddy_run_alloc,
	.free = buddy_run_free,
	.footprint = buddy_footprint,
	.largest_run = buddy_largest_run,
};
