/*
 * Memory that stays: mlock(2) and its family.
 */
#ifndef FOLIO_MM_MLOCK_H
#define FOLIO_MM_MLOCK_H

#include "mm/mm_types.h"

#define MLOCK_ONFAULT 1u

#define MCL_CURRENT   1u
#define MCL_FUTURE    2u
#define MCL_ONFAULT   4u

/* can_mlock - may the current task lock anything at all? */
bool can_mlock(void);

/*
 * may_lock_more - does RLIMIT_MEMLOCK allow `pages` more of an area with these vm_flags? Always, if
 * they do not say VM_LOCKED, and for the superuser. mmap_sem held.
 */
bool may_lock_more(const struct mm_struct *mm, unsigned long vm_flags, unsigned long pages);

/*
 * mm_populate - fill in the pages of [addr, addr+len) that have areas. 0; -EINTR: the task was
 * killed; or the error of populate_range() for the first area that could not be filled; callers
 * that have mapped memory successfully ignore it. mm_populate_locked - the same, in areas whose
 * pages must be there (VM_LOCKED without VM_LOCKONFAULT). Take mmap_sem. May sleep.
 */
int mm_populate(struct mm_struct *mm, unsigned long addr, unsigned long len);
int mm_populate_locked(struct mm_struct *mm, unsigned long addr, unsigned long len);

/*
 * account_locked - `pages` more (or fewer) are in areas with VM_LOCKED. mmap_sem held for writing.
 */
void account_locked(struct mm_struct *mm, long pages);

/* nr_locked_pages - the same over all address spaces: Mlocked of /proc/meminfo. */
unsigned long nr_locked_pages(void);

/*
 * mlock(2), mlock2(2), munlock(2), mlockall(2), munlockall(2); 0 or -errno. Take mmap_sem. May
 * sleep.
 */
int vm_mlock(unsigned long addr, unsigned long len, unsigned int flags);
int vm_munlock(unsigned long addr, unsigned long len);
int vm_mlockall(unsigned int flags);
int vm_munlockall(void);

#endif
