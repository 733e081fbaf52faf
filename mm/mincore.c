/*
 * Which pages are in memory?
 *
 * An access finds its page in memory if the page table shows it, or if it belongs to a file and is
 * in the page cache: then there is a fault, but no waiting. Anonymous memory that was
 * never touched is not in memory; where it was read, the page of zeros is shown, which is.
 *
 * What others read is not for everybody to know: for a file that the caller neither owns nor
 * may write, all pages count as there.
 *
 * Locks: mmap_sem for reading; page_table_lock for the entries.
 */
#include "kernel/cred.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/madvise.h"
#include "mm/mmap.h"
#include "mm/rmap.h"

/* May the caller know which pages of the area's file are cached? */
static bool may_know(const struct vm_area_struct *vma)
{
	const struct file *file = vma->vm_file;

	return !file || (file->f_mode & FMODE_WRITE) || capable() ||
	       current_fsuid() == file->f_inode->i_uid;
}

static u8 is_cached(const struct vm_area_struct *vma, unsigned long addr)
{
	struct page *page;
	bool there;

	if (!vma->vm_file)
		return 0;
	page = find_get_page(vma->vm_file->f_mapping, linear_page_index(vma, addr));
	if (!page)
		return 0;
	there = PageUptodate(page);
	put_page(page);
	return there;
}

static bool is_shown(struct mm_struct *mm, unsigned long addr)
{
	pmd_t *pmd = pmd_offset(&mm->pgd[pgd_index(addr)], addr);
	bool shown;

	spin_lock(&mm->page_table_lock);
	shown = !pmd_none(*pmd) && pte_present(*pte_offset(pmd, addr));
	spin_unlock(&mm->page_table_lock);
	return shown;
}

int mincore_pages(unsigned long addr, unsigned long pages, u8 *vec)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma = NULL;
	int error = 0;

	down_read(&mm->mmap_sem);
	for (unsigned long i = 0; i < pages; i++, addr += PAGE_SIZE) {
		if (!vma || addr >= vma->vm_end)
			vma = find_vma(mm, addr);
		if (!vma || addr < vma->vm_start) {
			error = -ENOMEM;
			break;
		}
		vec[i] = !may_know(vma) || is_shown(mm, addr) || is_cached(vma, addr);
	}
	up_read(&mm->mmap_sem);
	return error;
}
