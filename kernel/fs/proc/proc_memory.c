/* The state of memory as a whole: meminfo, vmstat, and zone by zone. Formats: proc(5). */
#include "kernel/fs/block_dev.h"
#include "kernel/fs/proc/proc.h"
#include "kernel/lib/string.h"
#include "mm/kstack.h"
#include "mm/layout.h"
#include "mm/mlock.h"
#include "mm/overcommit.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"
#include "mm/zone.h"

/* ------------------------------------------------------------ meminfo */

static unsigned long present_pages(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_zone (zone)
		pages += zone->present_pages;
	return pages;
}

/* In the order of Linux's meminfo. */
static const struct {
	enum lru_list list;
	const char *meminfo, *vmstat;
} lru_names[NR_LRU] = {
	{LRU_ACTIVE_ANON, "Active(anon)", "nr_active_anon"},
	{LRU_INACTIVE_ANON, "Inactive(anon)", "nr_inactive_anon"},
	{LRU_ACTIVE_FILE, "Active(file)", "nr_active_file"},
	{LRU_INACTIVE_FILE, "Inactive(file)", "nr_inactive_file"},
};

static unsigned long lru_pages(enum lru_list list)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_zone (zone)
		pages += zone->nr_lru[list];
	return pages;
}

/*
 * What programs may get before the machine is short of memory: what is free above the marks, and
 * of the files' pages what reclaim takes without effort, half of them at most.
 */
static unsigned long available_pages(void)
{
	unsigned long cache = lru_pages(LRU_ACTIVE_FILE) + lru_pages(LRU_INACTIVE_FILE);
	unsigned long pages = 0, marks = 0;
	struct zone *zone;

	for_each_zone (zone) {
		pages += zone->buddy.free_pages -
			 min(zone->buddy.free_pages, zone->watermark[WMARK_HIGH]);
		marks += zone->watermark[WMARK_LOW];
	}
	return pages + cache - min(cache / 2, marks);
}

static int add_slab_pages(struct kmem_cache *cache, void *sum)
{
	struct slabinfo info;

	kmem_cache_info(cache, &info);
	*(unsigned long *)sum += info.num_slabs << info.order;
	return 0;
}

static unsigned long slab_pages(void)
{
	unsigned long pages = 0;

	kmem_cache_for_each(add_slab_pages, &pages);
	return pages;
}

static void add_area(const struct vm_struct *area, void *sum)
{
	*(unsigned long *)sum += area->end - area->addr;
}

/* Bytes of the region for vmalloc that are in use. */
static unsigned long vmalloc_used(void)
{
	unsigned long bytes = 0;

	vmalloc_for_each(add_area, &bytes);
	return bytes;
}

static void line(struct seq_file *m, const char *name, unsigned long kb)
{
	int pad = 16 - (int)strlen(name) - 1;

	seq_printf(m, "%s:%*lu kB\n", name, pad + 8, kb);
}

static void meminfo_show(struct seq_file *m, void *v)
{
	const struct zone *high = &zones[ZONE_HIGHMEM];
	unsigned long total = present_pages(), free = nr_free_pages();
	unsigned long high_free = high->buddy.free_pages;
	unsigned long buffers = nr_blockdev_pages(), cached = vm_stats[NR_FILE_PAGES] - buffers;
	unsigned long slab = slab_pages(), used = vmalloc_used();

	(void)v;
	line(m, "MemTotal", PROC_KB(total));
	line(m, "MemFree", PROC_KB(free));
	line(m, "MemAvailable", PROC_KB(available_pages()));
	line(m, "Buffers", PROC_KB(buffers));
	line(m, "Cached", PROC_KB(cached));
	line(m, "SwapCached", 0);
	line(m, "Active", PROC_KB(lru_pages(LRU_ACTIVE_ANON) + lru_pages(LRU_ACTIVE_FILE)));
	line(m, "Inactive", PROC_KB(lru_pages(LRU_INACTIVE_ANON) + lru_pages(LRU_INACTIVE_FILE)));
	for (unsigned int i = 0; i < NR_LRU; i++)
		line(m, lru_names[i].meminfo, PROC_KB(lru_pages(lru_names[i].list)));
	line(m, "Mlocked", PROC_KB(nr_locked_pages()));
	line(m, "HighTotal", PROC_KB(high->present_pages));
	line(m, "HighFree", PROC_KB(high_free));
	line(m, "LowTotal", PROC_KB(total - high->present_pages));
	line(m, "LowFree", PROC_KB(free - high_free));
	line(m, "SwapTotal", 0);
	line(m, "SwapFree", 0);
	line(m, "Dirty", PROC_KB(vm_stats[NR_FILE_DIRTY]));
	line(m, "Writeback", PROC_KB(vm_stats[NR_WRITEBACK]));
	line(m, "AnonPages", PROC_KB(vm_stats[NR_ANON_PAGES]));
	line(m, "Mapped", PROC_KB(vm_stats[NR_FILE_MAPPED]));
	line(m, "Shmem", PROC_KB(vm_stats[NR_SHMEM]));
	line(m, "Slab", PROC_KB(slab));
	line(m, "KernelStack", kstacks_in_use() * (KSTACK_SIZE >> 10));
	line(m, "PageTables", PROC_KB(vm_stats[NR_PAGETABLE]));
	line(m, "CommitLimit", PROC_KB(vm_commit_limit()));
	line(m, "Committed_AS", PROC_KB(vm_committed()));
	line(m, "VmallocTotal", (VMALLOC_END - VMALLOC_START) >> 10);
	line(m, "VmallocUsed", used >> 10);
}

/* ------------------------------------------------------------ vmstat */

static void vmstat_show(struct seq_file *m, void *v)
{
	(void)v;
	seq_printf(m, "nr_free_pages %lu\n", nr_free_pages());
	for (unsigned int i = 0; i < NR_LRU; i++)
		seq_printf(m, "%s %lu\n", lru_names[i].vmstat, lru_pages(lru_names[i].list));
	for (unsigned int i = 0; i < NR_VM_STAT_ITEMS; i++)
		seq_printf(m, "%s %lu\n", vm_stat_names[i], vm_stats[i]);
	seq_printf(m, "nr_mlock %lu\n", nr_locked_pages());
	seq_printf(m, "nr_slab %lu\nnr_kernel_stack %u\n", slab_pages(), kstacks_in_use());
	for (unsigned int i = 0; i < NR_VM_EVENT_ITEMS; i++)
		seq_printf(m, "%s %lu\n", vm_event_names[i], vm_events[i]);
}

/* ------------------------------------------------------------ zones */

/* One record for each zone that has memory. */
static void *zone_start(struct seq_file *m, u64 *pos)
{
	(void)m;
	while (*pos < MAX_NR_ZONES && !zones[*pos].present_pages)
		++*pos;
	return *pos < MAX_NR_ZONES ? &zones[*pos] : NULL;
}

static void *zone_next(struct seq_file *m, void *v, u64 *pos)
{
	(void)v;
	++*pos;
	return zone_start(m, pos);
}

static void zone_stop(struct seq_file *m, void *v)
{
	(void)m;
	(void)v;
}

/* How many free blocks of each order a zone has. */
static void count_free(struct zone *zone, unsigned long counts[MAX_ORDER])
{
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		counts[order] = zone->buddy.free_area[order].nr_free;
	spin_unlock_irqrestore(&zone->lock, flags);
}

static void buddyinfo_show(struct seq_file *m, void *v)
{
	struct zone *zone = v;
	unsigned long counts[MAX_ORDER];

	count_free(zone, counts);
	seq_printf(m, "Node 0, zone %8s ", zone->name);
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		seq_printf(m, "%6lu ", counts[order]);
	seq_putc(m, '\n');
}

/* There is one kind of block: pages are not grouped by mobility, as they were not in Linux 2.4. */
static void pagetypeinfo_show(struct seq_file *m, void *v)
{
	struct zone *zone = v;
	unsigned long counts[MAX_ORDER];

	count_free(zone, counts);
	if (zone_start(m, &(u64){0}) == v) {
		seq_puts(m, "Free pages count per migrate type at order ");
		for (unsigned int order = 0; order < MAX_ORDER; order++)
			seq_printf(m, "%6u ", order);
		seq_putc(m, '\n');
	}
	seq_printf(m, "Node %4d, zone %8s, type %12s ", 0, zone->name, "Unmovable");
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		seq_printf(m, "%6lu ", counts[order]);
	seq_putc(m, '\n');
}

static void zoneinfo_show(struct seq_file *m, void *v)
{
	struct zone *zone = v;

	seq_printf(m, "Node 0, zone %8s\n", zone->name);
	seq_printf(m,
		   "  pages free     %lu\n        min      %lu\n        low      %lu\n"
		   "        high     %lu\n        spanned  %lu\n        present  %lu\n"
		   "        managed  %lu\n",
		   zone->buddy.free_pages, zone->watermark[WMARK_MIN], zone->watermark[WMARK_LOW],
		   zone->watermark[WMARK_HIGH], zone->buddy.end - zone->buddy.start,
		   zone->present_pages, zone->present_pages);
	seq_printf(m, "        protection: (%lu, %lu, %lu)\n", zone->lowmem_reserve[ZONE_DMA],
		   zone->lowmem_reserve[ZONE_NORMAL], zone->lowmem_reserve[ZONE_HIGHMEM]);
	for (unsigned int i = 0; i < NR_LRU; i++)
		seq_printf(m, "      %-16s %lu\n", lru_names[i].vmstat,
			   zone->nr_lru[lru_names[i].list]);
	seq_printf(m, "  start_pfn:         %lu\n", zone->buddy.start);
}

static const struct seq_operations buddyinfo_ops = {zone_start, zone_next, zone_stop,
						    buddyinfo_show};
static const struct seq_operations pagetypeinfo_ops = {zone_start, zone_next, zone_stop,
						       pagetypeinfo_show};
static const struct seq_operations zoneinfo_ops = {zone_start, zone_next, zone_stop, zoneinfo_show};

/* ------------------------------------------------------------ vmallocinfo */

static void show_area(const struct vm_struct *area, void *m)
{
	seq_printf(m, "0x%08lx-0x%08lx %7lu", area->addr, area->end, area->end - area->addr);
	if (area->caller)
		seq_printf(m, " %pS", (void *)area->caller);
	if (area->nr_pages)
		seq_printf(m, " pages=%u", area->nr_pages);
	seq_puts(m, area->flags & VM_MAP ? " vmap\n" : " vmalloc\n");
}

static void vmallocinfo_show(struct seq_file *m, void *v)
{
	(void)v;
	vmalloc_for_each(show_area, m);
}

static struct proc_entry entries[] = {
	{.name = "meminfo", .show = meminfo_show},
	{.name = "vmstat", .show = vmstat_show},
	{.name = "buddyinfo", .seq = &buddyinfo_ops},
	{.name = "pagetypeinfo", .seq = &pagetypeinfo_ops, .mode = 0400},
	{.name = "zoneinfo", .seq = &zoneinfo_ops},
	{.name = "vmallocinfo", .show = vmallocinfo_show, .mode = 0400},
};

void proc_memory_init(void)
{
	proc_register_all(NULL, entries);
}
