/*
 * Walking the error paths of an operation: its first, second, third... allocation
 * fails, until it is not hit any more; each time nothing may be lost.
 */
#ifndef FOLIO_TESTS_FAIL_EACH_H
#define FOLIO_TESTS_FAIL_EACH_H

#include "tests/kernel/ktest.h"

/*
 * fail_each - run fn(ctx) with its n-th allocation failing, for n = 1, 2, 3...
 * @fn: does something that allocates, undoes it if it succeeded, and returns 0,
 *	or a negative error if it failed
 *
 * After each run free pages and slab objects must be as they were before, and
 * the run that is not hit must succeed. A run that is hit may succeed, if the
 * operation can do without that allocation. Returns how many runs were hit.
 * Process context; may sleep.
 */
unsigned int fail_each(struct ktest *t, int (*fn)(void *ctx), void *ctx);

/* What must not change over an operation that undoes itself: drains caches first. */
struct memory_account {
	unsigned long free_pages;
	unsigned long slab_objects;
};

void memory_account(struct memory_account *account);
bool memory_account_same(struct ktest *t, const struct memory_account *before);

#endif
