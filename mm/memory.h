/*
 * Faults: filling the page tables of processes.
 */
#ifndef FOLIO_MM_MEMORY_H
#define FOLIO_MM_MEMORY_H

#include "mm/mm_types.h"

/*
 * handle_mm_fault - make an access to a page of an area possible. The caller has checked that the
 * area's rights allow it. Returns VM_FAULT_* flags; none: done. May sleep; mmap_sem is held.
 */
unsigned int handle_mm_fault(struct mm_struct *mm, struct vm_area_struct *vma,
			     unsigned long address, bool write);

/* The page of zeros that fresh memory shows until it is written. Neither counted nor reverse-mapped. */
extern struct page *zero_page;

/* memory_init - boot, after mm_init(). */
void memory_init(void);

#endif
