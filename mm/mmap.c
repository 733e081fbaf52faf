/*
 * Regions: what mmap and munmap mean. (The heap and the stack are in mm/brk.c.)
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
#include "kernel/fs/mount.h"
#include "kernel/lib/err.h"
#include "kernel/sched.h"
#include "mm/mlock.h"
#include "mm/overcommit.h"
#include "mm/shmem.h"
#include "mm/unmap.h"

unsigned long mmap_min_addr = MMAP_MIN_ADDR;

/*
 * The page at address 0 is never mapped, whatever mmap_min_addr says: null pointers must be
 * noticed.
 */
static unsigned long lowest_address(void)
{
	return max(PAGE_ALIGN(mmap_min_addr), PAGE_SIZE);
}

/* ---- finding room ------------------------------------------------------------------------- */

/* The lowest address that must stay free below an area. */
static unsigned long guarded_start(const struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_GROWSDOWN))
		return vma->vm_start;
	return vma->vm_start > STACK_GUARD_GAP ? vma->vm_start - STACK_GUARD_GAP : 0;
}

bool range_is_free(struct mm_struct *mm, unsigned long addr, unsigned long len)
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

static unsigned long fixed_address(unsigned long addr, unsigned long len)
{
	if (addr > TASK_SIZE - len)
		return -ENOMEM;
	if (addr & ~PAGE_MASK)
		return -EINVAL;
	return addr >= lowest_address() ? addr : (unsigned long)-EPERM;
}

unsigned long get_unmapped_area(struct mm_struct *mm, unsigned long addr, unsigned long len,
				unsigned long flags)
{
	if (len > TASK_SIZE)
		return -ENOMEM;
	if (flags & MAP_FIXED)
		return fixed_address(addr, len);
	addr &= PAGE_MASK;
	if (addr) {
		addr = max(addr, lowest_address());
		if (addr <= TASK_SIZE - len && range_is_free(mm, addr, len))
			return addr;
	}
	addr = find_hole(mm, mm->mmap_base, len);
	if (!addr)
		addr = find_hole(mm, lowest_address(), len);
	return addr ? addr : (unsigned long)-ENOMEM;
}

/* ---- accounts ------------------------------------------------------------------------------- */

void account_vm(struct mm_struct *mm, unsigned long vm_flags, long pages)
{
	mm->total_vm += pages;
	if (vm_flags & VM_GROWSDOWN)
		mm->stack_vm += pages;
	else if (is_data_mapping(vm_flags))
		mm->data_vm += pages;
	else if ((vm_flags & (VM_EXEC | VM_WRITE)) == VM_EXEC)
		mm->exec_vm += pages;
	if (unlikely(vm_flags & VM_LOCKED))
		account_locked(mm, pages);
}

bool may_expand_vm(const struct mm_struct *mm, unsigned long vm_flags, unsigned long pages)
{
	if (mm->total_vm + pages > rlimit(RLIMIT_AS) >> PAGE_SHIFT)
		return false;
	return !is_data_mapping(vm_flags) ||
	       mm->data_vm + pages <= rlimit(RLIMIT_DATA) >> PAGE_SHIFT;
}

/* How many pages of [start, end) are mapped. */
static unsigned long mapped_pages(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start);
	unsigned long bytes = 0;

	for (; vma && vma->vm_start < end; vma = next_vma(vma))
		bytes += min(vma->vm_end, end) - max(vma->vm_start, start);
	return bytes >> PAGE_SHIFT;
}

/* The same question when MAP_FIXED may replace what is there. */
static bool may_map(struct mm_struct *mm, unsigned long addr, unsigned long len,
		    unsigned long vm_flags)
{
	unsigned long pages = len >> PAGE_SHIFT;

	return may_expand_vm(mm, vm_flags, pages) ||
	       may_expand_vm(mm, vm_flags, pages - mapped_pages(mm, addr, addr + len));
}

/* ---- mmap ---------------------------------------------------------------------------------- */

/* What MAP_SHARED_VALIDATE knows; other types ignore what they do not. */
#define KNOWN_FLAGS                                                                        \
	(MAP_SHARED_VALIDATE | MAP_FIXED | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_DENYWRITE | \
	 MAP_EXECUTABLE | MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK)

static bool on_noexec_mount(const struct file *file)
{
	return file->f_path.mnt && (file->f_path.mnt->mnt_flags & MS_NOEXEC);
}

/* What a shared mapping of a file may do; changes vm_flags. 0 or -errno. */
static int shared_file_flags(const struct file *file, unsigned long *vm_flags)
{
	if (file->f_mode & FMODE_WRITE) {
		*vm_flags |= VM_SHARED | VM_MAYSHARE;
		return 0;
	}
	if (*vm_flags & VM_WRITE)
		return -EACCES;
	/* Nobody can write through it: as good as private. */
	*vm_flags = (*vm_flags & ~VM_MAYWRITE) | VM_MAYSHARE;
	return 0;
}

static int file_flags(const struct file *file, unsigned long flags, unsigned long *vm_flags)
{
	unsigned long type = flags & MAP_TYPE;
	int error = 0;

	if (type == MAP_SHARED_VALIDATE && (flags & ~KNOWN_FLAGS))
		return -EOPNOTSUPP;
	if (type == MAP_SHARED || type == MAP_SHARED_VALIDATE)
		error = shared_file_flags(file, vm_flags);
	else if (type != MAP_PRIVATE)
		error = -EINVAL;
	if (error)
		return error;
	if (!(file->f_mode & FMODE_READ))
		return -EACCES;
	if (on_noexec_mount(file)) {
		if (*vm_flags & VM_EXEC)
			return -EPERM;
		*vm_flags &= ~VM_MAYEXEC;
	}
	if (!file->f_op || !file->f_op->mmap)
		return -ENODEV;
	/* Towards which part of the file would it grow? */
	return *vm_flags & VM_GROWSDOWN ? -EINVAL : 0;
}

static int anon_flags(unsigned long flags, unsigned long *vm_flags)
{
	if ((flags & MAP_TYPE) == MAP_PRIVATE)
		return 0;
	if ((flags & MAP_TYPE) != MAP_SHARED || (*vm_flags & VM_GROWSDOWN))
		return -EINVAL;
	*vm_flags |= VM_SHARED | VM_MAYSHARE;
	return 0;
}

/* vm_flags for do_mmap's arguments. 0 or -errno. */
static int mmap_flags(const struct mm_struct *mm, const struct file *file, unsigned long prot,
		      unsigned long flags, unsigned long *vm_flags)
{
	*vm_flags = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | prot_flags(prot) | mm->def_flags;
	if (flags & MAP_HUGETLB) /* there are none */
		return -EINVAL;
	if (flags & MAP_GROWSDOWN)
		*vm_flags |= VM_GROWSDOWN;
	if (flags & MAP_LOCKED) {
		*vm_flags |= VM_LOCKED;
		if (!can_mlock())
			return -EPERM;
	}
	if ((flags & MAP_NORESERVE) && sysctl_overcommit_memory != OVERCOMMIT_NEVER)
		*vm_flags |= VM_NORESERVE;
	return file ? file_flags(file, flags, vm_flags) : anon_flags(flags, vm_flags);
}

/* A new area that is linked nowhere; or ERR_PTR. */
static struct vm_area_struct *new_area(struct mm_struct *mm, unsigned long addr, unsigned long len,
				       const struct vma_kind *kind)
{
	struct vm_area_struct *vma;
	int error;

	if (mm->areas.count >= sysctl_max_map_count)
		return ERR_PTR(-ENOMEM);
	vma = vma_alloc(mm);
	if (!vma)
		return ERR_PTR(-ENOMEM);
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_flags = kind->vm_flags;
	vma->vm_page_prot = vma_page_prot(kind->vm_flags);
	vma->vm_pgoff = kind->vm_pgoff;
	if (!kind->vm_file)
		return vma;
	vma->vm_file = get_file(kind->vm_file);
	error = kind->vm_file->f_op->mmap(kind->vm_file, vma);
	if (vma_tracks_writes(vma))
		vma_set_page_prot(vma);
	if (!error)
		return vma;
	vma->vm_ops = NULL; /* there is nothing to close */
	vma_free(vma);
	return ERR_PTR(error);
}

int map_hole(struct mm_struct *mm, unsigned long addr, unsigned long len,
	     const struct vma_kind *kind)
{
	unsigned long pages = len >> PAGE_SHIFT;
	struct vm_area_struct *vma;

	if ((kind->vm_flags & VM_ACCOUNT) && vm_enough_memory((long)pages))
		return -ENOMEM;
	vma = vma_extend(mm, addr, addr + len, kind);
	if (!vma) {
		vma = new_area(mm, addr, len, kind);
		if (IS_ERR(vma)) {
			if (kind->vm_flags & VM_ACCOUNT)
				vm_unacct_memory((long)pages);
			return (int)PTR_ERR(vma);
		}
		if (vma->vm_flags & VM_SPECIAL)
			vma->vm_flags &= ~VM_LOCKED_FLAGS;
		vma_link(mm, vma);
	}
	account_vm(mm, vma->vm_flags, (long)pages);
	return 0;
}

/* Map at a place that was found; what is there goes. 0 or -errno. */
static int map_region(struct mm_struct *mm, unsigned long addr, unsigned long len,
		      struct vma_kind *kind)
{
	int error;

	if (!may_map(mm, addr, len, kind->vm_flags))
		return -ENOMEM;
	error = mapped_pages(mm, addr, addr + len) ? do_munmap(mm, addr, len) : 0;
	if (error)
		return error;
	if (is_promised(kind->vm_flags))
		kind->vm_flags |= VM_ACCOUNT;
	return map_hole(mm, addr, len, kind);
}

/* Shared memory that has no file gets one. Takes over nothing. 0 or -errno. */
static int map_shared_anon(struct mm_struct *mm, unsigned long addr, unsigned long len,
			   struct vma_kind *kind)
{
	int error;

	kind->vm_file = shmem_file_setup("/dev/zero", (loff_t)len, kind->vm_flags & VM_NORESERVE);
	if (IS_ERR(kind->vm_file))
		return (int)PTR_ERR(kind->vm_file);
	kind->vm_pgoff = 0;
	error = map_region(mm, addr, len, kind);
	fput(kind->vm_file);
	return error;
}

unsigned long do_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, pgoff_t pgoff)
{
	struct mm_struct *mm = current->mm;
	struct vma_kind kind = {.vm_file = file, .vm_pgoff = pgoff};
	int error;

	if (!len)
		return -EINVAL;
	if (flags & MAP_FIXED_NOREPLACE)
		flags |= MAP_FIXED;
	len = PAGE_ALIGN(len);
	if (!len)
		return -ENOMEM;
	if (pgoff + (len >> PAGE_SHIFT) < pgoff)
		return -EOVERFLOW;
	if (mm->areas.count >= sysctl_max_map_count)
		return -ENOMEM;
	addr = get_unmapped_area(mm, addr, len, flags);
	if (IS_ERR_VALUE(addr))
		return addr;
	if ((flags & MAP_FIXED_NOREPLACE) && mapped_pages(mm, addr, addr + len))
		return -EEXIST;
	error = mmap_flags(mm, file, prot, flags, &kind.vm_flags);
	if (error)
		return error;
	if (!may_lock_more(mm, kind.vm_flags, len >> PAGE_SHIFT))
		return -EAGAIN;
	if (!file && (kind.vm_flags & VM_SHARED)) {
		error = map_shared_anon(mm, addr, len, &kind);
	} else {
		if (!file)
			kind.vm_pgoff = addr >> PAGE_SHIFT;
		error = map_region(mm, addr, len, &kind);
	}
	return error ? (unsigned long)error : addr;
}

/* Are the pages of a new mapping wanted at once? */
static bool wants_pages(const struct mm_struct *mm, unsigned long flags)
{
	if ((flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE)
		return true;
	return ((flags & MAP_LOCKED) || (mm->def_flags & VM_LOCKED)) &&
	       !(mm->def_flags & VM_LOCKONFAULT);
}

unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, pgoff_t pgoff)
{
	struct mm_struct *mm = current->mm;
	unsigned long result;
	bool populate;

	if ((current->personality & READ_IMPLIES_EXEC) && (prot & PROT_READ) &&
	    !(file && on_noexec_mount(file)))
		prot |= PROT_EXEC;
	down_write(&mm->mmap_sem);
	result = do_mmap(file, addr, len, prot, flags, pgoff);
	populate = wants_pages(mm, flags);
	up_write(&mm->mmap_sem);
	if (unlikely(populate) && !IS_ERR_VALUE(result))
		mm_populate(mm, result, PAGE_ALIGN(len));
	return result;
}

/* ---- munmap -------------------------------------------------------------------------------- */

/*
 * Cut the areas at the borders of a range, so that no area sticks out of it. Only a cut from the
 * middle of an area leaves one more than there were. 0 or -ENOMEM: nothing has changed.
 */
static int cut_at_borders(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
			  unsigned long end)
{
	bool cut_low = vma->vm_start < start;

	if (cut_low) {
		if (vma->vm_end > end && mm->areas.count >= sysctl_max_map_count)
			return -ENOMEM;
		if (vma_split(mm, vma, start))
			return -ENOMEM;
	}
	vma = find_vma(mm, end - 1);
	if (!vma || vma->vm_start >= end || vma->vm_end <= end || !vma_split(mm, vma, end))
		return 0;
	if (cut_low)
		vma_merge_around(find_vma(mm, start));
	return -ENOMEM;
}

/* Drop the areas from `vma` up to `next`. Their pages have gone. */
static void remove_areas(struct mm_struct *mm, struct vm_area_struct *vma,
			 const struct vm_area_struct *next)
{
	long promised = 0;

	while (vma != next) {
		struct vm_area_struct *after = next_vma(vma);
		long pages = (long)vma_pages(vma);

		if (vma->vm_flags & VM_ACCOUNT)
			promised += pages;
		account_vm(mm, vma->vm_flags, -pages);
		vma_unlink(mm, vma);
		vma_free(vma);
		vma = after;
		cond_resched();
	}
	vm_unacct_memory(promised);
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
	error = cut_at_borders(mm, vma, addr, end);
	if (error)
		return error;
	if (vma->vm_start < addr)
		vma = next_vma(vma);
	prev = prev_vma(vma);
	for (next = vma; next && next->vm_start < end; next = next_vma(next))
		;
	update_hiwater(mm);
	unmap_range(mm, addr, end, prev ? prev->vm_end : 0, next ? next->vm_start : TASK_SIZE);
	remove_areas(mm, vma, next);
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
