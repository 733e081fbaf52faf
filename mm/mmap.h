/*
 * Regions of an address space: making, finding, merging, splitting, removing.
 */
#ifndef FOLIO_MM_MMAP_H
#define FOLIO_MM_MMAP_H

#include "mm/mm.h"
#include "mm/vma.h"

/* prot and flags of mmap(2); Linux's values for i386. */
#define PROT_NONE	      0x0ul
#define PROT_READ	      0x1ul
#define PROT_WRITE	      0x2ul
#define PROT_EXEC	      0x4ul

#define MAP_SHARED	      0x01ul
#define MAP_PRIVATE	      0x02ul
#define MAP_TYPE	      0x0ful
#define MAP_FIXED	      0x10ul
#define MAP_ANONYMOUS	      0x20ul
#define MAP_GROWSDOWN	      0x0100ul
#define MAP_DENYWRITE	      0x0800ul
#define MAP_EXECUTABLE	      0x1000ul
#define MAP_LOCKED	      0x2000ul
#define MAP_NORESERVE	      0x4000ul
#define MAP_FIXED_NOREPLACE   0x100000ul

#define DEFAULT_MAX_MAP_COUNT 65530u		    /* areas of one process */
#define STACK_LIMIT	      (8ul << 20)	    /* bytes the stack may grow to */
#define STACK_GUARD_GAP	      (256ul << PAGE_SHIFT) /* kept free below a growing area */

/*
 * get_unmapped_area - where a mapping of len bytes may go. Returns the address, or
 * -ENOMEM, -EINVAL. mmap_sem held.
 */
unsigned long get_unmapped_area(struct mm_struct *mm, unsigned long addr, unsigned long len,
				unsigned long flags);

/*
 * do_mmap - map a file, or anonymous memory when file is NULL, in current->mm.
 * @addr: a hint, or the place with MAP_FIXED; @len: bytes, rounded up to pages
 * @pgoff: offset in the file, in pages
 * Returns the address, or -errno (EINVAL, ENOMEM, EACCES, ENODEV, EEXIST,
 * EOVERFLOW) as mmap(2). mmap_sem is held for writing by the caller. May sleep.
 */
unsigned long do_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, pgoff_t pgoff);

/* account_vm - `pages` (less than 0: fewer) of an area with these flags in total_vm and its parts. */
void account_vm(struct mm_struct *mm, unsigned long vm_flags, long pages);

/* do_munmap - unmap [addr, addr+len). 0, -EINVAL, -ENOMEM. mmap_sem held for writing. May sleep. */
int do_munmap(struct mm_struct *mm, unsigned long addr, unsigned long len);

/*
 * do_brk - anonymous private memory at [addr, addr+len), page aligned: the heap and
 * the bss. 0 or -errno. mmap_sem held for writing. May sleep.
 */
int do_brk(struct mm_struct *mm, unsigned long addr, unsigned long len);

/*
 * setup_stack_vma - the stack's area: one page below STACK_TOP, growing down.
 * 0 or -ENOMEM. May sleep; takes mmap_sem.
 */
int setup_stack_vma(struct mm_struct *mm);

/* expand_stack - grow a VM_GROWSDOWN area down to addr. 0 or -ENOMEM. mmap_sem held. */
int expand_stack(struct vm_area_struct *vma, unsigned long addr);

/*
 * System calls, in their own words: brk(2), mmap2(2), munmap(2). They take
 * mmap_sem themselves; results are as the manual pages say, errors negative.
 */
unsigned long vm_brk(unsigned long brk);
unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, pgoff_t pgoff);
int vm_munmap(unsigned long addr, unsigned long len);

#endif
