/*
 * Walking the error paths of an operation: its first, second, third... allocation
 * fails, until it is not hit any more; each time nothing may be lost.
 */
#ifndef FOLIO_TESTS_FAIL_EACH_H
#define FOLIO_TESTS_FAIL_EACH_H

#include "mm/init.h"
#include "tests/kernel/ktest.h"

/*
 * fail_each - run fn(ctx) with its n-th allocation failing, for n = 1, 2, 3...
 * @fn: does something that allocates, undoes it if it succeeded, and returns 0,
 *	or a negative error if it failed
 *
 * After each run memory must be as it was before (mm_account), and
 * the run that is not hit must succeed. A run that is hit may succeed, if the
 * operation can do without that allocation. Returns how many runs were hit.
 * Process context; may sleep.
 */
unsigned int fail_each(struct ktest *t, int (*fn)(void *ctx), void *ctx);

/* mm_account_same - is everything as it was then? Drains caches; says what differs. */
bool mm_account_same(struct ktest *t, const struct mm_account *before);

#endif
