/* What the parts of block_dev share; everybody else includes kernel/fs/block_dev.h. */
#ifndef FOLIO_FS_BLOCK_DEV_INTERNAL_H
#define FOLIO_FS_BLOCK_DEV_INTERNAL_H

#include "kernel/fs/block_dev.h"

/* The inode that a device's cache hangs on; there is one for each device, and it stays. */
struct bdev_inode {
	struct inode inode; /* i_private is the block_device; i_size its size */
	unsigned int holds; /* by bd_holder */
	/*
	 * Something was written since bdev_write_class() last said so: it may be in the device's
	 * own cache still.
	 */
	bool flush_due;
	struct list_head list; /* all of them */
};

static inline struct bdev_inode *BDEV_I(const struct inode *inode)
{
	return container_of(inode, struct bdev_inode, inode);
}

/*
 * page->private of a device's page; tree_lock. Eight bits for each class: the dirty sectors. In the
 * topmost eight: how many parts of the page are being written, and one more for who submits them.
 * While a page is read it belongs to mpage.
 */
#define BDEV_SECTORS	    (PAGE_SIZE / SECTOR_SIZE)
#define BDEV_CLASS_SHIFT(c) ((c)*BDEV_SECTORS)
#define BDEV_CLASS_MASK(c)  (0xfful << BDEV_CLASS_SHIFT(c))
#define BDEV_DIRTY	    0xfffffful
#define BDEV_IO_SHIFT	    24
#define BDEV_IO		    (1ul << BDEV_IO_SHIFT)

extern const struct address_space_operations bdev_aops;

/*
 * bdev_mark_page - all sectors of a page that the device has are BDEV_ANY from now on, but those of
 * stricter classes. Does not sleep.
 */
void bdev_mark_page(struct page *page);

/* bdev_sync - write class BDEV_ANY, and wait. 0 or -errno. May sleep. */
int bdev_sync(struct block_device *bdev);

#endif
