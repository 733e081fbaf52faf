/* System calls that change the mode, the owner and the times of files. */
#include "kernel/cpu/timer.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/syscall_fs.h"
#include "kernel/syscall_time.h"

/* Change attributes of a place, if its mount lets one write. */
static int change(const struct path *path, struct iattr *attr)
{
	struct inode *inode = path->dentry->d_inode;
	int err = mnt_want_write(path->mnt);

	if (err)
		return err;
	mutex_lock(&inode->i_mutex);
	err = notify_change(path->dentry, attr);
	mutex_unlock(&inode->i_mutex);
	mnt_drop_write(path->mnt);
	return err;
}

static long change_at(int dfd, const char __user *name, unsigned int lookup,
		      int (*fn)(const struct path *path, void *ctx), void *ctx)
{
	struct path path;
	long err = user_path_at(dfd, name, lookup, &path);

	if (err)
		return err;
	err = fn(&path, ctx);
	path_put(&path);
	return err;
}

static long change_open(unsigned int fd, int (*fn)(const struct path *path, void *ctx), void *ctx)
{
	struct file *file = fget(fd);
	long err;

	if (!file)
		return -EBADF;
	err = fn(&file->f_path, ctx);
	fput(file);
	return err;
}

/* ---- mode ------------------------------------------------------------------------------------ */

static int change_mode(const struct path *path, void *ctx)
{
	struct iattr attr = {.ia_valid = ATTR_MODE, .ia_mode = *(unsigned int *)ctx & S_IALLUGO};

	return change(path, &attr);
}

long sys_fchmodat(int dfd, const char __user *path, unsigned int mode)
{
	return change_at(dfd, path, LOOKUP_FOLLOW, change_mode, &mode);
}

long sys_chmod(const char __user *path, unsigned int mode)
{
	return sys_fchmodat(AT_FDCWD, path, mode);
}

long sys_fchmod(unsigned int fd, unsigned int mode)
{
	return change_open(fd, change_mode, &mode);
}

/* ---- owner ----------------------------------------------------------------------------------- */

#define NO_ID ((u32)-1) /* leave it as it is */

struct ids {
	u32 uid, gid;
};

static int change_owner(const struct path *path, void *ctx)
{
	const struct ids *ids = ctx;
	struct iattr attr = {.ia_uid = ids->uid, .ia_gid = ids->gid};

	if (ids->uid != NO_ID)
		attr.ia_valid |= ATTR_UID;
	if (ids->gid != NO_ID)
		attr.ia_valid |= ATTR_GID;
	if (!S_ISDIR(path->dentry->d_inode->i_mode))
		attr.ia_valid |= ATTR_KILL_SUID;
	return change(path, &attr);
}

long sys_fchownat(int dfd, const char __user *path, u32 uid, u32 gid, int flags)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct ids ids = {uid, gid};

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	return change_at(dfd, path, lookup, change_owner, &ids);
}

long sys_chown32(const char __user *path, u32 uid, u32 gid)
{
	return sys_fchownat(AT_FDCWD, path, uid, gid, 0);
}

long sys_lchown32(const char __user *path, u32 uid, u32 gid)
{
	return sys_fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

long sys_fchown32(unsigned int fd, u32 uid, u32 gid)
{
	struct ids ids = {uid, gid};

	return change_open(fd, change_owner, &ids);
}

/* The old calls' ids have 16 bits; all ones still mean "as it is". */
static u32 wide_id(unsigned int id)
{
	return (u16)id == (u16)-1 ? NO_ID : (u16)id;
}

long sys_chown(const char __user *path, unsigned int uid, unsigned int gid)
{
	return sys_chown32(path, wide_id(uid), wide_id(gid));
}

long sys_lchown(const char __user *path, unsigned int uid, unsigned int gid)
{
	return sys_lchown32(path, wide_id(uid), wide_id(gid));
}

long sys_fchown(unsigned int fd, unsigned int uid, unsigned int gid)
{
	return sys_fchown32(fd, wide_id(uid), wide_id(gid));
}

/* ---- times ----------------------------------------------------------------------------------- */

#define UTIME_NOW  0x3fffffffl /* in tv_nsec */
#define UTIME_OMIT 0x3ffffffel

static bool is_special(const struct timespec64 *ts)
{
	return ts->tv_nsec == UTIME_NOW || ts->tv_nsec == UTIME_OMIT;
}

static bool is_valid(const struct timespec64 *ts)
{
	return is_special(ts) || (ts->tv_nsec >= 0 && ts->tv_nsec < (long)NSEC_PER_SEC);
}

/* To be now needs less: whoever may write to the file may do that. */
static int set_times_to_now(const struct path *path)
{
	struct iattr attr = {.ia_valid = ATTR_ATIME | ATTR_MTIME};
	struct inode *inode = path->dentry->d_inode;
	int err = mnt_is_readonly(path->mnt) ? -EROFS : 0;

	if (!err && !inode_owner_or_capable(inode))
		err = inode_permission(inode, MAY_WRITE);
	return err ? err : change(path, &attr);
}

static struct timespec64 now_or(const struct timespec64 *ts)
{
	return ts->tv_nsec == UTIME_NOW ? current_time() : *ts;
}

/* ctx: two times, access and modification; NULL: now. */
static int change_times(const struct path *path, void *ctx)
{
	const struct timespec64 *times = ctx;
	struct iattr attr = {.ia_valid = 0};

	if (!times || (times[0].tv_nsec == UTIME_NOW && times[1].tv_nsec == UTIME_NOW))
		return set_times_to_now(path);
	if (times[0].tv_nsec != UTIME_OMIT)
		attr.ia_valid |= ATTR_ATIME | ATTR_ATIME_SET;
	if (times[1].tv_nsec != UTIME_OMIT)
		attr.ia_valid |= ATTR_MTIME | ATTR_MTIME_SET;
	attr.ia_atime = now_or(&times[0]);
	attr.ia_mtime = now_or(&times[1]);
	return change(path, &attr);
}

/* Without a path: the descriptor's own file. */
static long set_times(int dfd, const char __user *path, struct timespec64 *times, int flags)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (times && (!is_valid(&times[0]) || !is_valid(&times[1])))
		return -EINVAL;
	if (times && times[0].tv_nsec == UTIME_OMIT && times[1].tv_nsec == UTIME_OMIT)
		return 0; /* even if there is no such file */
	if (!path && dfd != AT_FDCWD)
		return flags ? -EINVAL : change_open((unsigned int)dfd, change_times, times);
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	return change_at(dfd, path, lookup, change_times, times);
}

long sys_utimensat_time64(int dfd, const char __user *path,
			  const struct user_timespec64 __user *user_times, int flags)
{
	struct user_timespec64 raw[2];
	struct timespec64 times[2];

	if (!user_times)
		return set_times(dfd, path, NULL, flags);
	if (copy_from_user(raw, user_times, sizeof(raw)))
		return -EFAULT;
	for (int i = 0; i < 2; i++)
		times[i] = (struct timespec64){raw[i].tv_sec, (long)raw[i].tv_nsec};
	return set_times(dfd, path, times, flags);
}

long sys_utimensat(int dfd, const char __user *path, const struct old_timespec __user *user_times,
		   int flags)
{
	struct old_timespec raw[2];
	struct timespec64 times[2];

	if (!user_times)
		return set_times(dfd, path, NULL, flags);
	if (copy_from_user(raw, user_times, sizeof(raw)))
		return -EFAULT;
	for (int i = 0; i < 2; i++)
		times[i] = (struct timespec64){raw[i].tv_sec, raw[i].tv_nsec};
	return set_times(dfd, path, times, flags);
}

long sys_futimesat(int dfd, const char __user *path, const struct old_timeval __user *user_times)
{
	struct old_timeval raw[2];
	struct timespec64 times[2];

	if (!user_times)
		return set_times(dfd, path, NULL, 0);
	if (copy_from_user(raw, user_times, sizeof(raw)))
		return -EFAULT;
	for (int i = 0; i < 2; i++) {
		if (raw[i].tv_usec < 0 || raw[i].tv_usec >= 1000000)
			return -EINVAL;
		times[i] = (struct timespec64){raw[i].tv_sec, raw[i].tv_usec * 1000l};
	}
	return set_times(dfd, path, times, 0);
}

long sys_utimes(const char __user *path, const struct old_timeval __user *times)
{
	return sys_futimesat(AT_FDCWD, path, times);
}

/* utime(2)'s struct utimbuf. */
struct utimbuf {
	s32 actime, modtime;
};

long sys_utime(const char __user *path, const struct utimbuf __user *user_times)
{
	struct timespec64 times[2];
	struct utimbuf raw;

	if (!user_times)
		return set_times(AT_FDCWD, path, NULL, 0);
	if (copy_from_user(&raw, user_times, sizeof(raw)))
		return -EFAULT;
	times[0] = (struct timespec64){raw.actime, 0};
	times[1] = (struct timespec64){raw.modtime, 0};
	return set_times(AT_FDCWD, path, times, 0);
}
