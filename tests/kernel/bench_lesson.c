/* The three classic page allocators on one trace of requests, side by side. */
#include "kernel/printk.h"
#include "mm/vmalloc.h"
#include "tests/kernel/bench.h"
#include "tests/kernel/lesson_trace.h"

#define STEPS 20000u

/* Plenty of memory, and so little that requests fail. */
static const unsigned long ranges[] = {16384, 7000};

static u64 clock(void)
{
	return rdtsc();
}

static void show(const struct lesson_allocator *allocator, unsigned long frames,
		 const struct lesson_result *r)
{
	unsigned long per_alloc = (unsigned long)r->alloc_time / r->allocs;
	unsigned long per_free = (unsigned long)r->free_time / r->frees;
	unsigned long free = frames - r->in_use - r->wasted;

	pr_raw("lesson: %-10s %7lu %7lu %7lu %7u %7lu %7lu %7lu\n", allocator->name, frames,
	       per_alloc, per_free, r->failed, r->wasted, free, r->largest_run);
}

static bool run(const struct lesson_allocator *allocator, unsigned long frames)
{
	struct lesson_slot *slots = vmalloc(LESSON_SLOTS * sizeof(*slots));
	void *state = vmalloc(allocator->state_size(frames));
	struct lesson_result result;

	if (slots && state) {
		allocator->init(state, 0, frames);
		lesson_trace_run(allocator, state, slots, 1, STEPS, clock, &result);
		show(allocator, frames, &result);
	}
	vfree(state);
	vfree(slots);
	return slots && state;
}

void bench_lesson(void)
{
	pr_raw("lesson: %-10s %7s %7s %7s %7s %7s %7s %7s\n", "allocator", "frames", "alloc",
	       "free", "failed", "wasted", "left", "run");
	for (unsigned int i = 0; i < ARRAY_SIZE(ranges); i++)
		for (unsigned int a = 0; a < ARRAY_SIZE(lesson_allocators); a++)
			if (!run(lesson_allocators[a], ranges[i]))
				pr_raw("lesson: no memory for %s\n", lesson_allocators[a]->name);
}
