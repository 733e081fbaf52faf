/*
 * Resource limits that depend on the machine.
 *
 * A process costs a kernel stack and some tables: the machine may use an eighth of its memory for
 * stacks, and one user half of these.
 */
#include "kernel/sched.h"
#include "mm/kstack.h"
#include "mm/zone.h"

void rlimits_init(void)
{
	struct rlimit *rlim = init_task.signal->rlim;
	unsigned long pages = 0, processes;
	struct zone *zone;

	for_each_zone (zone)
		pages += zone->present_pages;
	processes = pages / 8 / (KSTACK_SIZE / PAGE_SIZE) / 2;
	rlim[RLIMIT_NPROC] = (struct rlimit){processes, processes};
	rlim[RLIMIT_SIGPENDING] = rlim[RLIMIT_NPROC];
}
