/*
 * Making, removing and renaming names: the calls, with the checks that are the same in
 * all file systems.
 *
 * Locks: the i_mutex of the folder; rmdir and rename also that of the folder that goes, so that
 * nobody makes a name in it meanwhile. A rename between two folders holds s_rename_mutex: with
 * it the tree above does not change, and "is this above that?" has an answer. Then the
 * folder that is above the other one is locked first.
 */
#include "kernel/cred.h"
#include "kernel/fs/dcache.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/walk.h"
#include "kernel/lib/err.h"

#define LINK_MAX 65000u /* names of one file (ext2's limit is lower) */

/* ---- may it be done? ------------------------------------------------------------------------- */

int may_create(struct inode *dir, const struct dentry *dentry)
{
	if (dentry->d_inode)
		return -EEXIST;
	if (!dir->i_nlink)
		return -ENOENT;
	return inode_permission(dir, MAY_WRITE | MAY_EXEC);
}

/* In a folder with the sticky bit only the owners of folder and file take names away. */
static bool is_sticky_for(const struct inode *dir, const struct inode *inode)
{
	return (dir->i_mode & S_ISVTX) && current_fsuid() != inode->i_uid &&
	       !inode_owner_or_capable(dir);
}

static int may_delete(struct inode *dir, const struct dentry *victim, bool is_dir)
{
	const struct inode *inode = victim->d_inode;
	int err;

	if (!inode)
		return -ENOENT;
	err = inode_permission(dir, MAY_WRITE | MAY_EXEC);
	if (err)
		return err;
	if (is_sticky_for(dir, inode))
		return -EPERM;
	if (is_dir != S_ISDIR(inode->i_mode))
		return is_dir ? -ENOTDIR : -EISDIR;
	return victim->d_mounted ? -EBUSY : 0;
}

/* What a new file gets of the wanted mode. */
static u32 masked(u32 mode)
{
	return mode & ~current_fs()->umask;
}

/* ---- making ---------------------------------------------------------------------------------- */

/*
 * The negative dentry of a new name in its folder, which stays locked until end_create(). A
 * name with a slash behind it can become that of a folder only.
 */
static struct dentry *begin_create(struct nameidata *nd, int dfd, const char *name, bool is_dir)
{
	struct dentry *dentry;
	struct inode *dir;
	int err = walk_parent(nd, dfd, name);

	if (err)
		return ERR_PTR(err);
	err = -EEXIST;
	if (nd->last_type != LAST_NORM)
		goto out;
	dir = nd->path.dentry->d_inode;
	mutex_lock(&dir->i_mutex);
	dentry = lookup_locked(nd->path.dentry, &nd->last);
	if (IS_ERR(dentry)) {
		err = (int)PTR_ERR(dentry);
		goto unlock;
	}
	if (dentry->d_inode)
		err = -EEXIST;
	else if (nd->last_slash && !is_dir)
		err = -ENOENT;
	else
		err = mnt_want_write(nd->path.mnt);
	if (err)
		goto put;
	err = may_create(dir, dentry);
	if (!err)
		return dentry;
	mnt_drop_write(nd->path.mnt);
put:
	dput(dentry);
unlock:
	mutex_unlock(&dir->i_mutex);
out:
	walk_end(nd);
	return ERR_PTR(err);
}

static void end_create(struct nameidata *nd, struct dentry *dentry)
{
	dput(dentry);
	mutex_unlock(&nd->path.dentry->d_inode->i_mutex);
	mnt_drop_write(nd->path.mnt);
	walk_end(nd);
}

int vfs_create(struct inode *dir, struct dentry *dentry, u32 mode)
{
	if (!dir->i_op->create)
		return -EACCES;
	return dir->i_op->create(dir, dentry, (mode & S_IALLUGO) | S_IFREG);
}

int do_mkdirat(int dfd, const char *name, u32 mode)
{
	struct nameidata nd;
	struct dentry *dentry = begin_create(&nd, dfd, name, true);
	struct inode *dir;
	int err = -EPERM;

	if (IS_ERR(dentry))
		return (int)PTR_ERR(dentry);
	dir = nd.path.dentry->d_inode;
	if (dir->i_nlink >= LINK_MAX)
		err = -EMLINK;
	else if (dir->i_op->mkdir)
		err = dir->i_op->mkdir(dir, dentry, masked(mode & (S_IRWXUGO | S_ISVTX)));
	end_create(&nd, dentry);
	return err;
}

static int mknod_locked(struct inode *dir, struct dentry *dentry, u32 mode, dev_t dev)
{
	if (S_ISREG(mode) || !(mode & S_IFMT))
		return vfs_create(dir, dentry, masked(mode));
	if ((S_ISCHR(mode) || S_ISBLK(mode)) && !capable())
		return -EPERM;
	if (!dir->i_op->mknod)
		return -EPERM;
	return dir->i_op->mknod(dir, dentry, masked(mode), dev);
}

int do_mknodat(int dfd, const char *name, u32 mode, dev_t dev)
{
	struct nameidata nd;
	struct dentry *dentry;
	int err;

	if (S_ISDIR(mode))
		return -EPERM;
	if (!(mode & S_IFMT))
		mode |= S_IFREG;
	if (!S_ISREG(mode) && !S_ISCHR(mode) && !S_ISBLK(mode) && !S_ISFIFO(mode) &&
	    !S_ISSOCK(mode))
		return -EINVAL;
	dentry = begin_create(&nd, dfd, name, false);
	if (IS_ERR(dentry))
		return (int)PTR_ERR(dentry);
	err = mknod_locked(nd.path.dentry->d_inode, dentry, mode, dev);
	end_create(&nd, dentry);
	return err;
}

int do_symlinkat(const char *target, int dfd, const char *name)
{
	struct nameidata nd;
	struct dentry *dentry;
	struct inode *dir;
	int err = -EPERM;

	if (!*target)
		return -ENOENT;
	dentry = begin_create(&nd, dfd, name, false);
	if (IS_ERR(dentry))
		return (int)PTR_ERR(dentry);
	dir = nd.path.dentry->d_inode;
	if (dir->i_op->symlink)
		err = dir->i_op->symlink(dir, dentry, target);
	end_create(&nd, dentry);
	return err;
}

static int link_locked(const struct path *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old->dentry->d_inode;

	if (inode->i_sb != dir->i_sb)
		return -EXDEV;
	if (!dir->i_op->link || S_ISDIR(inode->i_mode))
		return -EPERM;
	if (!inode->i_nlink)
		return -ENOENT;
	if (inode->i_nlink >= LINK_MAX)
		return -EMLINK;
	return dir->i_op->link(old->dentry, dir, dentry);
}

int do_linkat(int old_dfd, const char *old, int new_dfd, const char *name, int flags)
{
	unsigned int how = 0;
	struct nameidata nd;
	struct dentry *dentry;
	struct path from;
	int err;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH) {
		if (!capable())
			return -ENOENT;
		how |= LOOKUP_EMPTY;
	}
	if (flags & AT_SYMLINK_FOLLOW)
		how |= LOOKUP_FOLLOW;
	err = path_lookupat(old_dfd, old, how, &from);
	if (err)
		return err;
	dentry = begin_create(&nd, new_dfd, name, false);
	if (IS_ERR(dentry)) {
		err = (int)PTR_ERR(dentry);
		goto out;
	}
	err = from.mnt == nd.path.mnt ? link_locked(&from, nd.path.dentry->d_inode, dentry)
				      : -EXDEV;
	end_create(&nd, dentry);
out:
	path_put(&from);
	return err;
}

/* ---- taking away ----------------------------------------------------------------------------- */

static int unlink_locked(struct nameidata *nd, struct dentry *dentry)
{
	struct inode *dir = nd->path.dentry->d_inode;
	int err;

	if (nd->last_slash) {
		if (!dentry->d_inode)
			return -ENOENT;
		return S_ISDIR(dentry->d_inode->i_mode) ? -EISDIR : -ENOTDIR;
	}
	if (!dentry->d_inode)
		return -ENOENT;
	err = mnt_want_write(nd->path.mnt);
	if (err)
		return err;
	err = may_delete(dir, dentry, false);
	if (!err)
		err = dir->i_op->unlink ? dir->i_op->unlink(dir, dentry) : -EPERM;
	mnt_drop_write(nd->path.mnt);
	return err;
}

/* The inode outlives the lock: its pages may be many. */
int do_unlinkat(int dfd, const char *name)
{
	struct inode *inode = NULL, *dir;
	struct nameidata nd;
	struct dentry *dentry;
	int err = walk_parent(&nd, dfd, name);

	if (err)
		return err;
	if (nd.last_type != LAST_NORM) {
		walk_end(&nd);
		return -EISDIR;
	}
	dir = nd.path.dentry->d_inode;
	mutex_lock(&dir->i_mutex);
	dentry = lookup_locked(nd.path.dentry, &nd.last);
	err = IS_ERR(dentry) ? (int)PTR_ERR(dentry) : unlink_locked(&nd, dentry);
	if (!err) {
		inode = dentry->d_inode;
		ihold(inode);
		d_delete(dentry);
	}
	if (!IS_ERR(dentry))
		dput(dentry);
	mutex_unlock(&dir->i_mutex);
	iput(inode);
	walk_end(&nd);
	return err;
}

/* The folder goes; what was looked up in vain in it is forgotten. */
static int vfs_rmdir(struct inode *dir, struct dentry *dentry)
{
	struct inode *victim = dentry->d_inode;
	int err = may_delete(dir, dentry, true);

	if (err)
		return err;
	if (!dir->i_op->rmdir)
		return -EPERM;
	mutex_lock(&victim->i_mutex);
	err = dir->i_op->rmdir(dir, dentry);
	if (!err)
		shrink_dcache_parent(dentry);
	mutex_unlock(&victim->i_mutex);
	if (!err)
		d_delete(dentry);
	return err;
}

static int rmdir_locked(struct nameidata *nd)
{
	struct dentry *dentry = lookup_locked(nd->path.dentry, &nd->last);
	int err;

	if (IS_ERR(dentry))
		return (int)PTR_ERR(dentry);
	err = dentry->d_inode ? mnt_want_write(nd->path.mnt) : -ENOENT;
	if (!err) {
		err = vfs_rmdir(nd->path.dentry->d_inode, dentry);
		mnt_drop_write(nd->path.mnt);
	}
	dput(dentry);
	return err;
}

int do_rmdir(int dfd, const char *name)
{
	static const int not_a_name[] = {
		[LAST_ROOT] = -EBUSY, [LAST_DOT] = -EINVAL, [LAST_DOTDOT] = -ENOTEMPTY};
	struct nameidata nd;
	int err = walk_parent(&nd, dfd, name);

	if (err)
		return err;
	err = not_a_name[nd.last_type];
	if (!err) {
		mutex_lock(&nd.path.dentry->d_inode->i_mutex);
		err = rmdir_locked(&nd);
		mutex_unlock(&nd.path.dentry->d_inode->i_mutex);
	}
	walk_end(&nd);
	return err;
}

/* ---- renaming -------------------------------------------------------------------------------- */

static void lock_two(struct dentry *a, struct dentry *b)
{
	if (a == b) {
		mutex_lock(&a->d_inode->i_mutex);
		return;
	}
	mutex_lock(&a->d_sb->s_rename_mutex);
	if (d_is_ancestor(b, a))
		swap(a, b);
	mutex_lock(&a->d_inode->i_mutex);
	mutex_lock(&b->d_inode->i_mutex);
}

static void unlock_two(struct dentry *a, struct dentry *b)
{
	mutex_unlock(&a->d_inode->i_mutex);
	if (a == b)
		return;
	mutex_unlock(&b->d_inode->i_mutex);
	mutex_unlock(&a->d_sb->s_rename_mutex);
}

/* `new` exists or not; everything but what only the file system knows. */
static int may_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
		      struct dentry *new)
{
	bool is_dir = S_ISDIR(old->d_inode->i_mode);
	int err = may_delete(old_dir, old, is_dir);

	if (!err)
		err = new->d_inode ? may_delete(new_dir, new, is_dir) : may_create(new_dir, new);
	if (!err && is_dir && old_dir != new_dir) /* its ".." changes */
		err = inode_permission(old->d_inode, MAY_WRITE);
	if (!err && !old_dir->i_op->rename)
		err = -EPERM;
	if (!err && is_dir && old_dir != new_dir && !new->d_inode && new_dir->i_nlink >= LINK_MAX)
		err = -EMLINK;
	return err;
}

static int vfs_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
		      struct dentry *new)
{
	struct inode *victim = new->d_inode;
	int err;

	if (old->d_inode == victim)
		return 0; /* two names of one file: both stay (POSIX) */
	err = may_rename(old_dir, old, new_dir, new);
	if (err)
		return err;
	if (victim)
		mutex_lock(&victim->i_mutex);
	err = old_dir->i_op->rename(old_dir, old, new_dir, new);
	if (!err && victim)
		shrink_dcache_parent(new);
	if (victim)
		mutex_unlock(&victim->i_mutex);
	if (!err)
		d_move(old, new);
	return err;
}

/* Both folders are locked. */
static int rename_locked(struct nameidata *from, struct nameidata *to, struct dentry *old,
			 struct dentry *new, unsigned int flags)
{
	int err;

	if (!old->d_inode)
		return -ENOENT;
	if ((flags & RENAME_NOREPLACE) && new->d_inode)
		return -EEXIST;
	if (!S_ISDIR(old->d_inode->i_mode) &&
	    (from->last_slash || (!new->d_inode && to->last_slash)))
		return -ENOTDIR;
	if (d_is_ancestor(old, to->path.dentry))
		return -EINVAL;
	if (d_is_ancestor(new, from->path.dentry))
		return -ENOTEMPTY;
	if (new->d_inode && to->last_slash && !S_ISDIR(new->d_inode->i_mode))
		return -ENOTDIR;
	err = mnt_want_write(from->path.mnt);
	if (err)
		return err;
	err = vfs_rename(from->path.dentry->d_inode, old, to->path.dentry->d_inode, new);
	mnt_drop_write(from->path.mnt);
	return err;
}

static int rename_walked(struct nameidata *from, struct nameidata *to, unsigned int flags)
{
	struct dentry *old, *new;
	int err;

	if (from->path.mnt != to->path.mnt)
		return -EXDEV;
	if (from->last_type != LAST_NORM)
		return -EBUSY;
	if (to->last_type != LAST_NORM)
		return flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	lock_two(from->path.dentry, to->path.dentry);
	old = lookup_locked(from->path.dentry, &from->last);
	new = IS_ERR(old) ? old : lookup_locked(to->path.dentry, &to->last);
	err = IS_ERR(new) ? (int)PTR_ERR(new) : rename_locked(from, to, old, new, flags);
	unlock_two(from->path.dentry, to->path.dentry);
	if (!IS_ERR(new))
		dput(new);
	if (!IS_ERR(old))
		dput(old);
	return err;
}

int do_renameat(int old_dfd, const char *old, int new_dfd, const char *name, unsigned int flags)
{
	struct nameidata from, to;
	int err;

	if (flags & ~RENAME_NOREPLACE)
		return -EINVAL;
	err = walk_parent(&from, old_dfd, old);
	if (err)
		return err;
	err = walk_parent(&to, new_dfd, name);
	if (!err) {
		err = rename_walked(&from, &to, flags);
		walk_end(&to);
	}
	walk_end(&from);
	return err;
}
