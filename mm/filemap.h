/*
 * The page cache: the pages of files that are in memory.
 */
#ifndef FOLIO_MM_FILEMAP_H
#define FOLIO_MM_FILEMAP_H

#include "kernel/fs/fs.h"
#include "mm/mm_types.h"

/*
 * add_to_page_cache - make a page the one at `index` of a file. Takes a reference for the cache.
 * 0, -EEXIST or -ENOMEM. May sleep.
 */
int add_to_page_cache(struct page *page, struct address_space *mapping, pgoff_t index);

/*
 * remove_from_page_cache - take a page that nobody maps out of its file's cache, and drop the cache's
 * reference. Does not sleep.
 */
void remove_from_page_cache(struct page *page);

/* find_get_page - the page at `index`, with a reference; NULL: not cached. Any process context. */
struct page *find_get_page(struct address_space *mapping, pgoff_t index);

/* truncate_page_cache - take all pages of a file, which nobody maps any more, out of its cache. */
void truncate_page_cache(struct address_space *mapping);

/*
 * generic_file_mmap - f_op->mmap of every file whose pages are in the page cache. 0 or -ENOEXEC when
 * the file cannot read pages.
 */
int generic_file_mmap(struct file *file, struct vm_area_struct *vma);

/* filemap_init - boot. */
void filemap_init(void);

#endif
