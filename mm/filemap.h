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

/*
 * lock_page, trylock_page, unlock_page - PG_locked: the right to read a page in, write it out, or take it
 * from its file. lock_page may sleep.
 * wait_on_page_locked - until nobody has it.
 */
void lock_page(struct page *page);
bool trylock_page(struct page *page);
void unlock_page(struct page *page);
void wait_on_page_locked(struct page *page);

/* find_lock_page - as find_get_page(), and locked, and still of that file. May sleep. */
struct page *find_lock_page(struct address_space *mapping, pgoff_t index);

/* find_or_create_page - the same; a new page (not up to date) where there is none. NULL: no memory. */
struct page *find_or_create_page(struct address_space *mapping, pgoff_t index);

/*
 * read_cache_page - the page at `index`, up to date, with a reference; read in if need be. Beyond the end
 * it is the caller's to ask i_size. Or ERR_PTR(-EIO, -ENOMEM). May sleep.
 */
struct page *read_cache_page(struct file *file, struct address_space *mapping, pgoff_t index);

/*
 * generic_file_read, generic_file_write - f_op->read and write of files in the page cache. The write takes
 * i_mutex, honours O_APPEND and RLIMIT_FSIZE (-EFBIG, SIGXFSZ). A buffer that maps the page being
 * written, or is not there, must not deadlock: it is faulted in before, and the copy under the page
 * lock does not fault.
 */
ssize_t generic_file_read(struct file *file, char __user *buf, size_t count, loff_t *pos);
ssize_t generic_file_write(struct file *file, const char __user *buf, size_t count, loff_t *pos);

/*
 * truncate_inode_pages - drop the cached pages from byte `start` on (the rest of a page in which it lies
 * becomes zero); nobody maps them. unmap_mapping_range - take away all page-table entries
 * of [start, start+len) of a file (len 0: to the end); with even_cows private copies too.
 * truncate_setsize - i_size becomes `size`: both of the above in the right order. i_mutex is held.
 */
void truncate_inode_pages(struct address_space *mapping, loff_t start);
void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t len, bool even_cows);
void truncate_setsize(struct inode *inode, loff_t size);

/* set_page_dirty - by way of the file's a_ops; without: PG_dirty and the tag. */
void set_page_dirty(struct page *page);

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
