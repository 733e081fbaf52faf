/*
 * Taking page tables down.
 */
#ifndef FOLIO_MM_UNMAP_H
#define FOLIO_MM_UNMAP_H

#include "mm/mm_types.h"

/*
 * unmap_range - take the entries of [start, end) away, drop their pages, and free the tables that
 * lie wholly between `floor` and `ceiling`: the end of the area below and the start of the one
 * above (0 and TASK_SIZE where there is none). mmap_sem is held for writing, or nobody uses the mm.
 * May sleep.
 */
void unmap_range(struct mm_struct *mm, unsigned long start, unsigned long end, unsigned long floor,
		 unsigned long ceiling);

/*
 * unmap_all - the same for a whole address space that nobody uses any more. It looks only where
 * there are areas. May sleep.
 */
void unmap_all(struct mm_struct *mm);

/*
 * zap_page_range - take the entries of [start, end) of an area away and drop their pages; the
 * tables stay. With keep_private the private copies of a file's pages stay. mmap_sem is held, or
 * the lock of a reverse map that names the area. Does not sleep.
 */
void zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		    bool keep_private);

#endif
