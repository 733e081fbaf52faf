/*
 * Memory that stays.
 *
 * mlock(2) says that a range must not cost a fault for want of memory any more: its areas get
 * VM_LOCKED, and its pages are filled in at once (or, with MLOCK_ONFAULT, stay when they come). The
 * lock belongs to the area, not to the page: whoever wants to take a page away finds its
 * areas through the reverse map, and leaves it alone when one of them is locked. So nothing is kept
 * for each page, and munlock is as cheap as it can be.
 *
 * A page is locked or it is not; locks do not nest, and a child of fork inherits none.
 * mlockall(MCL_FUTURE) is mm->def_flags, which every new area gets.
 *
 * How much one may lock is bounded by RLIMIT_MEMLOCK against mm->locked_vm, the pages of all
 * locked areas, there or not. The superuser may lock all.
 *
 * Locks: mmap_sem, for writing where areas change, for reading while pages are filled in.
 */
#include "mm/mlock.h"

#include "kernel/cpu/atomic.h"
#include "kernel/cred.h"
#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "mm/memory.h"
#include "mm/mmap.h"

static atomic_t locked_pages;

void account_locked(struct mm_struct *mm, long pages)
{
	mm->locked_vm += (unsigned long)pages;
	atomic_add((int)pages, &locked_pages);
}

unsigned long nr_locked_pages(void)
{
	return (unsigned long)atomic_read(&locked_pages);
}

/* ---- limits ---------------------------------------------------------------------------------- */

bool can_mlock(void)
{
	return rlimit(RLIMIT_MEMLOCK) != 0 || capable();
}

/* Would so many locked pages in all be within the limit? */
static bool within_limit(unsigned long pages)
{
	return pages <= rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT || capable();
}

bool may_lock_more(const struct mm_struct *mm, unsigned long vm_flags, unsigned long pages)
{
	return likely(!(vm_flags & VM_LOCKED)) || within_limit(mm->locked_vm + pages);
}

/* ---- filling in ------------------------------------------------------------------------------ */

static bool must_be_there(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_LOCKED_FLAGS) == VM_LOCKED;
}

/* So much is filled in at a time: then others may change the areas, and a killed task ends. */
#define POPULATE_BYTES (1ul << 20)

/*
 * Fill in a piece of what lies at `addr` or above it, at most to `end`, in one area; *addr becomes
 * where to go on.
 */
static int populate_one(struct mm_struct *mm, unsigned long *addr, unsigned long end,
			bool locked_only)
{
	struct vm_area_struct *vma;
	unsigned long start;
	int error = 0;

	down_read(&mm->mmap_sem);
	vma = find_vma(mm, *addr);
	if (!vma || vma->vm_start >= end) {
		*addr = end;
	} else {
		start = max(*addr, vma->vm_start);
		*addr = min(vma->vm_end, end);
		*addr = min(*addr, start + POPULATE_BYTES);
		if (!(vma->vm_flags & (VM_IO | VM_PFNMAP)) && (!locked_only || must_be_there(vma)))
			error = populate_range(mm, start, *addr - start);
	}
	up_read(&mm->mmap_sem);
	return error;
}

static int populate(struct mm_struct *mm, unsigned long addr, unsigned long len, bool locked_only)
{
	unsigned long end = addr + len;
	int error = 0;

	while (addr < end && !error)
		error = fatal_signal_pending(current) ? -EINTR
						      : populate_one(mm, &addr, end, locked_only);
	return error;
}

int mm_populate(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	return populate(mm, addr, len, false);
}

int mm_populate_locked(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	return populate(mm, addr, len, true);
}

/* ---- ranges ---------------------------------------------------------------------------------- */

/*
 * Give [start, end) of an area these of VM_LOCKED_FLAGS. Returns the area that holds it; NULL: no
 * memory.
 */
static struct vm_area_struct *lock_part(struct vm_area_struct *vma, unsigned long start,
					unsigned long end, unsigned long lock_flags)
{
	unsigned long old_flags = vma->vm_flags;
	unsigned long new_flags = (old_flags & ~VM_LOCKED_FLAGS) | lock_flags;
	long pages = (long)((end - start) >> PAGE_SHIFT);

	if (new_flags == old_flags || (old_flags & VM_SPECIAL))
		return vma;
	vma = vma_modify(vma, start, end, new_flags);
	if (!vma)
		return NULL;
	if (!(old_flags & VM_LOCKED))
		account_locked(vma->vm_mm, pages);
	else if (!(new_flags & VM_LOCKED))
		account_locked(vma->vm_mm, -pages);
	return vma;
}

/* The same for all of [start, end), which must have no holes. 0 or -ENOMEM. */
static int lock_range(struct mm_struct *mm, unsigned long start, unsigned long end,
		      unsigned long lock_flags)
{
	struct vm_area_struct *vma = find_vma(mm, start);

	while (start < end) {
		unsigned long stop;

		if (!vma || vma->vm_start > start)
			return -ENOMEM;
		stop = min(vma->vm_end, end);
		vma = lock_part(vma, start, stop, lock_flags);
		if (!vma)
			return -ENOMEM;
		start = max(stop, min(vma->vm_end, end));
		vma = next_vma(vma);
	}
	return 0;
}

/* How many pages of [start, end) are in locked areas. */
static unsigned long locked_in(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start);
	unsigned long bytes = 0;

	for (; vma && vma->vm_start < end; vma = next_vma(vma)) {
		if (vma->vm_flags & VM_LOCKED)
			bytes += min(vma->vm_end, end) - max(vma->vm_start, start);
	}
	return bytes >> PAGE_SHIFT;
}

/* [addr, addr+len) as whole pages. 0 or -EINVAL: it reaches over the end of all addresses. */
static int whole_pages(unsigned long *addr, unsigned long *len)
{
	*len = PAGE_ALIGN(*len + (*addr & ~PAGE_MASK));
	*addr &= PAGE_MASK;
	return *addr + *len < *addr ? -EINVAL : 0;
}

/* As POSIX wants it told that a page could not be filled in. */
static int posix_error(int error)
{
	if (error == -ENOMEM)
		return -EAGAIN;
	return error == -EFAULT ? -ENOMEM : error;
}

int vm_mlock(unsigned long addr, unsigned long len, unsigned int flags)
{
	unsigned long lock_flags = VM_LOCKED | (flags & MLOCK_ONFAULT ? VM_LOCKONFAULT : 0);
	struct mm_struct *mm = current->mm;
	unsigned long pages;
	int error;

	if (flags & ~MLOCK_ONFAULT)
		return -EINVAL;
	if (!can_mlock())
		return -EPERM;
	if (whole_pages(&addr, &len))
		return -EINVAL;
	pages = len >> PAGE_SHIFT;
	down_write(&mm->mmap_sem);
	error = -ENOMEM;
	if (within_limit(mm->locked_vm + pages) ||
	    within_limit(mm->locked_vm + pages - locked_in(mm, addr, addr + len)))
		error = lock_range(mm, addr, addr + len, lock_flags);
	up_write(&mm->mmap_sem);
	return error ? error : posix_error(mm_populate_locked(mm, addr, len));
}

int vm_munlock(unsigned long addr, unsigned long len)
{
	struct mm_struct *mm = current->mm;
	int error;

	if (whole_pages(&addr, &len))
		return -EINVAL;
	down_write(&mm->mmap_sem);
	error = lock_range(mm, addr, addr + len, 0);
	up_write(&mm->mmap_sem);
	return error;
}

/* ---- everything ------------------------------------------------------------------------------ */

/* Whole areas need not be cut: this cannot fail. mmap_sem held for writing. */
static void lock_all(struct mm_struct *mm, unsigned long lock_flags)
{
	struct vm_area_struct *vma = first_vma(mm);

	while (vma)
		vma = next_vma(lock_part(vma, vma->vm_start, vma->vm_end, lock_flags));
}

int vm_mlockall(unsigned int flags)
{
	unsigned long lock_flags = VM_LOCKED | (flags & MCL_ONFAULT ? VM_LOCKONFAULT : 0);
	struct mm_struct *mm = current->mm;

	if (!flags || (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) || flags == MCL_ONFAULT)
		return -EINVAL;
	if (!can_mlock())
		return -EPERM;
	down_write(&mm->mmap_sem);
	if ((flags & MCL_CURRENT) && !within_limit(mm->total_vm)) {
		up_write(&mm->mmap_sem);
		return -ENOMEM;
	}
	mm->def_flags = flags & MCL_FUTURE ? lock_flags : 0;
	if (flags & MCL_CURRENT)
		lock_all(mm, lock_flags);
	up_write(&mm->mmap_sem);
	/*
	 * What cannot be filled in now is not told either: areas may lie beyond the end of their
	 * file.
	 */
	if (flags & MCL_CURRENT)
		mm_populate_locked(mm, 0, TASK_SIZE);
	return 0;
}

int vm_munlockall(void)
{
	struct mm_struct *mm = current->mm;

	down_write(&mm->mmap_sem);
	mm->def_flags = 0;
	lock_all(mm, 0);
	up_write(&mm->mmap_sem);
	return 0;
}
