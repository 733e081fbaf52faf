/*
 * Block devices as programs see them: /dev/hda is a file as long as the disk is large, and can
 * neither grow nor be cut. All goes through the page cache; O_DIRECT is refused.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/fs/block_dev_internal.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/rw.h"
#include "kernel/lib/errno.h"
#include "mm/filemap.h"
#include "mm/mm_types.h"
#include "mm/vmscan.h"
#include "mm/writeback.h"

/* Linux: include/uapi/linux/fs.h */
#define BLKROSET     0x125d
#define BLKROGET     0x125e
#define BLKRRPART    0x125f
#define BLKGETSIZE   0x1260
#define BLKFLSBUF    0x1261
#define BLKSSZGET    0x1268
#define BLKPBSZGET   0x127b
#define BLKBSZGET    0x80041270
#define BLKGETSIZE64 0x80041272

static struct block_device *bdev_of(const struct file *file)
{
	return file->f_mapping->host->i_private;
}

static loff_t size_of(const struct file *file)
{
	return i_size_read(file->f_mapping->host);
}

/* ---- open, close ----------------------------------------------------------------------------- */

static int blkdev_open(struct inode *inode, struct file *file)
{
	struct block_device *bdev = bdev_by_dev(inode->i_rdev);
	bool alone = file->f_flags & O_EXCL;
	int error;

	if (!bdev)
		return -ENXIO;
	if (file->f_flags & O_DIRECT)
		return -EINVAL;
	error = blkdev_get(bdev, file->f_mode, alone ? file : NULL);
	if (error)
		return error;
	file->f_mapping = bdev->bd_inode->i_mapping;
	file->private_data = alone ? file : NULL; /* O_EXCL is not kept in f_flags */
	return 0;
}

static void blkdev_release(struct file *file)
{
	blkdev_put(bdev_of(file), file->f_mode, file->private_data);
}

/* ---- reading and writing --------------------------------------------------------------------- */

static ssize_t blkdev_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	loff_t size = size_of(file);

	if (bdev_of(file)->bd_read_only)
		return -EPERM; /* since it was opened */
	if (file->f_flags & O_APPEND)
		*pos = size;
	if (!count)
		return 0;
	if (*pos >= size)
		return -ENOSPC;
	count = (size_t)min((loff_t)count, size - *pos);
	return generic_file_write(file, buf, count, pos);
}

/* Nobody gets behind the end; there are no holes. */
static loff_t blkdev_llseek(struct file *file, loff_t offset, int whence)
{
	loff_t size = size_of(file);

	return generic_file_llseek_size(file, offset, whence, size, size);
}

static int blkdev_fsync(struct file *file, loff_t start, loff_t end, bool datasync __unused)
{
	int error = filemap_write_and_wait_range(file->f_mapping, start, end);
	int flush = blkdev_issue_flush(bdev_of(file));

	return error ? error : flush;
}

/* ---- mappings -------------------------------------------------------------------------------- */

/* Every page has its place; all of it is dirty from now on. */
static unsigned int blkdev_page_mkwrite(struct vm_area_struct *vma, struct page *page)
{
	lock_page(page);
	if (page->mapping != vma->vm_file->f_mapping) {
		unlock_page(page);
		return VM_FAULT_SIGBUS;
	}
	bdev_mark_page(page);
	return 0;
}

static const struct vm_operations_struct blkdev_vm_ops = {
	.nopage = filemap_nopage,
	.map_pages = filemap_map_pages,
	.page_mkwrite = blkdev_page_mkwrite,
};

static int blkdev_mmap(struct file *file __unused, struct vm_area_struct *vma)
{
	vma->vm_ops = &blkdev_vm_ops;
	return 0;
}

/* ---- ioctl ----------------------------------------------------------------------------------- */

static long put_int(unsigned long arg, int value)
{
	return put_user(value, (int __user *)arg) ? -EFAULT : 0;
}

static long get_size(struct block_device *bdev, unsigned long arg)
{
	if (bdev->bd_nr_sectors > ~0ul)
		return -EFBIG;
	return put_user((unsigned long)bdev->bd_nr_sectors, (unsigned long __user *)arg) ? -EFAULT
											 : 0;
}

static long get_size64(struct block_device *bdev, unsigned long arg)
{
	u64 size = bdev->bd_nr_sectors << SECTOR_SHIFT;

	return copy_to_user((void __user *)arg, &size, sizeof(size)) ? -EFAULT : 0;
}

static long set_read_only(struct block_device *bdev, unsigned long arg)
{
	int value;

	if (!capable())
		return -EACCES;
	if (get_user(value, (int __user *)arg))
		return -EFAULT;
	if (!value && bdev->bd_disk->read_only)
		return -EROFS; /* the hardware's decision */
	bdev->bd_read_only = value;
	return 0;
}

/* What is cached goes: to the device, and then out of memory. */
static long flush_buffers(struct file *file)
{
	int error;

	if (!capable())
		return -EACCES;
	error = blkdev_fsync(file, 0, MAX_LFS_FILESIZE, false);
	invalidate_mapping_pages(file->f_mapping, 0, ~(pgoff_t)0);
	return error;
}

static long blkdev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct block_device *bdev = bdev_of(file);

	switch (cmd) {
	case BLKGETSIZE:
		return get_size(bdev, arg);
	case BLKGETSIZE64:
		return get_size64(bdev, arg);
	case BLKSSZGET:
	case BLKPBSZGET:
		return put_int(arg, SECTOR_SIZE);
	case BLKBSZGET:
		return put_int(arg, PAGE_SIZE);
	case BLKROGET:
		return put_int(arg, bdev->bd_read_only);
	case BLKROSET:
		return set_read_only(bdev, arg);
	case BLKFLSBUF:
		return flush_buffers(file);
	case BLKRRPART: /* the table is read when the disk is found, and then no more */
		return capable() ? -EINVAL : -EACCES;
	default:
		return -ENOTTY;
	}
}

const struct file_operations def_blk_fops = {
	.llseek = blkdev_llseek,
	.read = generic_file_read,
	.write = blkdev_write,
	.ioctl = blkdev_ioctl,
	.mmap = blkdev_mmap,
	.open = blkdev_open,
	.release = blkdev_release,
	.fsync = blkdev_fsync,
};
