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

/*
 * vma_allows - may a program read, or write, there? There is no right to execute in the page
 * tables.
 */
static __always_inline bool vma_allows(const struct vm_area_struct *vma, bool write)
{
	return vma->vm_flags & (write ? VM_WRITE : VM_ACCESS_FLAGS);
}

/*
 * get_user_page - the page at a user address, made as an access of the program would make it, with
 * a reference (put_page()); for writing: a page that may be written, the caller calls
 * set_page_dirty() afterwards. ERR_PTR(-EFAULT): the program may not do that there;
 * ERR_PTR(-ENOMEM). May sleep; mmap_sem is held.
 */
struct page *get_user_page(struct mm_struct *mm, unsigned long addr, bool write);

/*
 * populate_range - fill the page tables for [start, start+len), as if each page had been touched:
 * written where it is private and may be, else read. 0; -ENOMEM: there is a hole, or no memory;
 * -EFAULT: no access, or beyond the end of a file; -EINTR: killed. What was filled before stays.
 * May sleep; mmap_sem is held.
 */
int populate_range(struct mm_struct *mm, unsigned long start, unsigned long len);

/*
 * access_process_vm - copy `len` bytes from `addr` of any address space (which the caller keeps
 * alive) to buf, or with `write` the other way round, with the program's own rights. Bytes copied:
 * fewer, or none, where it is not accessible. Takes mmap_sem; may sleep.
 */
size_t access_process_vm(struct mm_struct *mm, unsigned long addr, void *buf, size_t len,
			 bool write);

/*
 * The page of zeros that fresh memory shows until it is written. Neither counted nor
 * reverse-mapped.
 */
extern struct page *zero_page;

/* memory_init - boot, after mm_init(). */
void memory_init(void);

#endif
