/*
 * What reclaim asks of the page-table entries that show a page: was it used, and let go of it.
 *
 * The processor sets bit A of an entry when it uses it, and never clears it. So reclaim clears it
 * when it looks, and knows the next time whether the page was used in between. The translation is
 * forgotten too: an entry that the processor remembers is not marked again.
 *
 * Taking a page away is the same for each entry: clear it in one step (the processor may be setting
 * A and D in it), move D to the page, forget the translation, drop the entry's reference. The page
 * itself is freed afterwards, when no processor can reach it any more. The next access faults and
 * finds the page in its file again.
 *
 * Pages in areas with VM_LOCKED stay: one such entry is enough.
 *
 * Locks: the page lock, by the caller; rmap_walk() takes i_mmap_lock and page_table_lock.
 *
 * Left out: anonymous pages, which need swap.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/tlbflush.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/mm.h"
#include "mm/rmap.h"

/* Forget a translation, if this processor can have one: it remembers its own address space only. */
static void forget(const struct mm_struct *mm, unsigned long address)
{
	if (read_cr3() == __pa(mm->pgd))
		flush_tlb_one(address);
}

static int look_at_entry(struct page *page, struct vm_area_struct *vma, unsigned long address,
			 pte_t *pte, void *ctx)
{
	struct page_use *use = ctx;

	(void)page;
	use->vm_flags |= vma->vm_flags;
	if (vma->vm_flags & VM_LOCKED)
		return 1;
	if (!pte_young(*pte))
		return 0;
	ptep_mkold(pte);
	forget(vma->vm_mm, address);
	if (!(vma->vm_flags & VM_SEQ_READ))
		use->entries++;
	return 0;
}

struct page_use page_referenced(struct page *page)
{
	struct page_use use = {0};

	rmap_walk(page, look_at_entry, &use);
	return use;
}

static int take_entry(struct page *page, struct vm_area_struct *vma, unsigned long address,
		      pte_t *pte, void *ctx)
{
	struct mm_struct *mm = vma->vm_mm;
	pte_t entry;

	(void)ctx;
	if (vma->vm_flags & VM_LOCKED)
		return 1;
	update_hiwater(mm);
	entry = ptep_get_and_clear(pte);
	forget(mm, address);
	mm->rss_file--;
	if (pte_dirty(entry))
		set_page_dirty(page);
	page_remove_rmap(page);
	put_page(page);
	return 0;
}

bool try_to_unmap(struct page *page)
{
	if (!PageAnon(page))
		rmap_walk(page, take_entry, NULL);
	return !page_mapcount(page);
}
