/*
 * The gather: unmapped pages are freed only after the processor has forgotten their
 * translations.
 */
#ifndef FOLIO_MM_TLB_H
#define FOLIO_MM_TLB_H

#include "mm/mm_types.h"

#define GATHER_LOCAL 32u /* pages held without a buffer of their own */

struct mmu_gather {
	struct mm_struct *mm;
	unsigned long start, end; /* addresses whose entries were taken away; end 0: none */
	unsigned int nr, max;
	struct page **pages;
	struct page *local[GATHER_LOCAL];
};

/* tlb_gather - begin. */
void tlb_gather(struct mmu_gather *tlb, struct mm_struct *mm);

/* tlb_flush - forget the translations, then drop the pages gathered so far. Does not sleep. */
void tlb_flush(struct mmu_gather *tlb);

/* tlb_finish - the same, and the end. */
void tlb_finish(struct mmu_gather *tlb);

/* More room, or room by a flush; for tlb_remove_page(). */
void tlb_make_room(struct mmu_gather *tlb);

/* tlb_remove_entry - an entry at `address` was taken away. */
static __always_inline void tlb_remove_entry(struct mmu_gather *tlb, unsigned long address)
{
	if (address < tlb->start || !tlb->end)
		tlb->start = address;
	if (address + PAGE_SIZE > tlb->end)
		tlb->end = address + PAGE_SIZE;
}

/* tlb_remove_page - a reference to drop after the flush. page_table_lock may be held. */
static __always_inline void tlb_remove_page(struct mmu_gather *tlb, struct page *page)
{
	if (unlikely(tlb->nr == tlb->max))
		tlb_make_room(tlb);
	tlb->pages[tlb->nr++] = page;
}

#endif
