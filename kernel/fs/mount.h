/* Mounts: which file system is seen where. */
#ifndef FOLIO_FS_MOUNT_H
#define FOLIO_FS_MOUNT_H

#include "kernel/fs/fs.h"

struct vfsmount {
	atomic_t mnt_count;
	unsigned long mnt_flags; /* MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME */
	struct super_block *mnt_sb;
	struct dentry *mnt_root;       /* of the mounted tree */
	struct vfsmount *mnt_parent;   /* itself: the root */
	struct dentry *mnt_mountpoint; /* in the parent */
	struct hlist_node mnt_hash;    /* by parent and mount point */
	struct list_head mnt_list;     /* all, in the order of mounting */
	struct list_head mnt_mounts, mnt_child;
	const char *mnt_devname; /* what /proc/mounts shows first; lies behind this */
};

/* umount2(2) */
#define MNT_FORCE	1u
#define MNT_DETACH	2u
#define UMOUNT_NOFOLLOW 8u

extern spinlock_t vfsmount_lock; /* mnt_parent, mnt_mountpoint, who is mounted where */

/* mntget, mntput - take and drop a reference; NULL is allowed. mntput may sleep. */
struct vfsmount *mntget(struct vfsmount *mnt);
void mntput(struct vfsmount *mnt);

/*
 * follow_down - from a place to the root of what is mounted on it; follow_up - from anywhere in a
 * mount to the place that it is mounted on. False: nothing is, it is the root. The path's
 * references go along. May sleep.
 */
bool follow_down(struct path *path);
bool follow_up(struct path *path);

/*
 * register_filesystem - make a type known to mount(2) and /proc/filesystems. Boot, or a module. 0,
 * -EBUSY.
 */
int register_filesystem(struct file_system_type *type);
int unregister_filesystem(struct file_system_type *type);

/*
 * kern_mount - a mount of `type` that is seen nowhere (pipes, anonymous memory). Or ERR_PTR. May
 * sleep.
 * do_mount, do_umount - as mount(2), umount2(2); strings in kernel memory. 0 or -errno.
 */
struct vfsmount *kern_mount(struct file_system_type *type);
int do_mount(const char *dev_name, const char *dir, const char *type, unsigned long flags,
	     const char *data);
int do_umount(const char *dir, unsigned int flags);

/*
 * mnt_is_readonly - may nothing be changed through this mount? mnt_want_write - something will be,
 * and until mnt_drop_write() the file system cannot become read-only: 0, or -EROFS.
 */
bool mnt_is_readonly(const struct vfsmount *mnt);
int mnt_want_write(const struct vfsmount *mnt);
void mnt_drop_write(const struct vfsmount *mnt);

/*
 * mount_root - mount a device (the path of its node) where the root is; the old root and all that
 * is mounted below it goes as soon as nobody uses it. Boot, in the first task: its root and working
 * directory, and those of the kernel's threads, are in the new one. When they are there, `usable`
 * is asked whether they may stay. 0 or, nothing having changed, -errno as of mount(2), -ENOEXEC:
 * not usable.
 */
int mount_root(const char *dev_name, const char *type, unsigned long flags, const char *data,
	       bool (*usable)(void));

/*
 * init_rootfs - mount a ramfs as the root, and give the current task its root and working directory
 * there. Boot, in the first task that may sleep.
 */
void init_rootfs(void);

/* for_each_mount - fn(mnt, ctx) for each, in the order of mounting, namespace lock held. */
int for_each_mount(int (*fn)(struct vfsmount *mnt, void *ctx), void *ctx);
/* for_each_filesystem - fn(type, ctx) for each registered type. */
int for_each_filesystem(int (*fn)(struct file_system_type *type, void *ctx), void *ctx);

#endif
