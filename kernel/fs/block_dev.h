/*
 * Block devices as files: nodes, their page cache, and how file systems reach their own metadata
 * through it.
 *
 * The cache of a device is made of the same pages as that of a file, but it keeps its books by
 * sectors: a file system with blocks of 1 KiB has up to four things in one page, and what lies
 * beside a metadata block may be the data of a file, which are cached in the file's own pages and
 * must never be overwritten by the old copy here. So page->private says which of the eight sectors
 * are dirty, and only those are written; in three classes, by who decides when.
 */
#ifndef FOLIO_FS_BLOCK_DEV_H
#define FOLIO_FS_BLOCK_DEV_H

#include "kernel/drivers/block/blkdev.h"
#include "mm/lru.h"

/* Classes of dirty sectors: each has eight bits of page->private. */
enum bdev_class {
	BDEV_ANY,     /* may be written at any time, and is by the flusher */
	BDEV_NEW,     /* nothing on the device points to it yet */
	BDEV_ORDERED, /* written only when the file system says so */
	NR_BDEV_CLASSES
};

/* ---- opening --------------------------------------------------------------------------------- */

/*
 * blkdev_get - one more user of a device; `holder` (NULL: nobody) has it for himself: then -EBUSY
 * if somebody else holds it, the whole disk it is a part of, or a part of it. Holders exclude only
 * each other. mode: FMODE_*. 0, -EBUSY, -EROFS, -ENXIO (of no size), -EFBIG (2 TiB and more),
 * -ENOMEM. May sleep.
 * blkdev_get_by_path - by the path of its node ("/dev/hda1"); also -ENOTBLK, -EACCES (nodev),
 * -ENOENT and what else a path can be. Or ERR_PTR.
 * blkdev_put - with the last user what is BDEV_ANY is written, and the cache goes. May sleep.
 */
int blkdev_get(struct block_device *bdev, unsigned int mode, const void *holder);
struct block_device *blkdev_get_by_path(const char *path, unsigned int mode, const void *holder);
void blkdev_put(struct block_device *bdev, unsigned int mode, const void *holder);

/* ---- metadata -------------------------------------------------------------------------------- */

/*
 * bdev_read - the cached page (low memory) in which byte `pos` of a device lies, up to date, with a
 * reference; *data points at the byte. Or ERR_PTR(-EIO, -ENOMEM). bdev_release - drop it. May
 * sleep.
 * bdev_new - the same for `len` bytes that will be overwritten as a whole: they are zero, and not
 * read if they fill a page.
 */
struct page *bdev_read(struct block_device *bdev, loff_t pos, void **data);
struct page *bdev_new(struct block_device *bdev, loff_t pos, unsigned int len, void **data);
static inline void bdev_release(struct page *page)
{
	put_page(page);
}

/*
 * bdev_mark_dirty - the bytes [pos, pos+len), within one page (held), were changed. BDEV_ORDERED
 * has no effect on what is BDEV_NEW still; BDEV_ANY none on what is either. Does not sleep.
 * bdev_is_new - is it in class BDEV_NEW, not yet handed to the device?
 * bdev_forget - what lies there, within one page, will not be written any more: the block was
 * freed. Waits if it is being written; may sleep. Holds no page lock of the device.
 */
void bdev_mark_dirty(struct page *page, loff_t pos, unsigned int len, enum bdev_class class);
bool bdev_is_new(const struct page *page, loff_t pos);
void bdev_forget(struct block_device *bdev, loff_t pos, unsigned int len);

/*
 * bdev_write_class - write the dirty sectors of these classes (a mask of BIT(enum bdev_class)), and
 * wait; also for what the flusher is writing. 0, or the first error since the last call. *wrote
 * (may be NULL) gets whether anything was written since the last call with such a pointer, by this
 * one or by the flusher: then the device may have it in its cache, and the caller is to flush that.
 * May sleep.
 */
int bdev_write_class(struct block_device *bdev, unsigned int classes, bool *wrote);

/*
 * for_each_blkdev_major - fn(major, name, ctx), ascending, for the majors in use, until it returns
 * other than 0: /proc/devices.
 */
int for_each_blkdev_major(int (*fn)(unsigned int major, const char *name, void *ctx), void *ctx);

/* nr_blockdev_pages - the cached pages of all devices: Buffers in /proc/meminfo. */
unsigned long nr_blockdev_pages(void);

/*
 * block_dev_init - nodes for all devices that there are or will be. Boot; after devtmpfs_init().
 * bdev_remove - a device of a test goes; nobody has it open. May sleep.
 */
void block_dev_init(void);
void bdev_remove(struct block_device *bdev);

/* def_blk_fops - of every inode of a block device. */
extern const struct file_operations def_blk_fops;

#endif
