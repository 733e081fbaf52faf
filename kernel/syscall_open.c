/* System calls that open files, move in the tree, and ask what may be opened. */
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/fs/dcache.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/syscall_fs.h"

/* ---- opening --------------------------------------------------------------------------------- */

long sys_openat(int dfd, const char __user *path, int flags, unsigned int mode)
{
	char *name = getname(path);
	struct file *file;
	int fd;

	if (IS_ERR(name))
		return PTR_ERR(name);
	fd = get_unused_fd(0, flags); /* first: without one no file may be made */
	if (fd < 0)
		goto out;
	file = do_filp_open(dfd, name, flags, mode);
	if (IS_ERR(file)) {
		put_unused_fd((unsigned int)fd);
		fd = (int)PTR_ERR(file);
	} else {
		fd_publish((unsigned int)fd, file);
	}
out:
	putname(name);
	return fd;
}

long sys_open(const char __user *path, int flags, unsigned int mode)
{
	return sys_openat(AT_FDCWD, path, flags, mode);
}

long sys_creat(const char __user *path, unsigned int mode)
{
	return sys_openat(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* ---- moving ---------------------------------------------------------------------------------- */

/* A folder that may be searched, with references in *path. 0 or -errno. */
static int find_folder(const char __user *name, struct path *path)
{
	int err = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, path);

	if (err)
		return err;
	err = inode_permission(path->dentry->d_inode, MAY_EXEC);
	if (err)
		path_put(path);
	return err;
}

long sys_chdir(const char __user *name)
{
	struct path path;
	int err = find_folder(name, &path);

	if (err)
		return err;
	set_fs_pwd(current_fs(), &path);
	path_put(&path);
	return 0;
}

long sys_fchdir(unsigned int fd)
{
	struct file *file = fget_raw(fd);
	int err;

	if (!file)
		return -EBADF;
	err = -ENOTDIR;
	if (S_ISDIR(file->f_inode->i_mode))
		err = inode_permission(file->f_inode, MAY_EXEC);
	if (!err)
		set_fs_pwd(current_fs(), &file->f_path);
	fput(file);
	return err;
}

long sys_chroot(const char __user *name)
{
	struct path path;
	int err = find_folder(name, &path);

	if (err)
		return err;
	err = capable() ? 0 : -EPERM;
	if (!err)
		set_fs_root(current_fs(), &path);
	path_put(&path);
	return err;
}

long sys_umask(int mask)
{
	struct fs_struct *fs = current_fs();
	u32 old = fs->umask;

	fs->umask = (u32)mask & S_IRWXUGO;
	return (long)old;
}

/* What cannot be reached from the root says so, as in Linux: no path in it could be used. */
static char *cwd_text(char *buf, size_t size)
{
	static const char unreachable[] = "(unreachable)";
	struct fs_struct *fs = current_fs();
	struct path root, pwd;
	bool reached;
	char *text;

	get_fs_root(fs, &root);
	get_fs_pwd(fs, &pwd);
	text = ERR_PTR(-ENOENT);
	if (!d_unhashed(pwd.dentry) || pwd.dentry->d_parent == pwd.dentry)
		text = place_text(&pwd, &root, buf + sizeof(unreachable),
				  size - sizeof(unreachable), &reached);
	if (!IS_ERR(text) && !reached) {
		text -= sizeof(unreachable) - 1;
		memcpy(text, unreachable, sizeof(unreachable) - 1);
	}
	path_put(&pwd);
	path_put(&root);
	return text;
}

long sys_getcwd(char __user *buf, unsigned long size)
{
	char *page = getname_buffer();
	char *text;
	long len;

	if (!page)
		return -ENOMEM;
	text = cwd_text(page, PATH_MAX);
	if (IS_ERR(text)) {
		len = PTR_ERR(text);
	} else {
		len = (long)strlen(text) + 1;
		if ((unsigned long)len > size)
			len = -ERANGE;
		else if (copy_to_user(buf, text, (size_t)len))
			len = -EFAULT;
	}
	putname(page);
	return len;
}

/* ---- access ---------------------------------------------------------------------------------- */

/*
 * The current task acts on files with its real ids. What it was is to be put back; NULL: no memory.
 */
static const struct cred *act_as_real(void)
{
	const struct cred *old = current->cred;
	struct cred *cred = prepare_cred();

	if (!cred)
		return NULL;
	cred->fsuid = cred->uid;
	cred->fsgid = cred->gid;
	current->cred = cred;
	return old;
}

static int check_access(const struct path *path, unsigned int mask)
{
	struct inode *inode = path->dentry->d_inode;
	int err;

	if ((mask & MAY_EXEC) && S_ISREG(inode->i_mode) && (path->mnt->mnt_flags & MS_NOEXEC))
		return -EACCES;
	err = inode_permission(inode, mask);
	if (!err && (mask & MAY_WRITE) && !S_ISCHR(inode->i_mode) && !S_ISBLK(inode->i_mode) &&
	    !S_ISFIFO(inode->i_mode) && !S_ISSOCK(inode->i_mode) && mnt_is_readonly(path->mnt))
		err = -EROFS;
	return err;
}

static int access_at(int dfd, const char __user *name, unsigned int mask, int flags)
{
	unsigned int how = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path path;
	int err;

	if (flags & AT_EMPTY_PATH)
		how |= LOOKUP_EMPTY;
	err = user_path_at(dfd, name, how, &path);
	if (err)
		return err;
	err = check_access(&path, mask);
	path_put(&path);
	return err;
}

long sys_faccessat2(int dfd, const char __user *path, int mode, int flags)
{
	const struct cred *now = current->cred, *old;
	int err;

	if ((mode & ~7) || (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)))
		return -EINVAL;
	if ((flags & AT_EACCESS) || (now->fsuid == now->uid && now->fsgid == now->gid))
		return access_at(dfd, path, (unsigned int)mode, flags);
	old = act_as_real();
	if (!old)
		return -ENOMEM;
	err = access_at(dfd, path, (unsigned int)mode, flags);
	put_cred(current->cred);
	current->cred = old;
	return err;
}

long sys_faccessat(int dfd, const char __user *path, int mode)
{
	return sys_faccessat2(dfd, path, mode, 0);
}

long sys_access(const char __user *path, int mode)
{
	return sys_faccessat2(AT_FDCWD, path, mode, 0);
}
