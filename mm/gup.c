/*
 * User pages for the kernel.
 *
 * The kernel mostly reaches a program's memory through the program's own page tables
 * (kernel/cpu/uaccess). Where that will not do, because the memory is another process's, or because
 * the frame itself is wanted, the page table is read here by hand:
 *
 *	address -> area: is the access allowed?
 *	        -> entry: does it allow the access?  yes: its page, with a reference
 *	                                             no:  handle_mm_fault(), and look again
 *
 * A page that is found can be unmapped or replaced at any time after; the reference keeps the
 * frame, not its place.
 *
 * Locks: mmap_sem keeps the areas, page_table_lock the entry while the reference is taken.
 */
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/lru.h"
#include "mm/memory.h"
#include "mm/vma.h"

/* Device memory has no struct page to count. */
static bool has_pages(const struct vm_area_struct *vma)
{
	return !(vma->vm_flags & (VM_IO | VM_PFNMAP));
}

/* The page that an entry shows, with a reference, if it allows the access already; or NULL. */
static struct page *follow_page(struct mm_struct *mm, unsigned long addr, bool write)
{
	pmd_t *pmd = pmd_offset(&mm->pgd[pgd_index(addr)], addr);
	struct page *page = NULL;

	spin_lock(&mm->page_table_lock);
	if (pmd_present(*pmd)) {
		pte_t entry = *pte_offset(pmd, addr);

		if ((pte_val(entry) & _PAGE_PRESENT) && (!write || pte_write(entry))) {
			page = pte_page(entry);
			get_page(page);
		}
	}
	spin_unlock(&mm->page_table_lock);
	return page;
}

/* A page of an area which allows the access. */
static struct page *fault_in_page(struct vm_area_struct *vma, unsigned long addr, bool write)
{
	struct mm_struct *mm = vma->vm_mm;
	struct page *page;

	while (!(page = follow_page(mm, addr, write))) {
		unsigned int result = handle_mm_fault(mm, vma, addr, write);

		if (result & VM_FAULT_OOM)
			return ERR_PTR(-ENOMEM);
		if (result & VM_FAULT_ERROR)
			return ERR_PTR(-EFAULT);
	}
	return page;
}

struct page *get_user_page(struct mm_struct *mm, unsigned long addr, bool write)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	if (!vma || vma->vm_start > addr || !has_pages(vma) || !vma_allows(vma, write))
		return ERR_PTR(-EFAULT);
	return fault_in_page(vma, addr, write);
}

int populate_range(struct mm_struct *mm, unsigned long start, unsigned long len)
{
	unsigned long addr = start & PAGE_MASK, end = PAGE_ALIGN(start + len);

	for (; addr < end; addr += PAGE_SIZE) {
		struct vm_area_struct *vma = find_vma(mm, addr);
		struct page *page;
		bool write;

		if (!vma || vma->vm_start > addr)
			return -ENOMEM;
		write = (vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE;
		if (!has_pages(vma) || !vma_allows(vma, write))
			return -EFAULT;
		page = fault_in_page(vma, addr, write);
		if (IS_ERR(page))
			return (int)PTR_ERR(page);
		put_page(page);
		cond_resched();
		if (unlikely(fatal_signal_pending(current)))
			return -EINTR;
	}
	return 0;
}

/* Between kernel memory and a part of a user page. */
static void copy_part(struct page *page, unsigned long offset, void *buf, size_t len, bool write)
{
	char *at = kmap_atomic(page);

	if (write)
		memcpy(at + offset, buf, len);
	else
		memcpy(buf, at + offset, len);
	kunmap_atomic(at);
	if (write)
		set_page_dirty(page);
}

size_t access_process_vm(struct mm_struct *mm, unsigned long addr, void *buf, size_t len,
			 bool write)
{
	size_t done = 0;

	down_read(&mm->mmap_sem);
	while (done < len) {
		unsigned long at = addr + done, offset = at & ~PAGE_MASK;
		size_t part = min(len - done, (size_t)(PAGE_SIZE - offset));
		struct page *page = get_user_page(mm, at, write);

		if (IS_ERR(page))
			break;
		copy_part(page, offset, (char *)buf + done, part, write);
		put_page(page);
		done += part;
	}
	up_read(&mm->mmap_sem);
	return done;
}
