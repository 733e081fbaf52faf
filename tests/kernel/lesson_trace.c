/*
 * The trace: a table of slots; each step looks at one of them at random, and fills
 * it if it is empty or empties it if it is full, so that half of them are full in
 * the long run. Most requests are for one frame, some for a few, few for many.
 */
#include "tests/kernel/lesson_trace.h"

#include "kernel/lib/string.h"

static u64 no_clock(void)
{
	return 0;
}

static unsigned long random_run(struct prng *rng)
{
	u32 kind = prng_below(rng, 100);

	if (kind < 60)
		return 1;
	return kind < 90 ? 2 + prng_below(rng, 7) : 9 + prng_below(rng, 56);
}

static void fill_slot(const struct lesson_allocator *allocator, void *state,
		      struct lesson_slot *slot, unsigned long n, u64 (*clock)(void),
		      struct lesson_result *result)
{
	u64 begin = clock();

	slot->start = allocator->alloc(state, n);
	result->alloc_time += clock() - begin;
	result->allocs++;
	slot->n = n;
	if (slot->start == LESSON_NONE) {
		result->failed++;
		return;
	}
	result->in_use += n;
	result->wasted += allocator->footprint(n) - n;
}

static void empty_slot(const struct lesson_allocator *allocator, void *state,
		       struct lesson_slot *slot, u64 (*clock)(void), struct lesson_result *result)
{
	unsigned long n = slot->n;
	u64 begin;

	slot->n = 0;
	if (slot->start == LESSON_NONE)
		return;
	begin = clock();
	allocator->free(state, slot->start, n);
	result->free_time += clock() - begin;
	result->frees++;
	result->in_use -= n;
	result->wasted -= allocator->footprint(n) - n;
}

void lesson_trace_run(const struct lesson_allocator *allocator, void *state,
		      struct lesson_slot *slots, u32 seed, unsigned int steps, u64 (*clock)(void),
		      struct lesson_result *result)
{
	struct lesson_result at_end;
	struct prng rng;

	if (!clock)
		clock = no_clock;
	memset(result, 0, sizeof(*result));
	memset(slots, 0, LESSON_SLOTS * sizeof(*slots));
	prng_seed(&rng, seed);
	for (unsigned int i = 0; i < steps; i++) {
		struct lesson_slot *slot = &slots[prng_below(&rng, LESSON_SLOTS)];
		unsigned long n = random_run(&rng);

		if (slot->n)
			empty_slot(allocator, state, slot, clock, result);
		else
			fill_slot(allocator, state, slot, n, clock, result);
	}
	result->largest_run = allocator->largest_run(state);
	at_end = *result;
	for (unsigned int i = 0; i < LESSON_SLOTS; i++)
		if (slots[i].n)
			empty_slot(allocator, state, &slots[i], no_clock, &at_end);
}
