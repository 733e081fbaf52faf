/*
 * Descriptors: dup(2), fcntl(2), pipe(2), close(2), ioctl(2)... As the manual pages say; errors are
 * negative.
 */
#ifndef FOLIO_SYSCALL_FD_H
#define FOLIO_SYSCALL_FD_H

#include "kernel/fs/fs.h"
#include "kernel/lib/errno.h"

long sys_close(unsigned int fd);
long sys_close_range(unsigned int first, unsigned int last, unsigned int flags);
long sys_dup(unsigned int fd);
long sys_dup2(unsigned int old, unsigned int new);
long sys_dup3(unsigned int old, unsigned int new, int flags);
long sys_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg);
long sys_fcntl64(unsigned int fd, unsigned int cmd, unsigned long arg);
long sys_flock(unsigned int fd, unsigned int cmd);
long sys_pipe(int __user *fds);
long sys_pipe2(int __user *fds, int flags);
long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg);
long sys_getdents(unsigned int fd, void __user *dirent, unsigned int count);
long sys_getdents64(unsigned int fd, void __user *dirent, unsigned int count);

/* do_fcntl_lock - the commands of record locks (kernel/syscall_lock.c). 0 or -errno. */
long do_fcntl_lock(unsigned int fd, struct file *file, unsigned int cmd, unsigned long arg,
		   bool wide);

/* fcntl(2)'s commands (asm-generic/fcntl.h, linux/fcntl.h). */
#define F_DUPFD		0
#define F_GETFD		1
#define F_SETFD		2
#define F_GETFL		3
#define F_SETFL		4
#define F_GETLK		5
#define F_SETLK		6
#define F_SETLKW	7
#define F_SETOWN	8
#define F_GETOWN	9
#define F_SETSIG	10
#define F_GETSIG	11
#define F_GETLK64	12
#define F_SETLK64	13
#define F_SETLKW64	14
#define F_OFD_GETLK	36
#define F_OFD_SETLK	37
#define F_OFD_SETLKW	38
#define F_DUPFD_CLOEXEC 1030
#define F_SETPIPE_SZ	1031
#define F_GETPIPE_SZ	1032
#define FD_CLOEXEC	1

#endif
