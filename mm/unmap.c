/*
 * Taking page tables down.
 *
 * Every entry that goes may hold a page: the page's count of mappings goes down, the
 * processor's A and D bits are moved to the page if it belongs to a file, and the reference is
 * dropped by the gather, after the flush (mm/tlb.c).
 *
 * A table can go when no area needs any of its 4 MiB. The areas below and above the
 * range, floor and ceiling, tell which:
 *
 *	      4 MiB        4 MiB        4 MiB        4 MiB
 *	|------------|------------|------------|------------|
 *	   [ area ]  :  [ unmapped                   ]  [ area ]
 *	          floor   keeps none: freed   freed    ceiling
 *
 * Locks: page_table_lock for one table at a time, so that long ranges let others run.
 */
#include "mm/unmap.h"

#include "kernel/panic.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/page_alloc.h"
#include "mm/rmap.h"
#include "mm/tlb.h"
#include "mm/vmstat.h"

/* A page is no longer mapped at one place. page_table_lock is held. */
static __always_inline void unmap_page(struct mmu_gather *tlb, struct page *page, pte_t entry)
{
	if (PageAnon(page)) {
		tlb->mm->rss_anon--;
	} else {
		tlb->mm->rss_file--;
		if (pte_dirty(entry))
			set_page_dirty(page);
		if (pte_young(entry))
			mark_page_accessed(page);
	}
	page_remove_rmap(page);
	tlb_remove_page(tlb, page);
}

/* The part of a range that lies under one table; without private pages if they are to be kept. */
static __always_inline void unmap_entries(struct mmu_gather *tlb, pmd_t *pmd, unsigned long addr,
					  unsigned long end, bool keep_private)
{
	pte_t *ptep = pte_offset(pmd, addr);

	spin_lock(&tlb->mm->page_table_lock);
	for (; addr < end; addr += PAGE_SIZE, ptep++) {
		pte_t entry = *ptep;
		struct page *page = pte_page(entry);

		if (pte_none(entry))
			continue;
		if (keep_private && (pte_special(entry) || PageAnon(page)))
			continue;
		entry = ptep_get_and_clear(ptep);
		tlb_remove_entry(tlb, addr);
		if (!pte_special(entry))
			unmap_page(tlb, page, entry);
	}
	spin_unlock(&tlb->mm->page_table_lock);
}

static void unmap_table(struct mmu_gather *tlb, pmd_t *pmd, unsigned long addr, unsigned long end)
{
	unmap_entries(tlb, pmd, addr, end, false);
}

static void unmap_table_of_file(struct mmu_gather *tlb, pmd_t *pmd, unsigned long addr,
				unsigned long end)
{
	unmap_entries(tlb, pmd, addr, end, true);
}

void zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		    bool keep_private)
{
	struct mm_struct *mm = vma->vm_mm;
	struct mmu_gather tlb;
	unsigned long addr, stop;

	tlb_gather(&tlb, mm);
	for (addr = start; addr < end; addr = stop) {
		pmd_t *pmd = pmd_offset(&mm->pgd[pgd_index(addr)], addr);

		stop = pgd_addr_end(addr, end);
		if (pmd_none(*pmd))
			continue;
		if (keep_private)
			unmap_table_of_file(&tlb, pmd, addr, stop);
		else
			unmap_table(&tlb, pmd, addr, stop);
	}
	tlb_finish(&tlb);
}

/* Free the tables for [start, end) of which nothing lies below floor or at or above ceiling. */
static void free_tables(struct mmu_gather *tlb, unsigned long start, unsigned long end,
			unsigned long floor, unsigned long ceiling)
{
	struct mm_struct *mm = tlb->mm;
	unsigned long first = max(start >> PGDIR_SHIFT, (floor + PGDIR_SIZE - 1) >> PGDIR_SHIFT);
	unsigned long limit = min(((end - 1) >> PGDIR_SHIFT) + 1, ceiling >> PGDIR_SHIFT);

	for (unsigned long i = first; i < limit; i++) {
		pmd_t *pmd = pmd_offset(&mm->pgd[i], i << PGDIR_SHIFT);
		struct page *table;

		if (pmd_none(*pmd))
			continue;
		spin_lock(&mm->page_table_lock);
		table = pmd_page(*pmd);
		set_pmd(pmd, 0);
		mm->nr_ptes--;
		add_vm_stat(NR_PAGETABLE, -1);
		spin_unlock(&mm->page_table_lock);
		ClearPageTable(table);
		tlb_remove_entry(tlb, i << PGDIR_SHIFT);
		tlb_remove_page(tlb, table);
	}
}

/* What is mapped in [start, end) goes; the tables stay. */
static void unmap_tables(struct mmu_gather *tlb, unsigned long start, unsigned long end)
{
	struct mm_struct *mm = tlb->mm;
	unsigned long addr, stop;

	for (addr = start; addr < end; addr = stop) {
		pmd_t *pmd = pmd_offset(&mm->pgd[pgd_index(addr)], addr);

		stop = pgd_addr_end(addr, end);
		if (!pmd_none(*pmd)) {
			unmap_table(tlb, pmd, addr, stop);
			cond_resched();
		}
	}
}

void unmap_range(struct mm_struct *mm, unsigned long start, unsigned long end, unsigned long floor,
		 unsigned long ceiling)
{
	struct mmu_gather tlb;

	tlb_gather(&tlb, mm);
	unmap_tables(&tlb, start, end);
	free_tables(&tlb, start, end, floor, ceiling);
	tlb_finish(&tlb);
}

void unmap_all(struct mm_struct *mm)
{
	struct vm_area_struct *vma;
	struct mmu_gather tlb;

	tlb_gather(&tlb, mm);
	for_each_vma (mm, vma)
		unmap_tables(&tlb, vma->vm_start, vma->vm_end);
	for_each_vma (mm, vma)
		free_tables(&tlb, vma->vm_start, vma->vm_end, 0, TASK_SIZE);
	tlb_finish(&tlb);
}
