/*
 * Copying an address space.
 *
 * fork promises the child a copy of all its parent's memory and copies nearly none. The areas are
 * copied; of the memory, only the page tables, so that both show the same frames. In private areas
 * both sides lose the right to write:
 *
 *	before      parent  | frame 17 rw |
 *
 *	after       parent  | frame 17 r- |---.
 *	                                       >-- frame 17, _count 2, _mapcount 2
 *	            child   | frame 17 r- |---'
 *
 * The first of them that writes faults and gets a copy (mm/memory.c, copy on write); the
 * other one, when it writes, finds itself alone with the frame and keeps it.
 *
 * Not even all page tables: an area without an anon_vma shows nothing but pages of its file, or the
 * page of zeros, and the child's own faults will find those again. (Not so with device memory that
 * a driver has mapped at once: VM_PFNMAP.)
 *
 * A failure on the way leaves the parent with some entries less permissive than they need be,
 * which costs it a fault each; the half-made copy is taken down as any address space.
 *
 * Locks: the parent's mmap_sem for writing. Nobody knows the child's mm but the reverse map,
 * through its areas: so its mmap_sem is not taken, but its page_table_lock is, inside the parent's.
 */
#include "mm/fork.h"

#include "kernel/cpu/tlbflush.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/err.h"
#include "kernel/sched.h"
#include "mm/mm.h"
#include "mm/mmap.h"
#include "mm/overcommit.h"
#include "mm/pgalloc.h"
#include "mm/rmap.h"
#include "mm/vma.h"

/* ---- page tables --------------------------------------------------------------------------- */

/* Pages that were shared: all, and the anonymous ones among them. */
struct shared_pages {
	unsigned long all, anon;
};

/* The child's entry for what the parent's shows. Both page_table_locks are held. */
static __always_inline void copy_entry(pte_t *to, pte_t *from, bool cow,
				       struct shared_pages *shared)
{
	pte_t entry = *from;

	if (pte_none(entry))
		return;
	if (likely(!pte_special(entry))) {
		struct page *page = pte_page(entry);

		get_page(page);
		page_dup_rmap(page);
		shared->all++;
		shared->anon += PageAnon(page);
	}
	if (pte_write(entry) && cow) {
		ptep_set_wrprotect(from);
		entry = pte_wrprotect(entry);
	}
	set_pte(to, pte_mkold(entry));
}

/* The entries of [addr, end), which lie in one table. */
static void copy_table(struct mm_struct *mm, const struct vm_area_struct *old, pte_t *to,
		       unsigned long addr, unsigned long end)
{
	struct mm_struct *oldmm = old->vm_mm;
	bool cow = !(old->vm_flags & VM_SHARED);
	pte_t *from = pte_offset(pmd_offset(&oldmm->pgd[pgd_index(addr)], addr), addr);
	pte_t *last = from + ((end - addr) >> PAGE_SHIFT);
	struct shared_pages shared = {0, 0};

	spin_lock(&oldmm->page_table_lock);
	spin_lock_nested(&mm->page_table_lock);
	for (; from < last; from++, to++)
		copy_entry(to, from, cow, &shared);
	mm->rss_anon += shared.anon;
	mm->rss_file += shared.all - shared.anon;
	spin_unlock(&mm->page_table_lock);
	spin_unlock(&oldmm->page_table_lock);
}

/* Share the pages of an area. 0 or -ENOMEM. */
static int copy_page_range(struct mm_struct *mm, const struct vm_area_struct *old)
{
	struct mm_struct *oldmm = old->vm_mm;
	unsigned long addr = old->vm_start, stop;

	for (; addr < old->vm_end; addr = stop) {
		pte_t *to;

		stop = pgd_addr_end(addr, old->vm_end);
		if (pmd_none(*pmd_offset(&oldmm->pgd[pgd_index(addr)], addr)))
			continue;
		to = pte_alloc(mm, addr);
		if (!to)
			return -ENOMEM;
		copy_table(mm, old, to, addr, stop);
		cond_resched();
	}
	return 0;
}

/* ---- areas ----------------------------------------------------------------------------------- */

/* A node of the parent's, and what was made of it: neighbours that share one go on sharing. */
struct copied_node {
	struct anon_vma *of, *copy;
};

/* The copy of an area, linked nowhere yet; or NULL: no memory. */
static struct vm_area_struct *copy_vma(struct mm_struct *mm, const struct vm_area_struct *old,
				       struct copied_node *last)
{
	struct vm_area_struct *vma = vma_alloc(mm);

	if (!vma)
		return NULL;
	*vma = *old;
	vma->vm_mm = mm;
	vma->vm_flags &= ~VM_LOCKED_FLAGS;
	vma->anon_vma = NULL;
	if (vma->vm_file)
		get_file(vma->vm_file);
	if (!old->anon_vma)
		return vma;
	if (old->anon_vma == last->of) {
		vma->anon_vma = last->copy;
	} else if (anon_vma_fork(vma, old)) {
		vma->vm_ops = NULL; /* it was never opened */
		vma_free(vma);
		return NULL;
	}
	*last = (struct copied_node){old->anon_vma, vma->anon_vma};
	return vma;
}

/* Copy an area and share its pages. 0 or -ENOMEM: what there is of it, mmput() will take down. */
static int copy_area(struct mm_struct *mm, const struct vm_area_struct *old,
		     struct copied_node *last)
{
	long promised = old->vm_flags & VM_ACCOUNT ? (long)vma_pages(old) : 0;
	struct vm_area_struct *vma;

	if (vm_enough_memory(promised))
		return -ENOMEM;
	vma = copy_vma(mm, old, last);
	if (!vma) {
		vm_unacct_memory(promised);
		return -ENOMEM;
	}
	vma_link(mm, vma);
	if (vma->vm_ops && vma->vm_ops->open)
		vma->vm_ops->open(vma);
	return vma->anon_vma || (vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP))
		       ? copy_page_range(mm, old)
		       : 0;
}

static int copy_areas(struct mm_struct *mm, struct mm_struct *oldmm)
{
	struct copied_node last = {NULL, NULL};
	struct vm_area_struct *vma;
	int error;

	for_each_vma (oldmm, vma) {
		if (vma->vm_flags & VM_DONTCOPY) {
			account_vm(mm, vma->vm_flags & ~VM_LOCKED, -(long)vma_pages(vma));
			continue;
		}
		error = copy_area(mm, vma, &last);
		if (error)
			return error;
		cond_resched();
	}
	return 0;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Where the program's parts lie, and the sizes of all areas. */
static void copy_layout(struct mm_struct *mm, const struct mm_struct *oldmm)
{
	mm->total_vm = oldmm->total_vm;
	mm->stack_vm = oldmm->stack_vm;
	mm->data_vm = oldmm->data_vm;
	mm->exec_vm = oldmm->exec_vm;
	mm->mmap_base = oldmm->mmap_base;
	mm->stack_top = oldmm->stack_top;
	mm->start_code = oldmm->start_code;
	mm->end_code = oldmm->end_code;
	mm->start_data = oldmm->start_data;
	mm->end_data = oldmm->end_data;
	mm->start_brk = oldmm->start_brk;
	mm->brk = oldmm->brk;
	mm->start_stack = oldmm->start_stack;
	mm->arg_start = oldmm->arg_start;
	mm->arg_end = oldmm->arg_end;
	mm->env_start = oldmm->env_start;
	mm->env_end = oldmm->env_end;
	if (oldmm->exe_file)
		mm->exe_file = get_file(oldmm->exe_file);
}

struct mm_struct *dup_mm(void)
{
	struct mm_struct *oldmm = current->mm, *mm = mm_alloc();
	int error;

	if (!mm)
		return ERR_PTR(-ENOMEM);
	down_write(&oldmm->mmap_sem);
	copy_layout(mm, oldmm);
	error = copy_areas(mm, oldmm);
	flush_tlb_current(); /* the parent may not write any more, even if this failed */
	up_write(&oldmm->mmap_sem);
	if (!error)
		return mm;
	mmput(mm);
	return ERR_PTR(error);
}
