/*
 * Allocations that fail on purpose, so that every error path is walked.
 *
 * Two ways, as in Linux:
 *
 * - failslab and fail_page_alloc let slab or page allocations fail at random, by
 *   boot option, in the order of Linux's: failslab=interval,probability,space,times.
 *   They come into force when the kernel is up, before self-tests and programs.
 * - fail_nth_set(n) lets the n-th allocation of the calling task from now on
 *   fail, slab and page allocations counted together, once. Linux has it as
 *   /proc/PID/fail-nth. Running an operation with n = 1, 2, 3... until it is
 *   not hit any more walks each of its error paths in turn.
 *
 * While nothing is set this costs nothing: the allocators ask only on their slow
 * paths, and magazines and hot lists, which would bypass these, are switched off
 * while something is set.
 */
#ifndef FOLIO_MM_FAULT_INJECT_H
#define FOLIO_MM_FAULT_INJECT_H

#include "kernel/lib/prng.h"
#include "mm/gfp.h"

struct fault_attr {
	const char *name;
	unsigned int probability; /* percent; 0: off */
	unsigned int interval;	  /* only every so many-th candidate; 0 and 1: all */
	int times;		  /* failures left; -1: no end */
	unsigned long space;	  /* let so many bytes pass first */
	bool task_filter;	  /* only tasks with make_it_fail set */
	unsigned long count;	  /* candidates seen */
	unsigned long failed;	  /* failures made */
	struct prng rng;
};

extern struct fault_attr failslab;
extern struct fault_attr fail_page_alloc;

/*
 * fault_attr_setup - set an attribute from "interval,probability,space,times".
 * Returns 0, or -EINVAL and changes nothing. fault_inject_changed() puts it into
 * force. Any context.
 */
int fault_attr_setup(struct fault_attr *attr, const char *options);

/*
 * fault_inject_changed - to be called after a change of the attributes: sends
 * allocations past the fast paths if something may fail. Not before
 * kmem_cache_init(). Any context.
 */
void fault_inject_changed(void);

/*
 * fail_nth_set - let the n-th allocation of this task fail, 1 the next one.
 * 0 ends it. Allocations in interrupt handlers do not count, nor do those with
 * __GFP_NOFAIL. The end of a process sets 0; a kernel thread must before it ends.
 */
void fail_nth_set(unsigned int n);

/* fail_nth_hit - has the allocation failed since fail_nth_set()? Process context. */
bool fail_nth_hit(void);

/* The questions of the allocators, asked on their slow paths: must this one fail? */
bool should_failslab(size_t size, gfp_t gfp);
bool should_fail_alloc_page(gfp_t gfp, unsigned int order);

#endif
