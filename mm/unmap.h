/*
 * Taking page tables down.
 */
#ifndef FOLIO_MM_UNMAP_H
#define FOLIO_MM_UNMAP_H

#include "mm/mm_types.h"

/*
 * unmap_range - take the entries of [start, end) away, drop their pages, and free the tables that
 * lie wholly between `floor` and `ceiling`: the end of the area below and the start of the one above
 * (0 and TASK_SIZE where there is none). mmap_sem is held for writing, or nobody uses the mm.
 * May sleep.
 */
void unmap_range(struct mm_struct *mm, unsigned long start, unsigned long end, unsigned long floor,
		 unsigned long ceiling);

#endif
