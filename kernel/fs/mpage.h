/*
 * Between pages of a file and blocks of a device: what the address_space_operations of all file
 * systems on disks have in common. A file system brings get_block(); nothing is remembered with the
 * page, because asking again is cheap: what leads to a block is cached itself.
 */
#ifndef FOLIO_FS_MPAGE_H
#define FOLIO_FS_MPAGE_H

#include "kernel/drivers/block/blkdev.h"
#include "mm/writeback.h"

/* Where some blocks of a file are. */
struct block_map {
	u32 block; /* the first one on the device (in blocks of the file system) */
	unsigned int
		count; /* how many follow each other there: at least 1, at most what was asked */
	bool mapped;   /* false: a hole of `count` blocks; block means nothing */
	bool fresh;    /* get_block made them now: what they hold on the device is garbage */
};

/*
 * get_block - where block `index` of a file and up to `max` blocks from it on are. With create,
 * missing ones are made: then also -ENOSPC, -EDQUOT, -EFBIG. 0, -EIO, -ENOMEM, -EUCLEAN (the maps
 * are damaged). May sleep. The size of a block is 1 << inode->i_blkbits... sb->s_blocksize.
 */
typedef int (*get_block_t)(struct inode *inode, u32 index, unsigned int max, bool create,
			   struct block_map *map);

/*
 * a_ops->readpage, readpages, writepage, writepages; large bios over pages that follow each other.
 * page->private is theirs while a page is read or written, and 0 else.
 */
int mpage_readpage(struct page *page, get_block_t get_block);
void mpage_readpages(struct address_space *mapping, struct page **pages, unsigned int nr,
		     get_block_t get_block);
int mpage_writepage(struct page *page, struct writeback_control *wbc, get_block_t get_block);
int mpage_writepages(struct address_space *mapping, struct writeback_control *wbc,
		     get_block_t get_block);

/*
 * mpage_grab_page - the page at `index`, locked, with a reference, and up to date, unless `whole`
 * says that it need not be. Or ERR_PTR(-EIO, -ENOMEM, get_block's). May sleep.
 */
struct page *mpage_grab_page(struct address_space *mapping, pgoff_t index, bool whole,
			     get_block_t get_block);

/*
 * mpage_write_begin - a_ops->write_begin: blocks for [pos, pos+len) are there, and the page is up
 * to date besides them (read, or zero where nothing was or beyond the end). On error nothing is
 * left that a reader would see, and blocks made beyond i_size are the caller's to take back.
 * mpage_write_end - a_ops->write_end.
 */
int mpage_write_begin(struct address_space *mapping, loff_t pos, unsigned int len,
		      struct page **page, get_block_t get_block);
int mpage_write_end(struct address_space *mapping, loff_t pos, unsigned int len,
		    unsigned int copied, struct page *page);

/*
 * mpage_page_mkwrite - vm_ops->page_mkwrite: blocks for all of the page up to i_size. The page is
 * returned locked and still the file's. 0; VM_FAULT_SIGBUS (-ENOSPC, -EIO), VM_FAULT_OOM.
 */
unsigned int mpage_page_mkwrite(struct vm_area_struct *vma, struct page *page,
				get_block_t get_block);

/*
 * mpage_zero_tail - a file becomes `size` bytes long: the rest of the page in which it ends becomes
 * zero in the cache, and dirty if the block in which it ends is on the device. Before blocks behind
 * the end are freed, as it also waits until those of this page are not being written. 0, -EIO,
 * -ENOMEM. May sleep; i_mutex is held.
 */
int mpage_zero_tail(struct address_space *mapping, loff_t size, get_block_t get_block);

#endif
