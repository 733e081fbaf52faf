/*
 * Counters of memory management: what has happened since boot, and how many pages are what.
 * /proc/vmstat and /proc/meminfo show them.
 */
#ifndef FOLIO_MM_VMSTAT_H
#define FOLIO_MM_VMSTAT_H

#include "kernel/lib/compiler.h"

/* Events; named in /proc/vmstat by vm_event_names[]. */
enum vm_event_item {
	PGFAULT,       /* faults of programs */
	PGMAJFAULT,    /* those among them that needed I/O */
	PGPGIN,	       /* KiB read from disks */
	PGPGOUT,       /* KiB written to disks */
	NR_DIRTIED,    /* pages of files that became dirty */
	NR_WRITTEN,    /* and those that were written */
	PGACTIVATE,    /* pages moved up to an active list, */
	PGDEACTIVATE,  /* and down */
	PGSCAN_KSWAPD, /* inactive pages that were looked at, by whom, */
	PGSCAN_DIRECT,
	PGSTEAL_KSWAPD, /* and freed */
	PGSTEAL_DIRECT,
	PAGEOUTRUN,	/* times that kswapd worked */
	ALLOCSTALL,	/* times that somebody had to make memory himself */
	SLABS_SCANNED,	/* objects of caches that were looked at */
	DROP_PAGECACHE, /* times that drop_caches was written to */
	DROP_SLAB,
	NR_VM_EVENT_ITEMS
};

/* Pages; named by vm_stat_names[]. */
enum vm_stat_item {
	NR_ANON_PAGES,	/* anonymous, and mapped */
	NR_FILE_MAPPED, /* of the page cache, and mapped */
	NR_FILE_PAGES,	/* in the page cache, those of shmem included */
	NR_SHMEM,	/* of anonymous memory that processes share */
	NR_FILE_DIRTY,	/* must be written to a disk */
	NR_WRITEBACK,	/* are being written */
	NR_PAGETABLE,	/* page tables, without directories */
	NR_VM_STAT_ITEMS
};

extern unsigned long vm_events[NR_VM_EVENT_ITEMS], vm_stats[NR_VM_STAT_ITEMS];
extern const char *const vm_event_names[NR_VM_EVENT_ITEMS], *const vm_stat_names[NR_VM_STAT_ITEMS];

/* count_vm_event - it has happened once more. Process context. */
static __always_inline void count_vm_event(enum vm_event_item item)
{
	vm_events[item]++;
}

/* count_vm_events - `n` times more. */
static __always_inline void count_vm_events(enum vm_event_item item, unsigned long n)
{
	vm_events[item] += n;
}

/* add_vm_stat - there are `pages` more (or, less than 0, fewer). Process context. */
static __always_inline void add_vm_stat(enum vm_stat_item item, long pages)
{
	vm_stats[item] += (unsigned long)pages;
}

#endif
