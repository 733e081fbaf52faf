/* System calls about the size of files. */
#include "kernel/fs/fdtable.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
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
