/*
 * statfs(2) and its family: what a file system tells about itself. Layouts: Linux's asm/statfs.h
 * for i386.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/syscall_fs.h"

struct statfs {
	u32 f_type, f_bsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree;
	u32 f_fsid[2];
	u32 f_namelen, f_frsize, f_flags, f_spare[4];
};

struct statfs64 {
	u32 f_type, f_bsize;
	u64 f_blocks, f_bfree, f_bavail, f_files, f_ffree;
	u32 f_fsid[2];
	u32 f_namelen, f_frsize, f_flags, f_spare[4];
} __packed;

_Static_assert(sizeof(struct statfs) == 64, "struct statfs");
_Static_assert(sizeof(struct statfs64) == 84, "struct statfs64");

#define ST_VALID    0x0020u /* f_flags is filled in */
#define ST_RELATIME 0x1000u

static u32 statfs_flags(const struct vfsmount *mnt)
{
	unsigned long flags = mnt->mnt_flags | mnt->mnt_sb->s_flags;
	u32 same = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_SYNCHRONOUS | MS_NOATIME;

	return (u32)(flags & same) | (flags & MS_RELATIME ? ST_RELATIME : 0) | ST_VALID;
}

static int get_statfs(const struct path *path, struct kstatfs *buf)
{
	struct super_block *sb = path->dentry->d_sb;
	int err;

	*buf = (struct kstatfs){.type = sb->s_magic, .bsize = sb->s_blocksize, .namelen = NAME_MAX};
	err = sb->s_op->statfs ? sb->s_op->statfs(path->dentry, buf) : 0;
	buf->flags |= statfs_flags(path->mnt);
	return err;
}

static int put_statfs(const struct kstatfs *k, void __user *buf)
{
	struct statfs s = {
		.f_type = (u32)k->type,
		.f_bsize = (u32)k->bsize,
		.f_blocks = (u32)k->blocks,
		.f_bfree = (u32)k->bfree,
		.f_bavail = (u32)k->bavail,
		.f_files = (u32)k->files,
		.f_ffree = (u32)k->ffree,
		.f_namelen = (u32)k->namelen,
		.f_frsize = (u32)k->bsize,
		.f_flags = (u32)k->flags,
	};

	if ((k->blocks | k->bfree | k->bavail | k->files | k->ffree) >> 32)
		return -EOVERFLOW;
	return copy_to_user(buf, &s, sizeof(s)) ? -EFAULT : 0;
}

static int put_statfs64(const struct kstatfs *k, void __user *buf)
{
	struct statfs64 s = {
		.f_type = (u32)k->type,
		.f_bsize = (u32)k->bsize,
		.f_blocks = k->blocks,
		.f_bfree = k->bfree,
		.f_bavail = k->bavail,
		.f_files = k->files,
		.f_ffree = k->ffree,
		.f_namelen = (u32)k->namelen,
		.f_frsize = (u32)k->bsize,
		.f_flags = (u32)k->flags,
	};

	return copy_to_user(buf, &s, sizeof(s)) ? -EFAULT : 0;
}

typedef int (*put_fn)(const struct kstatfs *k, void __user *buf);

static long statfs_named(const char __user *name, put_fn put, void __user *buf)
{
	struct kstatfs k;
	struct path path;
	long err = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &path);

	if (err)
		return err;
	err = get_statfs(&path, &k);
	path_put(&path);
	return err ? err : put(&k, buf);
}

static long statfs_open(unsigned int fd, put_fn put, void __user *buf)
{
	struct file *file = fget_raw(fd);
	struct kstatfs k;
	int err;

	if (!file)
		return -EBADF;
	err = get_statfs(&file->f_path, &k);
	fput(file);
	return err ? err : put(&k, buf);
}

long sys_statfs(const char __user *path, struct statfs __user *buf)
{
	return statfs_named(path, put_statfs, buf);
}

long sys_fstatfs(unsigned int fd, struct statfs __user *buf)
{
	return statfs_open(fd, put_statfs, buf);
}

long sys_statfs64(const char __user *path, size_t size, struct statfs64 __user *buf)
{
	return size == sizeof(*buf) ? statfs_named(path, put_statfs64, buf) : -EINVAL;
}

long sys_fstatfs64(unsigned int fd, size_t size, struct statfs64 __user *buf)
{
	return size == sizeof(*buf) ? statfs_open(fd, put_statfs64, buf) : -EINVAL;
}
