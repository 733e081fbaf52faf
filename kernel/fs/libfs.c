/* Folders without a disk: the dentry cache is all there is of them. */
#include "kernel/fs/libfs.h"

#include "kernel/cred.h"
#include "kernel/fs/dcache.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/err.h"
#include "mm/layout.h"

/* ---- names ----------------------------------------------------------------------------------- */

struct dentry *simple_lookup(struct inode *dir, struct dentry *dentry)
{
	(void)dir;
	d_add(dentry, NULL);
	return NULL;
}

struct inode *simple_new_inode(struct super_block *sb, const struct inode *dir, u32 mode, dev_t dev)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	inode->i_mode = mode;
	inode->i_uid = current_fsuid();
	inode->i_gid = current_fsgid();
	if (dir && (dir->i_mode & S_ISGID)) {
		inode->i_gid = dir->i_gid;
		if (S_ISDIR(mode))
			inode->i_mode |= S_ISGID;
	}
	if (S_ISDIR(mode))
		inode->i_nlink = 2; /* its name, and its "." */
	else if (!S_ISREG(mode) && !S_ISLNK(mode))
		init_special_inode(inode, inode->i_mode, dev);
	return inode;
}

static void touch_folder(struct inode *dir)
{
	dir->i_mtime = dir->i_ctime = current_time();
}

void simple_add(struct inode *dir, struct dentry *dentry, struct inode *inode)
{
	d_instantiate(dentry, inode);
	d_pin(dentry);
	if (S_ISDIR(inode->i_mode))
		dir->i_nlink++; /* its ".." */
	touch_folder(dir);
}

int simple_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old->d_inode;

	inode_inc_link(inode);
	ihold(inode);
	simple_add(dir, dentry, inode);
	return 0;
}

int simple_unlink(struct inode *dir, struct dentry *dentry)
{
	inode_dec_link(dentry->d_inode);
	touch_folder(dir);
	d_unpin(dentry);
	return 0;
}

static bool is_empty(const struct dentry *dentry)
{
	const struct dentry *child;
	bool empty = true;

	spin_lock(&dcache_lock);
	list_for_each_entry (child, &dentry->d_subdirs, d_child)
		empty &= !child->d_inode || d_unhashed(child);
	spin_unlock(&dcache_lock);
	return empty;
}

int simple_rmdir(struct inode *dir, struct dentry *dentry)
{
	if (!is_empty(dentry))
		return -ENOTEMPTY;
	inode_dec_link(dentry->d_inode);
	inode_dec_link(dir);
	return simple_unlink(dir, dentry);
}

int simple_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
		  struct dentry *new)
{
	bool is_dir = S_ISDIR(old->d_inode->i_mode);

	if (new->d_inode) {
		int err = is_dir ? simple_rmdir(new_dir, new) : simple_unlink(new_dir, new);

		if (err)
			return err;
	}
	if (is_dir && old_dir != new_dir) {
		old_dir->i_nlink--;
		new_dir->i_nlink++;
	}
	touch_folder(old_dir);
	touch_folder(new_dir);
	old->d_inode->i_ctime = old_dir->i_ctime;
	return 0;
}

/* ---- attributes ------------------------------------------------------------------------------ */

int simple_getattr(struct dentry *dentry, struct kstat *stat)
{
	generic_fillattr(dentry->d_inode, stat);
	stat->blocks = (u64)dentry->d_inode->i_data.nrpages << (PAGE_SHIFT - 9);
	return 0;
}

const char *simple_get_link(struct dentry *dentry, void **cookie)
{
	(void)cookie;
	return dentry->d_inode->i_private;
}

const struct inode_operations simple_symlink_inode_operations = {.get_link = simple_get_link};

int simple_statfs(struct dentry *dentry, struct kstatfs *buf)
{
	*buf = (struct kstatfs){
		.type = dentry->d_sb->s_magic,
		.bsize = dentry->d_sb->s_blocksize,
		.namelen = NAME_MAX,
	};
	return 0;
}

/* ---- readdir --------------------------------------------------------------------------------- */

bool dir_emit_dots(struct file *file, struct dir_context *ctx)
{
	const struct dentry *dentry = file->f_path.dentry;

	if (ctx->pos == 0) {
		if (!ctx->actor(ctx, ".", 1, 0, dentry->d_inode->i_ino, DT_DIR))
			return false;
		ctx->pos = 1;
	}
	if (ctx->pos == 1) {
		if (!ctx->actor(ctx, "..", 2, 1, dentry->d_parent->d_inode->i_ino, DT_DIR))
			return false;
		ctx->pos = 2;
	}
	return true;
}

/* A pinned dentry's position: its place in the folder, behind the dots. */
static loff_t place_of(const struct dentry *dentry)
{
	return (loff_t)(unsigned long)dentry->d_fsdata + 1;
}

/*
 * The first entry at or behind `pos`, behind `after` (NULL: from the start). Entries are in the
 * order of their places. The folder's i_mutex keeps pinned dentries where they are while the lock
 * is not held.
 */
static struct dentry *next_entry(struct dentry *dir, struct dentry *after, loff_t pos)
{
	struct list_head *at = after ? &after->d_child : &dir->d_subdirs;
	struct dentry *found = NULL;

	spin_lock(&dcache_lock);
	for (at = at->next; at != &dir->d_subdirs; at = at->next) {
		struct dentry *dentry = list_entry(at, struct dentry, d_child);

		if ((dentry->d_flags & DCACHE_PINNED) && place_of(dentry) >= pos) {
			found = dentry;
			break;
		}
	}
	spin_unlock(&dcache_lock);
	return found;
}

int dcache_readdir(struct file *file, struct dir_context *ctx)
{
	struct dentry *dir = file->f_path.dentry, *entry = NULL;

	if (!dir_emit_dots(file, ctx))
		return 0;
	while ((entry = next_entry(dir, entry, ctx->pos))) {
		const struct inode *inode = entry->d_inode;

		if (!ctx->actor(ctx, entry->d_name.name, entry->d_name.len, place_of(entry),
				inode->i_ino, DT_OF(inode->i_mode)))
			break;
		ctx->pos = place_of(entry) + 1;
	}
	return 0;
}

ssize_t generic_read_dir(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	(void)file;
	(void)buf;
	(void)count;
	(void)pos;
	return -EISDIR;
}

int noop_fsync(struct file *file, loff_t start, loff_t end, bool datasync)
{
	(void)file;
	(void)start;
	(void)end;
	(void)datasync;
	return 0;
}

const struct file_operations simple_dir_operations = {
	.read = generic_read_dir,
	.iterate = dcache_readdir,
	.fsync = noop_fsync,
};

/* ---- a new file system ----------------------------------------------------------------------- */

int simple_fill_super(struct super_block *sb, unsigned long magic,
		      const struct super_operations *op, const struct inode_operations *root_op,
		      u32 root_mode)
{
	struct inode *root;

	sb->s_op = op;
	sb->s_magic = magic;
	root = simple_new_inode(sb, NULL, S_IFDIR | root_mode, 0);
	if (!root)
		return -ENOMEM;
	root->i_op = root_op;
	root->i_fop = &simple_dir_operations;
	sb->s_root = d_alloc_root(sb, root);
	if (sb->s_root)
		return 0;
	iput(root);
	return -ENOMEM;
}
