/*
 * Page tables of processes: filling them on faults, taking them down.
 */
#ifndef FOLIO_MM_MEMORY_H
#define FOLIO_MM_MEMORY_H

#include "mm/mm_types.h"

/*
 * handle_mm_fault - make an access to a page of an area possible, if its rights allow it: the
 * caller has checked them. Returns VM_FAULT_* flags; none: done. May sleep; mmap_sem is held.
 */
unsigned int handle_mm_fault(struct mm_struct *mm, struct vm_area_struct *vma,
			     unsigned long address, bool write);

/*
 * unmap_areas - take down the entries of [start, end), whose first area is `vma`, and free the
 * tables that nobody above `floor` and below `ceiling` needs any more (ceiling 0: none above).
 * mmap_sem held for writing, or the last user. May sleep.
 */
void unmap_areas(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
		 unsigned long end, unsigned long floor, unsigned long ceiling);

/* pgd_alloc, pgd_free - a directory with the kernel's entries, for a process. May sleep. */
pgd_t *pgd_alloc(void);
void pgd_free(pgd_t *pgd);

/* The page of zeros that fresh memory shows until it is written. Not counted. */
extern struct page *zero_page;

/* memory_init - boot, after mm_init(). */
void memory_init(void);

#endif
