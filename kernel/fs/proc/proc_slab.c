/*
 * slabinfo, in the format of version 2.1 that slabtop(1) reads: one line for each cache. Active are
 * objects that somebody has; free ones in magazines are not, so that one more or less shows.
 */
#include "kernel/fs/proc/proc.h"
#include "mm/slab.h"

static int show_cache(struct kmem_cache *cache, void *m)
{
	struct slabinfo i;

	kmem_cache_info(cache, &i);
	seq_printf(m, "%-17s %6lu %6lu %6u %4u %4u", i.name, i.active_objs, i.num_objs, i.size,
		   i.obj_per_slab, 1u << i.order);
	seq_printf(m, " : tunables %4u %4u %4u", i.limit, i.batch, 0u);
	seq_printf(m, " : slabdata %6lu %6lu %6lu\n", i.num_slabs - i.free_slabs, i.num_slabs, 0ul);
	return 0;
}

static void slabinfo_show(struct seq_file *m, void *v)
{
	(void)v;
	seq_puts(m,
		 "slabinfo - version: 2.1\n"
		 "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>"
		 " : tunables <limit> <batchcount> <sharedfactor>"
		 " : slabdata <active_slabs> <num_slabs> <sharedavail>\n");
	kmem_cache_for_each(show_cache, m);
}

static struct proc_entry entry = {.name = "slabinfo", .show = slabinfo_show, .mode = 0400};

void proc_slab_init(void)
{
	proc_register(NULL, &entry);
}
