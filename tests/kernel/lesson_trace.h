/*
 * One sequence of requests for the three lesson allocators. Also on the host.
 */
#ifndef FOLIO_TESTS_LESSON_TRACE_H
#define FOLIO_TESTS_LESSON_TRACE_H

#include "kernel/lib/prng.h"
#include "mm/lesson_alloc.h"

#define LESSON_SLOTS 2048

/* A place that holds a run, or would if there had been memory. */
struct lesson_slot {
	unsigned long start; /* LESSON_NONE: the request failed */
	unsigned long n;     /* 0: nothing was asked for */
};

struct lesson_result {
	unsigned int allocs, frees; /* calls */
	unsigned int failed;	    /* allocs that got nothing */
	unsigned long in_use;	    /* frames asked for and held, at the end */
	unsigned long wasted;	    /* frames held and not asked for, at the end */
	unsigned long largest_run;  /* free, at the end */
	u64 alloc_time, free_time;  /* in units of clock() */
};

/*
 * lesson_trace_run - make `steps` requests and free everything again.
 * @state: of @allocator, after init()
 * @slots: LESSON_SLOTS of them, for the trace's own use
 * @clock: what time is it? NULL: times are 0
 *
 * What is asked for depends on @seed alone, not on what succeeds.
 */
void lesson_trace_run(const struct lesson_allocator *allocator, void *state,
		      struct lesson_slot *slots, u32 seed, unsigned int steps, u64 (*clock)(void),
		      struct lesson_result *result);

#endif
