/*
 * A window on physical memory: one fixmap slot that shows any page frame. It works
 * from the first C line on, as the fixmap's page table is part of the image.
 */
#include "kernel/bootinfo.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/string.h"
#include "mm/fixmap.h"

void *boot_peek(unsigned long phys)
{
	unsigned long window = fix_to_virt(FIX_PEEK);
	unsigned long entry = (phys & PAGE_MASK) | _PAGE_PRESENT | _PAGE_RW;
	pte_t *pte = fix_pte(FIX_PEEK);

	if ((pte_val(*pte) & (PAGE_MASK | _PAGE_PRESENT)) != (entry & ~_PAGE_RW)) {
		set_pte(pte, __pte(entry));
		invlpg(window);
	}
	return (void *)(window + (phys & ~PAGE_MASK));
}

void boot_copy_phys(void *dst, unsigned long phys, size_t len)
{
	char *to = dst;

	while (len) {
		size_t chunk = min(len, (size_t)(PAGE_SIZE - (phys & ~PAGE_MASK)));

		memcpy(to, boot_peek(phys), chunk);
		to += chunk;
		phys += chunk;
		len -= chunk;
	}
}
