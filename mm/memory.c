/*
 * Faults.
 *
 * An area is a promise: these addresses may be used, in this way. It costs no
 * memory. The first access to each page faults, and here the promise is kept, by what
 * the entry in the page table says:
 *
 *	entry                      access   what happens
 *	---------------------------------------------------------------------------
 *	empty, no file             read     the page of zeros is shown, read-only
 *	                           write    a page of its own, cleared (demand-zero)
 *	empty, file                read     the file's page from the page cache is shown, and
 *	                                    those around it that are cached (fault-around)
 *	empty, file, shared        write    the file's page, writable; if it is to be written back, the
 *	                                    file system is asked first (page_mkwrite)
 *	empty, file, private       write    a copy of the file's page
 *	present, read-only,        write    a copy (copy-on-write); none is needed when nobody
 *	        private                     else uses the page
 *	present, read-only,        write    the page is dirty from now on, the entry writable; the file
 *	        shared                      system is asked first, as above
 *	present, allowed           any      somebody else was faster: nothing
 *
 * Each function does the slow part, which may sleep, without locks: find or make a page.
 * Then it takes page_table_lock and looks at the entry again. If that has changed
 * meanwhile, the page is dropped and the access simply tried once more.
 *
 * The order of steps when an entry is set: the page is complete (cleared, copied) first, then
 * counted and reverse-mapped, then seen by the processor. Replacing one frame by another
 * needs the entry cleared and flushed in between; making an entry more permissive needs
 * no flush, as a processor looks again before it faults.
 *
 * A page of a file on a disk is mapped without the right to write while it is clean, in shared
 * mappings too. So its first store comes here, the file system finds a place for it on the disk (or
 * says that there is none, which is SIGBUS now, and not lost data later), the page is marked, and
 * who makes many pages dirty waits his turn. Writing the page to the disk takes the right away
 * again (page_mkclean()). page_mkwrite returns it locked, and locked it stays until the entry is
 * writable, so that neither truncation nor write-back comes in between. Files that are only in
 * memory have no page_mkwrite, and their entries are writable at once.
 *
 * Locks: mmap_sem for reading keeps the area; page_table_lock covers entries and counters; the page
 * lock, while a page is made writable, is taken before that.
 *
 * Left out: 4 MiB pages for programs.
 */
#include "mm/memory.h"

#include "kernel/cpu/tlbflush.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/err.h"
#include "kernel/panic.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/lru.h"
#include "mm/page_alloc.h"
#include "mm/pgalloc.h"
#include "mm/rmap.h"
#include "mm/vma.h"
#include "mm/writeback.h"

/* Read faults map the cached pages of an aligned window of this many bytes. */
#define FAULT_AROUND_BYTES 65536ul

/* For a program's pages. When there are none left, the line about the program says so. */
#define GFP_FAULT (GFP_HIGHUSER | __GFP_NOWARN)

struct page *zero_page;

void memory_init(void)
{
	zero_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!zero_page)
		panic("Too little memory: no page of zeros");
	SetPageReserved(zero_page);
}

/* The entry for a page of its own, as the area allows. */
static __always_inline pte_t private_entry(struct page *page, const struct vm_area_struct *vma)
{
	pte_t entry = pte_mkdirty(mk_pte(page, vma->vm_page_prot));

	return vma->vm_flags & VM_WRITE ? pte_mkwrite(entry) : entry;
}

/* Count and reverse-map a new anonymous page, and show it. page_table_lock is held. */
static __always_inline void map_new_anon(struct vm_area_struct *vma, unsigned long address,
					 pte_t *ptep, struct page *page)
{
	vma->vm_mm->rss_anon++;
	page_add_new_anon_rmap(page, vma, address);
	lru_cache_add_active(page);
	set_pte(ptep, private_entry(page, vma));
}

/* ---- no file --------------------------------------------------------------------------- */

static unsigned int show_zero_page(struct vm_area_struct *vma, pte_t *ptep)
{
	struct mm_struct *mm = vma->vm_mm;

	spin_lock(&mm->page_table_lock);
	if (pte_none(*ptep))
		set_pte(ptep, pte_mkspecial(mk_pte(zero_page, vma->vm_page_prot)));
	spin_unlock(&mm->page_table_lock);
	return 0;
}

static unsigned int do_anonymous_page(struct vm_area_struct *vma, unsigned long address,
				      pte_t *ptep, bool write)
{
	struct mm_struct *mm = vma->vm_mm;
	struct page *page;

	if (!write)
		return show_zero_page(vma, ptep);
	if (anon_vma_prepare(vma))
		return VM_FAULT_OOM;
	page = alloc_page(GFP_FAULT);
	if (!page)
		return VM_FAULT_OOM;
	clear_highpage(page);
	spin_lock(&mm->page_table_lock);
	if (likely(pte_none(*ptep))) {
		map_new_anon(vma, address, ptep, page);
		page = NULL;
	}
	spin_unlock(&mm->page_table_lock);
	if (unlikely(page))
		put_page(page);
	return 0;
}

/* ---- files ------------------------------------------------------------------------------ */

/* A private copy of a page, in an area that is prepared for it. */
static struct page *copy_for(struct vm_area_struct *vma, struct page *from)
{
	struct page *copy;

	if (anon_vma_prepare(vma))
		return NULL;
	copy = alloc_page(GFP_FAULT);
	if (copy)
		copy_highpage(copy, from);
	return copy;
}

/* Show what is cached around the address; whether that has already answered the fault. */
static bool fault_around(struct vm_area_struct *vma, unsigned long address, pte_t *ptep)
{
	unsigned long window = ALIGN_DOWN(address, FAULT_AROUND_BYTES);
	unsigned long start = max(window, vma->vm_start);
	unsigned long end = min(window + FAULT_AROUND_BYTES, vma->vm_end);
	struct mm_struct *mm = vma->vm_mm;
	bool answered;

	spin_lock(&mm->page_table_lock);
	vma->vm_ops->map_pages(vma, start, end, ptep - ((address - start) >> PAGE_SHIFT));
	answered = !pte_none(*ptep);
	spin_unlock(&mm->page_table_lock);
	return answered;
}

/* Show a page of the page cache. page_table_lock is held. */
static void map_file_page(struct vm_area_struct *vma, pte_t *ptep, struct page *page, bool write)
{
	pte_t entry = mk_pte(page, vma->vm_page_prot);

	if (write) {
		entry = pte_mkwrite(pte_mkdirty(entry));
		set_page_dirty(page);
	}
	vma->vm_mm->rss_file++;
	page_add_file_rmap(page);
	set_pte(ptep, entry);
}

/* A page that nopage found: is it the file's still? page_table_lock is held (mm/filemap_mmap.c). */
static __always_inline bool still_cached(const struct vm_area_struct *vma, const struct page *page)
{
	return page->mapping == vma->vm_file->f_mapping;
}

/* Show the page itself. Takes over the reference. */
static void show_file_page(struct vm_area_struct *vma, pte_t *ptep, struct page *page, bool write)
{
	struct mm_struct *mm = vma->vm_mm;

	spin_lock(&mm->page_table_lock);
	if (likely(pte_none(*ptep) && still_cached(vma, page))) {
		map_file_page(vma, ptep, page, write);
		page = NULL;
	}
	spin_unlock(&mm->page_table_lock);
	if (unlikely(page))
		put_page(page);
}

/* A page of a file that is written back, and is held: may it be written to? Then it is locked. */
static unsigned int ask_file_system(struct vm_area_struct *vma, struct page *page)
{
	unsigned int result = vma->vm_ops->page_mkwrite(vma, page);

	if ((result & VM_FAULT_SIGBUS) && !still_cached(vma, page))
		return VM_FAULT_RETRY; /* truncated meanwhile: the next fault sees how it is now */
	return result;
}

/* The page is dirty, and mapped so that it can be written to: unlock and drop it. */
static void after_first_store(struct vm_area_struct *vma, struct page *page)
{
	unlock_page(page);
	put_page(page);
	file_update_time(vma->vm_file);
	balance_dirty_pages_ratelimited(vma->vm_file->f_mapping, 1);
}

/* Show a page that will be written back, for a store. Takes over the reference. */
static unsigned int show_tracked_page(struct vm_area_struct *vma, pte_t *ptep, struct page *page)
{
	unsigned int result = ask_file_system(vma, page);

	if (result) {
		put_page(page);
		return result & ~VM_FAULT_RETRY;
	}
	get_page(page);
	show_file_page(vma, ptep, page, true);
	after_first_store(vma, page);
	return 0;
}

/* Show a private copy of the page. Drops the reference. */
static unsigned int show_copy(struct vm_area_struct *vma, unsigned long address, pte_t *ptep,
			      struct page *page)
{
	struct page *copy = copy_for(vma, page);
	struct mm_struct *mm = vma->vm_mm;
	unsigned int result = copy ? 0 : VM_FAULT_OOM;

	spin_lock(&mm->page_table_lock);
	if (likely(copy && pte_none(*ptep) && still_cached(vma, page))) {
		map_new_anon(vma, address, ptep, copy);
		mark_page_accessed(page);
		copy = NULL;
	}
	spin_unlock(&mm->page_table_lock);
	put_page(page);
	if (unlikely(copy))
		put_page(copy);
	return result;
}

static __noinline unsigned int do_nopage(struct vm_area_struct *vma, unsigned long address,
					 pte_t *ptep, bool write)
{
	unsigned int result = 0;
	struct page *page;

	if (!write && vma->vm_ops->map_pages && fault_around(vma, address, ptep))
		return 0;
	page = vma->vm_ops->nopage(vma, address, &result);
	if (IS_ERR(page))
		return PTR_ERR(page) == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
	if (write && !(vma->vm_flags & VM_SHARED))
		return result | show_copy(vma, address, ptep, page);
	if (write && vma->vm_ops->page_mkwrite)
		return result | show_tracked_page(vma, ptep, page);
	if (write)
		file_update_time(vma->vm_file);
	show_file_page(vma, ptep, page, write);
	return result;
}

/* ---- copy on write ------------------------------------------------------------------------ */

/* The page is written in place from now on. page_table_lock is held. */
static __always_inline void take_over(struct vm_area_struct *vma, struct page *page)
{
	if (vma->vm_flags & VM_SHARED)
		set_page_dirty(page);
	else
		page_move_anon_rmap(page, vma);
}

/* Put the copy where `old` (NULL: the page of zeros) is mapped, if it still is. */
static bool replace_page(struct vm_area_struct *vma, unsigned long address, pte_t *ptep,
			 pte_t entry, struct page *old, struct page *copy)
{
	struct mm_struct *mm = vma->vm_mm;
	bool same;

	spin_lock(&mm->page_table_lock);
	same = pte_val(*ptep) == pte_val(entry);
	if (same) {
		pte_clear(ptep);
		flush_tlb_one(address);
		map_new_anon(vma, address, ptep, copy);
		if (old) {
			page_remove_rmap(old);
			if (PageAnon(old)) {
				mm->rss_anon--;
			} else {
				mm->rss_file--;
				mark_page_accessed(old);
			}
		}
	}
	spin_unlock(&mm->page_table_lock);
	return same;
}

/* The first store to a clean page that is shown already. Drops the reference. */
static unsigned int do_first_store(struct vm_area_struct *vma, pte_t *ptep, struct page *page)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned int result = ask_file_system(vma, page);
	pte_t entry;

	if (result) {
		put_page(page);
		return result & ~VM_FAULT_RETRY;
	}
	spin_lock(&mm->page_table_lock);
	entry = *ptep;
	if (pte_present(entry) && !pte_special(entry) && pte_page(entry) == page) {
		set_page_dirty(page);
		set_pte(ptep, pte_mkwrite(pte_mkdirty(pte_mkyoung(entry))));
	}
	spin_unlock(&mm->page_table_lock);
	after_first_store(vma, page);
	return 0;
}

static __noinline unsigned int do_wp_page(struct vm_area_struct *vma, unsigned long address,
					  pte_t *ptep)
{
	struct mm_struct *mm = vma->vm_mm;
	struct page *old = NULL, *copy;
	pte_t entry;

	spin_lock(&mm->page_table_lock);
	entry = *ptep;
	if (!pte_present(entry) || pte_write(entry)) {
		spin_unlock(&mm->page_table_lock);
		return 0;
	}
	if (!pte_special(entry)) {
		old = pte_page(entry);
		if (vma_tracks_writes(vma)) {
			get_page(old);
			spin_unlock(&mm->page_table_lock);
			return do_first_store(vma, ptep, old);
		}
		if ((vma->vm_flags & VM_SHARED) || page_only_ours(old)) {
			take_over(vma, old);
			set_pte(ptep, pte_mkwrite(pte_mkdirty(pte_mkyoung(entry))));
			spin_unlock(&mm->page_table_lock);
			if (vma->vm_flags & VM_SHARED)
				file_update_time(vma->vm_file);
			return 0;
		}
		get_page(old);
	}
	spin_unlock(&mm->page_table_lock);

	copy = copy_for(vma, old ? old : zero_page);
	if (copy && !replace_page(vma, address, ptep, entry, old, copy))
		put_page(copy);
	else if (copy && old)
		put_page(old); /* the entry's reference; ours follows */
	if (old)
		put_page(old);
	return copy ? 0 : VM_FAULT_OOM;
}

/* ---- the fault ------------------------------------------------------------------------------ */

unsigned int handle_mm_fault(struct mm_struct *mm, struct vm_area_struct *vma,
			     unsigned long address, bool write)
{
	pte_t *ptep = pte_alloc(mm, address);
	pte_t entry;

	if (!ptep)
		return VM_FAULT_OOM;
	address &= PAGE_MASK;
	entry = *ptep;
	if (pte_none(entry)) {
		if (vma->vm_ops && vma->vm_ops->nopage)
			return do_nopage(vma, address, ptep, write);
		return do_anonymous_page(vma, address, ptep, write);
	}
	if (write && !pte_write(entry))
		return do_wp_page(vma, address, ptep);
	/* The entry allows the access: another thread's fault was faster. */
	return 0;
}
