/*
 * What programs know about their memory and tell; what they ask about it.
 */
#ifndef FOLIO_MM_MADVISE_H
#define FOLIO_MM_MADVISE_H

#include "kernel/lib/types.h"

/* Linux's values. Others (REMOVE, MERGEABLE, HUGEPAGE, COLD...) are not served: -EINVAL. */
#define MADV_NORMAL	0
#define MADV_RANDOM	1
#define MADV_SEQUENTIAL 2
#define MADV_WILLNEED	3
#define MADV_DONTNEED	4
#define MADV_FREE	8
#define MADV_DONTFORK	10
#define MADV_DOFORK	11
#define MADV_DONTDUMP	16
#define MADV_DODUMP	17

/*
 * madvise(2): 0, -EINVAL, -ENOMEM (also for holes, after all the rest was done). Takes mmap_sem.
 * May sleep.
 */
int vm_madvise(unsigned long addr, unsigned long len, int advice);

/*
 * mincore_pages - for `pages` pages from addr on, vec[i] becomes 1 if an access would find page i
 * in memory, else 0. 0, or -ENOMEM: there is a hole. mmap_sem is taken. May sleep.
 */
int mincore_pages(unsigned long addr, unsigned long pages, u8 *vec);

#define MS_ASYNC      1
#define MS_INVALIDATE 2
#define MS_SYNC	      4

/* vm_msync - msync(2): 0, -EINVAL, -ENOMEM, -EBUSY, -EIO. Takes mmap_sem. May sleep. */
int vm_msync(unsigned long addr, unsigned long len, int flags);

#endif
