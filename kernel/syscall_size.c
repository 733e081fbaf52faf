/* System calls about the size of files, how they will be used, and what must be on the disk. */
#include "kernel/fs/fdtable.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/fs/super.h"
#include "kernel/lib/errno.h"
#include "kernel/syscall_fs.h"
#include "mm/vmscan.h"
#include "mm/writeback.h"

#define MAX_NON_LFS 0x7fffffffll /* the largest size for programs that do not know 64 bits */

static loff_t two_words(u32 low, u32 high)
{
	return (loff_t)((u64)high << 32 | low);
}

/* ---- size ------------------------------------------------------------------------------------ */

static int truncate_place(const struct path *path, loff_t size)
{
	struct inode *inode = path->dentry->d_inode;
	int err;

	if (!S_ISREG(inode->i_mode))
		return S_ISDIR(inode->i_mode) ? -EISDIR : -EINVAL;
	err = mnt_want_write(path->mnt);
	if (err)
		return err;
	err = inode_permission(inode, MAY_WRITE);
	if (!err)
		err = get_write_access(inode);
	if (!err) {
		err = do_truncate(path->dentry, size);
		put_write_access(inode);
	}
	mnt_drop_write(path->mnt);
	return err;
}

static long truncate_named(const char __user *name, loff_t size)
{
	struct path path;
	long err;

	if (size < 0)
		return -EINVAL;
	err = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &path);
	if (err)
		return err;
	err = truncate_place(&path, size);
	path_put(&path);
	return err;
}

long sys_truncate(const char __user *path, long size)
{
	return truncate_named(path, size);
}

long sys_truncate64(const char __user *path, u32 low, u32 high)
{
	return truncate_named(path, two_words(low, high));
}

static int truncate_file(struct file *file, loff_t size, bool small)
{
	if (!S_ISREG(file->f_inode->i_mode) || !(file->f_mode & FMODE_WRITE))
		return -EINVAL;
	if (small && !(file->f_flags & O_LARGEFILE) && size > MAX_NON_LFS)
		return -EINVAL;
	return do_truncate(file->f_path.dentry, size);
}

static long truncate_open(unsigned int fd, loff_t size, bool small)
{
	struct file *file;
	long err;

	if (size < 0)
		return -EINVAL;
	file = fget(fd);
	if (!file)
		return -EBADF;
	err = truncate_file(file, size, small);
	fput(file);
	return err;
}

long sys_ftruncate(unsigned int fd, long size)
{
	return truncate_open(fd, size, true);
}

long sys_ftruncate64(unsigned int fd, u32 low, u32 high)
{
	return truncate_open(fd, two_words(low, high), false);
}

/* No file system here keeps room for what was not written yet. */
static int check_fallocate(const struct file *file, loff_t offset, loff_t len)
{
	u32 mode = file->f_inode->i_mode;

	if (offset < 0 || len <= 0)
		return -EINVAL;
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (S_ISFIFO(mode))
		return -ESPIPE;
	if (S_ISDIR(mode))
		return -EISDIR;
	return S_ISREG(mode) ? -EOPNOTSUPP : -ENODEV;
}

long sys_fallocate(unsigned int fd, int mode, u32 offset_low, u32 offset_high, u32 len_low,
		   u32 len_high)
{
	struct file *file = fget(fd);
	int err;

	(void)mode;
	if (!file)
		return -EBADF;
	err = check_fallocate(file, two_words(offset_low, offset_high),
			      two_words(len_low, len_high));
	fput(file);
	return err;
}

/* ---- use ------------------------------------------------------------------------------------- */

#define POSIX_FADV_DONTNEED 4
#define POSIX_FADV_NOREUSE  5 /* the last of them */

/*
 * Whole pages in [start, start+len) of a file are forgotten; len 0: to its end. What is dirty goes to
 * the disk, and stays in memory this time.
 */
static void forget_pages(struct file *file, loff_t start, loff_t len)
{
	loff_t end = len && len < MAX_LFS_FILESIZE - start ? start + len : MAX_LFS_FILESIZE;
	pgoff_t first = (pgoff_t)(((u64)start + PAGE_SIZE - 1) >> PAGE_SHIFT);
	pgoff_t behind = (pgoff_t)((u64)end >> PAGE_SHIFT);

	if (mapping_writes_back(file->f_mapping))
		filemap_fdatawrite_range(file->f_mapping, start, end - 1);
	if (first < behind)
		invalidate_mapping_pages(file->f_mapping, first, behind - 1);
}

/* Advice is for reading from a disk ahead; what is in memory only needs none. */
long sys_fadvise64_64(unsigned int fd, u32 offset_low, u32 offset_high, u32 len_low, u32 len_high,
		      int advice)
{
	loff_t offset = two_words(offset_low, offset_high), len = two_words(len_low, len_high);
	struct file *file = fget(fd);
	int err = 0;

	if (!file)
		return -EBADF;
	if (S_ISFIFO(file->f_inode->i_mode))
		err = -ESPIPE;
	else if (len < 0 || advice < 0 || advice > POSIX_FADV_NOREUSE)
		err = -EINVAL;
	else if (advice == POSIX_FADV_DONTNEED && offset >= 0)
		forget_pages(file, offset, len);
	fput(file);
	return err;
}

long sys_fadvise64(unsigned int fd, u32 offset_low, u32 offset_high, u32 len, int advice)
{
	return sys_fadvise64_64(fd, offset_low, offset_high, len, 0, advice);
}

long sys_readahead(unsigned int fd, u32 offset_low, u32 offset_high, u32 count)
{
	struct file *file = fget(fd);
	int err = 0;

	(void)offset_low;
	(void)offset_high;
	(void)count;
	if (!file)
		return -EBADF;
	if (!(file->f_mode & FMODE_READ))
		err = -EBADF;
	else if (!S_ISREG(file->f_inode->i_mode))
		err = -EINVAL;
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
