/*
 * The layout of the kernel's address space, as a table.
 */
#include "mm/layout.h"

#include "kernel/printk.h"

struct layout_region layout_table[] = {
	{"user space", 0, TASK_SIZE},
	{"direct map", PAGE_OFFSET, PAGE_OFFSET}, /* mm_init() sets the end */
	{"vmalloc", VMALLOC_START, VMALLOC_END},
	{"kernel stacks", KSTACK_START, KSTACK_END},
	{"kmap", PKMAP_BASE, PKMAP_BASE + LAST_PKMAP *PAGE_SIZE},
	{"fixmap", FIXADDR_START, 0},
};

const unsigned int layout_regions = ARRAY_SIZE(layout_table);

void layout_print(void)
{
	pr_info("address space:\n");
	for (unsigned int i = 0; i < layout_regions; i++) {
		const struct layout_region *r = &layout_table[i];

		pr_info("  0x%08lx-0x%08lx  %-13s %8lu KiB\n", r->start, r->end - 1, r->name,
			(r->end - r->start) >> 10);
	}
}
