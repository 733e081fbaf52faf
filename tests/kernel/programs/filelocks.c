/*
 * filelocks - record locks and flock(2), within one process and between several. The exit status is
 * 0, or tells the line that found a mistake.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kernel/programs/check.h"

#define BAD	     ((void *)0x30000000)
#define NAME	     "/locks.file"
#define F_OFD_GETLK  36
#define F_OFD_SETLK  37
#define F_OFD_SETLKW 38

static int fd;

static int lock(int file, int cmd, int type, long long start, long long len)
{
	struct flock fl = {
		.l_type = (short)type, .l_whence = SEEK_SET, .l_start = start, .l_len = len};

	return fcntl(file, cmd, &fl);
}

static int set(int type, long long start, long long len)
{
	return lock(fd, F_SETLK, type, start, len);
}

/*
 * What another process sees: for each of the first `n` bytes '-' (free), 'r' or 'w'.
 * It says so by a pipe.
 */
static void check_seen(const char *want)
{
	char got[64] = "";
	size_t n = strlen(want);
	int fds[2], status;
	pid_t pid;

	CHECK(pipe(fds) == 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		for (size_t i = 0; i < n; i++) {
			struct flock fl = {.l_type = F_WRLCK, .l_start = (off_t)i, .l_len = 1};

			CHECK(fcntl(fd, F_GETLK, &fl) == 0);
			got[i] = fl.l_type == F_UNLCK ? '-' : fl.l_type == F_RDLCK ? 'r' : 'w';
			CHECK(fl.l_type == F_UNLCK || fl.l_pid == getppid());
		}
		CHECK(write(fds[1], got, n) == (ssize_t)n);
		_exit(0);
	}
	CHECK(read(fds[0], got, n) == (ssize_t)n);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	close(fds[0]);
	close(fds[1]);
	if (strcmp(got, want))
		printf("seen %s, not %s\n", got, want);
	CHECK(!strcmp(got, want));
}

/* Joining, cutting, changing the type. */
static void test_ranges(void)
{
	CHECK(set(F_WRLCK, 2, 3) == 0);
	check_seen("--www-----");
	CHECK(set(F_RDLCK, 3, 1) == 0);
	check_seen("--wrw-----");
	CHECK(set(F_WRLCK, 5, 2) == 0);
	check_seen("--wrwww---");
	CHECK(set(F_UNLCK, 0, 3) == 0);
	check_seen("---rwww---");
	CHECK(set(F_UNLCK, 5, 1) == 0);
	check_seen("---rw-w---");
	CHECK(set(F_RDLCK, 0, 9) == 0);
	check_seen("rrrrrrrrr-");
	CHECK(set(F_WRLCK, 8, 0) == 0); /* to the end, wherever that is */
	check_seen("rrrrrrrrwwww");
	CHECK(set(F_UNLCK, 10, 0) == 0);
	check_seen("rrrrrrrrww--");
	CHECK(set(F_UNLCK, 0, 0) == 0);
	check_seen("------------");
}

static void test_whence(void)
{
	struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_END, .l_start = -2, .l_len = 0};

	CHECK(fcntl(fd, F_SETLK, &fl) == 0); /* the file has 10 bytes */
	check_seen("--------www");
	CHECK(set(F_UNLCK, 0, 0) == 0 && lseek(fd, 4, SEEK_SET) == 4);
	fl.l_whence = SEEK_CUR;
	fl.l_start = 0;
	fl.l_len = -2; /* the two before */
	CHECK(fcntl(fd, F_SETLK, &fl) == 0);
	check_seen("--ww---");
	CHECK(set(F_UNLCK, 0, 0) == 0);
	fl.l_whence = 3;
	CHECK_ERRNO(fcntl(fd, F_SETLK, &fl), EINVAL);
	CHECK_ERRNO(set(7, 0, 1), EINVAL);
	CHECK_ERRNO(set(F_RDLCK, -1, 1), EINVAL);
	CHECK_ERRNO(set(F_RDLCK, 1, -2), EINVAL);
	CHECK_ERRNO(set(F_RDLCK, 5, 0x7fffffffffffffffll), EOVERFLOW);
	CHECK_ERRNO(fcntl(fd, F_SETLK, BAD), EFAULT);
	CHECK_ERRNO(fcntl(fd, F_GETLK, BAD), EFAULT);
	CHECK_ERRNO(lock(99, F_SETLK, F_RDLCK, 0, 1), EBADF);
}

/* fcntl(2) of the first kind, with 32 bits. */
static void test_narrow(void)
{
	struct {
		short type, whence;
		long start, len;
		int pid;
	} fl = {F_WRLCK, SEEK_SET, 1, 2, 0};

	CHECK(syscall(SYS_fcntl, fd, 6, &fl) == 0);
	check_seen("-ww-");
	CHECK(set(F_UNLCK, 0, 0) == 0 && syscall(SYS_fcntl, fd, 5, &fl) == 0 && fl.type == F_UNLCK);
	CHECK_ERRNO(syscall(SYS_fcntl, fd, 13, &fl), EINVAL); /* F_SETLK64 */
}

static void test_access(void)
{
	int r = open(NAME, O_RDONLY), w = open(NAME, O_WRONLY);

	CHECK(r >= 0 && w >= 0);
	CHECK_ERRNO(lock(r, F_SETLK, F_WRLCK, 0, 1), EBADF);
	CHECK_ERRNO(lock(w, F_SETLK, F_RDLCK, 0, 1), EBADF);
	CHECK(set(F_WRLCK, 0, 1) == 0);
	close(r); /* closing any descriptor of the file gives up all locks of the process */
	check_seen("-");
	close(w);
}

/* ---- against another process ------------------------------------------------------------ */

static int go[2], done[2];

static void tell(const int p[2])
{
	CHECK(write(p[1], "x", 1) == 1);
}

static void await(const int p[2])
{
	char c;

	CHECK(read(p[0], &c, 1) == 1);
}

static void ended(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void test_conflict(void)
{
	pid_t pid;

	CHECK(set(F_RDLCK, 0, 5) == 0);
	pid = fork(); /* the child does not inherit it */
	if (!pid) {
		CHECK(set(F_RDLCK, 0, 5) == 0);
		CHECK_ERRNO(set(F_WRLCK, 4, 2), EAGAIN);
		CHECK(set(F_WRLCK, 5, 2) == 0);
		tell(done);
		CHECK(lock(fd, F_SETLKW, F_WRLCK, 0, 1) == 0); /* until the parent gives it up */
		tell(done);
		await(go);
		_exit(0);
	}
	await(done);
	CHECK_ERRNO(set(F_WRLCK, 0, 5), EAGAIN);
	CHECK_ERRNO(set(F_RDLCK, 5, 1), EAGAIN);
	usleep(20000);
	CHECK(set(F_UNLCK, 0, 1) == 0);
	await(done);
	CHECK_ERRNO(set(F_RDLCK, 0, 1), EAGAIN);
	tell(go);
	CHECK(lock(fd, F_SETLKW, F_WRLCK, 0, 9) == 0); /* its end gives up its locks */
	ended(pid);
	CHECK(set(F_UNLCK, 0, 0) == 0);
}

/* Each waits for what the other has: the second to ask is told. */
static void test_deadlock(void)
{
	pid_t pid;

	CHECK(set(F_WRLCK, 0, 1) == 0);
	pid = fork();
	if (!pid) {
		CHECK(set(F_WRLCK, 1, 1) == 0);
		tell(done);
		CHECK(lock(fd, F_SETLKW, F_WRLCK, 0, 1) == 0);
		_exit(0);
	}
	await(done);
	usleep(30000);
	CHECK_ERRNO(lock(fd, F_SETLKW, F_WRLCK, 1, 1), EDEADLK);
	CHECK(set(F_UNLCK, 0, 1) == 0);
	ended(pid);
}

static volatile int caught;

static void catch (int sig)
{
	caught = sig;
}

static void test_interrupted(void)
{
	struct sigaction sa = {.sa_handler = catch};
	pid_t pid, me = getpid();

	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	pid = fork();
	if (!pid) {
		CHECK(set(F_WRLCK, 0, 1) == 0);
		tell(done);
		usleep(30000);
		kill(me, SIGUSR1);
		await(go);
		_exit(0);
	}
	await(done);
	CHECK_ERRNO(lock(fd, F_SETLKW, F_RDLCK, 0, 1), EINTR);
	tell(go);
	ended(pid);
}

/* They belong to the open file: dup() and fork() share them, another open() does not. */
static void test_flock(void)
{
	int twin = dup(fd), own = open(NAME, O_RDWR);
	pid_t pid;

	CHECK(flock(fd, LOCK_EX) == 0 && flock(twin, LOCK_EX) == 0);
	CHECK_ERRNO(flock(own, LOCK_SH | LOCK_NB), EAGAIN);
	CHECK(lock(own, F_SETLK, F_WRLCK, 0, 0) == 0); /* record locks are another matter */
	CHECK(flock(twin, LOCK_SH) == 0 && flock(own, LOCK_SH | LOCK_NB) == 0);
	CHECK_ERRNO(flock(own, LOCK_EX | LOCK_NB), EAGAIN);
	CHECK(close(fd) == 0); /* the twin keeps it */
	CHECK_ERRNO(flock(own, LOCK_EX | LOCK_NB), EAGAIN);
	CHECK(flock(own, LOCK_UN) == 0 && flock(twin, LOCK_EX) == 0);
	pid = fork();
	if (!pid) {
		int mine = open(NAME, O_RDWR);

		tell(done);
		CHECK(flock(mine, LOCK_SH) == 0);
		_exit(0);
	}
	await(done);
	usleep(20000);
	CHECK(flock(twin, LOCK_UN) == 0);
	ended(pid);
	CHECK_ERRNO(flock(own, 0), EINVAL);
	CHECK_ERRNO(flock(99, LOCK_SH), EBADF);
	CHECK(close(own) == 0);
	fd = twin;
}

static void test_ofd(void)
{
	int own = open(NAME, O_RDWR);
	struct flock fl = {.l_type = F_WRLCK, .l_start = 0, .l_len = 5};

	CHECK(lock(fd, F_OFD_SETLK, F_WRLCK, 0, 5) == 0);
	CHECK_ERRNO(lock(own, F_OFD_SETLK, F_RDLCK, 4, 1), EAGAIN);
	CHECK_ERRNO(lock(own, F_SETLK, F_RDLCK, 4, 1), EAGAIN);
	CHECK(lock(own, F_OFD_SETLK, F_RDLCK, 5, 1) == 0);
	CHECK(fcntl(own, F_GETLK, &fl) == 0 && fl.l_type == F_WRLCK && fl.l_pid == -1);
	fl.l_type = F_RDLCK;
	CHECK_ERRNO(fcntl(own, F_OFD_SETLK, &fl), EINVAL); /* l_pid is not 0 */
	CHECK(close(own) == 0);				   /* takes only its own along */
	own = open(NAME, O_RDWR);
	CHECK_ERRNO(lock(own, F_OFD_SETLK, F_RDLCK, 4, 1), EAGAIN);
	CHECK(lock(fd, F_OFD_SETLK, F_UNLCK, 0, 0) == 0);
	CHECK(lock(own, F_OFD_SETLK, F_RDLCK, 4, 1) == 0 && close(own) == 0);
}

int main(void)
{
	fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0 && write(fd, "0123456789", 10) == 10);
	CHECK(pipe(go) == 0 && pipe(done) == 0);
	test_ranges();
	test_whence();
	test_narrow();
	test_access();
	test_conflict();
	test_deadlock();
	test_interrupted();
	test_flock();
	test_ofd();
	CHECK(unlink(NAME) == 0);
	return 0;
}
