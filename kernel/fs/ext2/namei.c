/*
 * Names in ext2: looking them up, making and removing them.
 *
 * A power cut may come between any two writes. These rules keep the harm to what e2fsck mends by
 * itself (commit.c has the whole story):
 *
 *	making		the entry is written before the inode it names becomes alive: commit.c does
 *			that for inodes that are newborn
 *	removing	the inode is dead on the disk before its last entry goes: ext2_kill_inode()
 *			copies the dead image into the inode table at once, and commit.c writes the
 *			table before it writes folders
 *	moving		rename.c
 *
 * A commit that fails makes the file system read-only; what is cached of the names then may be
 * older than what is in the folders.
 *
 * Locks: the i_mutexes of the folders, by the caller; ext2_begin() for each step. While a step ends
 * for a commit, the i_mutexes keep the folders as they are.
 */
#include "kernel/fs/dcache.h"
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"

/* ---- looking up ------------------------------------------------------------------------------ */

/* A folder that a damaged disk names twice would make a loop of the tree. alias_mutex is held. */
static int check_only_name(struct inode *inode)
{
	bool another;

	spin_lock(&dcache_lock);
	another = !list_empty(&inode->i_dentry);
	spin_unlock(&dcache_lock);
	return another ? ext2_error(inode->i_sb, __func__, "folder %lu has two names", inode->i_ino)
		       : 0;
}

static int add_dentry(struct dentry *dentry, struct inode *inode)
{
	static DEFINE_MUTEX(alias_mutex);
	int error = 0;

	if (!inode || !S_ISDIR(inode->i_mode)) {
		d_add(dentry, inode);
		return 0;
	}
	mutex_lock(&alias_mutex);
	error = check_only_name(inode);
	if (!error)
		d_add(dentry, inode);
	mutex_unlock(&alias_mutex);
	return error;
}

static struct dentry *ext2_lookup(struct inode *dir, struct dentry *dentry)
{
	struct ext2_dir_slot slot;
	struct inode *inode = NULL;
	int error = ext2_find_entry(dir, &dentry->d_name, &slot);

	if (!error) {
		u32 ino = slot.de->inode;

		ext2_put_slot(&slot);
		inode = ext2_iget(dir->i_sb, ino);
		if (IS_ERR(inode)) {
			error = (int)PTR_ERR(inode);
			if (error == -ESTALE)
				error = ext2_error(dir->i_sb, __func__,
						   "folder %lu names inode %u, which is free",
						   dir->i_ino, ino);
			return ERR_PTR(error);
		}
	} else if (error != -ENOENT) {
		return ERR_PTR(error);
	}
	error = add_dentry(dentry, inode);
	if (!error)
		return NULL;
	iput(inode);
	return ERR_PTR(error);
}

/* ---- steps ----------------------------------------------------------------------------------- */

bool ext2_try_again(struct super_block *sb, int *error, bool *tried)
{
	if (*error != -EAGAIN)
		return false;
	if (*tried || ext2_commit(sb)) {
		*error = -ENOSPC;
		return false;
	}
	*tried = true;
	return true;
}

/* A new inode whose name could not be made: it goes when it is iput(). */
static void give_up(struct inode *inode)
{
	inode->i_nlink = 0;
	mark_inode_dirty(inode);
}

int ext2_kill_inode(struct inode *inode)
{
	unsigned int before = inode->i_nlink;
	int error = 0;

	if (!before)
		return ext2_error(inode->i_sb, __func__, "inode %lu has more names than links",
				  inode->i_ino);
	inode->i_nlink = S_ISDIR(inode->i_mode) ? 0 : before - 1;
	inode->i_ctime = current_time();
	if (!inode->i_nlink)
		error = ext2_store_inode(inode);
	if (error)
		inode->i_nlink = before;
	mark_inode_dirty(inode);
	return error;
}

void ext2_add_subdirs(struct inode *dir, int n)
{
	if (n < 0 && dir->i_nlink < 3)
		return; /* a damaged count: e2fsck will find it */
	dir->i_nlink += (unsigned int)n;
	mark_inode_dirty(dir);
}

/* ---- making ---------------------------------------------------------------------------------- */

/* What a new inode gets before it has a name. */
struct new_file {
	u32 mode;
	dev_t rdev;
	const char *target; /* of a symbolic link */
};

static int fill_new(struct inode *inode, struct inode *dir, const struct new_file *file)
{
	if (S_ISDIR(file->mode))
		return ext2_make_empty(inode, dir);
	if (S_ISLNK(file->mode))
		return ext2_write_symlink(inode, file->target, strlen(file->target));
	return 0;
}

/*
 * Inside. The inode, with a reference, or ERR_PTR; *failed gets one that is to be iput() outside.
 */
static struct inode *make_inside(struct inode *dir, struct dentry *dentry,
				 const struct new_file *file, struct inode **failed)
{
	struct inode *inode = ext2_new_inode(dir, file->mode, file->rdev);
	int error;

	if (IS_ERR(inode))
		return inode;
	if (S_ISDIR(file->mode))
		inode->i_nlink = 2;
	error = fill_new(inode, dir, file);
	if (!error)
		error = ext2_add_link(dir, &dentry->d_name, inode);
	if (!error) {
		if (S_ISDIR(file->mode))
			ext2_add_subdirs(dir, 1);
		mark_inode_dirty(inode);
		return inode;
	}
	give_up(inode);
	*failed = inode;
	return ERR_PTR(error);
}

static int make(struct inode *dir, struct dentry *dentry, const struct new_file *file)
{
	bool tried = false;
	int error;

	do {
		struct inode *inode, *failed = NULL;

		error = ext2_begin(dir->i_sb);
		if (error)
			return error;
		inode = make_inside(dir, dentry, file, &failed);
		ext2_end(dir->i_sb);
		iput(failed);
		error = IS_ERR(inode) ? (int)PTR_ERR(inode) : 0;
		if (!error)
			d_instantiate(dentry, inode);
	} while (ext2_try_again(dir->i_sb, &error, &tried));
	return error;
}

static int ext2_create(struct inode *dir, struct dentry *dentry, u32 mode)
{
	return make(dir, dentry, &(struct new_file){.mode = mode});
}

static int ext2_mknod(struct inode *dir, struct dentry *dentry, u32 mode, dev_t dev)
{
	return make(dir, dentry, &(struct new_file){.mode = mode, .rdev = dev});
}

static int ext2_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
	return make(dir, dentry, &(struct new_file){.mode = S_IFLNK | S_IRWXUGO, .target = target});
}

static int ext2_mkdir(struct inode *dir, struct dentry *dentry, u32 mode)
{
	if (dir->i_nlink >= EXT2_LINK_MAX)
		return -EMLINK;
	return make(dir, dentry, &(struct new_file){.mode = S_IFDIR | mode});
}

/*
 * Inside. The other names, in other folders, may go meanwhile: so the file is counted as named
 * before it is, and one that has lost its last name while somebody waited is dead.
 */
static int link_inside(struct inode *inode, struct inode *dir, const struct qstr *name)
{
	int error;

	if (!inode->i_nlink)
		return -ENOENT;
	inode_inc_link(inode);
	mark_inode_dirty(inode);
	ext2_named_twice(inode);
	error = ext2_add_link(dir, name, inode);
	if (error)
		ext2_kill_inode(inode);
	return error;
}

/* A newborn has one folder that must be on the disk before it; so it gets a second one later. */
static int ext2_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old->d_inode;
	struct super_block *sb = dir->i_sb;
	bool tried = false;
	int error;

	if (EXT2_I(inode)->i_flags & (EXT2_IMMUTABLE_FL | EXT2_APPEND_FL))
		return -EPERM;
	if (inode->i_nlink >= EXT2_LINK_MAX)
		return -EMLINK;
	do {
		error = ext2_is_newborn(inode) ? ext2_commit(sb) : 0;
		if (!error)
			error = ext2_begin(sb);
		if (error)
			return error;
		error = link_inside(inode, dir, &dentry->d_name);
		ext2_end(sb);
	} while (ext2_try_again(sb, &error, &tried));
	if (!error) {
		ihold(inode);
		d_instantiate(dentry, inode);
	}
	return error;
}

/* ---- removing -------------------------------------------------------------------------------- */

int ext2_remove_entry(struct inode *dir, const struct qstr *name, struct inode *inode)
{
	struct ext2_dir_slot slot;
	int error = ext2_find_entry(dir, name, &slot);

	if (error)
		return error;
	if (slot.de->inode != inode->i_ino)
		error = ext2_error(dir->i_sb, __func__, "folder %lu has changed by itself",
				   dir->i_ino);
	if (!error)
		error = ext2_kill_inode(inode);
	if (!error)
		error = ext2_delete_entry(dir, &slot);
	ext2_put_slot(&slot);
	return error;
}

/* Begin, with all other names of a file on the disk. */
static int begin_named(struct inode *inode)
{
	struct super_block *sb = inode->i_sb;
	int error = ext2_begin(sb);

	while (!error && ext2_has_new_name(inode)) {
		ext2_end(sb);
		error = ext2_commit(sb);
		if (!error)
			error = ext2_begin(sb);
	}
	return error;
}

static int ext2_unlink(struct inode *dir, struct dentry *dentry)
{
	int error = ext2_may_lose_name(dir, dentry->d_inode);

	if (!error)
		error = begin_named(dentry->d_inode);
	if (error)
		return error;
	error = ext2_remove_entry(dir, &dentry->d_name, dentry->d_inode);
	ext2_end(dir->i_sb);
	return error;
}

static int ext2_rmdir(struct inode *dir, struct dentry *dentry)
{
	int error = ext2_may_lose_name(dir, dentry->d_inode);

	if (error)
		return error;
	error = ext2_empty_dir(dentry->d_inode);
	if (error <= 0)
		return error ? error : -ENOTEMPTY;
	error = ext2_begin(dir->i_sb);
	if (error)
		return error;
	error = ext2_remove_entry(dir, &dentry->d_name, dentry->d_inode);
	if (!error)
		ext2_add_subdirs(dir, -1);
	ext2_end(dir->i_sb);
	return error;
}

const struct inode_operations ext2_dir_inode_operations = {
	.lookup = ext2_lookup,
	.create = ext2_create,
	.mkdir = ext2_mkdir,
	.mknod = ext2_mknod,
	.symlink = ext2_symlink,
	.link = ext2_link,
	.unlink = ext2_unlink,
	.rmdir = ext2_rmdir,
	.rename = ext2_rename,
	.permission = ext2_permission,
	.setattr = ext2_setattr,
	.getattr = ext2_getattr,
};
