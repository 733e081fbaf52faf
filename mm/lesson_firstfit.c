/*
 * Lesson two: a list of free runs, first fit.
 *
 * Why look at the frames that are taken? Write down the free runs only, in a list
 * ordered by address. A run is free, so its note can lie in its own first
 * frame, and the list costs no memory at all:
 *
 *	head --> [2: 3 frames] --> [9: 1 frame] --> [14: 50 frames] --> end
 *
 *	frames   0 1 |2 3 4| 5 6 7 8 |9| 10 .. 13 |14 ........ 63|
 *
 * (Our frames are only numbers, so an array with one note for each frame stands in
 * for them: note[f] is what would be written in frame f.)
 *
 * To allocate n frames, walk the list and take them from the end of the first run
 * that is long enough: its note stays where it is, only the length changes; a run
 * that is used up leaves the list. To free, walk to the place between the
 * two neighbours by address and merge with either if they touch.
 *
 * The walk now costs as many steps as there are free runs, not frames: little when
 * memory is whole, much when it has been in use for a long time. Both ends pay,
 * since free() has to find its neighbours. The bitmap did not know them either,
 * but did not need to.
 *
 * Worth trying: the shortest run that is long enough (best fit). It sounds thrifty,
 * and leaves splinters that nobody can use.
 */
#include "mm/lesson_alloc.h"

#define END (~0u)

struct run {
	u32 frames;
	u32 next; /* index of the next run's first frame, or END */
};

struct firstfit_state {
	unsigned long start; /* the frame of index 0 */
	u32 head;
	struct run note[];
};

static size_t firstfit_state_size(unsigned long frames)
{
	return sizeof(struct firstfit_state) + frames * sizeof(struct run);
}

static void firstfit_init(void *state, unsigned long start, unsigned long frames)
{
	struct firstfit_state *s = state;

	s->start = start;
	s->head = 0;
	s->note[0] = (struct run){.frames = frames, .next = END};
}

static unsigned long firstfit_alloc(void *state, unsigned long n)
{
	struct firstfit_state *s = state;
	u32 *link = &s->head;

	for (; *link != END; link = &s->note[*link].next) {
		struct run *run = &s->note[*link];
		unsigned long first = *link;

		if (run->frames < n)
			continue;
		run->frames -= n;
		if (!run->frames)
			*link = run->next;
		return s->start + first + run->frames;
	}
	return LESSON_NONE;
}

static void firstfit_free(void *state, unsigned long start, unsigned long n)
{
	struct firstfit_state *s = state;
	u32 first = start - s->start, before = END, after = s->head;

	while (after < first) { /* END is larger than any index */
		before = after;
		after = s->note[after].next;
	}
	if (after == first + n) { /* swallow the run behind */
		n += s->note[after].frames;
		after = s->note[after].next;
	}
	if (before != END && before + s->note[before].frames == first) {
		s->note[before].frames += n;
		s->note[before].next = after;
		return;
	}
	s->note[first] = (struct run){.frames = n, .next = after};
	if (before == END)
		s->head = first;
	else
		s->note[before].next = first;
}

static unsigned long firstfit_largest_run(const void *state)
{
	const struct firstfit_state *s = state;
	unsigned long best = 0;

	for (u32 i = s->head; i != END; i = s->note[i].next)
		best = max(best, (unsigned long)s->note[i].frames);
	return best;
}

const struct lesson_allocator lesson_firstfit = {
	.name = "first fit",
	.state_size = firstfit_state_size,
	.init = firstfit_init,
	.alloc = firstfit_alloc,
	.free = firstfit_free,
	.footprint = lesson_exact_footprint,
	.largest_run = firstfit_largest_run,
};
