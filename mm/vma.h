/*
 * The areas of an address space as a structure: making, linking, splitting, joining.
 * What they mean (system calls, faults) is elsewhere. mmap_sem is held for writing
 * by every caller, unless the address space is not yet or no longer in use.
 */
#ifndef FOLIO_MM_VMA_H
#define FOLIO_MM_VMA_H

#include "mm/mm_types.h"

/*
 * find_vma - the first area that ends above addr, or NULL. With _prev also the one before it, or
 * the last one. mmap_sem held, for reading will do.
 */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);
struct vm_area_struct *find_vma_prev(struct mm_struct *mm, unsigned long addr,
				     struct vm_area_struct **prev);

/* What an area is, apart from where it lies: two areas alike in all of it may be one. */
struct vma_kind {
	unsigned long vm_flags;
	struct file *vm_file;
	pgoff_t vm_pgoff;	   /* of the first address in question */
	struct anon_vma *anon_vma; /* whom its anonymous pages name; NULL: it has none */
};

/* vma_alloc, vma_free - an area that is linked nowhere. vma_alloc may sleep; NULL: no memory. */
struct vm_area_struct *vma_alloc(struct mm_struct *mm);
void vma_free(struct vm_area_struct *vma);

/*
 * vma_dup - a copy of an area, with a reference to its file, that is linked nowhere and was not
 * opened. May sleep; NULL: no memory.
 */
struct vm_area_struct *vma_dup(const struct vm_area_struct *vma);

/* vma_link - put an area whose fields are set into its address space. It must fit a hole. */
void vma_link(struct mm_struct *mm, struct vm_area_struct *vma);

/*
 * vma_unlink - take it out of everything but its anon_vma's count; it is then freed by vma_free().
 */
void vma_unlink(struct mm_struct *mm, struct vm_area_struct *vma);

/* vma_set_borders - move an area's borders within the hole around it. */
void vma_set_borders(struct vm_area_struct *vma, unsigned long start, unsigned long end);

/*
 * vma_extend - try to cover the hole [start, end) by making an area next to it larger; if it closes
 * the gap between two areas of the same kind these become one.
 * Returns the area that now covers it, or NULL: nothing was changed.
 */
struct vm_area_struct *vma_extend(struct mm_struct *mm, unsigned long start, unsigned long end,
				  const struct vma_kind *kind);

/*
 * vma_modify - the part [start, end) of an area gets other vm_flags, and vm_page_prot: it becomes
 * part of a neighbour that is of this kind, or is cut out of its area. What page tables show is the
 * caller's. Returns the area that holds this part now; NULL: no memory, or too many areas, and all
 * is as it was. May sleep.
 */
struct vm_area_struct *vma_modify(struct vm_area_struct *vma, unsigned long start,
				  unsigned long end, unsigned long vm_flags);

/*
 * vma_cut_out - make the part [start, end) of an area one of its own. Returns it; NULL: no memory,
 * or too many areas, and nothing has changed. vma_merge_around() undoes it. May sleep.
 */
struct vm_area_struct *vma_cut_out(struct vm_area_struct *vma, unsigned long start,
				   unsigned long end);

/*
 * vma_merge_around - make one of an area and its neighbours where they touch and are of one kind.
 * Returns the area that holds it now. Does not fail.
 */
struct vm_area_struct *vma_merge_around(struct vm_area_struct *vma);

/*
 * vma_split - cut an area at `addr`; the area keeps the lower part, the new one gets the upper.
 * 0 or -ENOMEM. May sleep. Whether there may be one area more is the caller's to see to: munmap
 * cuts first and has none more in the end.
 */
int vma_split(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr);

/*
 * vma_page_prot - the rights that entries of an area with these flags get at first.
 * vma_set_page_prot
 * - vm_page_prot by vm_flags and vm_ops: where pages that become dirty must be noticed
 * (vma_tracks_writes()), entries are made without the right to write.
 */
pgprot_t vma_page_prot(unsigned long vm_flags);
void vma_set_page_prot(struct vm_area_struct *vma);

/* vma_tracks_writes - is it a shared mapping of a file that is written back to a device? */
static inline bool vma_tracks_writes(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_SHARED) && vma->vm_ops && vma->vm_ops->page_mkwrite;
}

/* vma_init - boot. */
void vma_init(void);

#endif
