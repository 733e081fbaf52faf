/*
 * The page cache: the pages of files that are in memory.
 */
#ifndef FOLIO_MM_FILEMAP_H
#define FOLIO_MM_FILEMAP_H

#include "kernel/fs/fs.h"
#include "kernel/sched.h"
#include "mm/mm_types.h"

/* Tags in address_space.page_tree. */
#define PAGECACHE_TAG_DIRTY	0 /* to be written */
#define PAGECACHE_TAG_WRITEBACK 1 /* being written */

/*
 * add_to_page_cache - make a page the one at `index` of a file. Takes a reference for the cache.
 * 0, -EEXIST or -ENOMEM. May sleep.
 */
int add_to_page_cache(struct page *page, struct address_space *mapping, pgoff_t index);

/*
 * remove_from_page_cache - take a page out of its file's cache, and drop the cache's reference; it
 * is not dirty any more. It is locked, or nobody else knows it. Does not sleep.
 */
void remove_from_page_cache(struct page *page);

/*
 * remove_clean_page - the same for a locked page of a file that the caller has a reference to, if
 * nothing is lost by it, and nobody else has one: it is neither mapped, dirty (a device's: in none
 * of its sectors) nor being written. The reference of the caller is the last one then. Does not
 * sleep.
 */
bool remove_clean_page(struct page *page);

/* find_get_page - the page at `index`, with a reference; NULL: not cached. Any process context. */
struct page *find_get_page(struct address_space *mapping, pgoff_t index);

/*
 * lock_page, trylock_page, unlock_page - PG_locked: the right to read a page in, write it out, or
 * take it from its file. lock_page may sleep.
 * wait_on_page_locked - until nobody has it.
 */
void __lock_page(struct page *page);
static __always_inline bool trylock_page(struct page *page)
{
	return !atomic_test_and_set_bit(PG_locked, &page->flags);
}
static __always_inline void lock_page(struct page *page)
{
	might_sleep();
	if (!trylock_page(page))
		__lock_page(page);
}
void unlock_page(struct page *page);
void wait_on_page_locked(struct page *page);

/* find_lock_page - as find_get_page(), and locked, and still of that file. May sleep. */
struct page *find_lock_page(struct address_space *mapping, pgoff_t index);

/*
 * find_or_create_page - the same; a new page (not up to date) where there is none. NULL: no memory.
 */
struct page *find_or_create_page(struct address_space *mapping, pgoff_t index);

/*
 * read_cache_page - the page at `index`, up to date, with a reference; read in if need be. Beyond
 * the end it is the caller's to ask i_size. Or ERR_PTR(-EIO, -ENOMEM). `waited` (or NULL) is set
 * when there was I/O to wait for. May sleep.
 */
struct page *read_cache_page(struct file *file, struct address_space *mapping, pgoff_t index,
			     bool *waited);

/*
 * find_read_page - the same for a file that is being read, of which `nr` pages (at least 1) are
 * wanted from there on: it is read ahead (mm/readahead.c).
 */
struct page *find_read_page(struct file *file, pgoff_t index, unsigned int nr, bool *waited);

/*
 * generic_file_read, generic_file_write - f_op->read and write of files in the page cache. The
 * write takes i_mutex, honours O_APPEND and RLIMIT_FSIZE (-EFBIG, SIGXFSZ). A buffer that maps the
 * page being written, or is not there, must not deadlock: it is faulted in before, and the copy
 * under the page lock does not fault.
 */
ssize_t generic_file_read(struct file *file, char __user *buf, size_t count, loff_t *pos);
ssize_t generic_file_write(struct file *file, const char __user *buf, size_t count, loff_t *pos);

/*
 * write_room - how many of `count` bytes at *pos the current process may write, by its limits, the
 * file system's, and how the file was opened; -EFBIG: none (and SIGXFSZ). O_APPEND moves *pos to
 * the end.
 */
ssize_t write_room(const struct file *file, loff_t *pos, size_t count);

/*
 * kernel_write - write to a file from kernel memory through the page cache, whoever opened it for
 * what, and without limits of the current process. Bytes or -errno. Takes i_mutex; may sleep.
 */
ssize_t kernel_write(struct file *file, loff_t pos, const void *buf, size_t count);

/*
 * truncate_inode_pages - drop the cached pages from byte `start` on (the rest of a page in which it
 * lies becomes zero); nobody maps them. unmap_mapping_range - take away all page-table entries of
 * [start, start+len) of a file (len 0: to the end); with even_cows private copies too.
 * truncate_setsize - i_size becomes `size`: both of the above in the right order.
 * i_size_extend - i_size becomes `size`, which is more; up to `from` it is a hole. `locked`: a page
 * of the file that the caller has locked, or NULL; he may hold none below that.
 * i_mutex is held. All may sleep.
 */
void truncate_inode_pages(struct address_space *mapping, loff_t start);
void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t len, bool even_cows);
void truncate_setsize(struct inode *inode, loff_t size);
void i_size_extend(struct inode *inode, loff_t from, loff_t size, struct page *locked);

/*
 * set_page_dirty - the page has been written to: by way of the file's a_ops; without:
 * set_page_dirty_tag() (mm/writeback.h). Does not sleep. set_page_dirty_no_writeback -
 * a_ops->set_page_dirty of files that are nowhere but in memory: PG_dirty alone.
 */
void __set_page_dirty(struct page *page);
bool set_page_dirty_no_writeback(struct page *page);
static __always_inline void set_page_dirty(struct page *page)
{
	if (!PageDirty(page))
		__set_page_dirty(page);
}

/* page_is_plain - up to date, and no mark of reading ahead: it can be used as it is. */
static __always_inline bool page_is_plain(const struct page *page)
{
	return (page->flags & (BIT(PG_uptodate) | BIT(PG_reclaim))) == BIT(PG_uptodate);
}

/* file_pages - how many pages a file has, the last one perhaps in part. */
static inline pgoff_t file_pages(const struct inode *inode)
{
	return (pgoff_t)((inode->i_size + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

/* bytes_in_page - from `pos` to the end of its page. */
static inline size_t bytes_in_page(loff_t pos)
{
	return PAGE_SIZE - ((size_t)pos & (PAGE_SIZE - 1));
}

/*
 * generic_file_mmap - f_op->mmap of files whose pages are in the page cache, and nowhere else. 0.
 * filemap_nopage, filemap_map_pages - vm_ops of all files with a page cache; those on a device add
 * a page_mkwrite of their own.
 */
int generic_file_mmap(struct file *file, struct vm_area_struct *vma);
struct page *filemap_nopage(struct vm_area_struct *vma, unsigned long address, unsigned int *type);
void filemap_map_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       pte_t *ptep);

/* filemap_init - boot. */
void filemap_init(void);

#endif
