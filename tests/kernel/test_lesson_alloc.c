/* The three page allocators for study, on the trace that the benchmark shows. */
#include "mm/lesson_alloc.h"
#include "mm/vmalloc.h"
#include "tests/kernel/ktest.h"
#include "tests/kernel/lesson_trace.h"

#define FRAMES 12000ul

static void run(struct ktest *t, const struct lesson_allocator *allocator,
		struct lesson_result *result)
{
	struct lesson_slot *slots = vmalloc(LESSON_SLOTS * sizeof(*slots));
	void *state = vmalloc(allocator->state_size(FRAMES));

	if (KT_EXPECT(t, slots && state)) {
		allocator->init(state, 5000, FRAMES);
		lesson_trace_run(allocator, state, slots, 1, 6000, NULL, result);
		KT_EXPECT_EQ(t, allocator->largest_run(state), FRAMES);
	}
	vfree(state);
	vfree(slots);
}

static void test_trace(struct ktest *t)
{
	struct lesson_result results[ARRAY_SIZE(lesson_allocators)];

	for (unsigned int i = 0; i < ARRAY_SIZE(lesson_allocators); i++) {
		run(t, lesson_allocators[i], &results[i]);
		KT_EXPECT_EQ(t, results[i].allocs, results[0].allocs);
		KT_EXPECT_LE(t, results[i].in_use + results[i].wasted, FRAMES);
	}
	KT_EXPECT_EQ(t, results[0].wasted, 0ul);
	KT_EXPECT(t, results[2].wasted > 0);
}

static const struct ktest_case cases[] = {KTEST(test_trace)};
KTEST_SUITE(lesson_alloc, 0, cases);
