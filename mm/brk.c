/*
 * The areas that grow: the heap and stacks.
 *
 *	| data, bss |  heap ->              brk(2) moves its end, up and down
 *	              start_brk   brk
 *
 *	   guard gap, 1 MiB      <- stack |      a fault below a stack moves its start down
 *	|-----------------------|---------|
 *	prev->vm_end          vm_start
 *
 * The end of the heap need not be page aligned; its area always is, and area changes only when a
 * page boundary is passed. The heap keeps a page away from what lies above it, a stack its guard
 * gap from what lies below: so running over the end of one meets nothing rather than the other.
 * (What may not be accessed at all does not need the gap; nor do two stacks, one of which ends it.)
 *
 * Limits: RLIMIT_DATA for the heap together with the program's data; RLIMIT_STACK for each
 * stack; RLIMIT_AS, RLIMIT_MEMLOCK and what is promised for both.
 *
 * Locks: mmap_sem for writing. A fault that finds a stack too short takes it so (mm/fault.c), as
 * two threads may want to grow it at once.
 */
#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "mm/mlock.h"
#include "mm/mmap.h"
#include "mm/overcommit.h"

/* ---- the heap -------------------------------------------------------------------------------- */

int do_brk(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	const struct vma_kind kind = {
		.vm_flags = VM_DATA_FLAGS | VM_ACCOUNT | mm->def_flags,
		.vm_pgoff = addr >> PAGE_SHIFT,
	};
	int error;

	len = PAGE_ALIGN(len);
	if (!len)
		return 0;
	addr = get_unmapped_area(mm, addr, len, MAP_FIXED);
	if (IS_ERR_VALUE(addr))
		return (int)addr;
	if (!may_lock_more(mm, kind.vm_flags, len >> PAGE_SHIFT))
		return -EAGAIN;
	error = do_munmap(mm, addr, len);
	if (error)
		return error;
	if (!may_expand_vm(mm, kind.vm_flags, len >> PAGE_SHIFT))
		return -ENOMEM;
	return map_hole(mm, addr, len, &kind);
}

/* Would the heap and the program's data be within RLIMIT_DATA? */
static bool data_fits(const struct mm_struct *mm, unsigned long brk)
{
	unsigned long limit = rlimit(RLIMIT_DATA);
	unsigned long data = mm->end_data - mm->start_data;

	return limit == RLIM_INFINITY || (brk - mm->start_brk) + data <= limit;
}

/*
 * Move the heap's end; on failure it stays where it is. Returns how many bytes from the old end's
 * page on are to be filled in. mmap_sem is held.
 */
static unsigned long move_brk(struct mm_struct *mm, unsigned long brk)
{
	unsigned long old = PAGE_ALIGN(mm->brk), new = PAGE_ALIGN(brk);

	if (brk < mm->start_brk || brk > TASK_SIZE || !data_fits(mm, brk))
		return 0;
	if (new < old && do_munmap(mm, new, old - new))
		return 0;
	if (new > old &&
	    (!range_is_free(mm, old, new - old + PAGE_SIZE) || do_brk(mm, old, new - old)))
		return 0;
	mm->brk = brk;
	return new > old && (mm->def_flags & VM_LOCKED_FLAGS) == VM_LOCKED ? new - old : 0;
}

unsigned long vm_brk(unsigned long brk)
{
	struct mm_struct *mm = current->mm;
	unsigned long result, fill, from;

	down_write(&mm->mmap_sem);
	from = PAGE_ALIGN(mm->brk);
	fill = move_brk(mm, brk);
	result = mm->brk;
	up_write(&mm->mmap_sem);
	if (unlikely(fill))
		mm_populate(mm, from, fill);
	return result;
}

/* ---- stacks ---------------------------------------------------------------------------------- */

int setup_stack_vma(struct mm_struct *mm)
{
	const struct vma_kind kind = {
		.vm_flags = VM_STACK_FLAGS | VM_ACCOUNT,
		.vm_pgoff = (mm->stack_top - PAGE_SIZE) >> PAGE_SHIFT,
	};
	int error;

	down_write(&mm->mmap_sem);
	error = map_hole(mm, mm->stack_top - PAGE_SIZE, PAGE_SIZE, &kind);
	up_write(&mm->mmap_sem);
	return error;
}

/* Is there room below a stack? To another stack or to what nobody can access no gap is kept. */
static bool room_below(const struct vm_area_struct *vma, unsigned long addr)
{
	const struct vm_area_struct *prev = prev_vma(vma);

	if (addr < max(mmap_min_addr, PAGE_SIZE))
		return false;
	if (!prev)
		return true;
	if (addr < prev->vm_end)
		return false;
	return (prev->vm_flags & VM_GROWSDOWN) || !(prev->vm_flags & VM_ACCESS_FLAGS) ||
	       addr - prev->vm_end >= STACK_GUARD_GAP;
}

int expand_stack(struct vm_area_struct *vma, unsigned long addr)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long grow;

	addr &= PAGE_MASK;
	if (addr >= vma->vm_start)
		return 0;
	grow = (vma->vm_start - addr) >> PAGE_SHIFT;
	if (!room_below(vma, addr) || grow > vma->vm_pgoff)
		return -ENOMEM;
	if (vma->vm_end - addr > rlimit(RLIMIT_STACK) || !may_expand_vm(mm, vma->vm_flags, grow))
		return -ENOMEM;
	if (!may_lock_more(mm, vma->vm_flags, grow))
		return -EAGAIN;
	if ((vma->vm_flags & VM_ACCOUNT) && vm_enough_memory((long)grow))
		return -ENOMEM;
	vma_set_borders(vma, addr, vma->vm_end);
	account_vm(mm, vma->vm_flags, (long)grow);
	return 0;
}
