/*
 * devices - /dev/null and its kin in a devtmpfs that it mounts. The exit status is 0, or tells the
 * line that found a mistake.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kernel/programs/check.h"

#define PAGE   4096
#define BAD    ((void *)0x30000000)
#define KERNEL ((void *)0xc0100000)
#define DEV    "/dev.test"

static char buf[100000];

static char *edge(void)
{
	char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	return p + PAGE;
}

static int open_dev(const char *path, int flags)
{
	int fd = open(path, flags);

	CHECK(fd == 3);
	return fd;
}

static void test_null(void)
{
	int fd = open_dev(DEV "/null", O_RDWR);
	struct stat st;

	CHECK(fstat(fd, &st) == 0 && st.st_mode == (S_IFCHR | 0666));
	CHECK(major(st.st_rdev) == 1 && minor(st.st_rdev) == 3);
	CHECK(write(fd, buf, sizeof(buf)) == sizeof(buf) && read(fd, buf, 5) == 0);
	CHECK(write(fd, BAD, 5) == 5); /* it does not look */
	CHECK_ERRNO(write(fd, KERNEL, 5), EFAULT);
	CHECK(lseek(fd, 100, SEEK_SET) == 0);
	CHECK(pread(fd, buf, 1, 77) == 0);
	CHECK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED && errno == ENODEV);
	close(fd);
}

static void test_zero(char *over)
{
	int fd = open_dev(DEV "/zero", O_RDWR), status;
	char *p, *q;
	pid_t pid;

	memset(buf, 1, sizeof(buf));
	CHECK(read(fd, buf, sizeof(buf)) == sizeof(buf));
	for (size_t i = 0; i < sizeof(buf); i++)
		CHECK(!buf[i]);
	memset(over - 9, 1, 9);
	for (int good = 1; good <= 9; good++)
		CHECK(read(fd, over - good, 20) == good && !over[-good]);
	CHECK_ERRNO(read(fd, over, 1), EFAULT);
	CHECK_ERRNO(read(fd, KERNEL, 1), EFAULT);
	CHECK(write(fd, buf, 7) == 7);
	p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	q = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 5 * PAGE);
	CHECK(p != MAP_FAILED && q != MAP_FAILED && !p[PAGE] && !q[PAGE]);
	p[PAGE] = q[PAGE] = 'p';
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		CHECK(p[PAGE] == 'p' && q[PAGE] == 'p');
		p[PAGE] = q[PAGE] = 'c';
		p[0] = q[0] = 'c'; /* pages that were not there before */
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(p[PAGE] == 'p' && q[PAGE] == 'c' && !p[0] && q[0] == 'c');
	CHECK(munmap(p, 2 * PAGE) == 0 && munmap(q, 2 * PAGE) == 0);
	close(fd);
}

static void test_full(void)
{
	int fd = open_dev(DEV "/full", O_RDWR);

	buf[0] = 1;
	CHECK(read(fd, buf, 1) == 1 && !buf[0]);
	CHECK_ERRNO(write(fd, buf, 1), ENOSPC);
	close(fd);
}

static void test_random(const char *path, char *over)
{
	int fd = open_dev(path, O_RDWR), bits = 0;

	memset(buf, 0, 1000);
	CHECK(read(fd, buf, 1000) == 1000);
	for (int i = 0; i < 8000; i++)
		bits += buf[i / 8] >> i % 8 & 1;
	CHECK(bits > 3700 && bits < 4300);
	CHECK(read(fd, buf + 1000, 1000) == 1000 && memcmp(buf, buf + 1000, 1000));
	CHECK(write(fd, buf, 300) == 300);
	CHECK(read(fd, over - 5, 10) == 5);
	CHECK(write(fd, over - 5, 10) == 5);
	CHECK_ERRNO(read(fd, over, 10), EFAULT);
	CHECK_ERRNO(write(fd, over, 10), EFAULT);
	close(fd);
}

static void test_kmsg(void)
{
	int fd = open_dev(DEV "/kmsg", O_RDWR | O_NONBLOCK);
	struct pollfd p = {fd, POLLIN, 0};
	unsigned int prio;
	unsigned long long seq, usec;
	char text[64] = "";
	ssize_t n;

	CHECK((n = read(fd, buf, 1024)) > 0 && buf[n - 1] == '\n');
	CHECK(lseek(fd, 0, SEEK_END) == 0);
	CHECK_ERRNO(read(fd, buf, 1024), EAGAIN);
	CHECK(poll(&p, 1, 0) == 0);
	CHECK(write(fd, "<5>from a program\n", 18) == 18);
	CHECK(poll(&p, 1, 1000) == 1);
	CHECK_ERRNO(read(fd, buf, 10), EINVAL); /* too small for the record, which stays */
	CHECK_ERRNO(read(fd, BAD, 1024), EFAULT);
	n = read(fd, buf, 1024);
	CHECK(n > 0);
	buf[n] = 0;
	CHECK(sscanf(buf, "%u,%llu,%llu,-;%[^\n]", &prio, &seq, &usec, text) == 4);
	CHECK(!strcmp(text, "from a program"));
	CHECK_ERRNO(read(fd, buf, 1024), EAGAIN);
	CHECK_ERRNO(write(fd, buf, 2000), EINVAL);
	CHECK_ERRNO(write(fd, BAD, 5), EFAULT);
	CHECK(lseek(fd, 0, SEEK_SET) == 0 && read(fd, buf, 1024) > 0);
	CHECK_ERRNO(lseek(fd, 0, SEEK_CUR), EINVAL);
	CHECK_ERRNO(lseek(fd, 1, SEEK_SET), ESPIPE);
	close(fd);
}

/* A device that nobody serves; a node made by hand. */
static void test_nodes(void)
{
	CHECK(mknod("/mine", S_IFCHR | 0600, makedev(1, 5)) == 0);
	CHECK(close(open_dev("/mine", O_RDONLY)) == 0 && unlink("/mine") == 0);
	CHECK(mknod("/mine", S_IFCHR | 0600, makedev(200, 5)) == 0);
	CHECK_ERRNO(open("/mine", O_RDONLY), ENXIO);
	CHECK(unlink("/mine") == 0 && mknod("/mine", S_IFCHR | 0600, makedev(1, 77)) == 0);
	CHECK_ERRNO(open("/mine", O_RDONLY), ENXIO);
	CHECK(unlink("/mine") == 0);
}

int main(void)
{
	char *over = edge();

	CHECK(mkdir(DEV, 0755) == 0 && mount("dev", DEV, "devtmpfs", 0, NULL) == 0);
	test_null();
	test_zero(over);
	test_full();
	test_random(DEV "/random", over);
	test_random(DEV "/urandom", over);
	test_kmsg();
	test_nodes();
	CHECK(umount(DEV) == 0 && rmdir(DEV) == 0);
	return 0;
}
