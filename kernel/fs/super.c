/*
 * Super blocks, and the file system types by name.
 *
 * A super_block has two counts. s_active are its mounts: with the last of them everything goes, the
 * tree, what is dirty, the device. s_count are those that look at the structure: being in the list
 * is one, and a walk over all super_blocks, which sleeps while it writes one, holds another.
 *
 *	get_super()		s_active 1		fill_super reads the device
 *	mounts			s_active n
 *	deactivate_super()	s_active 0		write, forget the tree and the inodes,
 *							put_super, close the device, out of the list
 *
 * Locks, in their order: mount_mutex for making and ending, one at a time: who looks for the
 * super_block of a device finds it whole, or not at all, and two mounts of a device at once end in
 * one super_block. Its price: a slow disk delays the mounting of another. s_umount of each:
 * for writing while it ends or its flags change, for reading while somebody writes its files.
 * super_mutex for the list and s_count. types_lock for the list of types.
 */
#include "kernel/fs/super.h"

#include "kernel/drivers/block/blkdev.h"
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
static DEFINE_MUTEX(mount_mutex);
static const struct super_device_operations *device_ops;

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

/* ---- the list -------------------------------------------------------------------------------- */

static void add_super(struct super_block *sb)
{
	mutex_lock(&super_mutex);
	list_add_tail(&sb->s_list, &super_blocks);
	mutex_unlock(&super_mutex);
}

/* super_mutex is held. */
static void put_super_count(struct super_block *sb)
{
	if (--sb->s_count)
		return;
	list_del(&sb->s_list);
	kfree(sb);
}

/* The one behind `sb`, or the first one, held; `sb` is let go. NULL: there is none. */
static struct super_block *next_super(struct super_block *sb)
{
	struct list_head *next;
	struct super_block *found = NULL;

	mutex_lock(&super_mutex);
	next = sb ? sb->s_list.next : super_blocks.next;
	if (next != &super_blocks) {
		found = list_entry(next, struct super_block, s_list);
		found->s_count++;
	}
	if (sb)
		put_super_count(sb);
	mutex_unlock(&super_mutex);
	return found;
}

static void lock_super(struct super_block *sb, bool exclusive)
{
	if (exclusive)
		down_write(&sb->s_umount);
	else
		down_read(&sb->s_umount);
}

static void unlock_super(struct super_block *sb, bool exclusive)
{
	if (exclusive)
		up_write(&sb->s_umount);
	else
		up_read(&sb->s_umount);
}

static int walk_supers(int (*fn)(struct super_block *sb, void *ctx), void *ctx, bool exclusive)
{
	struct super_block *sb = NULL;
	int ret = 0;

	while ((sb = next_super(sb))) {
		if (ret)
			continue; /* to the end: next_super() lets go */
		lock_super(sb, exclusive);
		if (sb->s_root)
			ret = fn(sb, ctx);
		unlock_super(sb, exclusive);
	}
	return ret;
}

int for_each_super(int (*fn)(struct super_block *sb, void *ctx), void *ctx)
{
	return walk_supers(fn, ctx, false);
}

/* ---- making and ending ----------------------------------------------------------------------- */

void set_super_device_ops(const struct super_device_operations *ops)
{
	device_ops = ops;
}

/* Numbers of devices that are none: major 0, as Linux shows them. mount_mutex is held. */
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
	sb->s_blocksize = 4096;
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	sb->s_time_gran = 1;
	sb->s_count = 1;
	atomic_set(&sb->s_active, 1);
	mutex_init(&sb->s_rename_mutex, "s_rename_mutex");
	INIT_LIST_HEAD(&sb->s_inodes);
	INIT_LIST_HEAD(&sb->s_dirty);
	INIT_LIST_HEAD(&sb->s_io);
	init_rwsem(&sb->s_umount, "s_umount");
	return sb;
}

/* Its own device number, or that of the device, which is its own from now on. */
static int open_device(struct super_block *sb, const char *dev_name)
{
	struct block_device *bdev;

	if (!(sb->s_type->fs_flags & FS_REQUIRES_DEV)) {
		sb->s_dev = next_anonymous_dev();
		return 0;
	}
	sb->s_mode = sb->s_flags & MS_RDONLY ? FMODE_READ : FMODE_READ | FMODE_WRITE;
	bdev = device_ops->open(dev_name, sb->s_mode, sb);
	if (IS_ERR(bdev))
		return PTR_ERR(bdev) == -EROFS ? -EACCES : (int)PTR_ERR(bdev);
	sb->s_bdev = bdev;
	sb->s_dev = bdev->bd_dev;
	return 0;
}

static int write_super(struct super_block *sb)
{
	int err = 0, sync_err = 0;

	if (sb->s_bdev)
		err = device_ops->sync_inodes(sb, true);
	if (sb->s_op->sync_fs)
		sync_err = sb->s_op->sync_fs(sb, true);
	return err ? err : sync_err;
}

/*
 * What is dirty, the tree, then the file system's own part. It is not in the list yet, or nobody
 * can do anything with it any more: s_root is NULL. s_umount is held for writing.
 */
static void shut_super(struct super_block *sb)
{
	if (sb->s_root) {
		write_super(sb);
		shrink_dcache_for_umount(sb);
	}
	WARN_ON(invalidate_inodes(sb));
	if (sb->s_op && sb->s_op->put_super)
		sb->s_op->put_super(sb);
	if (sb->s_bdev)
		device_ops->close(sb->s_bdev, sb->s_mode, sb);
	sb->s_bdev = NULL;
}

static struct super_block *make_super(struct file_system_type *type, unsigned long flags,
				      const char *dev_name, const char *data)
{
	struct super_block *sb = alloc_super(type, flags);
	int err;

	if (!sb)
		return ERR_PTR(-ENOMEM);
	err = open_device(sb, dev_name);
	if (!err)
		err = type->fill_super(sb, dev_name, data);
	if (err) {
		shut_super(sb);
		kfree(sb);
		return ERR_PTR(err);
	}
	add_super(sb);
	return sb;
}

static struct super_block *find_super(bool (*fits)(const struct super_block *sb, const void *what),
				      const void *what)
{
	struct super_block *sb, *found = NULL;

	mutex_lock(&super_mutex);
	list_for_each_entry (sb, &super_blocks, s_list) {
		if (atomic_read(&sb->s_active) && fits(sb, what)) {
			found = sb;
			break;
		}
	}
	mutex_unlock(&super_mutex);
	return found;
}

static bool is_of_type(const struct super_block *sb, const void *type)
{
	return sb->s_type == type;
}

static bool is_on_device(const struct super_block *sb, const void *dev)
{
	return sb->s_bdev && sb->s_dev == *(const dev_t *)dev;
}

/* The super_block of a device that is mounted already; NULL: it is not. */
static struct super_block *find_mounted(const struct file_system_type *type, unsigned long flags,
					const char *dev_name)
{
	struct super_block *sb;
	struct inode *inode;
	struct path path;
	dev_t dev;
	int err;

	if (!dev_name || !*dev_name)
		return ERR_PTR(-EINVAL);
	err = kern_path(dev_name, LOOKUP_FOLLOW, &path);
	if (err)
		return ERR_PTR(err);
	inode = path.dentry->d_inode;
	dev = inode->i_rdev;
	err = S_ISBLK(inode->i_mode) ? 0 : -ENOTBLK;
	path_put(&path);
	if (err)
		return ERR_PTR(err);
	sb = find_super(is_on_device, &dev);
	if (sb && (sb->s_type != type || ((sb->s_flags ^ flags) & MS_RDONLY)))
		return ERR_PTR(-EBUSY);
	return sb;
}

struct super_block *get_super(struct file_system_type *type, unsigned long flags,
			      const char *dev_name, const char *data)
{
	struct super_block *sb = NULL;

	mutex_lock(&mount_mutex);
	if (type->fs_flags & FS_SINGLE)
		sb = find_super(is_of_type, type);
	else if (type->fs_flags & FS_REQUIRES_DEV)
		sb = find_mounted(type, flags, dev_name);
	if (!sb)
		sb = make_super(type, flags, dev_name, data);
	else if (!IS_ERR(sb))
		atomic_inc(&sb->s_active);
	mutex_unlock(&mount_mutex);
	return sb;
}

void deactivate_super(struct super_block *sb)
{
	mutex_lock(&mount_mutex);
	if (atomic_dec_and_test(&sb->s_active)) {
		down_write(&sb->s_umount);
		shut_super(sb);
		up_write(&sb->s_umount);
		mutex_lock(&super_mutex);
		put_super_count(sb);
		mutex_unlock(&super_mutex);
	}
	mutex_unlock(&mount_mutex);
}

/* ---- flags ----------------------------------------------------------------------------------- */

/* Open for writing, or without a name: it would have to be freed some time. */
static bool is_being_written(const struct inode *inode)
{
	return atomic_read(&inode->i_writecount) > 0 ||
	       (!inode->i_nlink && atomic_read(&inode->i_count));
}

static bool has_writers(struct super_block *sb)
{
	bool found = atomic_read(&sb->s_writers) > 0;
	struct inode *inode;

	spin_lock(&inode_lock);
	list_for_each_entry (inode, &sb->s_inodes, i_sb_list) {
		if (found)
			break;
		found = is_being_written(inode);
	}
	spin_unlock(&inode_lock);
	return found;
}

static int change_flags(struct super_block *sb, unsigned long flags, const char *data)
{
	int err = 0;

	if (sb->s_op->remount_fs)
		err = sb->s_op->remount_fs(sb, &flags, data);
	if (!err)
		sb->s_flags = (sb->s_flags & ~SUPER_FLAGS) | (flags & SUPER_FLAGS);
	return err;
}

/* s_umount is held for writing. `force`: although there are writers, who get EROFS then. */
static int make_readonly(struct super_block *sb, unsigned long flags, const char *data, bool force)
{
	int err = 0;

	sb->s_readonly_remount = true;
	if (!force && has_writers(sb))
		err = -EBUSY;
	if (!err)
		err = write_super(sb);
	if (!err)
		err = change_flags(sb, flags, data);
	sb->s_readonly_remount = false;
	return err;
}

int remount_super(struct super_block *sb, unsigned long flags, const char *data)
{
	int err;

	down_write(&sb->s_umount);
	if (!(flags & MS_RDONLY) && sb->s_bdev && sb->s_bdev->bd_read_only)
		err = -EACCES;
	else if ((flags & MS_RDONLY) && !(sb->s_flags & MS_RDONLY))
		err = make_readonly(sb, flags, data, false);
	else
		err = change_flags(sb, flags, data);
	up_write(&sb->s_umount);
	return err;
}

static int force_readonly(struct super_block *sb, void *unused)
{
	(void)unused;
	if (sb->s_bdev && !(sb->s_flags & MS_RDONLY))
		make_readonly(sb, sb->s_flags | MS_RDONLY, NULL, true);
	return 0;
}

void remount_supers_readonly(void)
{
	walk_supers(force_readonly, NULL, true);
}

/* ---- writing --------------------------------------------------------------------------------- */

int sync_super(struct super_block *sb)
{
	int err;

	down_read(&sb->s_umount);
	err = write_super(sb);
	up_read(&sb->s_umount);
	return err;
}

static int start_one(struct super_block *sb, void *unused)
{
	(void)unused;
	if (sb->s_bdev)
		device_ops->sync_inodes(sb, false);
	return 0;
}

static int sync_one(struct super_block *sb, void *unused)
{
	(void)unused;
	write_super(sb);
	return 0;
}

void sync_supers(void)
{
	for_each_super(start_one, NULL);
	for_each_super(sync_one, NULL);
}
