/*
 * The fixmap.
 *
 * Some mappings are needed at places that the compiler knows, before there is
 * any allocator of addresses, or in contexts that may not wait for one. They sit
 * in the last 4 MiB, under one page table that exists from the first instruction
 * with paging on, in every directory alike. A slot costs one entry and one INVLPG.
 */
#include "mm/fixmap.h"

#include "kernel/cpu/tlbflush.h"

void set_fixmap(enum fixed_addresses slot, unsigned long phys, pgprot_t prot)
{
	set_pte(fix_pte(slot), pfn_pte(PFN_DOWN(phys), prot));
	flush_tlb_one(fix_to_virt(slot));
}

void clear_fixmap(enum fixed_addresses slot)
{
	pte_clear(fix_pte(slot));
	flush_tlb_one(fix_to_virt(slot));
}
