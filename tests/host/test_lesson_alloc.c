/* The lesson allocators against a model that knows who owns each frame. */
#include <stdlib.h>
#include <string.h>

#include "tests/host/host.h"

#include "mm/lesson_alloc.h"
#include "tests/kernel/lesson_trace.h"

#define START  1000ul
#define FRAMES 4099ul /* a prime: no block boundary at the end */
#define SLOTS  600

static u8 owner[FRAMES]; /* 0: free */

static void own(unsigned long first, unsigned long n, u8 old, u8 new)
{
	for (unsigned long i = first - START; i < first - START + n; i++) {
		check(i < FRAMES);
		check_eq(owner[i], old);
		owner[i] = new;
	}
}

static unsigned long model_largest_run(void)
{
	unsigned long run = 0, best = 0;

	for (unsigned long i = 0; i < FRAMES; i++) {
		run = owner[i] ? 0 : run + 1;
		best = max(best, run);
	}
	return best;
}

static void random_operations(const struct lesson_allocator *allocator)
{
	struct lesson_slot slots[SLOTS] = {0};
	void *state = malloc(allocator->state_size(FRAMES));
	bool exact = allocator->footprint(3) == 3;
	struct prng rng;

	memset(owner, 0, sizeof(owner));
	host_seed(&rng);
	allocator->init(state, START, FRAMES);
	check_eq(allocator->largest_run(state), FRAMES);
	for (int i = 0; i < 40000; i++) {
		struct lesson_slot *slot = &slots[prng_below(&rng, SLOTS)];

		if (slot->n) {
			own(slot->start, allocator->footprint(slot->n), 1, 0);
			allocator->free(state, slot->start, slot->n);
			slot->n = 0;
		} else {
			unsigned long n = 1 + prng_below(&rng, 1u << prng_below(&rng, 6));

			slot->start = allocator->alloc(state, n);
			if (slot->start == LESSON_NONE) {
				check(!exact || model_largest_run() < n);
				continue;
			}
			slot->n = n;
			own(slot->start, allocator->footprint(n), 0, 1);
		}
		if (i % 64 == 0)
			check_eq(allocator->largest_run(state), model_largest_run());
	}
	for (int i = 0; i < SLOTS; i++)
		if (slots[i].n)
			allocator->free(state, slots[i].start, slots[i].n);
	check_eq(allocator->largest_run(state), FRAMES);
	check_eq(allocator->alloc(state, FRAMES + 1), LESSON_NONE);
	free(state);
}

HOST_TEST(bitmap, "bitmap: no frame has two owners, and all come back")
{
	random_operations(&lesson_bitmap);
}

HOST_TEST(firstfit, "first fit: no frame has two owners, and all come back")
{
	random_operations(&lesson_firstfit);
}

HOST_TEST(buddy, "buddy: no frame has two owners, and all come back")
{
	random_operations(&lesson_buddy);
}

HOST_TEST(trace, "the trace asks everybody for the same and leaves nothing behind")
{
	static struct lesson_slot slots[LESSON_SLOTS];
	struct lesson_result results[ARRAY_SIZE(lesson_allocators)];

	for (unsigned int i = 0; i < ARRAY_SIZE(lesson_allocators); i++) {
		const struct lesson_allocator *allocator = lesson_allocators[i];
		void *state = malloc(allocator->state_size(12000));

		allocator->init(state, 0, 12000);
		lesson_trace_run(allocator, state, slots, 1, 20000, NULL, &results[i]);
		check_eq(results[i].allocs, results[0].allocs);
		check(results[i].in_use + results[i].wasted <= 12000);
		check_eq(allocator->largest_run(state), 12000);
		free(state);
	}
	check_eq(results[0].failed, results[1].failed);
	check_eq(results[0].wasted, 0);
	check(results[2].wasted > 0);
}
