/*
 * System calls about files by name, and their attributes; as the manual pages of section 2 say.
 * Arguments in the machine's raw form: 64-bit numbers come as two words, low first; ..16 are the
 * calls with 16-bit ids under their old numbers.
 */
#ifndef FOLIO_SYSCALL_FS_H
#define FOLIO_SYSCALL_FS_H

#include "kernel/fs/fs.h"

struct old_kernel_stat;
struct old_timespec;
struct old_timeval;
struct statfs;
struct statfs64;
struct stat;
struct stat64;
struct statx;
struct user_timespec64;
struct utimbuf;

/* kernel/syscall_open.c */
long sys_open(const char __user *path, int flags, unsigned int mode);
long sys_openat(int dfd, const char __user *path, int flags, unsigned int mode);
long sys_creat(const char __user *path, unsigned int mode);
long sys_chdir(const char __user *path);
long sys_fchdir(unsigned int fd);
long sys_chroot(const char __user *path);
long sys_umask(int mask);
long sys_getcwd(char __user *buf, unsigned long size);
long sys_access(const char __user *path, int mode);
long sys_faccessat(int dfd, const char __user *path, int mode);
long sys_faccessat2(int dfd, const char __user *path, int mode, int flags);

/* kernel/syscall_name.c */
long sys_mkdir(const char __user *path, unsigned int mode);
long sys_mkdirat(int dfd, const char __user *path, unsigned int mode);
long sys_mknod(const char __user *path, unsigned int mode, unsigned int dev);
long sys_mknodat(int dfd, const char __user *path, unsigned int mode, unsigned int dev);
long sys_rmdir(const char __user *path);
long sys_unlink(const char __user *path);
long sys_unlinkat(int dfd, const char __user *path, int flags);
long sys_link(const char __user *old, const char __user *path);
long sys_linkat(int old_dfd, const char __user *old, int dfd, const char __user *path, int flags);
long sys_symlink(const char __user *target, const char __user *path);
long sys_symlinkat(const char __user *target, int dfd, const char __user *path);
long sys_readlink(const char __user *path, char __user *buf, int size);
long sys_readlinkat(int dfd, const char __user *path, char __user *buf, int size);
long sys_rename(const char __user *old, const char __user *path);
long sys_renameat(int old_dfd, const char __user *old, int dfd, const char __user *path);
long sys_renameat2(int old_dfd, const char __user *old, int dfd, const char __user *path,
		   unsigned int flags);

/* kernel/syscall_attr.c */
long sys_chmod(const char __user *path, unsigned int mode);
long sys_fchmod(unsigned int fd, unsigned int mode);
long sys_fchmodat(int dfd, const char __user *path, unsigned int mode);
long sys_chown(const char __user *path, unsigned int uid, unsigned int gid);
long sys_lchown(const char __user *path, unsigned int uid, unsigned int gid);
long sys_fchown(unsigned int fd, unsigned int uid, unsigned int gid);
long sys_chown32(const char __user *path, u32 uid, u32 gid);
long sys_lchown32(const char __user *path, u32 uid, u32 gid);
long sys_fchown32(unsigned int fd, u32 uid, u32 gid);
long sys_fchownat(int dfd, const char __user *path, u32 uid, u32 gid, int flags);
long sys_utime(const char __user *path, const struct utimbuf __user *times);
long sys_utimes(const char __user *path, const struct old_timeval __user *times);
long sys_futimesat(int dfd, const char __user *path, const struct old_timeval __user *times);
long sys_utimensat(int dfd, const char __user *path, const struct old_timespec __user *times,
		   int flags);
long sys_utimensat_time64(int dfd, const char __user *path,
			  const struct user_timespec64 __user *times, int flags);

/* kernel/syscall_size.c */
long sys_truncate(const char __user *path, long size);
long sys_truncate64(const char __user *path, u32 low, u32 high);
long sys_ftruncate(unsigned int fd, long size);
long sys_ftruncate64(unsigned int fd, u32 low, u32 high);
long sys_fallocate(unsigned int fd, int mode, u32 offset_low, u32 offset_high, u32 len_low,
		   u32 len_high);

/* kernel/syscall_sync.c */
long sys_fadvise64(unsigned int fd, u32 offset_low, u32 offset_high, u32 len, int advice);
long sys_fadvise64_64(unsigned int fd, u32 offset_low, u32 offset_high, u32 len_low, u32 len_high,
		      int advice);
long sys_readahead(unsigned int fd, u32 offset_low, u32 offset_high, u32 count);
long sys_sync(void);
long sys_syncfs(unsigned int fd);
long sys_fsync(unsigned int fd);
long sys_fdatasync(unsigned int fd);
long sys_sync_file_range(unsigned int fd, u32 offset_low, u32 offset_high, u32 len_low,
			 u32 len_high, unsigned int flags);

/* kernel/syscall_stat.c */
long sys_oldstat(const char __user *path, struct old_kernel_stat __user *buf);
long sys_oldlstat(const char __user *path, struct old_kernel_stat __user *buf);
long sys_oldfstat(unsigned int fd, struct old_kernel_stat __user *buf);
long sys_stat(const char __user *path, struct stat __user *buf);
long sys_lstat(const char __user *path, struct stat __user *buf);
long sys_fstat(unsigned int fd, struct stat __user *buf);
long sys_stat64(const char __user *path, struct stat64 __user *buf);
long sys_lstat64(const char __user *path, struct stat64 __user *buf);
long sys_fstat64(unsigned int fd, struct stat64 __user *buf);
long sys_fstatat64(int dfd, const char __user *path, struct stat64 __user *buf, int flags);
long sys_statx(int dfd, const char __user *path, int flags, unsigned int mask,
	       struct statx __user *buf);

/* kernel/syscall_statfs.c */
long sys_statfs(const char __user *path, struct statfs __user *buf);
long sys_fstatfs(unsigned int fd, struct statfs __user *buf);
long sys_statfs64(const char __user *path, size_t size, struct statfs64 __user *buf);
long sys_fstatfs64(unsigned int fd, size_t size, struct statfs64 __user *buf);

/* kernel/syscall_mount.c */
long sys_mount(const char __user *dev_name, const char __user *dir, const char __user *type,
	       unsigned long flags, const void __user *data);
long sys_umount(const char __user *dir);
long sys_umount2(const char __user *dir, int flags);

#endif
