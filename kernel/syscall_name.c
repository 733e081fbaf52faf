/*
 * System calls that make, remove and rename names: paths come from the program,
 * kernel/fs/name_ops.c does it.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/syscall_fs.h"

/* ---- one path -------------------------------------------------------------------------------- */

long sys_mkdirat(int dfd, const char __user *path, unsigned int mode)
{
	char *name = getname(path);
	long err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = do_mkdirat(dfd, name, mode);
	putname(name);
	return err;
}

long sys_mkdir(const char __user *path, unsigned int mode)
{
	return sys_mkdirat(AT_FDCWD, path, mode);
}

long sys_mknodat(int dfd, const char __user *path, unsigned int mode, unsigned int dev)
{
	char *name = getname(path);
	long err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = do_mknodat(dfd, name, mode, new_decode_dev(dev));
	putname(name);
	return err;
}

long sys_mknod(const char __user *path, unsigned int mode, unsigned int dev)
{
	return sys_mknodat(AT_FDCWD, path, mode, dev);
}

long sys_unlinkat(int dfd, const char __user *path, int flags)
{
	char *name;
	long err;

	if (flags & ~AT_REMOVEDIR)
		return -EINVAL;
	name = getname(path);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = flags & AT_REMOVEDIR ? do_rmdir(dfd, name) : do_unlinkat(dfd, name);
	putname(name);
	return err;
}

long sys_unlink(const char __user *path)
{
	return sys_unlinkat(AT_FDCWD, path, 0);
}

long sys_rmdir(const char __user *path)
{
	return sys_unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

/* ---- two paths ------------------------------------------------------------------------------- */

/* Two strings from the program, both to be freed by putname(). 0 or -errno: none of them. */
static int get_two_names(const char __user *first, unsigned int first_flags,
			 const char __user *second, char *name[2])
{
	name[0] = getname_flags(first, first_flags);
	if (IS_ERR(name[0]))
		return (int)PTR_ERR(name[0]);
	name[1] = getname(second);
	if (!IS_ERR(name[1]))
		return 0;
	putname(name[0]);
	return (int)PTR_ERR(name[1]);
}

static void put_two_names(char *name[2])
{
	putname(name[1]);
	putname(name[0]);
}

long sys_linkat(int old_dfd, const char __user *old, int dfd, const char __user *path, int flags)
{
	char *name[2];
	long err;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	err = get_two_names(old, flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0, path, name);
	if (err)
		return err;
	err = do_linkat(old_dfd, name[0], dfd, name[1], flags);
	put_two_names(name);
	return err;
}

long sys_link(const char __user *old, const char __user *path)
{
	return sys_linkat(AT_FDCWD, old, AT_FDCWD, path, 0);
}

long sys_symlinkat(const char __user *target, int dfd, const char __user *path)
{
	char *name[2];
	long err = get_two_names(target, 0, path, name);

	if (err)
		return err;
	err = do_symlinkat(name[0], dfd, name[1]);
	put_two_names(name);
	return err;
}

long sys_symlink(const char __user *target, const char __user *path)
{
	return sys_symlinkat(target, AT_FDCWD, path);
}

long sys_renameat2(int old_dfd, const char __user *old, int dfd, const char __user *path,
		   unsigned int flags)
{
	char *name[2];
	long err;

	if (flags & ~RENAME_NOREPLACE)
		return -EINVAL;
	err = get_two_names(old, 0, path, name);
	if (err)
		return err;
	err = do_renameat(old_dfd, name[0], dfd, name[1], flags);
	put_two_names(name);
	return err;
}

long sys_renameat(int old_dfd, const char __user *old, int dfd, const char __user *path)
{
	return sys_renameat2(old_dfd, old, dfd, path, 0);
}

long sys_rename(const char __user *old, const char __user *path)
{
	return sys_renameat2(AT_FDCWD, old, AT_FDCWD, path, 0);
}

/* ---- reading a link -------------------------------------------------------------------------- */

static long copy_target(struct dentry *dentry, char __user *buf, int size)
{
	const struct inode_operations *op = dentry->d_inode->i_op;
	void *cookie = NULL;
	const char *target = op->get_link(dentry, &cookie);
	long len;

	if (IS_ERR(target))
		return PTR_ERR(target);
	len = (long)min(strlen(target), (size_t)size);
	if (copy_to_user(buf, target, (size_t)len))
		len = -EFAULT;
	if (op->put_link)
		op->put_link(dentry, cookie);
	return len;
}

long sys_readlinkat(int dfd, const char __user *name, char __user *buf, int size)
{
	struct path path;
	struct inode *inode;
	long len;

	if (size <= 0)
		return -EINVAL;
	len = user_path_at(dfd, name, LOOKUP_EMPTY, &path);
	if (len)
		return len;
	inode = path.dentry->d_inode;
	if (inode->i_op && inode->i_op->get_link) {
		touch_atime(&path);
		len = copy_target(path.dentry, buf, size);
	} else {
		len = -EINVAL;
	}
	path_put(&path);
	return len;
}

long sys_readlink(const char __user *path, char __user *buf, int size)
{
	return sys_readlinkat(AT_FDCWD, path, buf, size);
}
