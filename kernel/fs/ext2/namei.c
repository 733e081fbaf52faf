/*
 * Names in ext2: making, removing and moving them.
 *
 * A power cut may come between any two writes. These rules keep the harm to what e2fsck mends by
 * itself (commit.c has the whole story):
 *
 *	making		the entry is written before the inode it names becomes alive: commit.c does
 *			that for inodes that are newborn
 *	removing	the inode is dead on the disk before its last entry goes: kill_inode() copies
 *			the dead image into the inode table at once, and commit.c writes the table
 *			before it writes folders
 *	moving		the file must not be without a name, and a name that is moved over must be the
 *			old file or the new one at any time:
 *
 *	  into room of the same page          new entry and removal are one write
 *	  elsewhere                           new entry | commit | removal
 *	  over a name of the same page        both entries exchange their inodes, one write |
 *	                                      commit | the old file dies, under the moved name
 *	  over a name elsewhere               re-point the entry, the old file dies | commit | removal
 *
 * What ext2 cannot do is to move a folder into another folder in one write: for a moment it has two
 * parents on the disk, and a power cut just then needs e2fsck with its questions. Moving over a
 * name in another page can cost the file that was to be replaced, but not the one that replaces.
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
#include "mm/filemap.h"

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

/*
 * Has a step failed because all that is free was freed since the last commit? Then commit, and let
 * it be tried once more.
 */
static bool try_again(struct super_block *sb, int *error, bool *tried)
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

/*
 * One name less, inside. The last one: the inode is dead in its table before the entry can be gone
 * from the disk. 0 or -EIO, -ENOMEM: then nothing has changed.
 */
static int kill_inode(struct inode *inode)
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

/* A folder has one folder less, or more, in it. */
static void add_subdirs(struct inode *dir, int n)
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
			add_subdirs(dir, 1);
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
	} while (try_again(dir->i_sb, &error, &tried));
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

/* Inside. */
static int link_inside(struct inode *inode, struct inode *dir, const struct qstr *name)
{
	int error = ext2_add_link(dir, name, inode);

	if (!error) {
		inode_inc_link(inode);
		mark_inode_dirty(inode);
		ext2_named_twice(inode);
	}
	return error;
}

/* A newborn has one folder that must be on the disk before it; so it gets a second one later. */
static int ext2_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old->d_inode;
	struct super_block *sb = dir->i_sb;
	bool tried = false;
	int error;

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
	} while (try_again(sb, &error, &tried));
	if (!error) {
		ihold(inode);
		d_instantiate(dentry, inode);
	}
	return error;
}

/* ---- removing -------------------------------------------------------------------------------- */

/* Inside: the entry goes, and the inode has one name less. */
static int remove_entry(struct inode *dir, const struct qstr *name, struct inode *inode)
{
	struct ext2_dir_slot slot;
	int error = ext2_find_entry(dir, name, &slot);

	if (error)
		return error;
	if (slot.de->inode != inode->i_ino)
		error = ext2_error(dir->i_sb, __func__, "folder %lu has changed by itself",
				   dir->i_ino);
	if (!error)
		error = kill_inode(inode);
	if (!error)
		error = ext2_delete_entry(dir, &slot);
	ext2_put_slot(&slot);
	return error;
}

static int ext2_unlink(struct inode *dir, struct dentry *dentry)
{
	int error = ext2_has_new_name(dentry->d_inode) ? ext2_commit(dir->i_sb) : 0;

	if (!error)
		error = ext2_begin(dir->i_sb);
	if (error)
		return error;
	error = remove_entry(dir, &dentry->d_name, dentry->d_inode);
	ext2_end(dir->i_sb);
	return error;
}

static int ext2_rmdir(struct inode *dir, struct dentry *dentry)
{
	int error = ext2_empty_dir(dentry->d_inode);

	if (error <= 0)
		return error ? error : -ENOTEMPTY;
	error = ext2_begin(dir->i_sb);
	if (error)
		return error;
	error = remove_entry(dir, &dentry->d_name, dentry->d_inode);
	if (!error)
		add_subdirs(dir, -1);
	ext2_end(dir->i_sb);
	return error;
}

/* ---- moving ---------------------------------------------------------------------------------- */

struct move {
	struct super_block *sb;
	struct inode *from, *to; /* the folders */
	const struct qstr *old_name, *new_name;
	struct inode *inode, *victim; /* victim: NULL if there is none */
	struct ext2_dir_slot old, new;
	bool to_other_dir; /* a folder that gets another parent */
};

static void put_slots(struct move *m)
{
	ext2_put_slot(&m->old);
	ext2_put_slot(&m->new);
}

/* Inside. */
static int find_slots(struct move *m)
{
	int error = ext2_find_entry(m->from, m->old_name, &m->old);

	if (!error && m->victim)
		error = ext2_find_entry(m->to, m->new_name, &m->new);
	if (error)
		put_slots(m);
	return error;
}

/* Inside: a folder's `..' and its parents' counts. */
static int change_parent(struct move *m)
{
	struct ext2_dir_slot dotdot;
	int error;

	if (!m->to_other_dir)
		return 0;
	error = ext2_dotdot(m->inode, &dotdot);
	if (error)
		return error;
	ext2_set_link(m->inode, &dotdot, m->to);
	ext2_put_slot(&dotdot);
	add_subdirs(m->from, -1);
	add_subdirs(m->to, 1);
	return 0;
}

static void file_moved(struct move *m)
{
	m->inode->i_ctime = current_time();
	mark_inode_dirty(m->inode);
}

/* The removal that is left of a move, as a step of its own. */
static int remove_old_name(struct move *m)
{
	int error = ext2_begin(m->sb);

	if (error)
		return error;
	error = ext2_find_entry(m->from, m->old_name, &m->old);
	if (!error)
		error = ext2_delete_entry(m->from, &m->old);
	put_slots(m);
	ext2_end(m->sb);
	return error;
}

/* Inside. True: there was room beside the old entry, and it is all done in one page. */
static bool moved_within_page(struct move *m, int *error)
{
	if (m->from != m->to)
		return false;
	*error = ext2_add_link_near(m->to, m->old.page, m->new_name, m->inode);
	if (*error == -ENOSPC)
		return false;
	if (!*error)
		*error = ext2_delete_entry(m->from, &m->old);
	return true;
}

/* To a name that is not there. */
static int move_to_new_name(struct move *m)
{
	bool tried = false, done;
	int error;

	do {
		error = ext2_begin(m->sb);
		if (error)
			return error;
		error = find_slots(m);
		done = error || moved_within_page(m, &error);
		if (!done)
			error = ext2_add_link(m->to, m->new_name, m->inode);
		if (!error)
			error = change_parent(m);
		if (!error)
			file_moved(m);
		put_slots(m);
		ext2_end(m->sb);
	} while (try_again(m->sb, &error, &tried));
	if (error || done)
		return error;
	error = ext2_commit(m->sb);
	return error ? error : remove_old_name(m);
}

/* Inside: both names are in one page, and have exchanged their files: the old one goes. */
static int remove_victim(struct move *m)
{
	int error = remove_entry(m->from, m->old_name, m->victim);

	if (!error && S_ISDIR(m->victim->i_mode))
		add_subdirs(m->from, -1);
	return error;
}

static int exchange_and_remove(struct move *m)
{
	int error;

	ext2_swap_entries(m->to, &m->old, &m->new);
	file_moved(m);
	put_slots(m);
	ext2_end(m->sb);
	error = ext2_commit(m->sb);
	if (!error)
		error = ext2_begin(m->sb);
	if (error)
		return error;
	error = remove_victim(m);
	ext2_end(m->sb);
	return error;
}

static int repoint_and_remove(struct move *m)
{
	int error = kill_inode(m->victim);

	if (!error && S_ISDIR(m->victim->i_mode))
		add_subdirs(m->to, -1);
	if (!error) {
		ext2_set_link(m->to, &m->new, m->inode);
		file_moved(m);
		error = change_parent(m);
	}
	put_slots(m);
	ext2_end(m->sb);
	if (!error)
		error = ext2_commit(m->sb);
	return error ? error : remove_old_name(m);
}

/* Over a name that is there. What replaces it must be on the disk first. */
static int move_over(struct move *m)
{
	int error = 0;

	if (S_ISREG(m->inode->i_mode))
		error = filemap_write_and_wait(m->inode->i_mapping);
	if (!error && (ext2_is_newborn(m->inode) || EXT2_I(m->inode)->datasync_dirty))
		error = ext2_commit(m->sb);
	if (!error)
		error = ext2_begin(m->sb);
	if (error)
		return error;
	error = find_slots(m);
	if (error) {
		ext2_end(m->sb);
		return error;
	}
	return m->old.page == m->new.page ? exchange_and_remove(m) : repoint_and_remove(m);
}

static int ext2_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
		       struct dentry *new)
{
	bool is_dir = S_ISDIR(old->d_inode->i_mode);
	struct move m = {
		.sb = old_dir->i_sb,
		.from = old_dir,
		.to = new_dir,
		.old_name = &old->d_name,
		.new_name = &new->d_name,
		.inode = old->d_inode,
		.victim = new->d_inode,
		.to_other_dir = is_dir &&old_dir != new_dir,
	};
	int error;

	if (m.victim && is_dir) {
		error = ext2_empty_dir(m.victim);
		if (error <= 0)
			return error ? error : -ENOTEMPTY;
	} else if (m.to_other_dir && new_dir->i_nlink >= EXT2_LINK_MAX) {
		return -EMLINK;
	}
	return m.victim ? move_over(&m) : move_to_new_name(&m);
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
	.setattr = ext2_setattr,
	.getattr = ext2_getattr,
};
