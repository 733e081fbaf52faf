/*
 * Mappings that change their size or their place.
 *
 * realloc() of a large block would have to copy it if the block cannot grow where it is. mremap
 * moves the page tables' entries instead: a page of memory costs one word.
 *
 *	before   | vma             |                    entries: 17 18 19
 *	         old_addr                               pgoff 100
 *
 *	after                        | vma      new |   entries: 17 18 19 --
 *	                             new_addr           pgoff 100
 *
 * The offset vm_pgoff moves along, in anonymous memory too: a page's index stays true, and the
 * reverse map finds the page at its new address, with no page touched. (An area that never
 * had an anonymous page takes the offset of its new address, so that it can join neighbours.)
 *
 * The order makes failure harmless: first everything that needs memory (areas cut at the range's
 * borders, the new area, its page tables), then the entries, then the old area goes. Between, both
 * areas exist, and an entry is in one of them; who walks the reverse map is kept out while entries
 * move, so that he does not look at one before and at the other after.
 *
 * The promise (VM_ACCOUNT) moves along as well; only growth is charged.
 *
 * Locks: mmap_sem for writing; i_mmap_lock, anon_vma->lock and page_table_lock, in this order, for
 * the entries of one table.
 *
 * Left out: MREMAP_DONTUNMAP; moving whole page tables where both ends are aligned.
 */
#include "mm/mremap.h"

#include "kernel/cpu/tlbflush.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/err.h"
#include "kernel/sched.h"
#include "mm/mlock.h"
#include "mm/mmap.h"
#include "mm/overcommit.h"
#include "mm/pgalloc.h"
#include "mm/rmap.h"
#include "mm/unmap.h"

/* What mremap(2) was asked for; lengths in bytes, whole pages. */
struct remap {
	unsigned long addr, old_len, new_len;
	unsigned long new_addr;
};

/* ---- entries --------------------------------------------------------------------------------- */

/* How far one can go from both addresses within one table each. */
static unsigned long step(unsigned long from, unsigned long to, unsigned long left)
{
	unsigned long from_end = pgd_addr_end(from, from + left);
	unsigned long to_end = pgd_addr_end(to, to + left);

	return min(from_end - from, to_end - to);
}

static bool has_table(struct mm_struct *mm, unsigned long addr)
{
	return !pmd_none(*pmd_offset(&mm->pgd[pgd_index(addr)], addr));
}

/* Tables at the new place for all that there are at the old one. 0 or -ENOMEM. */
static int make_tables(struct mm_struct *mm, const struct remap *r)
{
	unsigned long done = 0;

	while (done < r->old_len) {
		unsigned long from = r->addr + done, to = r->new_addr + done;

		if (has_table(mm, from) && !pte_alloc(mm, to))
			return -ENOMEM;
		done += step(from, to, r->old_len - done);
	}
	return 0;
}

/* Nobody looks pages of the area up by the reverse map. */
static void lock_rmap(const struct vm_area_struct *vma)
{
	if (vma->vm_file)
		spin_lock(&vma->vm_file->f_mapping->i_mmap_lock);
	if (vma->anon_vma)
		spin_lock(&vma->anon_vma->lock);
}

static void unlock_rmap(const struct vm_area_struct *vma)
{
	if (vma->anon_vma)
		spin_unlock(&vma->anon_vma->lock);
	if (vma->vm_file)
		spin_unlock(&vma->vm_file->f_mapping->i_mmap_lock);
}

/* Move the entries of `len` bytes, which lie in one table at either place. */
static void move_table(const struct vm_area_struct *vma, unsigned long from, unsigned long to,
		       unsigned long len)
{
	struct mm_struct *mm = vma->vm_mm;
	pte_t *old = pte_offset(pmd_offset(&mm->pgd[pgd_index(from)], from), from);
	pte_t *new = pte_offset(pmd_offset(&mm->pgd[pgd_index(to)], to), to);
	const pte_t *last = old + (len >> PAGE_SHIFT);

	lock_rmap(vma);
	spin_lock(&mm->page_table_lock);
	for (; old < last; old++, new ++) {
		if (!pte_none(*old))
			set_pte(new, ptep_get_and_clear(old));
	}
	flush_tlb_user_range(from, from + len);
	spin_unlock(&mm->page_table_lock);
	unlock_rmap(vma);
}

static void move_entries(const struct vm_area_struct *vma, const struct remap *r)
{
	unsigned long done = 0, len;

	for (; done < r->old_len; done += len) {
		unsigned long from = r->addr + done, to = r->new_addr + done;

		len = step(from, to, r->old_len - done);
		if (!has_table(vma->vm_mm, from))
			continue;
		move_table(vma, from, to, len);
		cond_resched();
	}
}

/* ---- areas ----------------------------------------------------------------------------------- */

/* An area at the new place that shows what the old one shows. NULL: no memory. */
static struct vm_area_struct *make_new_area(const struct vm_area_struct *old, const struct remap *r)
{
	struct vm_area_struct *vma = vma_dup(old);
	struct mm_struct *mm = old->vm_mm;

	if (!vma)
		return NULL;
	if (!old->vm_file && !old->anon_vma)
		vma->vm_pgoff = r->new_addr >> PAGE_SHIFT;
	else
		vma->vm_pgoff += (r->addr - old->vm_start) >> PAGE_SHIFT;
	vma->vm_start = r->new_addr;
	vma->vm_end = r->new_addr + r->new_len;
	vma_link(mm, vma);
	if (vma->vm_ops && vma->vm_ops->open)
		vma->vm_ops->open(vma);
	account_vm(mm, vma->vm_flags, (long)vma_pages(vma));
	return vma;
}

/* An area without pages goes, and its tables; what was promised stays so. */
static void drop_area(struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = prev_vma(vma), *next = next_vma(vma);
	struct mm_struct *mm = vma->vm_mm;

	unmap_range(mm, vma->vm_start, vma->vm_end, prev ? prev->vm_end : 0,
		    next ? next->vm_start : TASK_SIZE);
	account_vm(mm, vma->vm_flags, -(long)vma_pages(vma));
	vma_unlink(mm, vma);
	vma_free(vma);
}

/* Move an area that is exactly the old range, or double one of shared memory. 0 or -ENOMEM. */
static int move_whole(struct vm_area_struct *old, const struct remap *r)
{
	struct vm_area_struct *vma = make_new_area(old, r);

	if (!vma)
		return -ENOMEM;
	if (make_tables(old->vm_mm, r)) {
		drop_area(vma);
		return -ENOMEM;
	}
	if (r->old_len) {
		move_entries(vma, r);
		drop_area(old);
	}
	vma_merge_around(vma);
	return 0;
}

/* Move the range to new_addr, which is free. The address or -ENOMEM. */
static unsigned long move_range(struct vm_area_struct *vma, const struct remap *r)
{
	int error;

	/* Up to two cuts and the new one. */
	if (vma->vm_mm->areas.count + 3 >= sysctl_max_map_count)
		return -ENOMEM;
	if (r->old_len)
		vma = vma_cut_out(vma, r->addr, r->addr + r->old_len);
	if (!vma)
		return -ENOMEM;
	error = move_whole(vma, r);
	if (!error)
		return r->new_addr;
	vma_merge_around(vma);
	return error;
}

/* ---- growing --------------------------------------------------------------------------------- */

/* May the range be moved, and grow? Charges for what is added. 0 or -errno. */
static int check_resize(const struct vm_area_struct *vma, const struct remap *r)
{
	unsigned long grow = (r->new_len - r->old_len) >> PAGE_SHIFT;
	pgoff_t pgoff = vma->vm_pgoff + ((r->addr - vma->vm_start) >> PAGE_SHIFT);

	/* Length 0 means a second mapping of the same: of private memory there can be none. */
	if (!r->old_len && !(vma->vm_flags & (VM_SHARED | VM_MAYSHARE)))
		return -EINVAL;
	if (r->old_len > vma->vm_end - r->addr)
		return -EFAULT;
	if (!grow)
		return 0;
	if (pgoff + (r->new_len >> PAGE_SHIFT) < pgoff)
		return -EINVAL;
	if (vma->vm_flags & (VM_DONTEXPAND | VM_PFNMAP))
		return -EFAULT;
	if (!may_lock_more(vma->vm_mm, vma->vm_flags, grow))
		return -EAGAIN;
	if (!may_expand_vm(vma->vm_mm, vma->vm_flags, grow))
		return -ENOMEM;
	return vma->vm_flags & VM_ACCOUNT ? vm_enough_memory((long)grow) : 0;
}

/* Growth that was charged does not happen after all. */
static void undo_charge(unsigned long vm_flags, const struct remap *r)
{
	if (vm_flags & VM_ACCOUNT)
		vm_unacct_memory((long)((r->new_len - r->old_len) >> PAGE_SHIFT));
}

/* Let the area grow over the hole behind it, if there is one that is large enough. */
static bool grow_in_place(struct vm_area_struct *vma, const struct remap *r)
{
	unsigned long grow = r->new_len - r->old_len, end = vma->vm_end;
	const struct vma_kind kind = {
		.vm_flags = vma->vm_flags,
		.vm_file = vma->vm_file,
		.vm_pgoff = vma->vm_pgoff + vma_pages(vma),
		.anon_vma = vma->anon_vma,
	};

	if (r->addr + r->old_len != end || grow > TASK_SIZE - end ||
	    !range_is_free(vma->vm_mm, end, grow))
		return false;
	if (!vma_extend(vma->vm_mm, end, end + grow, &kind))
		vma_set_borders(vma, vma->vm_start, end + grow);
	account_vm(vma->vm_mm, kind.vm_flags, (long)(grow >> PAGE_SHIFT));
	return true;
}

/* ---- the call -------------------------------------------------------------------------------- */

static unsigned long resize(struct mm_struct *mm, struct vm_area_struct *vma, struct remap *r,
			    bool may_move)
{
	unsigned long vm_flags = vma->vm_flags, result = -ENOMEM;
	int error;

	if (r->old_len >= r->new_len) {
		error = r->old_len == r->new_len
				? 0
				: do_munmap(mm, r->addr + r->new_len, r->old_len - r->new_len);
		return error ? (unsigned long)error : r->addr;
	}
	error = check_resize(vma, r);
	if (error)
		return error;
	if (grow_in_place(vma, r))
		return r->addr;
	if (may_move)
		result = r->new_addr = get_unmapped_area(mm, 0, r->new_len, 0);
	if (!IS_ERR_VALUE(result))
		result = move_range(vma, r);
	if (IS_ERR_VALUE(result))
		undo_charge(vm_flags, r);
	return result;
}

/* MREMAP_FIXED: what lies at the new place goes. */
static unsigned long move_to(struct mm_struct *mm, struct remap *r)
{
	struct vm_area_struct *vma;
	unsigned long vm_flags, result;
	int error;

	if ((r->new_addr & ~PAGE_MASK) || r->new_len > TASK_SIZE ||
	    r->new_addr > TASK_SIZE - r->new_len)
		return -EINVAL;
	if (r->addr + r->old_len > r->new_addr && r->new_addr + r->new_len > r->addr)
		return -EINVAL;
	if (mm->areas.count + 5 >= sysctl_max_map_count)
		return -ENOMEM;
	result = get_unmapped_area(mm, r->new_addr, r->new_len, MAP_FIXED);
	if (IS_ERR_VALUE(result))
		return result;
	error = do_munmap(mm, r->new_addr, r->new_len);
	if (!error && r->old_len > r->new_len) {
		error = do_munmap(mm, r->addr + r->new_len, r->old_len - r->new_len);
		r->old_len = r->new_len;
	}
	if (error)
		return error;
	vma = find_vma(mm, r->addr);
	error = vma && vma->vm_start <= r->addr ? check_resize(vma, r) : -EFAULT;
	if (error)
		return error;
	vm_flags = vma->vm_flags;
	result = move_range(vma, r);
	if (IS_ERR_VALUE(result))
		undo_charge(vm_flags, r);
	return result;
}

unsigned long vm_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
			unsigned long flags, unsigned long new_addr)
{
	struct remap r = {addr, PAGE_ALIGN(old_len), PAGE_ALIGN(new_len), new_addr};
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long result = -EFAULT;
	bool locked;

	if (flags & ~(MREMAP_FIXED | MREMAP_MAYMOVE))
		return -EINVAL;
	if ((flags & MREMAP_FIXED) && !(flags & MREMAP_MAYMOVE))
		return -EINVAL;
	if ((addr & ~PAGE_MASK) || !r.new_len)
		return -EINVAL;
	down_write(&mm->mmap_sem);
	vma = find_vma(mm, addr);
	if (vma && vma->vm_start <= addr)
		result = flags & MREMAP_FIXED ? move_to(mm, &r)
					      : resize(mm, vma, &r, flags & MREMAP_MAYMOVE);
	locked = mm->locked_vm;
	up_write(&mm->mmap_sem);
	if (unlikely(locked) && !IS_ERR_VALUE(result) && r.new_len > r.old_len)
		mm_populate_locked(mm, result + r.old_len, r.new_len - r.old_len);
	return result;
}
