/* Copying an address space. */
#ifndef FOLIO_MM_FORK_H
#define FOLIO_MM_FORK_H

#include "mm/mm_types.h"

/*
 * dup_mm - a copy of the current task's address space, for fork: the same areas, the same frames;
 * private ones become copy-on-write in both. One user, or ERR_PTR(-ENOMEM). Takes mmap_sem. May
 * sleep.
 */
struct mm_struct *dup_mm(void);

#endif
