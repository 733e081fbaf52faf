/*
 * fds - descriptors: dup(2) and its kin, fcntl(2), close_range(2), limits; reading, writing and
 * seeking in files. The exit status is 0, or tells the line that found a mistake.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kernel/programs/check.h"

#define PAGE   4096
#define BAD    ((void *)0x30000000)
#define KERNEL ((void *)0xc0100000)
#define NAME   "/fds.file"
#define DIR    "/fds.dir"

static char buf[5 * PAGE], other[5 * PAGE];

static char *edge(void)
{
	char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	return p + PAGE;
}

static long dup3_raw(int old, int new, int flags)
{
	return syscall(SYS_dup3, old, new, flags);
}

static void test_dup(void)
{
	int fds[2], a, b;

	CHECK(pipe(fds) == 0 && fds[0] == 3 && fds[1] == 4);
	a = dup(fds[0]);
	CHECK(a == 5 && dup2(a, 9) == 9 && dup(9) == 6);
	CHECK(fcntl(9, F_GETFD) == 0);
	CHECK(dup2(4, 4) == 4 && dup2(4, 9) == 9); /* what was 9 is closed */
	CHECK(write(9, "x", 1) == 1 && read(6, buf, 9) == 1);
	CHECK(dup3_raw(4, 9, O_CLOEXEC) == 9 && fcntl(9, F_GETFD) == FD_CLOEXEC);
	CHECK(dup2(4, 9) == 9 && fcntl(9, F_GETFD) == 0);
	CHECK_ERRNO(dup3_raw(4, 4, 0), EINVAL);
	CHECK_ERRNO(dup3_raw(4, 9, 1), EINVAL);
	CHECK_ERRNO(dup3_raw(99, 9, 0), EBADF);
	CHECK_ERRNO(dup2(99, 99), EBADF);
	CHECK_ERRNO(dup2(4, -1), EBADF);
	CHECK_ERRNO(dup2(4, 1024), EBADF);
	CHECK_ERRNO(dup(99), EBADF);
	CHECK_ERRNO(dup(-1), EBADF);
	b = fcntl(4, F_DUPFD, 100);
	CHECK(b == 100 && fcntl(4, F_DUPFD_CLOEXEC, 100) == 101);
	CHECK(fcntl(101, F_GETFD) == FD_CLOEXEC && fcntl(100, F_GETFD) == 0);
	CHECK_ERRNO(fcntl(4, F_DUPFD, 1024), EINVAL);
	CHECK_ERRNO(fcntl(4, F_DUPFD, -1), EINVAL);
	CHECK_ERRNO(close(99), EBADF);
	for (int fd = 3; fd <= 6; fd++)
		CHECK(close(fd) == 0);
	CHECK_ERRNO(close(3), EBADF);
	CHECK(syscall(SYS_close_range, 9, 100, 4) == 0 && fcntl(9, F_GETFD) == FD_CLOEXEC);
	CHECK(fcntl(101, F_SETFD, 0) == 0 && fcntl(101, F_GETFD) == 0);
	CHECK(syscall(SYS_close_range, 3, ~0u, 0) == 0);
	CHECK_ERRNO(fcntl(101, F_GETFD), EBADF);
	CHECK_ERRNO(syscall(SYS_close_range, 4, 3, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_close_range, 3, 4, 1), EINVAL);
	CHECK(write(1, "", 0) == 0);
}

static void test_flags(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600), on = 1;

	CHECK(fd == 3);
	CHECK((fcntl(fd, F_GETFL) & ~O_LARGEFILE) == O_RDWR);
	CHECK(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK | O_WRONLY | 0x2000 /* O_ASYNC */) == 0);
	CHECK((fcntl(fd, F_GETFL) & ~O_LARGEFILE) == (O_RDWR | O_APPEND | O_NONBLOCK));
	CHECK_ERRNO(fcntl(fd, F_SETFL, O_DIRECT), EINVAL);
	CHECK(fcntl(fd, F_SETFL, 0) == 0 && (fcntl(fd, F_GETFL) & ~O_LARGEFILE) == O_RDWR);
	CHECK(ioctl(fd, FIONBIO, &on) == 0 && (fcntl(fd, F_GETFL) & O_NONBLOCK));
	on = 0;
	CHECK(ioctl(fd, FIONBIO, &on) == 0 && !(fcntl(fd, F_GETFL) & O_NONBLOCK));
	CHECK_ERRNO(ioctl(fd, FIONBIO, BAD), EFAULT);
	CHECK(ioctl(fd, FIOCLEX) == 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	CHECK(ioctl(fd, FIONCLEX) == 0 && fcntl(fd, F_GETFD) == 0);
	CHECK_ERRNO(ioctl(fd, 0x1234, 0), ENOTTY);
	CHECK_ERRNO(ioctl(99, FIOCLEX), EBADF);
	CHECK(fcntl(fd, F_SETOWN, -77) == 0 && fcntl(fd, 10 /* F_SETSIG */, 20) == 0);
	CHECK(fcntl(fd, 11) == 20);
	CHECK(fcntl(fd, F_SETOWN, 77) == 0 && fcntl(fd, F_GETOWN) == 77);
	CHECK_ERRNO(fcntl(fd, 10, 65), EINVAL);
	CHECK_ERRNO(fcntl(fd, 4711, 0), EINVAL);
	CHECK_ERRNO(fcntl(99, F_GETFL), EBADF);
	close(fd);
}

static void test_path_only(void)
{
	int fd = open(NAME, O_PATH), copy;

	CHECK(fd == 3);
	CHECK_ERRNO(read(fd, buf, 1), EBADF);
	CHECK_ERRNO(write(fd, buf, 1), EBADF);
	CHECK_ERRNO(lseek(fd, 0, SEEK_CUR), EBADF);
	CHECK_ERRNO(ioctl(fd, FIOCLEX), EBADF);
	CHECK_ERRNO(fcntl(fd, F_SETFL, 0), EBADF);
	CHECK((fcntl(fd, F_GETFL) & O_PATH) && fcntl(fd, F_GETFD) == 0);
	copy = dup(fd);
	CHECK(copy == 4 && close(copy) == 0 && close(fd) == 0);
}

static void test_many(void)
{
	struct rlimit limit = {1024, 1024};
	int fd, last = 0;

	while ((fd = dup(1)) >= 0) {
		CHECK(fd == (last ? last + 1 : 3));
		last = fd;
	}
	CHECK(errno == EMFILE && last == 1023);
	CHECK_ERRNO(open(NAME ".new", O_CREAT | O_WRONLY, 0600), EMFILE);
	CHECK_ERRNO(access(NAME ".new", F_OK), ENOENT); /* no file was made for nothing */
	CHECK_ERRNO(pipe((int *)buf), EMFILE);
	CHECK(close(700) == 0 && close(33) == 0 && dup(1) == 33);
	CHECK_ERRNO(pipe((int *)buf), EMFILE); /* there is room for one of two */
	CHECK(dup(1) == 700);
	limit.rlim_cur = 10;
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	close(5);
	close(12);
	CHECK(dup(1) == 5);
	CHECK_ERRNO(dup(1), EMFILE);
	CHECK_ERRNO(dup2(1, 12), EBADF);
	CHECK_ERRNO(fcntl(1, F_DUPFD, 10), EINVAL);
	limit.rlim_cur = 1024;
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	CHECK(dup(1) == 12);
	CHECK(syscall(SYS_close_range, 3, ~0u, 0) == 0 && dup(1) == 3 && close(3) == 0);
}

/* ---- positions ------------------------------------------------------------------------- */

static long llseek(int fd, unsigned long high, unsigned long low, long long *result, int whence)
{
	return syscall(SYS__llseek, fd, high, low, result, whence);
}

static void test_seek(void)
{
	int fd = open(NAME, O_RDWR | O_TRUNC | O_LARGEFILE);
	long long pos = 0;

	CHECK(fd == 3 && write(fd, "0123456789", 10) == 10);
	CHECK(lseek(fd, 0, SEEK_CUR) == 10 && lseek(fd, -4, SEEK_CUR) == 6);
	CHECK(read(fd, buf, 2) == 2 && buf[0] == '6');
	CHECK(lseek(fd, 5, SEEK_END) == 15 && read(fd, buf, 1) == 0);
	CHECK_ERRNO(lseek(fd, -1, SEEK_SET), EINVAL);
	CHECK_ERRNO(lseek(fd, -16, SEEK_CUR), EINVAL);
	CHECK_ERRNO(lseek(fd, 0, 5), EINVAL);
	CHECK_ERRNO(lseek(99, 0, SEEK_SET), EBADF);
	CHECK(lseek(fd, 3, 3 /* SEEK_DATA */) == 3 && lseek(fd, 3, 4 /* SEEK_HOLE */) == 10);
	CHECK_ERRNO(lseek(fd, 10, 3), ENXIO);
	CHECK(llseek(fd, 1, 5, &pos, SEEK_SET) == 0 && pos == 0x100000005ll);
	CHECK_ERRNO(syscall(SYS_lseek, fd, 0, SEEK_CUR), EOVERFLOW);
	CHECK_ERRNO(llseek(fd, 0x80000000, 0, &pos, SEEK_SET), EINVAL);
	CHECK_ERRNO(llseek(fd, 0, 0, BAD, SEEK_SET), EFAULT);
	CHECK(lseek(fd, 0, SEEK_CUR) == 0);
	close(fd);
}

static void test_append(void)
{
	int fd = open(NAME, O_WRONLY | O_TRUNC | O_APPEND), twin;

	CHECK(fd == 3 && write(fd, "abc", 3) == 3 && lseek(fd, 0, SEEK_SET) == 0);
	CHECK(write(fd, "def", 3) == 3 && lseek(fd, 0, SEEK_CUR) == 6);
	CHECK_ERRNO(read(fd, buf, 1), EBADF);
	twin = dup(fd);
	CHECK(lseek(twin, 2, SEEK_SET) == 2 && lseek(fd, 0, SEEK_CUR) == 2); /* one position */
	close(twin);
	close(fd);
	fd = open(NAME, O_RDONLY);
	CHECK(read(fd, buf, 9) == 6 && !memcmp(buf, "abcdef", 6));
	CHECK_ERRNO(write(fd, "x", 1), EBADF);
	close(fd);
}

static void test_at_positions(char *over)
{
	struct iovec iov[3] = {{buf, 3}, {buf + 100, 0}, {buf + 200, 4}};
	int fd = open(NAME, O_RDWR | O_TRUNC);

	CHECK(fd == 3 && pwrite(fd, "0123456789", 10, 5) == 10);
	CHECK(lseek(fd, 0, SEEK_CUR) == 0 && pread(fd, buf, 20, 4) == 11);
	CHECK(buf[0] == 0 && buf[1] == '0' && buf[10] == '9');
	CHECK(pread(fd, buf, 1, 15) == 0);
	CHECK_ERRNO(pread(fd, buf, 1, -1), EINVAL);
	CHECK_ERRNO(pwrite(fd, buf, 1, -1), EINVAL);
	CHECK_ERRNO(pread(99, buf, 1, 0), EBADF);
	CHECK_ERRNO(pread(fd, KERNEL, 1, 5), EFAULT);
	CHECK(pread(fd, over - 3, 10, 5) == 3);
	CHECK_ERRNO(pread(fd, over, 10, 5), EFAULT);
	CHECK(syscall(SYS_preadv, fd, iov, 3, 6, 0) == 7);
	CHECK(!memcmp(buf, "123", 3) && !memcmp(buf + 200, "4567", 4));
	CHECK(syscall(SYS_pwritev, fd, iov, 3, 0, 0) == 7 && lseek(fd, 0, SEEK_CUR) == 0);
	CHECK(read(fd, other, 7) == 7 && !memcmp(other, "1234567", 7));
	CHECK_ERRNO(syscall(SYS_preadv, fd, iov, 3, 0, 0x80000000), EINVAL);
	CHECK_ERRNO(syscall(SYS_preadv, fd, iov, 1025, 0, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_preadv, fd, BAD, 3, 0, 0), EFAULT);
	iov[2].iov_len = (size_t)-1;
	CHECK_ERRNO(readv(fd, iov, 3), EINVAL);
	iov[2].iov_len = 0x7fffffff;
	CHECK_ERRNO(readv(fd, iov, 3), EINVAL); /* together too many */
	iov[2] = (struct iovec){KERNEL, 1};
	CHECK_ERRNO(readv(fd, iov, 3), EFAULT);
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	iov[2] = (struct iovec){over - 1, 5};
	CHECK(readv(fd, iov, 3) == 4 && lseek(fd, 0, SEEK_CUR) == 4);
	CHECK_ERRNO(read(fd, buf, 0x80000000u), EINVAL);
	CHECK_ERRNO(read(fd, buf, 0xffffffffu), EFAULT);
	close(fd);
}

/* ---- sendfile, getdents ------------------------------------------------------------------ */

static long seteuid_raw(int uid)
{
	return syscall(SYS_setresuid32, -1, uid, -1);
}

static void test_sendfile(void)
{
	struct stat st;
	int from = open(NAME, O_RDWR | O_TRUNC), to, fds[2];
	off_t pos = 10;

	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (char)(i * 13 >> 4);
	CHECK(write(from, buf, sizeof(buf)) == sizeof(buf));
	to = open(NAME ".copy", O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(sendfile(to, from, &pos, 2 * sizeof(buf)) == sizeof(buf) - 10 && pos == sizeof(buf));
	CHECK(lseek(from, 0, SEEK_CUR) == sizeof(buf));
	CHECK(pread(to, other, sizeof(buf), 0) == sizeof(buf) - 10);
	CHECK(!memcmp(other, buf + 10, sizeof(buf) - 10));
	CHECK(pipe(fds) == 0 && lseek(from, 1, SEEK_SET) == 1);
	CHECK(sendfile(fds[1], from, NULL, PAGE + 5) == PAGE + 5);
	CHECK(lseek(from, 0, SEEK_CUR) == PAGE + 6 && write(fds[1], "!", 1) == 1);
	CHECK(read(fds[0], other, sizeof(other)) == PAGE + 6);
	CHECK(!memcmp(other, buf + 1, PAGE + 5) && other[PAGE + 5] == '!');
	CHECK_ERRNO(sendfile(fds[1], fds[0], NULL, 1), EINVAL);
	CHECK_ERRNO(sendfile(fds[1], fds[0], &pos, 1), ESPIPE);
	CHECK_ERRNO(sendfile(from, 99, NULL, 1), EBADF);
	CHECK_ERRNO(sendfile(99, from, NULL, 1), EBADF);
	CHECK_ERRNO(sendfile(fds[0], from, NULL, 1), EBADF);
	CHECK_ERRNO(sendfile(fds[1], from, BAD, 1), EFAULT);
	CHECK(pread(from, other, PAGE, 0) == PAGE && !memcmp(other, buf, PAGE));
	CHECK(fchmod(to, 04755) == 0 && fchown(to, 1, 1) == 0 && fchmod(to, 04755) == 0);
	CHECK(seteuid_raw(1) == 0 && sendfile(to, from, NULL, 5) == 5 && seteuid_raw(0) == 0);
	CHECK(fstat(to, &st) == 0 && st.st_mode == (S_IFREG | 0755)); /* no longer set-user-id */
	close(fds[0]);
	close(fds[1]);
	close(to);
	close(from);
	CHECK(unlink(NAME ".copy") == 0);
}

struct dirent32 {
	unsigned long d_ino, d_off;
	unsigned short d_reclen;
	char d_name[];
};

static long getdents32(int fd, void *to, unsigned int size)
{
	return syscall(SYS_getdents, fd, to, size);
}

/* The names that one call gives, as a set of bits: "." and ".." are 0 and 1, then "a", "b"... */
static unsigned int names_in(char *from, long len)
{
	unsigned int set = 0;

	for (struct dirent32 *d; len > 0; from += d->d_reclen, len -= d->d_reclen) {
		int bit;

		d = (struct dirent32 *)from;
		bit = d->d_name[0] == '.' ? d->d_name[1] == '.' : d->d_name[0] - 'a' + 2;
		CHECK(d->d_reclen % 4 == 0 && d->d_reclen <= len);
		CHECK(from[d->d_reclen - 1] == (bit < 2 ? 4 : 8)); /* DT_DIR, DT_REG */
		CHECK(!(set & (1u << bit)));
		set |= 1u << bit;
	}
	CHECK(len == 0);
	return set;
}

static void test_getdents(char *over)
{
	unsigned int set = 0;
	char name[] = DIR "/a";
	int fd;
	long n;

	CHECK(mkdir(DIR, 0700) == 0);
	for (char c = 'a'; c < 'k'; c++) {
		name[sizeof(name) - 2] = c;
		CHECK(close(open(name, O_CREAT | O_WRONLY, 0600)) == 0);
	}
	fd = open(DIR, O_RDONLY | O_DIRECTORY);
	CHECK(getdents32(fd, buf, sizeof(buf)) > 0 && getdents32(fd, buf, sizeof(buf)) == 0);
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	CHECK_ERRNO(getdents32(fd, buf, 8), EINVAL);
	CHECK_ERRNO(getdents32(fd, over, 64), EFAULT);
	CHECK_ERRNO(getdents32(fd, KERNEL, 64), EFAULT);
	while ((n = getdents32(fd, over - 40, 40)) > 0) { /* two or three at a time */
		unsigned int some = names_in(over - 40, n);

		CHECK(!(set & some));
		set |= some;
	}
	CHECK(n == 0 && set == (1u << 12) - 1);
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	CHECK(getdents32(fd, buf, 40) > 0);
	n = (long)((struct dirent32 *)buf)->d_off; /* where the second begins */
	CHECK(lseek(fd, n, SEEK_SET) == n && getdents32(fd, other, 40) > 0);
	CHECK(!strcmp(((struct dirent32 *)other)->d_name,
		      ((struct dirent32 *)(buf + ((struct dirent32 *)buf)->d_reclen))->d_name));
	CHECK_ERRNO(read(fd, buf, 1), EISDIR);
	for (char c = 'a'; c < 'k'; c++) {
		name[sizeof(name) - 2] = c;
		CHECK(unlink(name) == 0);
	}
	CHECK(rmdir(DIR) == 0);
	CHECK_ERRNO(getdents32(fd, buf, sizeof(buf)), ENOENT);
	close(fd);
	fd = open(NAME, O_RDONLY);
	CHECK_ERRNO(getdents32(fd, buf, sizeof(buf)), ENOTDIR);
	close(fd);
	CHECK_ERRNO(getdents32(99, buf, sizeof(buf)), EBADF);
}

/* ---- several tasks ------------------------------------------------------------------------- */

static char stack[8192] __attribute__((aligned(16)));

static int opener(void *fd)
{
	*(int *)fd = dup(1);
	return dup2(1, 50) == 50 ? 0 : 1;
}

static void test_sharing(void)
{
	int fd = -1, status;
	pid_t pid = clone(opener, stack + sizeof(stack), CLONE_FILES | CLONE_VM | SIGCHLD, &fd);

	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(fd == 3 && fcntl(50, F_GETFD) == 0); /* the table is one */
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		CHECK(close(3) == 0 && lseek(50, 0, SEEK_CUR) <= 0);
		CHECK(dup(1) == 3 && dup(1) == 4);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(close(3) == 0 && close(50) == 0 && dup(1) == 3 && close(3) == 0);
}

int main(int argc, char **argv)
{
	char *over = edge();

	if (argc > 1 && !strcmp(argv[1], "tasks")) {
		test_sharing();
		return 0;
	}
	test_dup();
	test_flags();
	test_path_only();
	test_many();
	test_seek();
	test_append();
	test_at_positions(over);
	test_sendfile();
	test_getdents(over);
	CHECK(unlink(NAME) == 0);
	return 0;
}
