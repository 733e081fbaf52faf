/*
 * The counters and their names, which are Linux's.
 *
 * One array of plain words each. With one processor and a kernel that is not preempted, adding to
 * one is a single instruction and needs no lock; with several, each would have its own arrays, and
 * readers would add them up.
 */
#include "mm/vmstat.h"

unsigned long vm_events[NR_VM_EVENT_ITEMS], vm_stats[NR_VM_STAT_ITEMS];

const char *const vm_event_names[NR_VM_EVENT_ITEMS] = {
	[PGFAULT] = "pgfault",
	[PGMAJFAULT] = "pgmajfault",
	[PGPGIN] = "pgpgin",
	[PGPGOUT] = "pgpgout",
	[NR_DIRTIED] = "nr_dirtied",
	[NR_WRITTEN] = "nr_written",
	[PGACTIVATE] = "pgactivate",
	[PGDEACTIVATE] = "pgdeactivate",
	[PGSCAN_KSWAPD] = "pgscan_kswapd",
	[PGSCAN_DIRECT] = "pgscan_direct",
	[PGSTEAL_KSWAPD] = "pgsteal_kswapd",
	[PGSTEAL_DIRECT] = "pgsteal_direct",
	[PAGEOUTRUN] = "pageoutrun",
	[ALLOCSTALL] = "allocstall",
	[SLABS_SCANNED] = "slabs_scanned",
	[DROP_PAGECACHE] = "drop_pagecache",
	[DROP_SLAB] = "drop_slab",
};

const char *const vm_stat_names[NR_VM_STAT_ITEMS] = {
	[NR_ANON_PAGES] = "nr_anon_pages",	[NR_FILE_MAPPED] = "nr_mapped",
	[NR_FILE_PAGES] = "nr_file_pages",	[NR_SHMEM] = "nr_shmem",
	[NR_FILE_DIRTY] = "nr_dirty",		[NR_WRITEBACK] = "nr_writeback",
	[NR_PAGETABLE] = "nr_page_table_pages",
};
