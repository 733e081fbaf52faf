/* System calls on names of files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

int stat(const char *path, struct stat *st)
{
	return (int)syscall(SYS_stat64, path, st);
}

int lstat(const char *path, struct stat *st)
{
	return (int)syscall(SYS_lstat64, path, st);
}

int fstatat(int dirfd, const char *path, struct stat *st, int flags)
{
	return (int)syscall(SYS_fstatat64, dirfd, path, st, flags);
}

int statfs(const char *path, struct statfs *buf)
{
	return (int)syscall(SYS_statfs64, path, sizeof(*buf), buf);
}

int access(const char *path, int mode)
{
	return (int)syscall(SYS_access, path, mode);
}

int faccessat(int dirfd, const char *path, int mode, int flags)
{
	return (int)syscall(flags ? SYS_faccessat2 : SYS_faccessat, dirfd, path, mode, flags);
}

int chmod(const char *path, mode_t mode)
{
	return (int)syscall(SYS_chmod, path, mode);
}

int fchmodat(int dirfd, const char *path, mode_t mode, int flags)
{
	if (flags) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return (int)syscall(SYS_fchmodat, dirfd, path, mode);
}

int chown(const char *path, uid_t uid, gid_t gid)
{
	return (int)syscall(SYS_chown32, path, uid, gid);
}

int lchown(const char *path, uid_t uid, gid_t gid)
{
	return (int)syscall(SYS_lchown32, path, uid, gid);
}

int fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags)
{
	return (int)syscall(SYS_fchownat, dirfd, path, uid, gid, flags);
}

int mkdir(const char *path, mode_t mode)
{
	return (int)syscall(SYS_mkdir, path, mode);
}

int mkdirat(int dirfd, const char *path, mode_t mode)
{
	return (int)syscall(SYS_mkdirat, dirfd, path, mode);
}

int mknod(const char *path, mode_t mode, dev_t dev)
{
	return (int)syscall(SYS_mknod, path, mode, (unsigned long)dev);
}

int mkfifo(const char *path, mode_t mode)
{
	return mknod(path, S_IFIFO | (mode & ~(mode_t)S_IFMT), 0);
}

mode_t umask(mode_t mask)
{
	return (mode_t)syscall(SYS_umask, mask);
}

int link(const char *from, const char *to)
{
	return (int)syscall(SYS_link, from, to);
}

int linkat(int fromfd, const char *from, int tofd, const char *to, int flags)
{
	return (int)syscall(SYS_linkat, fromfd, from, tofd, to, flags);
}

int symlink(const char *target, const char *path)
{
	return (int)syscall(SYS_symlink, target, path);
}

int symlinkat(const char *target, int dirfd, const char *path)
{
	return (int)syscall(SYS_symlinkat, target, dirfd, path);
}

ssize_t readlink(const char *path, char *buf, size_t size)
{
	return syscall(SYS_readlink, path, buf, size);
}

ssize_t readlinkat(int dirfd, const char *path, char *buf, size_t size)
{
	return syscall(SYS_readlinkat, dirfd, path, buf, size);
}

int unlink(const char *path)
{
	return (int)syscall(SYS_unlink, path);
}

int unlinkat(int dirfd, const char *path, int flags)
{
	return (int)syscall(SYS_unlinkat, dirfd, path, flags);
}

int rmdir(const char *path)
{
	return (int)syscall(SYS_rmdir, path);
}

int remove(const char *path)
{
	if (!unlink(path))
		return 0;
	return errno == EISDIR ? rmdir(path) : -1;
}

int rename(const char *from, const char *to)
{
	return (int)syscall(SYS_rename, from, to);
}

int renameat(int fromfd, const char *from, int tofd, const char *to)
{
	return (int)syscall(SYS_renameat, fromfd, from, tofd, to);
}

int truncate(const char *path, off_t len)
{
	return (int)syscall(SYS_truncate64, path, (unsigned long)len,
			    (unsigned long)((unsigned long long)len >> 32));
}

int utimensat(int dirfd, const char *path, const struct timespec times[2], int flags)
{
	return (int)syscall(SYS_utimensat, dirfd, path, times, flags);
}

int utimes(const char *path, const struct timeval times[2])
{
	return (int)syscall(SYS_utimes, path, times);
}

int chdir(const char *path)
{
	return (int)syscall(SYS_chdir, path);
}

int chroot(const char *path)
{
	return (int)syscall(SYS_chroot, path);
}
