/*
 * Changing the rights of memory.
 *
 * The rights of an address are said twice: by its area, which decides what a fault may do,
 * and by the entry of the page table, if there is one. mprotect changes the areas first (they are
 * cut, changed, and joined with neighbours that are now alike), then the entries:
 *
 *	new rights       entry
 *	---------------------------------------------------------------------------------
 *	none             P=0, bit 8: the frame stays, every access faults
 *	read             P=1, no right to write
 *	write, shared    P=1, writable; not if the file is to notice the first store (mm/memory.c): then
 *	                 writable entries lose the right, and their next store faults
 *	write, private   P=1, writable only where the frame is nobody else's: anonymous, one entry, one
 *	                 reference. Any other has to be copied first, by the fault
 *
 * Entries that are empty stay so: their fault will ask the area.
 *
 * What takes rights away needs the processor to forget what it remembers; what only adds rights
 * does not, as it looks again before it faults. A program that flips a page between two states
 * therefore pays one flush for two calls.
 *
 * A private area that becomes writable is a promise of memory (mm/overcommit.c), which is kept
 * until it goes: taking the right away does not give the pages back.
 *
 * Locks: mmap_sem for writing; page_table_lock for the entries of one table at a time.
 */
#include "mm/mprotect.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/tlbflush.h"
#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "mm/mlock.h"
#include "mm/mmap.h"
#include "mm/overcommit.h"
#include "mm/rmap.h"

/* ---- entries --------------------------------------------------------------------------------- */

/* How the entries of an area are to be changed. */
struct protection {
	pgprot_t prot;
	bool own_writable; /* pages that are ours alone may be written */
};

/* Change the entries from ptep to `last`, of one table; whether a right was taken away. */
static bool change_table(pte_t *ptep, const pte_t *last, struct protection to)
{
	unsigned long lost = 0;

	for (; ptep < last; ptep++) {
		pte_t entry = *ptep, old;

		if (!pte_present(entry))
			continue;
		old = ptep_get_and_clear(ptep);
		entry = pte_modify(old, to.prot);
		if (to.own_writable && !pte_special(entry) && page_only_ours(pte_page(entry)))
			entry = pte_mkwrite(entry);
		set_pte(ptep, entry);
		lost |= pte_val(old) & ~pte_val(entry);
	}
	return lost & (_PAGE_PRESENT | _PAGE_RW);
}

/* Give the entries of [start, end), which lies in one area, the area's rights. */
static void change_entries(const struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	const struct protection to = {
		.prot = vma->vm_page_prot,
		.own_writable = (vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE,
	};
	struct mm_struct *mm = vma->vm_mm;
	bool flush = false;

	for (unsigned long addr = start, stop; addr < end; addr = stop) {
		pmd_t *pmd = pmd_offset(&mm->pgd[pgd_index(addr)], addr);
		pte_t *ptep;

		stop = pgd_addr_end(addr, end);
		if (pmd_none(*pmd))
			continue;
		ptep = pte_offset(pmd, addr);
		spin_lock(&mm->page_table_lock);
		flush |= change_table(ptep, ptep + ((stop - addr) >> PAGE_SHIFT), to);
		spin_unlock(&mm->page_table_lock);
		if (stop < end)
			cond_resched();
	}
	if (flush)
		flush_tlb_user_range(start, end);
}

/* ---- areas ----------------------------------------------------------------------------------- */

/* Change [start, end), a part of an area. Returns the area that holds it now; NULL: no memory. */
static struct vm_area_struct *protect_part(struct vm_area_struct *vma, unsigned long start,
					   unsigned long end, unsigned long new_flags)
{
	unsigned long old_flags = vma->vm_flags;
	struct mm_struct *mm = vma->vm_mm;
	long pages = (long)((end - start) >> PAGE_SHIFT);

	if (new_flags == old_flags)
		return vma;
	if (is_data_mapping(new_flags) && !is_data_mapping(old_flags) &&
	    mm->data_vm + (unsigned long)pages > rlimit(RLIMIT_DATA) >> PAGE_SHIFT)
		return NULL;
	if (!(old_flags & VM_ACCOUNT) && is_promised(new_flags)) {
		if (vm_enough_memory(pages))
			return NULL;
		new_flags |= VM_ACCOUNT;
	}
	vma = vma_modify(vma, start, end, new_flags);
	if (!vma) {
		if ((new_flags & ~old_flags) & VM_ACCOUNT)
			vm_unacct_memory(pages);
		return NULL;
	}
	account_vm(mm, old_flags & ~VM_LOCKED, -pages);
	account_vm(mm, new_flags & ~VM_LOCKED, pages);
	change_entries(vma, start, end);
	return vma;
}

/* Does an area allow these rights? VM_MAYREAD is VM_READ << 4, and so on. */
static bool may_have(unsigned long vm_flags, unsigned long rights)
{
	return !(rights & ~(vm_flags >> 4));
}

/* Change [start, end). 0 or -errno; then the part before the trouble has been changed. */
static int protect_range(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			 unsigned long rights)
{
	for (;;) {
		unsigned long stop = min(vma->vm_end, end);

		if (!may_have(vma->vm_flags, rights))
			return -EACCES;
		vma = protect_part(vma, start, stop, (vma->vm_flags & ~VM_ACCESS_FLAGS) | rights);
		if (!vma)
			return -ENOMEM;
		/* It may have been joined with what lies behind, which then is as it should be. */
		start = max(stop, min(vma->vm_end, end));
		if (start >= end)
			return 0;
		vma = next_vma(vma);
		if (!vma || vma->vm_start != start)
			return -ENOMEM;
	}
}

/* Where to begin: PROT_GROWSDOWN means the start of the area. NULL: *error says why. */
static struct vm_area_struct *first_area(struct mm_struct *mm, unsigned long *start,
					 unsigned long end, unsigned long prot, int *error)
{
	struct vm_area_struct *vma = find_vma(mm, *start);

	*error = -ENOMEM;
	if (!vma || vma->vm_start >= end)
		return NULL;
	if (prot & PROT_GROWSDOWN) {
		*start = vma->vm_start;
		*error = -EINVAL;
		return vma->vm_flags & VM_GROWSDOWN ? vma : NULL;
	}
	return vma->vm_start <= *start ? vma : NULL;
}

int vm_mprotect(unsigned long addr, unsigned long len, unsigned long prot)
{
	const unsigned long known = VM_ACCESS_FLAGS | PROT_SEM | PROT_GROWSDOWN | PROT_GROWSUP;
	struct mm_struct *mm = current->mm;
	unsigned long end = addr + PAGE_ALIGN(len), start = addr;
	struct vm_area_struct *vma;
	int error;

	if ((prot & PROT_GROWSDOWN) && (prot & PROT_GROWSUP))
		return -EINVAL;
	if (addr & ~PAGE_MASK)
		return -EINVAL;
	if (!len)
		return 0;
	if (end <= addr)
		return -ENOMEM;
	if (prot & ~known)
		return -EINVAL;
	if ((current->personality & READ_IMPLIES_EXEC) && (prot & PROT_READ))
		prot |= PROT_EXEC;
	down_write(&mm->mmap_sem);
	vma = first_area(mm, &start, end, prot, &error);
	if (vma && (prot & PROT_GROWSUP)) /* no area does */
		error = -EINVAL;
	else if (vma)
		error = protect_range(vma, start, end, prot_flags(prot));
	up_write(&mm->mmap_sem);
	/* Locked memory that may now be used is filled in now. */
	if (unlikely(!error && mm->locked_vm && prot_flags(prot)))
		mm_populate_locked(mm, start, end - start);
	return error;
}
