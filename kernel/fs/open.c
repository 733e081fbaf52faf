/*
 * From a path to an open file: open(2), and the same for the kernel itself.
 *
 * First the walk, which with O_CREAT makes the file if the last name is free; then the
 * permissions; then the file's own open operation; O_TRUNC comes last, when nothing can fail
 * any more.
 */
#include "kernel/fs/dcache.h"
#include "kernel/fs/file.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/walk.h"
#include "kernel/lib/err.h"

#define MAX_NON_LFS   0x7fffffffll /* what a program without O_LARGEFILE can count to */
#define OPENING_FLAGS (O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC)
#define O_PATH_KEEPS  (O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC)

static const struct file_operations empty_fops;

/* ---- a place that was found ------------------------------------------------------------------ */

/* FMODE_READ and FMODE_WRITE are the access mode plus one; mode 3 is for ioctl() alone. */
static unsigned int fmode_of(const struct inode *inode, int flags)
{
	unsigned int mode = (unsigned int)(flags + 1) & O_ACCMODE;

	if (flags & O_PATH)
		return FMODE_PATH;
	return S_ISFIFO(inode->i_mode) || S_ISSOCK(inode->i_mode) ? mode : mode | FMODE_LSEEK;
}

static int call_open(struct file *file)
{
	int err = file_get_write(file);

	if (err) {
		file->f_mode = 0; /* it is no writer */
		return err;
	}
	return file->f_op->open ? file->f_op->open(file->f_inode, file) : 0;
}

struct file *dentry_open(const struct path *path, int flags)
{
	struct inode *inode = path->dentry->d_inode;
	const struct file_operations *fops = flags & O_PATH ? &empty_fops : inode->i_fop;
	struct file *file;
	int err;

	if (!fops)
		return ERR_PTR(-ENXIO);
	if ((flags & (O_DIRECT | O_PATH)) == O_DIRECT)
		return ERR_PTR(-EINVAL); /* nothing goes past the page cache */
	file = alloc_file(path, fmode_of(inode, flags), fops);
	if (!file)
		return ERR_PTR(-ENOMEM);
	path_get(path);
	file->f_flags = (unsigned int)flags;
	err = call_open(file);
	if (err) {
		file->f_op = &empty_fops; /* what was not opened is not released */
		fput(file);
		return ERR_PTR(err);
	}
	file->f_flags &= ~OPENING_FLAGS;
	return file;
}

int do_truncate(struct dentry *dentry, loff_t size)
{
	struct iattr attr = {
		.ia_valid = ATTR_SIZE | ATTR_MTIME | ATTR_KILL_SUID | ATTR_FORCE,
		.ia_size = size,
	};
	struct inode *inode = dentry->d_inode;
	int err;

	mutex_lock(&inode->i_mutex);
	err = notify_change(dentry, &attr);
	mutex_unlock(&inode->i_mutex);
	return err;
}

/* What the flags ask of the file's permissions. */
static unsigned int access_of(int flags)
{
	static const unsigned int wanted[] = {MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE,
					      MAY_READ | MAY_WRITE};
	unsigned int mask = wanted[flags & O_ACCMODE];

	return flags & O_TRUNC ? mask | MAY_WRITE : mask;
}

static int check_type(const struct path *path, unsigned int mask)
{
	u32 mode = path->dentry->d_inode->i_mode;

	if (S_ISLNK(mode))
		return -ELOOP;
	if (S_ISDIR(mode) && (mask & MAY_WRITE))
		return -EISDIR;
	if ((S_ISBLK(mode) || S_ISCHR(mode)) && (path->mnt->mnt_flags & MS_NODEV))
		return -EACCES;
	return S_ISREG(mode) && (mask & MAY_WRITE) && mnt_is_readonly(path->mnt) ? -EROFS : 0;
}

static int may_open(const struct path *path, unsigned int mask, int flags)
{
	struct inode *inode = path->dentry->d_inode;
	int err = check_type(path, mask);

	if (!err)
		err = inode_permission(inode, mask);
	if (!err && (flags & O_NOATIME) && !inode_owner_or_capable(inode))
		err = -EPERM;
	if (!err && S_ISREG(inode->i_mode) && !(flags & O_LARGEFILE) &&
	    i_size_read(inode) > MAX_NON_LFS)
		err = -EOVERFLOW;
	return err;
}

static struct file *open_place(const struct path *path, int flags, bool created)
{
	struct dentry *dentry = path->dentry;
	struct file *file;
	int err = flags & O_PATH ? 0 : may_open(path, created ? 0 : access_of(flags), flags);

	if (err)
		return ERR_PTR(err);
	file = dentry_open(path, flags);
	if (IS_ERR(file) || !(flags & O_TRUNC) || created || !S_ISREG(dentry->d_inode->i_mode))
		return file;
	err = get_write_access(dentry->d_inode); /* O_RDONLY | O_TRUNC truncates too */
	if (!err) {
		err = do_truncate(dentry, 0);
		put_write_access(dentry->d_inode);
	}
	if (!err)
		return file;
	fput(file);
	return ERR_PTR(err);
}

/* ---- a path ---------------------------------------------------------------------------------- */

static int create_locked(struct nameidata *nd, struct dentry *dentry, u32 mode)
{
	struct inode *dir = nd->path.dentry->d_inode;
	int err = mnt_want_write(nd->path.mnt);

	if (err)
		return err;
	err = may_create(dir, dentry);
	if (!err)
		err = vfs_create(dir, dentry, mode & ~current_fs()->umask);
	mnt_drop_write(nd->path.mnt);
	return err;
}

/* The last name's dentry, which has an inode then: that of a new file if the name was free. */
static struct dentry *lookup_or_create(struct nameidata *nd, u32 mode, bool *created)
{
	struct inode *dir = nd->path.dentry->d_inode;
	struct dentry *dentry;
	int err = 0;

	mutex_lock(&dir->i_mutex);
	dentry = lookup_locked(nd->path.dentry, &nd->last);
	if (!IS_ERR(dentry) && !dentry->d_inode) {
		err = create_locked(nd, dentry, mode);
		*created = !err;
	}
	mutex_unlock(&dir->i_mutex);
	if (!err)
		return dentry;
	dput(dentry);
	return ERR_PTR(err);
}

/* The last step of open(2) with O_CREAT; as walk_last(). */
static int walk_last_creating(struct nameidata *nd, int flags, u32 mode, bool *created)
{
	struct dentry *dentry;
	int err;

	if (nd->last_type != LAST_NORM)
		return flags & O_EXCL ? -EEXIST : -EISDIR;
	if (nd->last_slash)
		return -EISDIR;
	dentry = lookup_or_create(nd, mode, created);
	if (IS_ERR(dentry))
		return (int)PTR_ERR(dentry);
	if (!*created && (flags & O_EXCL)) {
		dput(dentry);
		return -EEXIST;
	}
	if (S_ISLNK(dentry->d_inode->i_mode) && (nd->flags & LOOKUP_FOLLOW)) {
		err = walk_link(nd, dentry);
		dput(dentry);
		return err;
	}
	walk_into(nd, dentry);
	return S_ISDIR(nd->path.dentry->d_inode->i_mode) ? -EISDIR : 0;
}

static int check_flags(int *flags)
{
	if (*flags & O_PATH)
		*flags &= O_PATH_KEEPS;
	else if (*flags & __O_TMPFILE)
		return *flags & O_DIRECTORY ? -EOPNOTSUPP : -EINVAL;
	if ((*flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY))
		return -EINVAL;
	return 0;
}

static unsigned int lookup_flags(int flags)
{
	unsigned int lookup = flags & O_DIRECTORY ? LOOKUP_DIRECTORY : 0;

	if ((flags & O_NOFOLLOW) || (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		return lookup;
	return lookup | LOOKUP_FOLLOW;
}

struct file *do_filp_open(int dfd, const char *name, int flags, u32 mode)
{
	bool created = false;
	struct nameidata nd;
	struct file *file;
	int err = check_flags(&flags);

	if (!err)
		err = walk_begin(&nd, dfd, name, lookup_flags(flags));
	if (err)
		return ERR_PTR(err);
	do {
		err = walk_to_last(&nd);
		if (!err)
			err = flags & O_CREAT ? walk_last_creating(&nd, flags, mode, &created)
					      : walk_last(&nd);
	} while (err == WALK_AGAIN);
	file = err ? ERR_PTR(err) : open_place(&nd.path, flags, created);
	walk_end(&nd);
	return file;
}

struct file *filp_open(const char *name, int flags, u32 mode)
{
	return do_filp_open(AT_FDCWD, name, flags | O_LARGEFILE, mode);
}

/* ---- programs -------------------------------------------------------------------------------- */

static int may_exec(const struct path *path)
{
	struct inode *inode = path->dentry->d_inode;

	if (S_ISLNK(inode->i_mode))
		return -ELOOP;
	if (!S_ISREG(inode->i_mode) || (path->mnt->mnt_flags & MS_NOEXEC))
		return -EACCES;
	return inode_permission(inode, MAY_EXEC);
}

static struct file *open_program(const struct path *path)
{
	int err = may_exec(path);
	struct file *file;

	if (err)
		return ERR_PTR(err);
	file = dentry_open(path, O_RDONLY | O_LARGEFILE);
	if (IS_ERR(file))
		return file;
	err = deny_write_access(file);
	if (err) {
		fput(file);
		return ERR_PTR(err);
	}
	file->f_mode |= FMODE_EXEC;
	return file;
}

struct file *open_execat(int dfd, const char *name, int flags)
{
	unsigned int how = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct file *file;
	struct path path;
	int err;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return ERR_PTR(-EINVAL);
	if (flags & AT_EMPTY_PATH)
		how |= LOOKUP_EMPTY;
	err = path_lookupat(dfd, name, how, &path);
	if (err)
		return ERR_PTR(err);
	file = open_program(&path);
	path_put(&path);
	return file;
}

struct file *open_exec(const char *name)
{
	return open_execat(AT_FDCWD, name, 0);
}
