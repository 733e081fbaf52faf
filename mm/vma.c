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
 *	mprotect:      | A rw          | B r |
 *	               | A rw | B          r |      the border has moved
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
#include "mm/mmap.h"
#include "mm/rmap.h"
#include "mm/slab.h"

unsigned int sysctl_max_map_count = DEFAULT_MAX_MAP_COUNT;

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

void vma_set_page_prot(struct vm_area_struct *vma)
{
	unsigned long cache = pgprot_val(vma->vm_page_prot) & (_PAGE_PCD | _PAGE_PWT);
	unsigned long vm_flags = vma->vm_flags;

	if (vma_tracks_writes(vma))
		vm_flags &= ~VM_SHARED; /* as if for copy-on-write: a store faults */
	vma->vm_page_prot = __pgprot(pgprot_val(vma_page_prot(vm_flags)) | cache);
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

struct vm_area_struct *vma_dup(const struct vm_area_struct *vma)
{
	struct vm_area_struct *copy = kmem_cache_alloc(vma_cache, GFP_KERNEL);

	if (!copy)
		return NULL;
	*copy = *vma;
	if (copy->vm_file)
		get_file(copy->vm_file);
	return copy;
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

static unsigned int is_shared(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_SHARED) != 0;
}

/* Enter an area in its file's tree and its anon_vma's. */
static void link_object(struct vm_area_struct *vma)
{
	if (vma->vm_file) {
		struct address_space *mapping = vma->vm_file->f_mapping;

		vma->vm_shared.start = vma->vm_pgoff;
		vma->vm_shared.last = vma->vm_pgoff + vma_pages(vma) - 1;
		spin_lock(&mapping->i_mmap_lock);
		mapping->i_mmap_writable += is_shared(vma);
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
		mapping->i_mmap_writable -= is_shared(vma);
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
	if ((kind->vm_flags & VM_SPECIAL) || (vma->vm_ops && vma->vm_ops->close))
		return false;
	if (vma->anon_vma && kind->anon_vma && vma->anon_vma != kind->anon_vma)
		return false;
	return vma->vm_pgoff + (((long)addr - (long)vma->vm_start) >> PAGE_SHIFT) == kind->vm_pgoff;
}

static bool may_join(const struct vm_area_struct *lower, const struct vm_area_struct *upper)
{
	const struct vma_kind kind = {upper->vm_flags, upper->vm_file, upper->vm_pgoff,
				      upper->anon_vma};

	return same_kind(lower, upper->vm_start, &kind);
}

/* An area is about to get pages that name this node. */
static void adopt_node(struct vm_area_struct *vma, struct anon_vma *anon_vma)
{
	if (vma->anon_vma || !anon_vma)
		return;
	vma->anon_vma = anon_vma;
	anon_vma_link(vma);
}

/* Let the lower area swallow the upper one, and the hole between them if there is one. */
static void swallow(struct mm_struct *mm, struct vm_area_struct *lower,
		    struct vm_area_struct *upper)
{
	unsigned long end = upper->vm_end;

	vma_unlink(mm, upper);
	adopt_node(lower, upper->anon_vma);
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

struct vm_area_struct *vma_merge_around(struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = prev_vma(vma), *next = next_vma(vma);

	if (prev && prev->vm_end == vma->vm_start && may_join(prev, vma)) {
		swallow(vma->vm_mm, prev, vma);
		vma = prev;
	}
	if (next && vma->vm_end == next->vm_start && may_join(vma, next))
		swallow(vma->vm_mm, vma, next);
	return vma;
}

/* ---- changing a part ---------------------------------------------------------------------- */

static void set_flags(struct vm_area_struct *vma, unsigned long vm_flags)
{
	vma->vm_flags = vm_flags;
	vma_set_page_prot(vma);
}

struct vm_area_struct *vma_cut_out(struct vm_area_struct *vma, unsigned long start,
				   unsigned long end)
{
	struct mm_struct *mm = vma->vm_mm;

	if (start > vma->vm_start) {
		if (mm->areas.count >= sysctl_max_map_count || vma_split(mm, vma, start))
			return NULL;
		vma = next_vma(vma);
	}
	if (end == vma->vm_end)
		return vma;
	if (mm->areas.count < sysctl_max_map_count && !vma_split(mm, vma, end))
		return vma;
	vma_merge_around(vma);
	return NULL;
}

struct vm_area_struct *vma_modify(struct vm_area_struct *vma, unsigned long start,
				  unsigned long end, unsigned long vm_flags)
{
	const struct vma_kind kind = {
		.vm_flags = vm_flags,
		.vm_file = vma->vm_file,
		.vm_pgoff = vma->vm_pgoff + ((start - vma->vm_start) >> PAGE_SHIFT),
		.anon_vma = vma->anon_vma,
	};
	struct vm_area_struct *prev = prev_vma(vma), *next = next_vma(vma);

	if (start == vma->vm_start && end == vma->vm_end) {
		set_flags(vma, vm_flags);
		return vma_merge_around(vma);
	}
	if (start == vma->vm_start && prev && prev->vm_end == start &&
	    same_kind(prev, start, &kind)) {
		adopt_node(prev, vma->anon_vma);
		vma_set_borders(vma, end, vma->vm_end);
		vma_set_borders(prev, prev->vm_start, end);
		return prev;
	}
	if (end == vma->vm_end && next && next->vm_start == end && same_kind(next, start, &kind)) {
		adopt_node(next, vma->anon_vma);
		vma_set_borders(vma, vma->vm_start, start);
		vma_set_borders(next, start, next->vm_end);
		return next;
	}
	vma = vma_cut_out(vma, start, end);
	if (vma)
		set_flags(vma, vm_flags);
	return vma;
}

/* ---- splitting --------------------------------------------------------------------------- */

int vma_split(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr)
{
	struct vm_area_struct *upper = vma_dup(vma);

	if (!upper)
		return -ENOMEM;
	upper->vm_start = addr;
	upper->vm_pgoff += (addr - vma->vm_start) >> PAGE_SHIFT;
	vma_set_borders(vma, vma->vm_start, addr);
	vma_link(mm, upper);
	if (upper->vm_ops && upper->vm_ops->open)
		upper->vm_ops->open(upper);
	return 0;
}
