/*
 * stat(2) in its five generations. Each has a layout of its own, filled from one struct
 * kstat; layouts are those of Linux's asm/stat.h and linux/stat.h for i386.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/syscall_fs.h"

#define MAX_NON_LFS 0x7fffffffll

struct old_kernel_stat {
	u16 st_dev, st_ino, st_mode, st_nlink, st_uid, st_gid, st_rdev, pad;
	u32 st_size, st_atime, st_mtime, st_ctime;
};

struct stat {
	u32 st_dev, st_ino;
	u16 st_mode, st_nlink, st_uid, st_gid;
	u32 st_rdev, st_size, st_blksize, st_blocks;
	u32 st_atime, st_atime_nsec, st_mtime, st_mtime_nsec, st_ctime, st_ctime_nsec;
	u32 unused[2];
};

struct stat64 {
	u64 st_dev;
	u32 pad0, st_ino_low;
	u32 st_mode, st_nlink, st_uid, st_gid;
	u64 st_rdev;
	u32 pad3;
	s64 st_size;
	u32 st_blksize;
	u64 st_blocks;
	u32 st_atime, st_atime_nsec, st_mtime, st_mtime_nsec, st_ctime, st_ctime_nsec;
	u64 st_ino;
} __packed;

struct statx_timestamp {
	s64 tv_sec;
	u32 tv_nsec;
	s32 reserved;
};

struct statx {
	u32 stx_mask, stx_blksize;
	u64 stx_attributes;
	u32 stx_nlink, stx_uid, stx_gid;
	u16 stx_mode, pad;
	u64 stx_ino, stx_size, stx_blocks, stx_attributes_mask;
	struct statx_timestamp stx_atime, stx_btime, stx_ctime, stx_mtime;
	u32 stx_rdev_major, stx_rdev_minor, stx_dev_major, stx_dev_minor;
	u64 spare[14];
} __packed;

_Static_assert(sizeof(struct old_kernel_stat) == 32, "struct __old_kernel_stat");
_Static_assert(sizeof(struct stat) == 64, "struct stat");
_Static_assert(sizeof(struct stat64) == 96, "struct stat64");
_Static_assert(sizeof(struct statx) == 256, "struct statx");

/* ---- layouts --------------------------------------------------------------------------------- */

/* Ids that need more than 16 bits: Linux's overflowuid, nobody. */
static u16 narrow_id(u32 id)
{
	return id > 0xffff ? 65534 : (u16)id;
}

static u16 old_encode_dev(dev_t dev)
{
	return (u16)(MAJOR(dev) << 8 | MINOR(dev));
}

static int put_oldest(const struct kstat *stat, void __user *buf)
{
	struct old_kernel_stat old = {
		.st_dev = old_encode_dev(stat->dev),
		.st_ino = (u16)stat->ino,
		.st_mode = (u16)stat->mode,
		.st_nlink = (u16)stat->nlink,
		.st_uid = narrow_id(stat->uid),
		.st_gid = narrow_id(stat->gid),
		.st_rdev = old_encode_dev(stat->rdev),
		.st_size = (u32)stat->size,
		.st_atime = (u32)stat->atime.tv_sec,
		.st_mtime = (u32)stat->mtime.tv_sec,
		.st_ctime = (u32)stat->ctime.tv_sec,
	};

	if (old.st_ino != stat->ino || old.st_nlink != stat->nlink || stat->size > MAX_NON_LFS)
		return -EOVERFLOW;
	return copy_to_user(buf, &old, sizeof(old)) ? -EFAULT : 0;
}

static int put_old(const struct kstat *stat, void __user *buf)
{
	struct stat old = {
		.st_dev = new_encode_dev(stat->dev),
		.st_ino = (u32)stat->ino,
		.st_mode = (u16)stat->mode,
		.st_nlink = (u16)stat->nlink,
		.st_uid = narrow_id(stat->uid),
		.st_gid = narrow_id(stat->gid),
		.st_rdev = new_encode_dev(stat->rdev),
		.st_size = (u32)stat->size,
		.st_blksize = stat->blksize,
		.st_blocks = (u32)stat->blocks,
		.st_atime = (u32)stat->atime.tv_sec,
		.st_atime_nsec = (u32)stat->atime.tv_nsec,
		.st_mtime = (u32)stat->mtime.tv_sec,
		.st_mtime_nsec = (u32)stat->mtime.tv_nsec,
		.st_ctime = (u32)stat->ctime.tv_sec,
		.st_ctime_nsec = (u32)stat->ctime.tv_nsec,
	};

	if (old.st_nlink != stat->nlink || stat->size > MAX_NON_LFS)
		return -EOVERFLOW;
	return copy_to_user(buf, &old, sizeof(old)) ? -EFAULT : 0;
}

static int put_64(const struct kstat *stat, void __user *buf)
{
	struct stat64 new = {
		.st_dev = new_encode_dev(stat->dev),
		.st_ino_low = (u32)stat->ino,
		.st_mode = stat->mode,
		.st_nlink = stat->nlink,
		.st_uid = stat->uid,
		.st_gid = stat->gid,
		.st_rdev = new_encode_dev(stat->rdev),
		.st_size = stat->size,
		.st_blksize = stat->blksize,
		.st_blocks = stat->blocks,
		.st_atime = (u32)stat->atime.tv_sec,
		.st_atime_nsec = (u32)stat->atime.tv_nsec,
		.st_mtime = (u32)stat->mtime.tv_sec,
		.st_mtime_nsec = (u32)stat->mtime.tv_nsec,
		.st_ctime = (u32)stat->ctime.tv_sec,
		.st_ctime_nsec = (u32)stat->ctime.tv_nsec,
		.st_ino = stat->ino,
	};

	return copy_to_user(buf, &new, sizeof(new)) ? -EFAULT : 0;
}

static struct statx_timestamp statx_time(const struct timespec64 *ts)
{
	return (struct statx_timestamp){.tv_sec = ts->tv_sec, .tv_nsec = (u32)ts->tv_nsec};
}

#define STATX_BASIC_STATS 0x7ffu
#define STATX__RESERVED	  0x80000000u

static int put_statx(const struct kstat *stat, void __user *buf)
{
	struct statx x = {
		.stx_mask = STATX_BASIC_STATS,
		.stx_blksize = stat->blksize,
		.stx_nlink = stat->nlink,
		.stx_uid = stat->uid,
		.stx_gid = stat->gid,
		.stx_mode = (u16)stat->mode,
		.stx_ino = stat->ino,
		.stx_size = (u64)stat->size,
		.stx_blocks = stat->blocks,
		.stx_atime = statx_time(&stat->atime),
		.stx_ctime = statx_time(&stat->ctime),
		.stx_mtime = statx_time(&stat->mtime),
		.stx_rdev_major = MAJOR(stat->rdev),
		.stx_rdev_minor = MINOR(stat->rdev),
		.stx_dev_major = MAJOR(stat->dev),
		.stx_dev_minor = MINOR(stat->dev),
	};

	return copy_to_user(buf, &x, sizeof(x)) ? -EFAULT : 0;
}

/* ---- finding the file ------------------------------------------------------------------------ */

typedef int (*put_fn)(const struct kstat *stat, void __user *buf);

static long stat_named(int dfd, const char __user *name, unsigned int lookup, put_fn put,
		       void __user *buf)
{
	struct kstat stat;
	struct path path;
	long err = user_path_at(dfd, name, lookup, &path);

	if (err)
		return err;
	err = vfs_getattr(&path, &stat);
	path_put(&path);
	return err ? err : put(&stat, buf);
}

static long stat_open(unsigned int fd, put_fn put, void __user *buf)
{
	struct file *file = fget_raw(fd);
	struct kstat stat;
	int err;

	if (!file)
		return -EBADF;
	err = vfs_getattr(&file->f_path, &stat);
	fput(file);
	return err ? err : put(&stat, buf);
}

#define AT_NO_AUTOMOUNT	   0x800
#define AT_STATX_SYNC_TYPE 0x6000 /* how fresh it must be: always is */

static long stat_at(int dfd, const char __user *name, int flags, put_fn put, void __user *buf)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_SYNC_TYPE))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	return stat_named(dfd, name, lookup, put, buf);
}

long sys_oldstat(const char __user *path, struct old_kernel_stat __user *buf)
{
	return stat_named(AT_FDCWD, path, LOOKUP_FOLLOW, put_oldest, buf);
}

long sys_oldlstat(const char __user *path, struct old_kernel_stat __user *buf)
{
	return stat_named(AT_FDCWD, path, 0, put_oldest, buf);
}

long sys_oldfstat(unsigned int fd, struct old_kernel_stat __user *buf)
{
	return stat_open(fd, put_oldest, buf);
}

long sys_stat(const char __user *path, struct stat __user *buf)
{
	return stat_named(AT_FDCWD, path, LOOKUP_FOLLOW, put_old, buf);
}

long sys_lstat(const char __user *path, struct stat __user *buf)
{
	return stat_named(AT_FDCWD, path, 0, put_old, buf);
}

long sys_fstat(unsigned int fd, struct stat __user *buf)
{
	return stat_open(fd, put_old, buf);
}

long sys_stat64(const char __user *path, struct stat64 __user *buf)
{
	return stat_named(AT_FDCWD, path, LOOKUP_FOLLOW, put_64, buf);
}

long sys_lstat64(const char __user *path, struct stat64 __user *buf)
{
	return stat_named(AT_FDCWD, path, 0, put_64, buf);
}

long sys_fstat64(unsigned int fd, struct stat64 __user *buf)
{
	return stat_open(fd, put_64, buf);
}

long sys_fstatat64(int dfd, const char __user *path, struct stat64 __user *buf, int flags)
{
	return stat_at(dfd, path, flags, put_64, buf);
}

long sys_statx(int dfd, const char __user *path, int flags, unsigned int mask,
	       struct statx __user *buf)
{
	if ((mask & STATX__RESERVED) || (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
		return -EINVAL;
	return stat_at(dfd, path, flags, put_statx, buf);
}
