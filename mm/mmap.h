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
#define MAP_SHARED_VALIDATE   0x03ul
#define MAP_TYPE	      0x0ful
#define MAP_FIXED	      0x10ul
#define MAP_ANONYMOUS	      0x20ul
#define MAP_GROWSDOWN	      0x0100ul
#define MAP_DENYWRITE	      0x0800ul
#define MAP_EXECUTABLE	      0x1000ul
#define MAP_LOCKED	      0x2000ul
#define MAP_NORESERVE	      0x4000ul
#define MAP_POPULATE	      0x8000ul
#define MAP_NONBLOCK	      0x10000ul
#define MAP_STACK	      0x20000ul
#define MAP_HUGETLB	      0x40000ul
#define MAP_FIXED_NOREPLACE   0x100000ul

#define READ_IMPLIES_EXEC     0x0400000ul /* personality(2) */

#define DEFAULT_MAX_MAP_COUNT 65530u
#define STACK_GUARD_GAP	      (256ul << PAGE_SHIFT) /* kept free below a growing area */

/*
 * /proc/sys/vm/max_map_count: areas of one process; mmap_min_addr: the lowest address to be mapped.
 */
extern unsigned int sysctl_max_map_count;
extern unsigned long mmap_min_addr;

/*
 * get_unmapped_area - where a mapping of len bytes may go: with MAP_FIXED at addr, else there if it
 * is free, or in the lowest hole. Returns the address, or -ENOMEM, -EINVAL, -EPERM. mmap_sem held.
 */
unsigned long get_unmapped_area(struct mm_struct *mm, unsigned long addr, unsigned long len,
				unsigned long flags);

/*
 * range_is_free - is there nothing in [addr, addr+len), guard gaps of stacks included? mmap_sem
 * held.
 */
bool range_is_free(struct mm_struct *mm, unsigned long addr, unsigned long len);

/*
 * do_mmap - map a file, or anonymous memory when file is NULL, in current->mm.
 * @addr: a hint, or the place with MAP_FIXED; @len: bytes, rounded up to pages
 * @pgoff: offset in the file, in pages
 * Returns the address, or -errno (EINVAL, ENOMEM, EACCES, ENODEV, EEXIST, EAGAIN, EPERM,
 * EOVERFLOW, EOPNOTSUPP) as mmap(2). mmap_sem is held for writing by the caller. May sleep.
 */
unsigned long do_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, pgoff_t pgoff);

/*
 * map_hole - make the hole [addr, addr+len) part of a neighbour or an area of its own; promised
 * memory (VM_ACCOUNT) is charged. 0 or -errno. mmap_sem held for writing. May sleep.
 */
int map_hole(struct mm_struct *mm, unsigned long addr, unsigned long len,
	     const struct vma_kind *kind);

/*
 * account_vm - `pages` (less than 0: fewer) of an area with these flags in total_vm and its parts.
 */
void account_vm(struct mm_struct *mm, unsigned long vm_flags, long pages);

/*
 * may_expand_vm - do RLIMIT_AS, and for what is private and writable RLIMIT_DATA, allow more pages?
 */
bool may_expand_vm(const struct mm_struct *mm, unsigned long vm_flags, unsigned long pages);

/* is_data_mapping - do areas with these flags count in data_vm? */
static inline bool is_data_mapping(unsigned long vm_flags)
{
	return (vm_flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE;
}

/* is_promised - can a process make the memory of such areas its own? Then it is charged. */
static inline bool is_promised(unsigned long vm_flags)
{
	return (vm_flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) == VM_WRITE;
}

/* prot_flags - vm_flags for PROT_* bits. */
static inline unsigned long prot_flags(unsigned long prot)
{
	_Static_assert(PROT_READ == VM_READ && PROT_WRITE == VM_WRITE && PROT_EXEC == VM_EXEC,
		       "the same bits");
	return prot & VM_ACCESS_FLAGS;
}

/* do_munmap - unmap [addr, addr+len). 0, -EINVAL, -ENOMEM. mmap_sem held for writing. May sleep. */
int do_munmap(struct mm_struct *mm, unsigned long addr, unsigned long len);

/*
 * do_brk - anonymous private memory at [addr, addr+len), page aligned: the heap and
 * the bss. 0 or -errno. mmap_sem held for writing. May sleep.
 */
int do_brk(struct mm_struct *mm, unsigned long addr, unsigned long len);

/*
 * setup_stack_vma - the stack's area: one page below mm->stack_top, growing down.
 * 0 or -ENOMEM. May sleep; takes mmap_sem.
 */
int setup_stack_vma(struct mm_struct *mm);

/*
 * expand_stack - grow a VM_GROWSDOWN area down to addr. 0 or -ENOMEM (RLIMIT_STACK, RLIMIT_AS, a
 * neighbour, promises), -EAGAIN (RLIMIT_MEMLOCK). mmap_sem held for writing.
 */
int expand_stack(struct vm_area_struct *vma, unsigned long addr);

/*
 * System calls, in their own words: brk(2), mmap2(2), munmap(2), mprotect(2), mremap(2). They take
 * mmap_sem themselves; results are as the manual pages say, errors negative. May sleep.
 */
unsigned long vm_brk(unsigned long brk);
unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, pgoff_t pgoff);
int vm_munmap(unsigned long addr, unsigned long len);

#endif
