/* Super blocks: one for each file system in use, and the types that there are. */
#ifndef FOLIO_FS_SUPER_H
#define FOLIO_FS_SUPER_H

#include "kernel/fs/fs.h"

extern spinlock_t inode_lock; /* the lists of inodes, i_state (kernel/fs/inode_cache.c) */

/* vfs_init - the caches of dentries, inodes, files and names. Boot, after slab. */
void vfs_init(void);

/* get_fs_type - the registered type of that name, or NULL. Any process context. */
struct file_system_type *get_fs_type(const char *name);

/*
 * get_super - a super_block of `type` with one user: a new one, or that of all mounts of the type
 * (FS_SINGLE) or of the device (FS_REQUIRES_DEV: dev_name is the path of its node; s_bdev is open
 * for this super_block alone then). ERR_PTR(-ENOMEM, what fill_super or the path's walk says; of
 * devices: -EINVAL without a name, -ENOTBLK, -ENXIO, -EACCES for writing to what is read-only,
 * -EBUSY: it is mounted as another type, or read-only and not both, or is in use otherwise). May
 * sleep.
 * deactivate_super - drop a user; with the last one all is written, and everything goes. May sleep.
 */
struct super_block *get_super(struct file_system_type *type, unsigned long flags,
			      const char *dev_name, const char *data);
void deactivate_super(struct super_block *sb);

/*
 * remount_super - change its MS_* flags. 0, -EBUSY (to become read-only while files are open for
 * writing, or without a name and open), -EACCES (to be written to, on what is read-only), or the
 * file system's. May sleep.
 */
int remount_super(struct super_block *sb, unsigned long flags, const char *data);

/*
 * for_each_super - fn(sb, ctx) for all that are mounted, with s_umount held for reading: they stay
 * mounted meanwhile. Stops at what is not 0, and returns it. May sleep.
 */
int for_each_super(int (*fn)(struct super_block *sb, void *ctx), void *ctx);

/*
 * sync_super - write what is dirty, files and what describes them, and wait. 0 or -errno.
 * sync_supers - of all: first all is started, then waited for. remount_supers_readonly - the same,
 * and nothing is written afterwards: for the end of the machine. All may sleep.
 */
int sync_super(struct super_block *sb);
void sync_supers(void);
void remount_supers_readonly(void);

/*
 * What file systems on devices need of the floors above; set_super_device_ops() is called once, at
 * boot. open() and close() are blkdev_get_by_path() and blkdev_put() (kernel/fs/block_dev.h),
 * sync_inodes() is sync_inodes_sb() (kernel/fs/fs_writeback.h).
 */
struct super_device_operations {
	struct block_device *(*open)(const char *path, unsigned int mode, const void *holder);
	void (*close)(struct block_device *bdev, unsigned int mode, const void *holder);
	int (*sync_inodes)(struct super_block *sb, bool wait);
};
void set_super_device_ops(const struct super_device_operations *ops);

#endif
