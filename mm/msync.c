/*
 * Shared mappings of files, written back.
 *
 * What a program writes through a shared mapping is in the page cache at once, for everybody to
 * read. msync(MS_SYNC) waits until it is on the disk too: that is the file's fsync. MS_ASYNC need
 * not do anything, as pages that were written are dirty and will be written back anyway;
 * and MS_INVALIDATE has nothing to correct, as there are no other copies.
 *
 * fsync may take long, so mmap_sem is not held meanwhile; then the areas may be others.
 */
#include "kernel/fs/fs.h"
#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "mm/madvise.h"
#include "mm/mmap.h"

/* Write the part [start, end) of a file back. mmap_sem, held for reading, is dropped meanwhile. */
static int sync_part(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	loff_t first = ((loff_t)vma->vm_pgoff << PAGE_SHIFT) + (loff_t)(start - vma->vm_start);
	struct mm_struct *mm = vma->vm_mm;
	struct file *file = vma->vm_file;
	int error = 0;

	get_file(file);
	up_read(&mm->mmap_sem);
	if (file->f_op->fsync)
		error = file->f_op->fsync(file, first, first + (loff_t)(end - start) - 1, true);
	fput(file);
	down_read(&mm->mmap_sem);
	return error;
}

static int sync_range(struct mm_struct *mm, unsigned long start, unsigned long end, int flags)
{
	struct vm_area_struct *vma;
	bool holes = false;

	while (start < end) {
		unsigned long stop;
		int error = 0;

		vma = find_vma(mm, start);
		if (!vma || vma->vm_start >= end)
			return -ENOMEM;
		holes |= vma->vm_start > start;
		start = max(start, vma->vm_start);
		stop = min(vma->vm_end, end);
		if ((flags & MS_INVALIDATE) && (vma->vm_flags & VM_LOCKED))
			return -EBUSY;
		if ((flags & MS_SYNC) && vma->vm_file && (vma->vm_flags & VM_SHARED))
			error = sync_part(vma, start, stop);
		if (error)
			return error;
		start = stop;
	}
	return holes ? -ENOMEM : 0;
}

int vm_msync(unsigned long addr, unsigned long len, int flags)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = addr + PAGE_ALIGN(len);
	int error;

	if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) || (addr & ~PAGE_MASK))
		return -EINVAL;
	if ((flags & MS_ASYNC) && (flags & MS_SYNC))
		return -EINVAL;
	if (end < addr)
		return -ENOMEM;
	down_read(&mm->mmap_sem);
	error = sync_range(mm, addr, end, flags);
	up_read(&mm->mmap_sem);
	return error;
}
