/*
 * Advice.
 *
 *	advice               what becomes of it
 *	---------------------------------------------------------------------------------------
 *	NORMAL, RANDOM,      a note in vm_flags, for reading ahead
 *	SEQUENTIAL
 *	WILLNEED             a file's pages are being read, as far as there is memory
 *	DONTNEED             the entries go at once, and private pages with them: the next access finds
 *	                     zeros, or the file's contents
 *	FREE                 private pages may be dropped when memory is short, until they are
 *	                     written again
 *	DONTFORK, DOFORK     a note: fork leaves the area out
 *	DONTDUMP, DODUMP     a note: core dumps do
 *
 * FREE is kept in the page tables: the entry loses D, the processor's mark that the page was
 * written. An anonymous page whose entries all have D = 0 holds nothing that anybody wants, and
 * reclaim may drop it instead of writing it to swap; a write sets D again, without a fault.
 *
 * Notes make areas differ, so these are cut and joined as by mprotect.
 *
 * Holes in the range are reported (ENOMEM), but only after all areas have been served.
 *
 * Locks: mmap_sem, for writing where areas change.
 */
#include "mm/madvise.h"

#include "kernel/cpu/tlbflush.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/mmap.h"
#include "mm/readahead.h"
#include "mm/rmap.h"
#include "mm/unmap.h"

/* ---- notes ----------------------------------------------------------------------------------- */

/* vm_flags that an advice takes away and gives; and what an area must not be. */
struct note {
	unsigned long clear, set, forbidden;
};

static const struct note notes[] = {
	[MADV_NORMAL] = {VM_RAND_READ | VM_SEQ_READ, 0, 0},
	[MADV_RANDOM] = {VM_SEQ_READ, VM_RAND_READ, 0},
	[MADV_SEQUENTIAL] = {VM_RAND_READ, VM_SEQ_READ, 0},
	[MADV_DONTFORK] = {0, VM_DONTCOPY, 0},
	[MADV_DOFORK] = {VM_DONTCOPY, 0, VM_IO},
	[MADV_DONTDUMP] = {0, VM_DONTDUMP, 0},
	[MADV_DODUMP] = {VM_DONTDUMP, 0, VM_SPECIAL},
};

static bool is_note(int advice)
{
	return advice <= MADV_SEQUENTIAL || (advice >= MADV_DONTFORK && advice <= MADV_DODUMP);
}

/* The area that holds the part in the end, or ERR_PTR. */
static struct vm_area_struct *take_note(struct vm_area_struct *vma, unsigned long start,
					unsigned long end, int advice)
{
	const struct note *note = &notes[advice];
	unsigned long vm_flags = (vma->vm_flags & ~note->clear) | note->set;

	if (vma->vm_flags & note->forbidden)
		return ERR_PTR(-EINVAL);
	if (vm_flags == vma->vm_flags)
		return vma;
	vma = vma_modify(vma, start, end, vm_flags);
	return vma ? vma : ERR_PTR(-ENOMEM);
}

/* ---- pages ----------------------------------------------------------------------------------- */

/* The part's pages go. */
static int drop_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	if (vma->vm_flags & (VM_LOCKED | VM_PFNMAP))
		return -EINVAL;
	update_hiwater(vma->vm_mm);
	for (unsigned long stop; start < end; start = stop) {
		stop = pgd_addr_end(start, end);
		zap_page_range(vma, start, stop, false);
		cond_resched();
	}
	return 0;
}

/* Anonymous pages among these entries, of one table, hold nothing any more. */
static void forget_table(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	pte_t *ptep = pte_offset(pmd_offset(&mm->pgd[pgd_index(start)], start), start);
	const pte_t *last = ptep + ((end - start) >> PAGE_SHIFT);

	spin_lock(&mm->page_table_lock);
	for (; ptep < last; ptep++) {
		pte_t entry = *ptep;

		if (!pte_present(entry) || pte_special(entry) || !PageAnon(pte_page(entry)))
			continue;
		entry = ptep_get_and_clear(ptep);
		set_pte(ptep, pte_mkold(pte_mkclean(entry)));
	}
	flush_tlb_user_range(start, end);
	spin_unlock(&mm->page_table_lock);
}

static int forget_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct mm_struct *mm = vma->vm_mm;

	if (vma->vm_file || (vma->vm_flags & (VM_LOCKED | VM_PFNMAP)))
		return -EINVAL;
	for (unsigned long stop; start < end; start = stop) {
		stop = pgd_addr_end(start, end);
		if (!pmd_none(*pmd_offset(&mm->pgd[pgd_index(start)], start)))
			forget_table(mm, start, stop);
		cond_resched();
	}
	return 0;
}

/* Only a file has pages elsewhere. mmap_sem, which is held for reading, is dropped meanwhile. */
static int read_in(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	pgoff_t first = linear_page_index(vma, start);
	struct mm_struct *mm = vma->vm_mm;
	struct file *file = vma->vm_file;

	if (!file)
		return 0;
	get_file(file);
	up_read(&mm->mmap_sem);
	force_readahead(file->f_mapping, file, first, (end - start) >> PAGE_SHIFT);
	fput(file);
	down_read(&mm->mmap_sem);
	return 0;
}

/* ---- the walk -------------------------------------------------------------------------------- */

/*
 * Serve the part [start, end) of an area. The area that holds it in the end, NULL if that is to be
 * looked up anew, or ERR_PTR.
 */
static struct vm_area_struct *advise(struct vm_area_struct *vma, unsigned long start,
				     unsigned long end, int advice)
{
	int error;

	switch (advice) {
	case MADV_WILLNEED:
		error = read_in(vma, start, end);
		return error ? ERR_PTR(error) : NULL;
	case MADV_DONTNEED:
		error = drop_pages(vma, start, end);
		break;
	case MADV_FREE:
		error = forget_pages(vma, start, end);
		break;
	default:
		return take_note(vma, start, end, advice);
	}
	return error ? ERR_PTR(error) : vma;
}

static int advise_range(struct mm_struct *mm, unsigned long start, unsigned long end, int advice)
{
	struct vm_area_struct *vma = find_vma(mm, start);
	bool holes = false;

	while (vma && vma->vm_start < end) {
		unsigned long stop = min(vma->vm_end, end);

		holes |= vma->vm_start > start;
		start = max(start, vma->vm_start);
		vma = advise(vma, start, stop, advice);
		if (IS_ERR(vma))
			return (int)PTR_ERR(vma);
		start = vma ? max(stop, min(vma->vm_end, end)) : stop;
		if (start >= end)
			return holes ? -ENOMEM : 0;
		vma = vma ? next_vma(vma) : find_vma(mm, start);
	}
	return -ENOMEM;
}

static bool is_served(int advice)
{
	return (advice >= 0 && advice <= MADV_DONTNEED) || advice == MADV_FREE ||
	       advice == MADV_DONTFORK || advice == MADV_DOFORK || advice == MADV_DONTDUMP ||
	       advice == MADV_DODUMP;
}

int vm_madvise(unsigned long addr, unsigned long len, int advice)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = addr + PAGE_ALIGN(len);
	int error;

	if (!is_served(advice) || (addr & ~PAGE_MASK))
		return -EINVAL;
	if (end < addr || (len && end == addr))
		return -EINVAL;
	if (end == addr)
		return 0;
	if (is_note(advice)) {
		down_write(&mm->mmap_sem);
		error = advise_range(mm, addr, end, advice);
		up_write(&mm->mmap_sem);
	} else {
		down_read(&mm->mmap_sem);
		error = advise_range(mm, addr, end, advice);
		up_read(&mm->mmap_sem);
	}
	return error;
}
