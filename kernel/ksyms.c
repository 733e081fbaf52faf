/* Names of kernel addresses: binary search in the table of the second link. */
#include "kernel/ksyms.h"

#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"

extern const char __text_start[], __kernel_end[];

/* The last entry whose address is not above `addr`; ksyms_count is not 0. */
static unsigned int ksyms_index(unsigned long addr)
{
	unsigned int low = 0, high = ksyms_count;

	while (high - low > 1) {
		unsigned int middle = low + (high - low) / 2;

		if (ksyms_table[middle].addr <= addr)
			low = middle;
		else
			high = middle;
	}
	return low;
}

const char *ksyms_find(unsigned long addr, unsigned long *offset, unsigned long *size)
{
	unsigned long start, end = (unsigned long)__kernel_end;
	unsigned int i;

	if (!ksyms_count || addr < (unsigned long)__text_start || addr >= end)
		return NULL;
	i = ksyms_index(addr);
	start = ksyms_table[i].addr;
	if (i + 1 < ksyms_count)
		end = ksyms_table[i + 1].addr;
	if (offset)
		*offset = addr - start;
	if (size)
		*size = end - start;
	return ksyms_names + ksyms_table[i].name_offset;
}

unsigned long ksyms_address(const char *name)
{
	for (unsigned int i = 0; i < ksyms_count; i++)
		if (strcmp(ksyms_names + ksyms_table[i].name_offset, name) == 0)
			return ksyms_table[i].addr;
	return 0;
}

static int format_symbol(char *buf, size_t size, unsigned long addr)
{
	unsigned long offset, length;
	const char *name = ksyms_find(addr, &offset, &length);

	return name ? scnprintf(buf, size, "%s+0x%lx/0x%lx", name, offset, length) : 0;
}

void ksyms_init(void)
{
	vsprintf_set_symbols(format_symbol);
}
