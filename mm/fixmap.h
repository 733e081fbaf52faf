/*
 * The fixmap: addresses known at compile time, at the very end of the address
 * space, whose frames are chosen at run time.
 */
#ifndef FOLIO_MM_FIXMAP_H
#define FOLIO_MM_FIXMAP_H

#include "mm/pgtable.h"

/* kmap_atomic slots of one processor; a power of two. */
#define KMAP_ATOMIC_SLOTS 64

/* Slot 0 is the last page of the address space; the numbers grow downwards. */
enum fixed_addresses {
	FIX_HOLE, /* the last page stays unmapped: ERR_PTR values point there */
	FIX_PEEK, /* reading physical memory that has no mapping of its own */
	FIX_KMAP_BEGIN,
	FIX_KMAP_END = FIX_KMAP_BEGIN + KMAP_ATOMIC_SLOTS * NR_CPUS - 1,
	NR_FIXED_ADDRESSES
};

#define FIXADDR_TOP	  0xFFFFF000ul
#define fix_to_virt(slot) (FIXADDR_TOP - ((unsigned long)(slot) << PAGE_SHIFT))

/* The one page table of the fixmap: it covers the last 4 MiB. Built at boot. */
extern pte_t fixmap_pte[PTRS_PER_PTE];

static __always_inline pte_t *fix_pte(enum fixed_addresses slot)
{
	return &fixmap_pte[pte_index(fix_to_virt(slot))];
}

/* set_fixmap, clear_fixmap - map a frame in a slot, or nothing, and flush it. Any context. */
void set_fixmap(enum fixed_addresses slot, unsigned long phys, pgprot_t prot);
void clear_fixmap(enum fixed_addresses slot);

#endif
