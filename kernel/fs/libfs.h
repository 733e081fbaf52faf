/*
 * What file systems without a disk have in common: their names are pinned dentries, their data are
 * pages that exist only in the page cache.
 */
#ifndef FOLIO_FS_LIBFS_H
#define FOLIO_FS_LIBFS_H

#include "kernel/fs/fs.h"

/* ---- names (kernel/fs/libfs.c) --------------------------------------------------------------- */

/* simple_lookup - i_op->lookup: what is not cached does not exist. */
struct dentry *simple_lookup(struct inode *dir, struct dentry *dentry);

/*
 * simple_new_inode - an inode of sb for a new file in `dir` (NULL: a root): mode, owner and group
 * as POSIX has it, also for set-group-id folders; i_fop of devices and FIFOs. NULL: no memory. May
 * sleep.
 * simple_add - a negative dentry gets its inode (takes over the reference) and is pinned; dir's
 * times.
 */
struct inode *simple_new_inode(struct super_block *sb, const struct inode *dir, u32 mode,
			       dev_t dev);
void simple_add(struct inode *dir, struct dentry *dentry, struct inode *inode);

/* i_op of such file systems; as struct inode_operations says. */
int simple_link(struct dentry *old, struct inode *dir, struct dentry *dentry);
int simple_unlink(struct inode *dir, struct dentry *dentry);
int simple_rmdir(struct inode *dir, struct dentry *dentry);
int simple_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
		  struct dentry *new);
int simple_getattr(struct dentry *dentry, struct kstat *stat);

/* simple_get_link - i_op->get_link of links whose target is in i_private. */
const char *simple_get_link(struct dentry *dentry, void **cookie);
extern const struct inode_operations simple_symlink_inode_operations;

/* simple_statfs - s_op->statfs: type, page size, length of names. */
int simple_statfs(struct dentry *dentry, struct kstatfs *buf);

/*
 * dcache_readdir - f_op->iterate of folders whose entries are pinned; dir_emit_dots - "." and ".."
 * at 0 and 1.
 */
int dcache_readdir(struct file *file, struct dir_context *ctx);
bool dir_emit_dots(struct file *file, struct dir_context *ctx);
/*
 * generic_read_dir - f_op->read of folders: -EISDIR. noop_fsync - there is nothing to be written.
 */
ssize_t generic_read_dir(struct file *file, char __user *buf, size_t count, loff_t *pos);
int noop_fsync(struct file *file, loff_t start, loff_t end, bool datasync);
extern const struct file_operations simple_dir_operations;

/* simple_fill_super - s_root: an empty folder of that mode. 0 or -ENOMEM. May sleep. */
int simple_fill_super(struct super_block *sb, unsigned long magic,
		      const struct super_operations *op, const struct inode_operations *root_op,
		      u32 root_mode);

/* ---- data (kernel/fs/simple_file.c) ---------------------------------------------------------- */

/* i_op->setattr of regular files: a new size takes pages and mappings behind it away. */
int simple_setattr(struct dentry *dentry, struct iattr *attr);

/* a_ops of files whose pages exist in the page cache only: a page that is not there is zero. */
extern const struct address_space_operations simple_aops;

/* s_op->evict_inode: the pages go, and a link's target (i_private of a symbolic link). */
void simple_evict_inode(struct inode *inode);

#endif
