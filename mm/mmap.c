/*
 * Regions: what mmap, munmap and brk mean.
 *
 *	0x08048000  program: text, data, bss
 *	            heap, moved by brk         ->
 *	0x40000000  TASK_UNMAPPED_BASE: mappings, lowest hole first ->
 *	            ...
 *	            guard gap (1 MiB), kept free below a stack
 *	                                       <- stack
 *	0xC0000000  TASK_SIZE
 *
 * A mapping is address space only; memory comes with the faults (mm/memory.c). So mmap
 * finds or checks a place, and makes an area, or lets a neighbour of the same kind grow
 * over it. munmap cuts the areas at the borders of the range, takes the entries down,
 * and drops what lies between.
 *
 * vm_pgoff of anonymous memory is its address in pages at the time of mmap: neighbours then
 * have consecutive offsets and can be joined, as parts of a file can.
 *
 * Locks: mmap_sem for writing, by the caller, for all that changes areas.
 */
#include "mm/mmap.h"

#include "kernel/fs/fs.h"
#include "kernel/lib/err.h"
#include "kernel/sched.h"
#include "mm/unmap.h"
#include "mm/vma.h"

/* ---- finding room ------------------------------------------------------------------------- */

/* The lowest address that must stay free below an area. */
static unsigned long guarded_start(const struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_GROWSDOWN))
		return vma->vm_start;
	return vma->vm_start > STACK_GUARD_GAP ? vma->vm_start - STACK_GUARD_GAP : 0;
}

/* Is [addr, addr+len) free, guard gaps included? */
static bool range_is_free(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	struct vm_area_struct *vma = vma_of(vm_range_find(&mm->areas, addr));

	return !vma || addr + len <= guarded_start(vma);
}

/* The lowest hole at or above `low`. Holes that a guard gap spoils are passed over. */
static unsigned long find_hole(struct mm_struct *mm, unsigned long low, unsigned long len)
{
	for (;;) {
		unsigned long addr = vm_range_hole(&mm->areas, len, PAGE_SIZE, low, TASK_SIZE);

		if (!addr || range_is_free(mm, addr, len))
			return addr;
		low = vm_range_find(&mm->areas, addr)->vm_end;
	}
}

unsigned long get_unmapped_area(struct mm_struct *mm, unsigned long addr, unsigned long len,
				unsigned long flags)
{
	if (len > TASK_SIZE)
		return -ENOMEM;
	if (flags & MAP_FIXED) {
		if (addr & ~PAGE_MASK)
			return -EINVAL;
		return addr <= TASK_SIZE - len ? addr : (unsigned long)-ENOMEM;
	}
	if (addr) {
		addr = max(PAGE_ALIGN(addr), MMAP_MIN_ADDR);
		if (addr <= TASK_SIZE - len && range_is_free(mm, addr, len))
			return addr;
	}
	addr = find_hole(mm, TASK_UNMAPPED_BASE, len);
	if (!addr)
		addr = find_hole(mm, MMAP_MIN_ADDR, len);
	return addr ? addr : (unsigned long)-ENOMEM;
}

/* ---- mmap ---------------------------------------------------------------------------------- */

void account_vm(struct mm_struct *mm, unsigned long vm_flags, long pages)
{
	mm->total_vm += pages;
	if (vm_flags & VM_GROWSDOWN)
		mm->stack_vm += pages;
	else if (vm_flags & VM_EXEC)
		mm->exec_vm += pages;
	else if ((vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE)
		mm->data_vm += pages;
}

static unsigned long prot_flags(unsigned long prot)
{
	return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) |
	       (prot & PROT_EXEC ? VM_EXEC : 0);
}

/* vm_flags of a new mapping of a file, or -errno. */
static long file_flags(const struct file *file, unsigned long prot, unsigned long flags)
{
	long vm_flags = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

	if (!file->f_op || !file->f_op->mmap)
		return -ENODEV;
	if (!(file->f_mode & FMODE_READ))
		return -EACCES;
	if (flags & MAP_GROWSDOWN) /* towards which part of the file? */
		return -EINVAL;
	if ((flags & MAP_TYPE) != MAP_SHARED)
		return vm_flags;
	if (file->f_mode & FMODE_WRITE)
		return vm_flags | VM_SHARED | VM_MAYSHARE;
	if (prot & PROT_WRITE)
		return -EACCES;
	/* Nobody can write through it: as good as private. */
	return (vm_flags & ~(long)VM_MAYWRITE) | VM_MAYSHARE;
}

/* vm_flags for do_mmap's arguments, or -errno. */
static long mmap_flags(const struct file *file, unsigned long prot, unsigned long flags)
{
	unsigned long type = flags & MAP_TYPE;
	long vm_flags = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

	if (type != MAP_SHARED && type != MAP_PRIVATE)
		return -EINVAL;
	if (file) {
		vm_flags = file_flags(file, prot, flags);
		if (vm_flags < 0)
			return vm_flags;
	} else if (type == MAP_SHARED) {
		return -ENOSYS;
	}
	if (flags & MAP_GROWSDOWN)
		vm_flags |= VM_GROWSDOWN;
	if (flags & MAP_NORESERVE)
		vm_flags |= VM_NORESERVE;
	return vm_flags | prot_flags(prot);
}

/* Make the hole [addr, addr+len) part of a neighbour or an area of its own. 0 or -errno. */
static int map_hole(struct mm_struct *mm, unsigned long addr, unsigned long len,
		    const struct vma_kind *kind)
{
	struct vm_area_struct *vma;
	int error;

	if (vma_extend(mm, addr, addr + len, kind))
		goto done;
	if (mm->areas.count >= DEFAULT_MAX_MAP_COUNT)
		return -ENOMEM;
	vma = vma_alloc(mm);
	if (!vma)
		return -ENOMEM;
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_flags = kind->vm_flags;
	vma->vm_page_prot = vma_page_prot(kind->vm_flags);
	vma->vm_pgoff = kind->vm_pgoff;
	if (kind->vm_file) {
		vma->vm_file = get_file(kind->vm_file);
		error = kind->vm_file->f_op->mmap(kind->vm_file, vma);
		if (error) {
			vma_free(vma);
			return error;
		}
	}
	vma_link(mm, vma);
done:
	account_vm(mm, kind->vm_flags, len >> PAGE_SHIFT);
	return 0;
}

/* Clear the way for a mapping at a fixed place. 0 or -errno. */
static int clear_range(struct mm_struct *mm, unsigned long addr, unsigned long len,
		       unsigned long flags)
{
	struct vm_range *range;

	if (addr < MMAP_MIN_ADDR)
		return -EPERM;
	range = vm_range_find(&mm->areas, addr);
	if (!range || range->vm_start >= addr + len)
		return 0;
	return flags & MAP_FIXED_NOREPLACE ? -EEXIST : do_munmap(mm, addr, len);
}

unsigned long do_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, pgoff_t pgoff)
{
	struct mm_struct *mm = current->mm;
	struct vma_kind kind = {.vm_file = file};
	long vm_flags;
	int error;

	if (!len)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (!len || len > TASK_SIZE)
		return -ENOMEM;
	if (pgoff + (len >> PAGE_SHIFT) < pgoff)
		return -EOVERFLOW;
	if (mm->areas.count >= DEFAULT_MAX_MAP_COUNT)
		return -ENOMEM;
	if (flags & MAP_FIXED_NOREPLACE)
		flags |= MAP_FIXED;
	addr = get_unmapped_area(mm, addr, len, flags);
	if (IS_ERR_VALUE(addr))
		return addr;
	vm_flags = mmap_flags(file, prot, flags);
	if (vm_flags < 0)
		return vm_flags;
	if (flags & MAP_FIXED) {
		error = clear_range(mm, addr, len, flags);
		if (error)
			return error;
	}
	kind.vm_flags = vm_flags;
	kind.vm_pgoff = file ? pgoff : addr >> PAGE_SHIFT;
	error = map_hole(mm, addr, len, &kind);
	return error ? (unsigned long)error : addr;
}

unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, pgoff_t pgoff)
{
	struct mm_struct *mm = current->mm;
	unsigned long result;

	down_write(&mm->mmap_sem);
	result = do_mmap(file, addr, len, prot, flags, pgoff);
	up_write(&mm->mmap_sem);
	return result;
}

/* ---- munmap -------------------------------------------------------------------------------- */

/*
 * Cut the areas at the borders of a range, so that no area sticks out of it. Only a cut from the
 * middle of an area leaves one more than there were. 0 or -ENOMEM.
 */
static int cut_at_borders(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start);
	int error = 0;

	if (vma && vma->vm_start < start) {
		if (vma->vm_end > end && mm->areas.count >= DEFAULT_MAX_MAP_COUNT)
			return -ENOMEM;
		error = vma_split(mm, vma, start);
	}
	if (error)
		return error;
	vma = find_vma(mm, end);
	if (vma && vma->vm_start < end)
		error = vma_split(mm, vma, end);
	return error;
}

int do_munmap(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	struct vm_area_struct *vma, *prev, *next;
	unsigned long end;
	int error;

	if ((addr & ~PAGE_MASK) || addr > TASK_SIZE || len > TASK_SIZE - addr)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (!len)
		return -EINVAL;
	end = addr + len;
	vma = find_vma(mm, addr);
	if (!vma || vma->vm_start >= end)
		return 0;
	error = cut_at_borders(mm, addr, end);
	if (error)
		return error;
	vma = find_vma_prev(mm, addr, &prev);
	next = vma_of(vm_range_find(&mm->areas, end));
	unmap_range(mm, addr, end, prev ? prev->vm_end : 0, next ? next->vm_start : TASK_SIZE);
	while (vma != next) {
		struct vm_area_struct *after = next_vma(vma);

		account_vm(mm, vma->vm_flags, -(long)vma_pages(vma));
		vma_unlink(mm, vma);
		vma_free(vma);
		vma = after;
	}
	return 0;
}

int vm_munmap(unsigned long addr, unsigned long len)
{
	struct mm_struct *mm = current->mm;
	int error;

	down_write(&mm->mmap_sem);
	error = do_munmap(mm, addr, len);
	up_write(&mm->mmap_sem);
	return error;
}

/* ---- the heap -------------------------------------------------------------------------------- */

int do_brk(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	const struct vma_kind kind = {
		.vm_flags = VM_DATA_FLAGS,
		.vm_pgoff = addr >> PAGE_SHIFT,
	};
	int error;

	len = PAGE_ALIGN(len);
	if (!len)
		return 0;
	if (len > TASK_SIZE || addr > TASK_SIZE - len)
		return -ENOMEM;
	error = clear_range(mm, addr, len, 0);
	return error ? error : map_hole(mm, addr, len, &kind);
}

/* Move the heap's end; on failure it stays where it is. mmap_sem is held. */
static void move_brk(struct mm_struct *mm, unsigned long brk)
{
	unsigned long old = PAGE_ALIGN(mm->brk), new = PAGE_ALIGN(brk);

	if (brk < mm->start_brk || brk > TASK_SIZE)
		return;
	if (new < old && do_munmap(mm, new, old - new))
		return;
	if (new > old && (!range_is_free(mm, old, new - old) || do_brk(mm, old, new - old)))
		return;
	mm->brk = brk;
}

unsigned long vm_brk(unsigned long brk)
{
	struct mm_struct *mm = current->mm;
	unsigned long result;

	down_write(&mm->mmap_sem);
	move_brk(mm, brk);
	result = mm->brk;
	up_write(&mm->mmap_sem);
	return result;
}

/* ---- the stack -------------------------------------------------------------------------------- */

int setup_stack_vma(struct mm_struct *mm)
{
	const struct vma_kind kind = {
		.vm_flags = VM_STACK_FLAGS,
		.vm_pgoff = (STACK_TOP - PAGE_SIZE) >> PAGE_SHIFT,
	};
	int error;

	down_write(&mm->mmap_sem);
	error = map_hole(mm, STACK_TOP - PAGE_SIZE, PAGE_SIZE, &kind);
	up_write(&mm->mmap_sem);
	return error;
}

int expand_stack(struct vm_area_struct *vma, unsigned long addr)
{
	struct vm_area_struct *prev = prev_vma(vma);
	struct mm_struct *mm = vma->vm_mm;
	unsigned long grow;

	addr &= PAGE_MASK;
	if (addr >= vma->vm_start)
		return 0;
	if (addr < MMAP_MIN_ADDR || vma->vm_end - addr > STACK_LIMIT)
		return -ENOMEM;
	/* Two stacks may grow towards each other; to anything else the gap is kept. */
	if (prev && addr < prev->vm_end)
		return -ENOMEM;
	if (prev && !(prev->vm_flags & VM_GROWSDOWN) && (prev->vm_flags & VM_ACCESS_FLAGS) &&
	    addr - prev->vm_end < STACK_GUARD_GAP)
		return -ENOMEM;
	grow = (vma->vm_start - addr) >> PAGE_SHIFT;
	if (grow > vma->vm_pgoff)
		return -ENOMEM;
	vma_set_borders(vma, addr, vma->vm_end);
	account_vm(mm, vma->vm_flags, grow);
	return 0;
}
