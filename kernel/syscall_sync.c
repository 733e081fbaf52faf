/* System calls about how files will be used, and what must be on the disk. */
#include "kernel/fs/fdtable.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/super.h"
#include "kernel/lib/errno.h"
#include "kernel/syscall_fs.h"
#include "mm/fadvise.h"
#include "mm/writeback.h"

static loff_t two_words(u32 low, u32 high)
{
	return (loff_t)((u64)high << 32 | low);
}

/* ---- use ------------------------------------------------------------------------------------- */

long sys_fadvise64_64(unsigned int fd, u32 offset_low, u32 offset_high, u32 len_low, u32 len_high,
		      int advice)
{
	struct file *file = fget(fd);
	int err;

	if (!file)
		return -EBADF;
	err = vfs_fadvise(file, two_words(offset_low, offset_high), two_words(len_low, len_high),
			  advice);
	fput(file);
	return err;
}

long sys_fadvise64(unsigned int fd, u32 offset_low, u32 offset_high, u32 len, int advice)
{
	return sys_fadvise64_64(fd, offset_low, offset_high, len, 0, advice);
}

static int read_ahead(struct file *file, loff_t offset, size_t count)
{
	u32 mode = file->f_inode->i_mode;

	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	if (!S_ISREG(mode) && !S_ISBLK(mode))
		return -EINVAL;
	return count ? vfs_fadvise(file, offset, (loff_t)count, POSIX_FADV_WILLNEED) : 0;
}

long sys_readahead(unsigned int fd, u32 offset_low, u32 offset_high, u32 count)
{
	struct file *file = fget(fd);
	int err;

	if (!file)
		return -EBADF;
	err = read_ahead(file, two_words(offset_low, offset_high), count);
	fput(file);
	return err;
}

/* ---- disks ----------------------------------------------------------------------------------- */

long sys_sync(void)
{
	sync_supers();
	return 0;
}

long sys_syncfs(unsigned int fd)
{
	struct file *file = fget(fd);
	int err;

	if (!file)
		return -EBADF;
	err = sync_super(file->f_path.mnt->mnt_sb);
	fput(file);
	return err;
}

static long sync_file(unsigned int fd, bool datasync)
{
	struct file *file = fget(fd);
	int err = -EINVAL;

	if (!file)
		return -EBADF;
	if (file->f_op->fsync)
		err = file->f_op->fsync(file, 0, MAX_LFS_FILESIZE, datasync);
	fput(file);
	return err;
}

long sys_fsync(unsigned int fd)
{
	return sync_file(fd, false);
}

long sys_fdatasync(unsigned int fd)
{
	return sync_file(fd, true);
}

#define MAX_LOFF		    0x7fffffffffffffffll

#define SYNC_FILE_RANGE_WAIT_BEFORE 1u
#define SYNC_FILE_RANGE_WRITE	    2u
#define SYNC_FILE_RANGE_WAIT_AFTER  4u
#define SYNC_FILE_RANGE_ALL	    7u

/* Pages only: neither what describes the file, nor the disk's own cache (sync_file_range(2)). */
static int sync_pages(struct address_space *mapping, loff_t start, loff_t end, unsigned int flags)
{
	int err = 0;

	if (flags & SYNC_FILE_RANGE_WAIT_BEFORE)
		err = filemap_fdatawait_range(mapping, start, end);
	if (!err && flags == SYNC_FILE_RANGE_ALL)
		err = filemap_fdatawrite_range(mapping, start, end);
	else if (!err && (flags & SYNC_FILE_RANGE_WRITE))
		err = filemap_flush_range(mapping, start, end);
	if (!err && (flags & SYNC_FILE_RANGE_WAIT_AFTER))
		err = filemap_fdatawait_range(mapping, start, end);
	return err;
}

static int sync_range(const struct file *file, loff_t offset, loff_t len, unsigned int flags)
{
	u32 mode = file->f_inode->i_mode;
	loff_t end = MAX_LFS_FILESIZE;

	if ((flags & ~SYNC_FILE_RANGE_ALL) || offset < 0 || len < 0 || len > MAX_LOFF - offset)
		return -EINVAL;
	if (!S_ISREG(mode) && !S_ISBLK(mode) && !S_ISDIR(mode) && !S_ISLNK(mode))
		return -ESPIPE;
	if (len)
		end = min(end, offset + (len - 1));
	return sync_pages(file->f_mapping, min(offset, MAX_LFS_FILESIZE), end, flags);
}

long sys_sync_file_range(unsigned int fd, u32 offset_low, u32 offset_high, u32 len_low,
			 u32 len_high, unsigned int flags)
{
	struct file *file = fget(fd);
	int err;

	if (!file)
		return -EBADF;
	err = sync_range(file, two_words(offset_low, offset_high), two_words(len_low, len_high),
			 flags);
	fput(file);
	return err;
}
