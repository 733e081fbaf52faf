/*
 * Reverse mapping: from a page frame to all the page-table entries that map it.
 */
#ifndef FOLIO_MM_RMAP_H
#define FOLIO_MM_RMAP_H

#include "mm/mm_types.h"
#include "mm/vmstat.h"

/* page->mapping of an anonymous page: its anon_vma, with bit 0 set. */
#define PAGE_MAPPING_ANON 1ul

/* A node of the family tree of address spaces; see mm/rmap.c. */
struct anon_vma {
	struct anon_vma *parent;
	struct list_head children, sibling;
	struct rb_root areas; /* interval tree of the VMAs, by page offset */
	unsigned int nr_areas;
	spinlock_t lock; /* areas; the shape of the family is under family_lock (mm/rmap.c) */
};

static __always_inline bool PageAnon(const struct page *page)
{
	return (unsigned long)page->mapping & PAGE_MAPPING_ANON;
}

static __always_inline struct anon_vma *page_anon_vma(const struct page *page)
{
	return (struct anon_vma *)((unsigned long)page->mapping - PAGE_MAPPING_ANON);
}

/* The index that a page at `address` of an area has: in its file, or in anonymous memory. */
static __always_inline pgoff_t linear_page_index(const struct vm_area_struct *vma,
						 unsigned long address)
{
	return ((address - vma->vm_start) >> PAGE_SHIFT) + vma->vm_pgoff;
}

/*
 * page_only_ours - nobody else maps or knows an anonymous page: it may be written in place.
 * page_table_lock of the mm that maps it is held.
 */
static __always_inline bool page_only_ours(const struct page *page)
{
	return PageAnon(page) && page_mapcount(page) == 1 && page_count(page) == 1;
}

/*
 * anon_vma_prepare - give an area its node before it gets its first anonymous page.
 * 0 or -ENOMEM. May sleep; mmap_sem is held.
 */
int __anon_vma_prepare(struct vm_area_struct *vma);
static __always_inline int anon_vma_prepare(struct vm_area_struct *vma)
{
	return likely(vma->anon_vma) ? 0 : __anon_vma_prepare(vma);
}

/*
 * anon_vma_link - enter an area whose anon_vma, vm_start, vm_end and vm_pgoff are set (or which
 * has no anon_vma: nothing happens) in the tree of its node.
 * anon_vma_unlink - take it out; anon_vma stays set, and so does the node.
 * anon_vma_drop - the area that was unlinked goes away: free the node with the last.
 * mmap_sem held for writing.
 */
void anon_vma_link(struct vm_area_struct *vma);
void anon_vma_unlink(struct vm_area_struct *vma);
void anon_vma_drop(struct anon_vma *anon_vma);

/*
 * anon_vma_fork - give `vma`, the copy of an area that has a node, a node below that one. It is not
 * linked yet. 0 or -ENOMEM. May sleep; mmap_sem of the original is held for writing.
 */
int anon_vma_fork(struct vm_area_struct *vma, const struct vm_area_struct *old);

/* page_add_new_anon_rmap - a new page is about to be mapped at `address` of an area. */
void page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address);

/*
 * page_move_anon_rmap - a page that only this area maps: its node and those below will do from now
 * on.
 */
static __always_inline void page_move_anon_rmap(struct page *page, const struct vm_area_struct *vma)
{
	page->mapping = (void *)((unsigned long)vma->anon_vma + PAGE_MAPPING_ANON);
}

/* page_add_file_rmap - one more entry maps a page of the page cache. page_table_lock held. */
static __always_inline void page_add_file_rmap(struct page *page)
{
	if (atomic_inc_return(&page->_mapcount) == 1)
		add_vm_stat(NR_FILE_MAPPED, 1);
}

/* page_dup_rmap - one more entry maps a page that is mapped already. page_table_lock held. */
static __always_inline void page_dup_rmap(struct page *page)
{
	atomic_inc(&page->_mapcount);
}

/* page_remove_rmap - one entry less maps the page. page_table_lock held. */
static __always_inline void page_remove_rmap(struct page *page)
{
	if (atomic_dec_and_test(&page->_mapcount))
		add_vm_stat(PageAnon(page) ? NR_ANON_PAGES : NR_FILE_MAPPED, -1);
}

/*
 * rmap_walk - call fn for each entry that maps a page, until it returns other than 0, which
 * is returned. The page is locked, or kept from being freed in another way; fn runs under the
 * page_table_lock of its mm and may not sleep.
 */
typedef int (*rmap_fn)(struct page *page, struct vm_area_struct *vma, unsigned long address,
		       pte_t *pte, void *ctx);
int rmap_walk(struct page *page, rmap_fn fn, void *ctx);

/*
 * page_mkclean - take the right to write, and D, from all entries of shared mappings that show a
 * locked page of a file: was one of them dirty? The next store faults. Does not sleep.
 */
bool page_mkclean(struct page *page);

/* What the entries that show a page say. */
struct page_use {
	unsigned int entries; /* showed a use since they were last asked; madvise(2) can hush one */
	unsigned long
		vm_flags; /* of all their areas together; with VM_LOCKED the rest is not known */
};

/*
 * page_referenced - was a locked page used through page tables since the last time? Does not sleep.
 * try_to_unmap - take away all entries that show a locked page of a file, which somebody holds; it
 * is dirty if one of them was. True: none is left; false: memory that is locked has some, or it is
 * anonymous. Does not sleep.
 */
struct page_use page_referenced(struct page *page);
bool try_to_unmap(struct page *page);

/* rmap_init - boot. */
void rmap_init(void);

#endif
