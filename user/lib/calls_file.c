/* System calls on open files. Offsets of 64 bits travel as two words, the low one first. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define LOW(offset)  ((unsigned long)(offset))
#define HIGH(offset) ((unsigned long)((unsigned long long)(offset) >> 32))

int openat(int dirfd, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	return (int)syscall(SYS_openat, dirfd, path, flags | O_LARGEFILE, mode);
}

int open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	return (int)syscall(SYS_open, path, flags | O_LARGEFILE, mode);
}

int creat(const char *path, mode_t mode)
{
	return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

int close(int fd)
{
	return (int)syscall(SYS_close, fd);
}

ssize_t read(int fd, void *buf, size_t count)
{
	return syscall(SYS_read, fd, buf, count);
}

ssize_t write(int fd, const void *buf, size_t count)
{
	return syscall(SYS_write, fd, buf, count);
}

ssize_t readv(int fd, const struct iovec *iov, int count)
{
	return syscall(SYS_readv, fd, iov, count);
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	return syscall(SYS_writev, fd, iov, count);
}

ssize_t pread(int fd, void *buf, size_t count, off_t offset)
{
	return syscall(SYS_pread64, fd, buf, count, LOW(offset), HIGH(offset));
}

ssize_t pwrite(int fd, const void *buf, size_t count, off_t offset)
{
	return syscall(SYS_pwrite64, fd, buf, count, LOW(offset), HIGH(offset));
}

ssize_t sendfile(int out, int in, off_t *offset, size_t count)
{
	return syscall(SYS_sendfile64, out, in, offset, count);
}

off_t lseek(int fd, off_t offset, int whence)
{
	off_t result;

	if (syscall(SYS__llseek, fd, HIGH(offset), LOW(offset), &result, whence) < 0)
		return -1;
	return result;
}

int ftruncate(int fd, off_t len)
{
	return (int)syscall(SYS_ftruncate64, fd, LOW(len), HIGH(len));
}

int fallocate(int fd, int mode, off_t offset, off_t len)
{
	return (int)syscall(SYS_fallocate, fd, mode, LOW(offset), HIGH(offset), LOW(len),
			    HIGH(len));
}

int posix_fadvise(int fd, off_t offset, off_t len, int advice)
{
	return (int)syscall(SYS_fadvise64_64, fd, LOW(offset), HIGH(offset), LOW(len), HIGH(len),
			    advice);
}

int dup(int fd)
{
	return (int)syscall(SYS_dup, fd);
}

int dup2(int fd, int to)
{
	return (int)syscall(SYS_dup2, fd, to);
}

int dup3(int fd, int to, int flags)
{
	return (int)syscall(SYS_dup3, fd, to, flags);
}

int pipe(int fds[2])
{
	return (int)syscall(SYS_pipe, fds);
}

int pipe2(int fds[2], int flags)
{
	return (int)syscall(SYS_pipe2, fds, flags);
}

int fcntl(int fd, int command, ...)
{
	va_list args;
	long arg;

	va_start(args, command);
	arg = va_arg(args, long);
	va_end(args);
	return (int)syscall(SYS_fcntl64, fd, command, arg);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	long arg;

	va_start(args, request);
	arg = va_arg(args, long);
	va_end(args);
	return (int)syscall(SYS_ioctl, fd, request, arg);
}

int flock(int fd, int operation)
{
	return (int)syscall(SYS_flock, fd, operation);
}

int fsync(int fd)
{
	return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return (int)syscall(SYS_fdatasync, fd);
}

int syncfs(int fd)
{
	return (int)syscall(SYS_syncfs, fd);
}

void sync(void)
{
	syscall(SYS_sync);
}

int fstat(int fd, struct stat *st)
{
	return (int)syscall(SYS_fstat64, fd, st);
}

int fstatfs(int fd, struct statfs *buf)
{
	return (int)syscall(SYS_fstatfs64, fd, sizeof(*buf), buf);
}

int fchmod(int fd, mode_t mode)
{
	return (int)syscall(SYS_fchmod, fd, mode);
}

int fchown(int fd, uid_t uid, gid_t gid)
{
	return (int)syscall(SYS_fchown32, fd, uid, gid);
}

int fchdir(int fd)
{
	return (int)syscall(SYS_fchdir, fd);
}

int futimens(int fd, const struct timespec times[2])
{
	return (int)syscall(SYS_utimensat, fd, NULL, times, 0);
}
