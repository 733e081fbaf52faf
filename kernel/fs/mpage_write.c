/*
 * Changing files in the page cache: write(2), the first store through a mapping, and the new end of
 * a file that is made shorter.
 *
 * Before a page may change, its blocks have their place on the device, so that writing back needs
 * no room. A block that is made for this holds garbage on the device: what was there belonged to
 * somebody else. Readers never see it, because
 *
 *   - a page that is up to date has zeros there and becomes dirty at once, whatever happens next;
 *   - a page that will be overwritten as a whole, all of it new, is filled up with zeros where the
 *     copy comes short (page->private says so between write_begin and write_end);
 *   - what is new in part is read before, without the garbage.
 *
 * A page in which the file ends has blocks up to the end only. When the file grows, the next store
 * to such a page faults again (i_size_extend(), mm/truncate.c), and makes the others.
 *
 * PG_mappedtodisk saves asking again: all blocks of such a page have their place. It is set under
 * the page lock, and only where the file is as long as the page; mpage_zero_tail() clears it.
 *
 * Locks: the page's, and i_mutex for write(2) and truncation.
 */
#include "kernel/fs/mpage_internal.h"
#include "kernel/lib/err.h"
#include "mm/lru.h"
#include "mm/mm_types.h"

/* ---- blocks for a page ----------------------------------------------------------------------- */

/* A mask of `count` blocks of a page, from `first` on. */
static unsigned int block_mask(unsigned int first, unsigned int count)
{
	return ((1u << count) - 1) << first;
}

/* Blocks [first, last] of a locked page get their place. *fresh: which of them are new. */
static int make_blocks(struct page *page, unsigned int first, unsigned int last,
		       get_block_t get_block, unsigned int *fresh)
{
	struct inode *inode = page->mapping->host;
	u32 start = page_block(page, block_bits(inode));
	struct block_map map;
	int error = 0;

	for (*fresh = 0; first <= last; first += map.count) {
		error = get_block(inode, start + first, last - first + 1, true, &map);
		if (error)
			break;
		if (map.fresh)
			*fresh |= block_mask(first, map.count);
	}
	return error;
}

/* The page is not up to date, and new in part. Locked all the time but while it is read. */
static int read_besides(struct page *page, unsigned int fresh, get_block_t get_block)
{
	int error = mpage_read_new(page, get_block, fresh);

	lock_page(page);
	return error || PageUptodate(page) ? error : -EIO;
}

/*
 * Blocks for the bytes [from, to) of a locked page; what is new is safe from readers. 0 or -errno.
 */
static int prepare_part(struct page *page, unsigned int from, unsigned int to,
			get_block_t get_block)
{
	unsigned int bits = block_bits(page->mapping->host);
	unsigned int first = from >> bits, last = (to - 1) >> bits, fresh;
	int error = make_blocks(page, first, last, get_block, &fresh), second = 0;

	if (!fresh)
		return error;
	if (!error && !PageUptodate(page) && fresh == block_mask(0, last + 1)) {
		page->private = 1;
		return 0;
	}
	if (!PageUptodate(page))
		second = read_besides(page, fresh, get_block);
	if (!second)
		set_page_dirty(page);
	return error ? error : second;
}

/* ---- write(2) -------------------------------------------------------------------------------- */

int mpage_write_begin(struct address_space *mapping, loff_t pos, unsigned int len,
		      struct page **pagep, get_block_t get_block)
{
	unsigned int from = (unsigned int)pos & (PAGE_SIZE - 1);
	bool whole = !from && (len == PAGE_SIZE || pos + len >= i_size_read(mapping->host));
	struct page *page =
		mpage_grab_page(mapping, (pgoff_t)(pos >> PAGE_SHIFT), whole, get_block);
	int error = 0;

	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	if (!PageUptodate(page))
		page->private = 0;
	if (!PageMappedToDisk(page))
		error = prepare_part(page, from, from + len, get_block);
	if (error) {
		unlock_page(page);
		put_page(page);
	} else {
		*pagep = page;
	}
	return error;
}

/* A page that was not up to date, and is overwritten from its start on. Can it be kept? */
static bool fill_up(struct page *page, unsigned int len, unsigned int copied)
{
	bool all_new = page->private;

	page->private = 0;
	if (copied < len && !all_new)
		return false;
	zero_part(page, copied, PAGE_SIZE);
	SetPageUptodate(page);
	return true;
}

int mpage_write_end(struct address_space *mapping, loff_t pos, unsigned int len,
		    unsigned int copied, struct page *page)
{
	struct inode *inode = mapping->host;

	if (likely(PageUptodate(page)) || fill_up(page, len, copied)) {
		set_page_dirty(page);
		if (copied == PAGE_SIZE && !PageMappedToDisk(page))
			SetPageMappedToDisk(page);
	} else {
		copied = 0;
	}
	if (copied && pos + copied > i_size_read(inode)) {
		i_size_extend(inode, pos, pos + copied, page);
		mark_inode_dirty(inode);
	}
	unlock_page(page);
	put_page(page);
	return (int)copied;
}

/* ---- mappings -------------------------------------------------------------------------------- */

/* Blocks for a locked page of the file, as far as that goes. */
static int prepare_page(struct page *page, get_block_t get_block)
{
	loff_t left = i_size_read(page->mapping->host) - ((loff_t)page->index << PAGE_SHIFT);
	unsigned int len = (unsigned int)min(left, (loff_t)PAGE_SIZE);
	int error;

	if (left <= 0)
		return -EFAULT;
	if (PageMappedToDisk(page))
		return 0;
	error = prepare_part(page, 0, len, get_block);
	if (!error && len == PAGE_SIZE)
		SetPageMappedToDisk(page);
	return error;
}

unsigned int mpage_page_mkwrite(struct vm_area_struct *vma, struct page *page,
				get_block_t get_block)
{
	int error = -EFAULT;

	lock_page(page);
	if (page->mapping == vma->vm_file->f_mapping && PageUptodate(page))
		error = prepare_page(page, get_block);
	if (!error)
		return 0;
	unlock_page(page);
	return error == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

/* ---- a new end ------------------------------------------------------------------------------- */

/*
 * The page in which a file will end, with a reference; read if a part of it that is to become zero
 * is on the device. NULL: it is not cached, and need not be. Or ERR_PTR.
 */
static struct page *page_of_end(struct address_space *mapping, loff_t size, get_block_t get_block,
				bool *mapped)
{
	struct inode *inode = mapping->host;
	unsigned int bits = block_bits(inode);
	pgoff_t index = (pgoff_t)(size >> PAGE_SHIFT);
	struct block_map map;
	int error;

	*mapped = false;
	if (size & ((1u << bits) - 1)) {
		error = get_block(inode, (u32)(size >> bits), 1, false, &map);
		if (error)
			return ERR_PTR(error);
		*mapped = map.mapped;
	}
	if (*mapped)
		return read_cache_page(NULL, mapping, index, NULL);
	return find_get_page(mapping, index);
}

int mpage_zero_tail(struct address_space *mapping, loff_t size, get_block_t get_block)
{
	unsigned int offset = (unsigned int)size & (PAGE_SIZE - 1);
	struct page *page;
	bool mapped;

	if (!offset)
		return 0;
	page = page_of_end(mapping, size, get_block, &mapped);
	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	if (!page)
		return 0;
	lock_page(page);
	wait_on_page_writeback(page); /* blocks behind the end may be somebody else's soon */
	if (page->mapping == mapping) {
		ClearPageMappedToDisk(page);
		if (PageUptodate(page)) {
			zero_part(page, offset, PAGE_SIZE);
			if (mapped)
				set_page_dirty(page);
		}
	}
	unlock_page(page);
	put_page(page);
	return 0;
}
