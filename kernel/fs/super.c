/*
 * Super blocks, and the file system types by name.
 *
 * Locks: super_mutex covers the list of super_blocks and the making of the only one of an
 * FS_SINGLE type; types_lock the list of types.
 */
#include "kernel/fs/super.h"

#include "kernel/fs/dcache.h"
#include "kernel/fs/file.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/panic.h"
#include "mm/slab.h"

static LIST_HEAD(super_blocks);
static DEFINE_MUTEX(super_mutex);

static LIST_HEAD(types);
static DEFINE_SPINLOCK(types_lock);

void vfs_init(void)
{
	dcache_init();
	inode_cache_init();
	namei_init();
	file_init();
}

/* ---- types ----------------------------------------------------------------------------------- */

static struct file_system_type *find_type(const char *name)
{
	struct file_system_type *type;

	list_for_each_entry (type, &types, list)
		if (!strcmp(type->name, name))
			return type;
	return NULL;
}

struct file_system_type *get_fs_type(const char *name)
{
	struct file_system_type *type;

	spin_lock(&types_lock);
	type = find_type(name);
	spin_unlock(&types_lock);
	return type;
}

int register_filesystem(struct file_system_type *type)
{
	int err = -EBUSY;

	spin_lock(&types_lock);
	if (!find_type(type->name)) {
		list_add_tail(&type->list, &types);
		err = 0;
	}
	spin_unlock(&types_lock);
	return err;
}

int unregister_filesystem(struct file_system_type *type)
{
	int err = -EINVAL;

	spin_lock(&types_lock);
	if (find_type(type->name) == type) {
		list_del(&type->list);
		err = 0;
	}
	spin_unlock(&types_lock);
	return err;
}

int for_each_filesystem(int (*fn)(struct file_system_type *type, void *ctx), void *ctx)
{
	struct file_system_type *type;
	int ret = 0;

	spin_lock(&types_lock);
	list_for_each_entry (type, &types, list) {
		ret = fn(type, ctx);
		if (ret)
			break;
	}
	spin_unlock(&types_lock);
	return ret;
}

/* ---- making and ending ----------------------------------------------------------------------- */

/* Numbers of devices that are none: major 0, as Linux shows them. super_mutex is held. */
static dev_t next_anonymous_dev(void)
{
	static u32 last;

	return MKDEV(0, ++last);
}

static struct super_block *alloc_super(struct file_system_type *type, unsigned long flags)
{
	struct super_block *sb = kzalloc(sizeof(*sb), GFP_KERNEL);

	if (!sb)
		return NULL;
	sb->s_type = type;
	sb->s_flags = flags & SUPER_FLAGS;
	sb->s_dev = next_anonymous_dev();
	sb->s_blocksize = 4096;
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	sb->s_time_gran = 1;
	atomic_set(&sb->s_active, 1);
	mutex_init(&sb->s_rename_mutex, "s_rename_mutex");
	INIT_LIST_HEAD(&sb->s_inodes);
	INIT_LIST_HEAD(&sb->s_dirty);
	INIT_LIST_HEAD(&sb->s_io);
	init_rwsem(&sb->s_umount, "s_umount");
	return sb;
}

/* The tree, then the file system's own part, then the super_block. */
static void destroy_super(struct super_block *sb)
{
	if (sb->s_root)
		shrink_dcache_for_umount(sb);
	WARN_ON(invalidate_inodes(sb));
	if (sb->s_op && sb->s_op->put_super)
		sb->s_op->put_super(sb);
	kfree(sb);
}

static struct super_block *find_single(const struct file_system_type *type)
{
	struct super_block *sb;

	list_for_each_entry (sb, &super_blocks, s_list)
		if (sb->s_type == type)
			return sb;
	return NULL;
}

static struct super_block *make_super(struct file_system_type *type, unsigned long flags,
				      const char *dev_name, const char *data)
{
	struct super_block *sb = alloc_super(type, flags);
	int err;

	if (!sb)
		return ERR_PTR(-ENOMEM);
	err = type->fill_super(sb, dev_name, data);
	if (err) {
		destroy_super(sb);
		return ERR_PTR(err);
	}
	list_add_tail(&sb->s_list, &super_blocks);
	return sb;
}

struct super_block *get_super(struct file_system_type *type, unsigned long flags,
			      const char *dev_name, const char *data)
{
	struct super_block *sb = NULL;

	mutex_lock(&super_mutex);
	if (type->fs_flags & FS_SINGLE)
		sb = find_single(type);
	if (sb)
		atomic_inc(&sb->s_active);
	else
		sb = make_super(type, flags, dev_name, data);
	mutex_unlock(&super_mutex);
	return sb;
}

void deactivate_super(struct super_block *sb)
{
	mutex_lock(&super_mutex);
	if (atomic_dec_and_test(&sb->s_active)) {
		if (sb->s_op->sync_fs)
			sb->s_op->sync_fs(sb, true);
		list_del(&sb->s_list);
		destroy_super(sb);
	}
	mutex_unlock(&super_mutex);
}

/* ---- in use ---------------------------------------------------------------------------------- */

static bool has_writers(struct super_block *sb)
{
	struct inode *inode;
	bool found = false;

	spin_lock(&inode_lock);
	list_for_each_entry (inode, &sb->s_inodes, i_sb_list) {
		found = atomic_read(&inode->i_writecount) > 0;
		if (found)
			break;
	}
	spin_unlock(&inode_lock);
	return found;
}

int remount_super(struct super_block *sb, unsigned long flags, const char *data)
{
	int err;

	if ((flags & MS_RDONLY) && !(sb->s_flags & MS_RDONLY) && has_writers(sb))
		return -EBUSY;
	if (sb->s_op->remount_fs) {
		err = sb->s_op->remount_fs(sb, &flags, data);
		if (err)
			return err;
	}
	sb->s_flags = (sb->s_flags & ~SUPER_FLAGS) | (flags & SUPER_FLAGS);
	return 0;
}

int sync_super(struct super_block *sb)
{
	return sb->s_op->sync_fs ? sb->s_op->sync_fs(sb, true) : 0;
}

void sync_supers(void)
{
	struct super_block *sb;

	mutex_lock(&super_mutex);
	list_for_each_entry (sb, &super_blocks, s_list)
		sync_super(sb);
	mutex_unlock(&super_mutex);
}
