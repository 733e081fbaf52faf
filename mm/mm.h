/*
 * Address spaces as a whole: making, entering, leaving.
 */
#ifndef FOLIO_MM_MM_H
#define FOLIO_MM_MM_H

#include "mm/mm_types.h"

/*
 * /proc/sys/kernel/randomize_va_space: 0 the same addresses in every process; 1 mappings and stack
 * anywhere; 2 the heap too. New address spaces follow it.
 */
extern int randomize_va_space;

/*
 * randomize_brk - where the heap of a program whose image ends at `end` (page aligned) begins. For
 * exec.
 */
unsigned long randomize_brk(unsigned long end);

/*
 * mm_alloc - a new, empty address space with one user, whose directory holds the
 * kernel's entries. NULL: no memory. May sleep.
 */
struct mm_struct *mm_alloc(void);

/* mmget, mmput - take and drop a user. The last one takes all areas down. mmput may sleep. */
void mmget(struct mm_struct *mm);
void mmput(struct mm_struct *mm);

/*
 * get_task_mm - a task's address space, with a user for the caller (mmput); NULL: a kernel thread,
 * or it has left it. Process context.
 */
struct task_struct;
struct mm_struct *get_task_mm(const struct task_struct *task);

/* mm_types_init - make the caches of address spaces and areas. Boot. */
void mm_types_init(void);

/*
 * use_mm - enter an address space (takes over the caller's reference): sets current->mm, loads cr3.
 */
void use_mm(struct mm_struct *mm);

/* mm_rss - pages mapped. */
static inline unsigned long mm_rss(const struct mm_struct *mm)
{
	return mm->rss_anon + mm->rss_file;
}

/*
 * update_hiwater - note the size, before it gets smaller; readers take the larger of it and what is
 * now.
 */
static inline void update_hiwater(struct mm_struct *mm)
{
	if (mm->hiwater_vm < mm->total_vm)
		mm->hiwater_vm = mm->total_vm;
	if (mm->hiwater_rss < mm_rss(mm))
		mm->hiwater_rss = mm_rss(mm);
}

/* exit_mm - leave the current one for the kernel's own, and drop it. May sleep. */
void exit_mm(void);

#endif
