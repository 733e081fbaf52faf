/*
 * Overcommit.
 *
 * mmap promises memory that is given when it is touched. Most programs never touch
 * all they ask for, so promising more than there is lets more of them run; but then a
 * touch may find nothing left, and somebody must be killed for it. How far to go is for the
 * owner of the machine to say:
 *
 *	mode 0  a single request beyond all memory there is is a mistake: refused. Else granted.
 *	mode 1  everything is granted: for programs that map terabytes and use a page here and there.
 *	mode 2  the sum of all promises stays below the limit (a part of memory, and swap), so
 *	        what was granted will be there.
 *
 * What counts is memory that a process could make its own: private writable areas and
 * shared anonymous memory. Areas that are only read, and shared files, have their pages elsewhere.
 * An area that was charged has VM_ACCOUNT, and is discharged when it goes.
 *
 * In mode 2 the last 3% are for the superuser, who may want to repair things, and no
 * process may take the last room: it has to leave 1/32 of its own size free.
 *
 * Locks: none; one counter, changed by single instructions. Two requests at one moment may both be
 * refused though one of them would have fitted.
 *
 * Left out: overcommit_kbytes; swap, as there is none yet.
 */
#include "mm/overcommit.h"

#include "kernel/cpu/atomic.h"
#include "kernel/cred.h"
#include "kernel/lib/errno.h"
#include "mm/mm_types.h"
#include "mm/zone.h"

int sysctl_overcommit_memory = OVERCOMMIT_GUESS;
int sysctl_overcommit_ratio = 50;

static atomic_t committed;
static unsigned long total_pages; /* all that the allocator was given */

void overcommit_init(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_zone (zone)
		pages += zone->present_pages;
	total_pages = pages;
}

unsigned long vm_committed(void)
{
	int pages = atomic_read(&committed);

	return pages > 0 ? (unsigned long)pages : 0;
}

unsigned long vm_commit_limit(void)
{
	/* More than a thousandfold is as good as no limit, and would not fit a word. */
	unsigned long ratio = min((unsigned long)sysctl_overcommit_ratio, 100000ul);

	return total_pages / 100 * ratio + total_pages % 100 * ratio / 100;
}

/* What the current task may use of the limit. */
static long allowed_pages(void)
{
	unsigned long allowed = vm_commit_limit();

	if (!capable())
		allowed -= allowed / 32;
	if (current->mm)
		allowed -= min(allowed, current->mm->total_vm / 32);
	return (long)allowed;
}

int vm_enough_memory(long pages)
{
	bool enough = true;

	atomic_add((int)pages, &committed);
	if (likely(sysctl_overcommit_memory == OVERCOMMIT_GUESS))
		enough = pages <= (long)total_pages;
	else if (sysctl_overcommit_memory == OVERCOMMIT_NEVER)
		enough = atomic_read(&committed) < allowed_pages();
	if (likely(enough))
		return 0;
	vm_unacct_memory(pages);
	return -ENOMEM;
}

void vm_unacct_memory(long pages)
{
	atomic_sub((int)pages, &committed);
}
