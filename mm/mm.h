/*
 * Address spaces as a whole: making, entering, leaving.
 */
#ifndef FOLIO_MM_MM_H
#define FOLIO_MM_MM_H

#include "mm/mm_types.h"

/*
 * mm_alloc - a new, empty address space with one user, whose directory holds the
 * kernel's entries. NULL: no memory. May sleep.
 */
struct mm_struct *mm_alloc(void);

/* mmget, mmput - take and drop a user. The last one takes all areas down. mmput may sleep. */
void mmget(struct mm_struct *mm);
void mmput(struct mm_struct *mm);

/* mm_types_init - make the caches of address spaces and areas. Boot. */
void mm_types_init(void);

/* use_mm - enter an address space (takes over the caller's reference): sets current->mm, loads cr3. */
void use_mm(struct mm_struct *mm);

/* exit_mm - leave the current one for the kernel's own, and drop it. May sleep. */
void exit_mm(void);

#endif
