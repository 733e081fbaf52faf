/*
 * The gather.
 *
 * Clearing a page-table entry does not make the processor forget it. A frame that
 * is freed before the flush can be somebody else's while a program still
 * reaches it through a remembered translation. So unmapping works in two steps:
 *
 *	clear entry -> gather      clear entry -> gather     ...
 *	flush once
 *	drop the gathered pages
 *
 * One flush serves many pages. Page tables are gathered like pages, for
 * processors remember directory entries too.
 *
 * If the address space is not the one in use on this processor, it remembers nothing
 * of it, and no flush is needed: CR3 is loaded before it is used again. That
 * makes the end of a process cheap.
 *
 * Pages are held in a small array on the caller's stack, or, when there are many, in
 * a page of their own.
 */
#include "mm/tlb.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/tlbflush.h"
#include "mm/lru.h"
#include "mm/page_alloc.h"

void tlb_gather(struct mmu_gather *tlb, struct mm_struct *mm)
{
	tlb->mm = mm;
	tlb->start = tlb->end = 0;
	tlb->nr = 0;
	tlb->max = GATHER_LOCAL;
	tlb->pages = tlb->local;
}

void tlb_flush(struct mmu_gather *tlb)
{
	if (tlb->end && read_cr3() == __pa(tlb->mm->pgd))
		flush_tlb_user_range(tlb->start, tlb->end);
	tlb->start = tlb->end = 0;
	release_pages(tlb->pages, tlb->nr);
	tlb->nr = 0;
}

void tlb_make_room(struct mmu_gather *tlb)
{
	struct page **buffer = NULL;

	if (tlb->pages == tlb->local)
		buffer = (struct page **)get_free_page(GFP_ATOMIC | __GFP_NOWARN);
	if (!buffer) {
		tlb_flush(tlb);
		return;
	}
	for (unsigned int i = 0; i < tlb->nr; i++)
		buffer[i] = tlb->local[i];
	tlb->pages = buffer;
	tlb->max = PAGE_SIZE / sizeof(struct page *);
}

void tlb_finish(struct mmu_gather *tlb)
{
	tlb_flush(tlb);
	if (tlb->pages != tlb->local)
		free_page((unsigned long)tlb->pages);
}
