/*
 * ramfs: the page cache and the dentry cache with nothing behind them.
 *
 * A name is a dentry that stays (d_pin), the contents of a file are its cached pages, which have
 * nowhere to be written to and so never leave. What other file systems read from a disk
 * is zero here: a hole. All that is left to do is to make inodes.
 *
 * tmpfs is the same under another name, as in a Linux that is built without swap for files;
 * size= and its other options are accepted, and limit nothing.
 */
#include "kernel/fs/ramfs.h"

#include "kernel/fs/inode.h"
#include "kernel/fs/libfs.h"
#include "kernel/fs/mount.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/kstrtox.h"
#include "kernel/lib/string.h"
#include "mm/filemap.h"
#include "mm/slab.h"

#define RAMFS_MAGIC 0x858458f6ul /* Linux's */
#define TMPFS_MAGIC 0x01021994ul

static const struct inode_operations ramfs_dir_inode_operations;

static const struct file_operations ramfs_file_operations = {
	.read = generic_file_read,
	.write = generic_file_write,
	.mmap = generic_file_mmap,
	.fsync = noop_fsync,
};

static const struct inode_operations ramfs_file_inode_operations = {
	.setattr = simple_setattr,
	.getattr = simple_getattr,
};

static struct inode *ramfs_inode(struct super_block *sb, const struct inode *dir, u32 mode,
				 dev_t dev)
{
	struct inode *inode = simple_new_inode(sb, dir, mode, dev);

	if (!inode)
		return NULL;
	if (S_ISDIR(mode)) {
		inode->i_op = &ramfs_dir_inode_operations;
		inode->i_fop = &simple_dir_operations;
	} else if (S_ISREG(mode)) {
		inode->i_op = &ramfs_file_inode_operations;
		inode->i_fop = &ramfs_file_operations;
		inode->i_data.a_ops = &simple_aops;
	} else if (S_ISLNK(mode)) {
		inode->i_op = &simple_symlink_inode_operations;
	}
	return inode;
}

static int ramfs_mknod(struct inode *dir, struct dentry *dentry, u32 mode, dev_t dev)
{
	struct inode *inode = ramfs_inode(dir->i_sb, dir, mode, dev);

	if (!inode)
		return -ENOMEM;
	simple_add(dir, dentry, inode);
	return 0;
}

static int ramfs_create(struct inode *dir, struct dentry *dentry, u32 mode)
{
	return ramfs_mknod(dir, dentry, mode, 0);
}

static int ramfs_mkdir(struct inode *dir, struct dentry *dentry, u32 mode)
{
	return ramfs_mknod(dir, dentry, mode | S_IFDIR, 0);
}

static int ramfs_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
	size_t size = strlen(target) + 1;
	struct inode *inode = ramfs_inode(dir->i_sb, dir, S_IFLNK | S_IRWXUGO, 0);

	if (!inode)
		return -ENOMEM;
	inode->i_private = kmalloc(size, GFP_KERNEL);
	if (!inode->i_private) {
		iput(inode);
		return -ENOMEM;
	}
	memcpy(inode->i_private, target, size);
	inode->i_size = (loff_t)size - 1;
	simple_add(dir, dentry, inode);
	return 0;
}

static const struct inode_operations ramfs_dir_inode_operations = {
	.lookup = simple_lookup,
	.create = ramfs_create,
	.mkdir = ramfs_mkdir,
	.mknod = ramfs_mknod,
	.symlink = ramfs_symlink,
	.link = simple_link,
	.unlink = simple_unlink,
	.rmdir = simple_rmdir,
	.rename = simple_rename,
};

static const struct super_operations ramfs_super_operations = {
	.evict_inode = simple_evict_inode,
	.statfs = simple_statfs,
};

/* mode=, in octal, of the root. Others are for file systems with limits. */
static u32 root_mode(const char *data, u32 mode)
{
	unsigned long value;
	char digits[8];
	const char *at = data ? strstr(data, "mode=") : NULL;

	if (!at || (at != data && at[-1] != ','))
		return mode;
	strlcpy(digits, at + 5, sizeof(digits));
	digits[strspn(digits, "01234567")] = 0;
	return kstrtoul(digits, 8, &value) ? mode : (u32)value & S_IALLUGO;
}

int ramfs_fill_super(struct super_block *sb, const char *dev_name, const char *data)
{
	(void)dev_name;
	return simple_fill_super(sb, RAMFS_MAGIC, &ramfs_super_operations,
				 &ramfs_dir_inode_operations, root_mode(data, 0755));
}

static int tmpfs_fill_super(struct super_block *sb, const char *dev_name, const char *data)
{
	(void)dev_name;
	return simple_fill_super(sb, TMPFS_MAGIC, &ramfs_super_operations,
				 &ramfs_dir_inode_operations, root_mode(data, S_ISVTX | 0777));
}

static struct file_system_type ramfs_type = {.name = "ramfs", .fill_super = ramfs_fill_super};
static struct file_system_type tmpfs_type = {.name = "tmpfs", .fill_super = tmpfs_fill_super};

void ramfs_init(void)
{
	register_filesystem(&ramfs_type);
	register_filesystem(&tmpfs_type);
}
