/* iomem: what lies where in physical memory, as the loader's map and the kernel's image say. */
#include "kernel/bootinfo.h"
#include "kernel/fs/proc/proc.h"
#include "kernel/lib/list.h"
#include "mm/page.h"
#include "mm/slab.h"

struct range {
	struct list_head list;
	u64 start, end; /* inclusive */
	const char *name;
};

/* Ascending. Filled once, at boot. */
static LIST_HEAD(ranges);

extern const char __text_start[], __text_end[], __data_start[], __data_end[], __bss_start[],
	__bss_end[];

static void add_range(u64 base, u64 size, u32 type, void *ctx)
{
	static const char *const names[] = {
		[BOOT_RANGE_USABLE] = "System RAM",
		[BOOT_RANGE_RESERVED] = "Reserved",
		[BOOT_RANGE_ACPI] = "ACPI Tables",
		[BOOT_RANGE_NVS] = "ACPI Non-volatile Storage",
		[BOOT_RANGE_BAD] = "Unusable memory",
	};
	struct range *range, *after;

	(void)ctx;
	if (!size)
		return;
	range = kmalloc(sizeof(*range), GFP_KERNEL);
	if (!range)
		return;
	range->start = base;
	range->end = base + size - 1;
	range->name = type < ARRAY_SIZE(names) && names[type] ? names[type] : "Reserved";
	list_for_each_entry (after, &ranges, list)
		if (after->start > base)
			break;
	list_add_tail(&range->list, &after->list);
}

static void show_part(struct seq_file *m, const char *start, const char *end, const char *name)
{
	seq_printf(m, "  %08lx-%08lx : %s\n", __pa((unsigned long)start),
		   __pa((unsigned long)end) - 1, name);
}

static void iomem_show(struct seq_file *m, void *v)
{
	const u64 kernel = __pa((unsigned long)__text_start);
	struct range *range;

	(void)v;
	list_for_each_entry (range, &ranges, list) {
		seq_printf(m, "%08llx-%08llx : %s\n", range->start, range->end, range->name);
		if (kernel < range->start || kernel > range->end)
			continue;
		show_part(m, __text_start, __text_end, "Kernel code");
		show_part(m, __data_start, __data_end, "Kernel data");
		show_part(m, __bss_start, __bss_end, "Kernel bss");
	}
}

static struct proc_entry entry = {.name = "iomem", .show = iomem_show};

void proc_iomem_init(void)
{
	bootinfo_for_each_range(add_range, NULL);
	proc_register(NULL, &entry);
}
