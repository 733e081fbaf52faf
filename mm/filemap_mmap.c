/*
 * Mappings of files.
 *
 * Mapping a file is nothing but showing the frames of its page cache in page tables. nopage finds
 * the frame for one fault, and reads it in if need be; map_pages shows what is cached around it,
 * which saves a fault for each neighbour. What is missing is read in with others around it, or
 * ahead, as madvise(2) says; the page at which to read on (mm/readahead.c) is not shown unasked, so
 * that its use is noticed.
 *
 * A file can become shorter while a fault is on its way:
 *
 *	fault                                truncate (mm/truncate.c)
 *	                                     i_size becomes smaller
 *	nopage: index < i_size?              entries are taken away
 *	nopage: the page, from the cache     pages are taken out: mapping = NULL
 *	page->mapping still the file's?      entries are taken away once more
 *	show it
 *
 * The last two steps of a fault are done under page_table_lock. If the page is still the file's
 * then, the truncation has yet to come to its last step, which takes that page_table_lock too and
 * finds the entry.
 *
 * Locks: mmap_sem keeps the area; see above for the rest.
 */
#include "kernel/lib/err.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/readahead.h"
#include "mm/rmap.h"

/* A page that a fault needs: read it, and others with it as far as the area's advice says. */
static struct page *fault_in(struct vm_area_struct *vma, pgoff_t index, bool *waited)
{
	struct file *file = vma->vm_file;
	struct address_space *mapping = file->f_mapping;
	struct page *page = find_get_page(mapping, index);

	if (page && page_is_plain(page))
		return page;
	if (page && PageReclaim(page))
		page_cache_async_readahead(mapping, &file->f_ra, file, page, index);
	if (page)
		put_page(page);
	else if (vma->vm_flags & VM_SEQ_READ)
		page_cache_sync_readahead(mapping, &file->f_ra, file, index, RA_PAGES_INITIAL);
	else if (!(vma->vm_flags & VM_RAND_READ))
		page_cache_readaround(mapping, &file->f_ra, file, index);
	return read_cache_page(file, mapping, index, waited);
}

struct page *filemap_nopage(struct vm_area_struct *vma, unsigned long address, unsigned int *type)
{
	struct address_space *mapping = vma->vm_file->f_mapping;
	pgoff_t index = linear_page_index(vma, address);

	while (index < file_pages(mapping->host)) {
		bool waited = false;
		struct page *page = fault_in(vma, index, &waited);

		if (waited)
			*type |= VM_FAULT_MAJOR;
		if (IS_ERR(page))
			return PTR_ERR(page) == -ENOMEM ? page : ERR_PTR(-EFAULT);
		if (likely(page->mapping == mapping && index < file_pages(mapping->host)))
			return page;
		put_page(page);
	}
	return ERR_PTR(-EFAULT);
}

#define MAP_BATCH 16

/* Show one cached page, as if it had not been used yet. page_table_lock is held. */
static void map_cached(struct vm_area_struct *vma, struct page *page, pte_t *ptep)
{
	pte_t entry = mk_pte(page, vma->vm_page_prot);

	get_page(page);
	page_add_file_rmap(page);
	vma->vm_mm->rss_file++;
	set_pte(ptep, pte_mkold(entry));
}

void filemap_map_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       pte_t *ptep)
{
	struct address_space *mapping = vma->vm_file->f_mapping;
	pgoff_t first = linear_page_index(vma, start);
	pgoff_t limit = min(first + ((end - start) >> PAGE_SHIFT), file_pages(mapping->host));
	pgoff_t at = first;

	spin_lock(&mapping->tree_lock);
	while (at < limit) {
		void *batch[MAP_BATCH];
		unsigned int n = radix_tree_gang_lookup(&mapping->page_tree, batch, at, MAP_BATCH);

		if (!n)
			break;
		for (unsigned int i = 0; i < n; i++) {
			struct page *page = batch[i];

			if (page->index >= limit)
				goto out;
			if (page_is_plain(page) && pte_none(ptep[page->index - first]))
				map_cached(vma, page, &ptep[page->index - first]);
			at = page->index + 1;
		}
	}
out:
	spin_unlock(&mapping->tree_lock);
}

static const struct vm_operations_struct generic_file_vm_ops = {
	.nopage = filemap_nopage,
	.map_pages = filemap_map_pages,
};

int generic_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	(void)file;
	vma->vm_ops = &generic_file_vm_ops;
	return 0;
}
