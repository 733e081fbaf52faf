/*
 * The page cache.
 *
 * A page of a file is in memory once, whoever reads, writes or maps it. Each file
 * (inode) has an address_space, and in it a radix tree leads from the index of a page in
 * the file to its frame:
 *
 *	file ---.                        index 0 -> frame 911
 *	file ---+-> inode -> address_space    1 -> frame 17
 *	                                      5 -> frame 40302
 *	vma (process A) --- i_mmap --'
 *	vma (process B) ----'
 *
 * Mapping a file is nothing but showing these frames in page tables. nopage finds the
 * frame for one fault; map_pages shows what is cached around it, which saves a fault for
 * each neighbour. The files there are now have all their pages in the cache from the start
 * (kernel/fs/bootfile.c): a page that is not there lies beyond the end.
 *
 * The cache holds a reference to each of its pages; page->mapping and page->index say
 * which one it is.
 *
 * Locks: tree_lock covers the tree and nrpages.
 */
#include "mm/filemap.h"

#include "kernel/lib/err.h"
#include "kernel/panic.h"
#include "mm/lru.h"
#include "mm/memory.h"
#include "mm/page_alloc.h"
#include "mm/rmap.h"
#include "mm/slab.h"

static struct kmem_cache *radix_node_cache;

static struct radix_tree_node *radix_node_alloc(unsigned int gfp)
{
	return kmem_cache_alloc(radix_node_cache, gfp);
}

static void radix_node_free(struct radix_tree_node *node)
{
	kmem_cache_free(radix_node_cache, node);
}

static void radix_node_ctor(void *node)
{
	*(struct radix_tree_node *)node = (struct radix_tree_node){0};
}

void filemap_init(void)
{
	radix_node_cache = kmem_cache_create("radix_tree_node", sizeof(struct radix_tree_node), 0,
					     SLAB_PANIC, radix_node_ctor);
	radix_tree_init(radix_node_alloc, radix_node_free);
}

/* ---- the cache ----------------------------------------------------------------------------- */

int add_to_page_cache(struct page *page, struct address_space *mapping, pgoff_t index)
{
	struct radix_tree_preload preload = RADIX_TREE_PRELOAD_INIT;
	int error;

	do {
		spin_lock(&mapping->tree_lock);
		error = radix_tree_insert(&mapping->page_tree, index, page, &preload);
		if (!error) {
			get_page(page);
			page->mapping = mapping;
			page->index = index;
			mapping->nrpages++;
		}
		spin_unlock(&mapping->tree_lock);
	} while (error == -ENOMEM && !radix_tree_preload(&preload, GFP_KERNEL));
	radix_tree_preload_end(&preload);
	return error;
}

void remove_from_page_cache(struct page *page)
{
	struct address_space *mapping = page->mapping;

	spin_lock(&mapping->tree_lock);
	radix_tree_delete(&mapping->page_tree, page->index);
	page->mapping = NULL;
	mapping->nrpages--;
	spin_unlock(&mapping->tree_lock);
	put_page(page);
}

struct page *find_get_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page;

	spin_lock(&mapping->tree_lock);
	page = radix_tree_lookup(&mapping->page_tree, index);
	if (page)
		get_page(page);
	spin_unlock(&mapping->tree_lock);
	return page;
}

#define TRUNCATE_BATCH 16

void truncate_page_cache(struct address_space *mapping)
{
	void *batch[TRUNCATE_BATCH];
	unsigned int n;

	do {
		spin_lock(&mapping->tree_lock);
		n = radix_tree_gang_lookup(&mapping->page_tree, batch, 0, TRUNCATE_BATCH);
		spin_unlock(&mapping->tree_lock);
		for (unsigned int i = 0; i < n; i++)
			remove_from_page_cache(batch[i]);
	} while (n);
}

/* ---- mappings ------------------------------------------------------------------------------- */

/* How many pages a file has. */
static pgoff_t file_pages(const struct inode *inode)
{
	return (pgoff_t)((inode->i_size + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

static struct page *filemap_nopage(struct vm_area_struct *vma, unsigned long address,
				   unsigned int *type)
{
	struct address_space *mapping = vma->vm_file->f_mapping;
	pgoff_t index = linear_page_index(vma, address);
	struct page *page;

	(void)type;
	if (index >= file_pages(mapping->host))
		return ERR_PTR(-EFAULT);
	page = find_get_page(mapping, index);
	return page ? page : ERR_PTR(-EFAULT);
}

#define MAP_BATCH 16

/* Show one cached page, as if it had not been used yet. page_table_lock is held. */
static void map_cached(struct vm_area_struct *vma, struct page *page, pte_t *ptep)
{
	pte_t entry = mk_pte(page, vma->vm_page_prot);

	get_page(page);
	page_add_file_rmap(page);
	vma->vm_mm->rss_file++;
	set_pte(ptep, __pte(pte_val(entry) & ~_PAGE_ACCESSED));
}

static void filemap_map_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end,
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
			if (pte_none(ptep[page->index - first]))
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
