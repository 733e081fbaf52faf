/*
 * devtmpfs: a ramfs of which there is only one, however often it is mounted, and in which the
 * kernel makes the nodes of the devices that it finds. Foreign archives have no
 * nodes, and need none.
 *
 * Programs may do in it what they like; device_destroy() takes away only what is still a device.
 */
#include "kernel/fs/chrdev.h"
#include "kernel/fs/dcache.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/ramfs.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/panic.h"

static int devtmpfs_fill_super(struct super_block *sb, const char *dev_name,
			       const char *data __unused)
{
	return ramfs_fill_super(sb, dev_name, "mode=0755");
}

static struct file_system_type devtmpfs_type = {
	.name = "devtmpfs", .fs_flags = FS_SINGLE, .fill_super = devtmpfs_fill_super};

static struct vfsmount *dev_mnt; /* seen nowhere; it keeps the super_block */

/*
 * The dentry of a name in the root, perhaps a negative one; or ERR_PTR(-ENOMEM). i_mutex is held.
 */
static struct dentry *find_name(struct dentry *root, const char *name)
{
	unsigned int len = (unsigned int)strlen(name);
	const struct qstr q = {.name = name, .len = len, .hash = full_name_hash(name, len)};
	struct dentry *dentry = d_lookup(root, &q), *other;

	if (dentry)
		return dentry;
	dentry = d_alloc(root, &q);
	if (!dentry)
		return ERR_PTR(-ENOMEM);
	other = root->d_inode->i_op->lookup(root->d_inode, dentry);
	if (!other)
		return dentry;
	dput(dentry);
	return other;
}

int device_create(const char *name, u32 mode, dev_t dev)
{
	struct inode *dir = dev_mnt->mnt_root->d_inode;
	struct dentry *dentry;
	int err = -EEXIST;

	mutex_lock(&dir->i_mutex);
	dentry = find_name(dev_mnt->mnt_root, name);
	if (IS_ERR(dentry)) {
		err = (int)PTR_ERR(dentry);
	} else {
		if (!dentry->d_inode)
			err = dir->i_op->mknod(dir, dentry, mode, dev);
		dput(dentry);
	}
	mutex_unlock(&dir->i_mutex);
	return err;
}

void device_destroy(const char *name)
{
	struct inode *dir = dev_mnt->mnt_root->d_inode;
	struct dentry *dentry;

	mutex_lock(&dir->i_mutex);
	dentry = find_name(dev_mnt->mnt_root, name);
	if (!IS_ERR(dentry)) {
		if (dentry->d_inode && S_ISCHR(dentry->d_inode->i_mode) &&
		    !dir->i_op->unlink(dir, dentry))
			d_delete(dentry);
		dput(dentry);
	}
	mutex_unlock(&dir->i_mutex);
}

void devtmpfs_init(void)
{
	register_filesystem(&devtmpfs_type);
	dev_mnt = kern_mount(&devtmpfs_type);
	if (IS_ERR(dev_mnt))
		panic("Too little memory: devtmpfs cannot be set up");
}
