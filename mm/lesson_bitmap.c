/*
 * Lesson one: a bitmap.
 *
 * The simplest map of memory: one bit for each frame, 1 for taken.
 *
 *	frames   0 1 2 3 4 5 6 7 8 9 ...
 *	bits     1 1 0 1 0 0 0 1 1 0 ...
 *	             ^     ^ the first run of three free frames
 *	             `- a hole of one: stays, until somebody wants one
 *
 * To allocate n frames, look from the beginning for n clear bits in a row. To
 * free, clear the bits: neighbours merge by themselves, since nothing is written
 * down but the frames. That is the beauty of it, together with the size (4 GiB
 * of frames fit in 128 KiB) and that any run, whatever its length, is
 * handed out exactly.
 *
 * The price is the search. It looks at every frame in use that lies before the
 * first fit; even at 32 frames a step, memory that is full up to its end costs a
 * walk over the whole map for a single frame. And choosing the first fit leaves
 * small holes near the beginning, which every later search has to step over.
 *
 * Worth trying: begin each search where the last one ended (next fit). It is
 * quicker, and spreads the holes everywhere.
 */
#include "kernel/lib/bitmap.h"
#include "mm/lesson_alloc.h"

struct bitmap_state {
	unsigned long start;  /* the frame of bit 0 */
	unsigned long frames; /* bits */
	unsigned long map[];
};

static size_t bitmap_state_size(unsigned long frames)
{
	return sizeof(struct bitmap_state) + BITS_TO_LONGS(frames) * sizeof(unsigned long);
}

static void bitmap_init(void *state, unsigned long start, unsigned long frames)
{
	struct bitmap_state *s = state;

	s->start = start;
	s->frames = frames;
	bitmap_zero(s->map, frames);
}

static unsigned long bitmap_alloc(void *state, unsigned long n)
{
	struct bitmap_state *s = state;
	unsigned long bit = bitmap_find_next_zero_area(s->map, s->frames, 0, n, 1);

	if (bit >= s->frames)
		return LESSON_NONE;
	bitmap_set(s->map, bit, n);
	return s->start + bit;
}

static void bitmap_free(void *state, unsigned long start, unsigned long n)
{
	struct bitmap_state *s = state;

	bitmap_clear(s->map, start - s->start, n);
}

static unsigned long bitmap_largest_run(const void *state)
{
	const struct bitmap_state *s = state;
	unsigned long from = 0, best = 0;

	while (from < s->frames) {
		unsigned long end;

		from = find_next_zero_bit(s->map, s->frames, from);
		end = find_next_bit(s->map, s->frames, from);
		best = max(best, end - from);
		from = end;
	}
	return best;
}

const struct lesson_allocator lesson_bitmap = {
	.name = "bitmap",
	.state_size = bitmap_state_size,
	.init = bitmap_init,
	.alloc = bitmap_alloc,
	.free = bitmap_free,
	.footprint = lesson_exact_footprint,
	.largest_run = bitmap_largest_run,
};

const struct lesson_allocator *const lesson_allocators[3] = {
	&lesson_bitmap,
	&lesson_firstfit,
	&lesson_buddy,
};

unsigned long lesson_exact_footprint(unsigned long n)
{
	return n;
}
