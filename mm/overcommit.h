/*
 * Overcommit: how much memory may be promised. See proc(5), /proc/sys/vm/overcommit_memory,
 * and Linux's Documentation/mm/overcommit-accounting.
 */
#ifndef FOLIO_MM_OVERCOMMIT_H
#define FOLIO_MM_OVERCOMMIT_H

#include "kernel/lib/types.h"

#define OVERCOMMIT_GUESS  0 /* refuse what is obviously too much */
#define OVERCOMMIT_ALWAYS 1 /* refuse nothing */
#define OVERCOMMIT_NEVER  2 /* no more in all than vm_commit_limit() */

/* /proc/sys/vm/overcommit_memory and overcommit_ratio (percent of memory). */
extern int sysctl_overcommit_memory;
extern int sysctl_overcommit_ratio;

/*
 * vm_enough_memory - promise `pages` more pages of private memory to the current task. 0: they are
 * charged to Committed_AS, until vm_unacct_memory(); -ENOMEM: nothing is charged. Does not sleep.
 */
int vm_enough_memory(long pages);

/* vm_unacct_memory - a promise of `pages` pages ends. Any context. */
void vm_unacct_memory(long pages);

/*
 * vm_committed - pages promised now: Committed_AS. vm_commit_limit - the limit of mode 2:
 * CommitLimit.
 */
unsigned long vm_committed(void);
unsigned long vm_commit_limit(void);

/* overcommit_init - boot, after mm_init(), and when the allocator has been given more. */
void overcommit_init(void);

#endif
