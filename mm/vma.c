/*
 * Areas: splitting, joining, linking.
 *
 * An area is entered in up to three trees: that of its address space (by address),
 * that of its file (by file offset, so that a page of the file finds it), and that of
 * its anon_vma (the same for anonymous pages). They must agree at all times, so
 * borders are moved by vma_set_borders() only, which takes the area out of the
 * latter two, moves it, and puts it back.
 *
 * Two areas that touch, with equal rights and consecutive offsets, are one: fewer
 * areas mean faster faults and less memory.
 *
 *	before mmap:   | A rw |          | B rw |
 *	after:         | A rw             .  rw |     B has gone
 *	munmap inside: | A rw |    | A' rw      |     A was split, the middle removed
 *
 * Areas with different anon_vmas cannot be joined, since each page names one.
 *
 * Locks: mmap_sem for writing covers all of this; i_mmap_lock and anon_vma->lock the
 * two other trees while they change.
 */
#include "mm/vma.h"

#include "kernel/fs/fs.h"
#include "kernel/lib/errno.h"
#include "kernel/panic.h"
#include "mm/rmap.h"
#include "mm/slab.h"

static struct kmem_cache *vma_cache;

/* Private areas begin without the right to write: the first write makes the copy. */
static const pgprot_t protection_map[16] = {
	[0] = PAGE_NONE,
	[VM_READ] = PAGE_READONLY,
	[VM_WRITE] = PAGE_COPY,
	[VM_READ | VM_WRITE] = PAGE_COPY,
	[VM_EXEC] = PAGE_READONLY,
	[VM_EXEC | VM_READ] = PAGE_READONLY,
	[VM_EXEC | VM_WRITE] = PAGE_COPY,
	[VM_EXEC | VM_READ | VM_WRITE] = PAGE_COPY,
	[VM_SHARED] = PAGE_NONE,
	[VM_SHARED | VM_READ] = PAGE_READONLY,
	[VM_SHARED | VM_WRITE] = PAGE_SHARED,
	[VM_SHARED | VM_READ | VM_WRITE] = PAGE_SHARED,
	[VM_SHARED | VM_EXEC] = PAGE_READONLY,
	[VM_SHARED | VM_EXEC | VM_READ] = PAGE_READONLY,
	[VM_SHARED | VM_EXEC | VM_WRITE] = PAGE_SHARED,
	[VM_SHARED | VM_EXEC | VM_READ | VM_WRITE] = PAGE_SHARED,
};

pgprot_t vma_page_prot(unsigned long vm_flags)
{
	return protection_map[vm_flags & (VM_ACCESS_FLAGS | VM_SHARED)];
}

void vma_init(void)
{
	vma_cache = kmem_cache_create("vm_area_struct", sizeof(struct vm_area_struct), 0,
				      SLAB_PANIC, NULL);
}

struct vm_area_struct *vma_alloc(struct mm_struct *mm)
{
	struct vm_area_struct *vma = kmem_cache_alloc(vma_cache, GFP_KERNEL | __GFP_ZERO);

	if (vma)
		vma->vm_mm = mm;
	return vma;
}

void vma_free(struct vm_area_struct *vma)
{
	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	anon_vma_drop(vma->anon_vma);
	if (vma->vm_file)
		fput(vma->vm_file);
	kmem_cache_free(vma_cache, vma);
}

/* ---- finding ------------------------------------------------------------------------------ */

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = mm->mmap_cache;

	if (vma && vma->vm_start <= addr && addr < vma->vm_end)
		return vma;
	vma = vma_of(vm_range_find(&mm->areas, addr));
	if (vma)
		mm->mmap_cache = vma;
	return vma;
}

struct vm_area_struct *find_vma_prev(struct mm_struct *mm, unsigned long addr,
				     struct vm_area_struct **prev)
{
	struct vm_range *before;
	struct vm_range *range = vm_range_find_prev(&mm->areas, addr, &before);

	*prev = vma_of(before);
	return vma_of(range);
}

/* ---- the trees ------------------------------------------------------------------------ */

/* Enter an area in its file's tree and its anon_vma's. */
static void link_object(struct vm_area_struct *vma)
{
	if (vma->vm_file) {
		struct address_space *mapping = vma->vm_file->f_mapping;

		vma->vm_shared.start = vma->vm_pgoff;
		vma->vm_shared.last = vma->vm_pgoff + vma_pages(vma) - 1;
		spin_lock(&mapping->i_mmap_lock);
		interval_tree_insert(&vma->vm_shared, &mapping->i_mmap);
		spin_unlock(&mapping->i_mmap_lock);
	}
	anon_vma_link(vma);
}

static void unlink_object(struct vm_area_struct *vma)
{
	if (vma->vm_file) {
		struct address_space *mapping = vma->vm_file->f_mapping;

		spin_lock(&mapping->i_mmap_lock);
		interval_tree_remove(&vma->vm_shared, &mapping->i_mmap);
		spin_unlock(&mapping->i_mmap_lock);
	}
	anon_vma_unlink(vma);
}

void vma_link(struct mm_struct *mm, struct vm_area_struct *vma)
{
	bool fits = vm_range_insert(&mm->areas, &vma->range);

	BUG_ON(!fits);
	link_object(vma);
}

void vma_unlink(struct mm_struct *mm, struct vm_area_struct *vma)
{
	vm_range_remove(&mm->areas, &vma->range);
	if (mm->mmap_cache == vma)
		mm->mmap_cache = NULL;
	unlink_object(vma);
}

void vma_set_borders(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	unlink_object(vma);
	vma->vm_pgoff += ((long)start - (long)vma->vm_start) >> PAGE_SHIFT;
	vm_range_resize(&vma->vm_mm->areas, &vma->range, start, end);
	link_object(vma);
}

/* ---- joining ---------------------------------------------------------------------------- */

/* May memory of this kind, beginning at `addr`, belong to the area? */
static bool same_kind(const struct vm_area_struct *vma, unsigned long addr,
		      const struct vma_kind *kind)
{
	if (vma->vm_flags != kind->vm_flags || vma->vm_file != kind->vm_file)
		return false;
	if (vma->vm_ops && vma->vm_ops->close)
		return false;
	return vma->vm_pgoff + (((long)addr - (long)vma->vm_start) >> PAGE_SHIFT) == kind->vm_pgoff;
}

static bool may_join(const struct vm_area_struct *lower, const struct vm_area_struct *upper)
{
	const struct vma_kind kind = {upper->vm_flags, upper->vm_file, upper->vm_pgoff};

	return same_kind(lower, upper->vm_start, &kind) &&
	       (!lower->anon_vma || !upper->anon_vma || lower->anon_vma == upper->anon_vma);
}

/* Let the lower area swallow the upper one, and the hole between them if there is one. */
static void swallow(struct mm_struct *mm, struct vm_area_struct *lower,
		    struct vm_area_struct *upper)
{
	unsigned long end = upper->vm_end;

	vma_unlink(mm, upper);
	if (!lower->anon_vma && upper->anon_vma) {
		lower->anon_vma = upper->anon_vma;
		anon_vma_link(lower);
	}
	vma_set_borders(lower, lower->vm_start, end);
	vma_free(upper);
}

struct vm_area_struct *vma_extend(struct mm_struct *mm, unsigned long start, unsigned long end,
				  const struct vma_kind *kind)
{
	struct vm_area_struct *prev, *next = find_vma_prev(mm, start, &prev);
	bool from_prev = prev && prev->vm_end == start && same_kind(prev, start, kind);
	bool from_next = next && next->vm_start == end && same_kind(next, start, kind);

	if (from_prev && from_next && may_join(prev, next)) {
		swallow(mm, prev, next);
		return prev;
	}
	if (from_prev) {
		vma_set_borders(prev, prev->vm_start, end);
		return prev;
	}
	if (from_next) {
		vma_set_borders(next, start, next->vm_end);
		return next;
	}
	return NULL;
}

/* ---- splitting --------------------------------------------------------------------------- */

int vma_split(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr)
{
	struct vm_area_struct *upper = vma_alloc(mm);

	if (!upper)
		return -ENOMEM;
	*upper = *vma;
	upper->vm_start = addr;
	upper->vm_pgoff += (addr - vma->vm_start) >> PAGE_SHIFT;
	if (upper->vm_file)
		get_file(upper->vm_file);
	vma_set_borders(vma, vma->vm_start, addr);
	vma_link(mm, upper);
	if (upper->vm_ops && upper->vm_ops->open)
		upper->vm_ops->open(upper);
	return 0;
}
