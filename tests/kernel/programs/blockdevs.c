/*
 * blockdevs NAME - a disk that may be overwritten, and its first partition, as programs see them,
 * in a devtmpfs that it mounts. tests/system/test_blockdevs.py made the disk, and looks at it
 * afterwards. The exit status is 0, or tells the line that found a mistake.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kernel/programs/check.h"

#define BLKROSET     0x125d
#define BLKROGET     0x125e
#define BLKRRPART    0x125f
#define BLKGETSIZE   0x1260
#define BLKFLSBUF    0x1261
#define BLKSSZGET    0x1268
#define BLKBSZGET    0x80041270
#define BLKGETSIZE64 0x80041272

#define PAGE	     4096
#define BAD	     ((void *)0x30000000)
#define DEV	     "/dev.blk"
/* As the test has made them: the partition is no multiple of a page, and does not begin at one. */
#define DISK	   (8ll << 20)
#define PART_START (67ll * 512)
#define PART	   (4099ll * 512)

static char disk[32], part[32], other[32];
static unsigned char buf[3 * PAGE], back[3 * PAGE];

/* What the host has written at each byte of the partition. */
static unsigned char host_byte(long long at)
{
	return (unsigned char)(at * 7 + at / 512);
}

static int open_part(int flags)
{
	int fd = open(part, flags | O_LARGEFILE);

	CHECK(fd >= 0);
	return fd;
}

/* ---- what they are --------------------------------------------------------------------------- */

static void test_stat_and_sizes(void)
{
	unsigned long long size = 0;
	unsigned long sectors = 0;
	struct stat st;
	int fd = open_part(O_RDONLY), n = 0;

	CHECK(fstat(fd, &st) == 0 && st.st_mode == (S_IFBLK | 0660) && st.st_size == 0);
	CHECK(minor(st.st_rdev) % 16 == 1);
	CHECK(ioctl(fd, BLKGETSIZE64, &size) == 0 && size == PART);
	CHECK(ioctl(fd, BLKGETSIZE, &sectors) == 0 && sectors == PART / 512);
	CHECK(ioctl(fd, BLKSSZGET, &n) == 0 && n == 512);
	CHECK(ioctl(fd, BLKBSZGET, &n) == 0 && n == PAGE);
	CHECK_ERRNO(ioctl(fd, BLKGETSIZE64, BAD), EFAULT);
	CHECK_ERRNO(ioctl(fd, BLKGETSIZE, BAD), EFAULT);
	CHECK_ERRNO(ioctl(fd, BLKSSZGET, BAD), EFAULT);
	CHECK_ERRNO(ioctl(fd, 0x12ff, 0), ENOTTY);
	CHECK_ERRNO(ioctl(fd, BLKRRPART, 0), EINVAL);
	CHECK(lseek(fd, 0, SEEK_END) == PART && lseek(fd, -1, SEEK_CUR) == PART - 1);
	CHECK_ERRNO(lseek(fd, 2, SEEK_CUR), EINVAL);
	CHECK_ERRNO(lseek(fd, -1, SEEK_SET), EINVAL);
	CHECK(lseek(fd, 5, 3) == 5 && lseek(fd, 5, 4) == PART); /* SEEK_DATA, SEEK_HOLE */
	CHECK_ERRNO(ftruncate(fd, 0), EINVAL);
	close(fd);
	CHECK_ERRNO(open(part, O_RDONLY | O_DIRECT), EINVAL);
	CHECK_ERRNO(open(part, O_RDONLY | O_DIRECTORY), ENOTDIR);
	CHECK(mknod(other, S_IFBLK | 0600, makedev(99, 1)) == 0);
	CHECK_ERRNO(open(other, O_RDONLY), ENXIO);
	CHECK(unlink(other) == 0);
}

/* ---- reading and writing --------------------------------------------------------------------- */

static void test_read(void)
{
	int fd = open_part(O_RDONLY);
	long long at = 0;
	ssize_t n;

	while ((n = read(fd, buf, 5000)) > 0)
		for (ssize_t i = 0; i < n; i++, at++)
			CHECK(buf[i] == host_byte(at));
	CHECK(n == 0 && at == PART);
	CHECK(pread(fd, buf, 100, PART - 7) == 7 && buf[6] == host_byte(PART - 1));
	CHECK(pread(fd, buf, 100, PART) == 0 && pread(fd, buf, 100, 1ll << 40) == 0);
	CHECK_ERRNO(pread(fd, BAD, 100, 0), EFAULT);
	CHECK_ERRNO(write(fd, buf, 1), EBADF);
	close(fd);
}

static void test_write(void)
{
	int fd = open_part(O_RDWR | O_TRUNC);

	memset(buf, 0xa5, sizeof(buf));
	CHECK(pwrite(fd, buf, 600, 700) == 600);
	CHECK(pread(fd, back, 1000, 500) == 1000);
	CHECK(back[199] == host_byte(699) && back[200] == 0xa5 && back[799] == 0xa5);
	CHECK(back[800] == host_byte(1300));
	/* The end. */
	CHECK(pwrite(fd, buf, PAGE, PART - 10) == 10);
	CHECK_ERRNO(pwrite(fd, buf, PAGE, PART), ENOSPC);
	CHECK_ERRNO(pwrite(fd, buf, 1, PART + 1), ENOSPC);
	CHECK(pwrite(fd, buf, 0, PART) == 0);
	CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
	/* Bad buffers. */
	CHECK_ERRNO(pwrite(fd, BAD, 100, 0), EFAULT);
	CHECK(pread(fd, back, 1, 0) == 1 && back[0] == host_byte(0));
	close(fd);
	fd = open_part(O_WRONLY | O_APPEND);
	CHECK_ERRNO(write(fd, buf, 1), ENOSPC);
	CHECK_ERRNO(read(fd, buf, 1), EBADF);
	close(fd);
}

static void test_vectors(void)
{
	struct iovec iov[] = {{buf, 100}, {buf + PAGE, 5000}};
	int fd = open_part(O_RDWR), out = open("/tmp.blk", O_RDWR | O_CREAT | O_TRUNC, 0600);
	off_t pos = 3 * PAGE - 5;

	CHECK(out >= 0 && lseek(fd, 9 * PAGE, SEEK_SET) == 9 * PAGE);
	CHECK(readv(fd, iov, 2) == 5100 && buf[99] == host_byte(9 * PAGE + 99));
	CHECK(buf[PAGE] == host_byte(9 * PAGE + 100));
	CHECK(lseek(fd, 9 * PAGE, SEEK_SET) == 9 * PAGE && writev(fd, iov, 2) == 5100);
	CHECK(sendfile(out, fd, &pos, 100) == 100 && pread(out, back, 100, 0) == 100);
	CHECK(back[0] == host_byte(3 * PAGE - 5) && back[99] == host_byte(3 * PAGE + 94));
	CHECK(close(out) == 0 && close(fd) == 0 && unlink("/tmp.blk") == 0);
}

static void test_mappings(void)
{
	int fd = open_part(O_RDWR);
	unsigned char *p;

	p = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 16 * PAGE);
	CHECK(p != MAP_FAILED && p[5] == host_byte(16 * PAGE + 5));
	p[5] = 0x77;
	CHECK(pread(fd, back, 1, 16 * PAGE + 5) == 1 && back[0] == 0x77);
	CHECK(pwrite(fd, "x", 1, 16 * PAGE + 6) == 1 && p[6] == 'x');
	CHECK(msync(p, 3 * PAGE, MS_SYNC) == 0);
	p[7] = 0x78; /* noticed again */
	CHECK(msync(p, 3 * PAGE, MS_SYNC) == 0);
	CHECK(munmap(p, 3 * PAGE) == 0);
	p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 17 * PAGE);
	CHECK(p != MAP_FAILED);
	p[0] = 0x11;
	CHECK(pread(fd, back, 1, 17 * PAGE) == 1 && back[0] == host_byte(17 * PAGE));
	CHECK(munmap(p, PAGE) == 0 && close(fd) == 0);
}

/* ---- who may --------------------------------------------------------------------------------- */

static void test_alone(void)
{
	int whole = open(disk, O_RDONLY | O_EXCL), fd;

	CHECK(whole >= 0);
	CHECK_ERRNO(open(disk, O_RDONLY | O_EXCL), EBUSY);
	CHECK_ERRNO(open(part, O_RDONLY | O_EXCL), EBUSY);
	CHECK_ERRNO(mount(part, "/", "ext2", 0, NULL), EBUSY);
	fd = open_part(O_RDWR); /* who does not hold it himself may */
	close(whole);
	whole = open(part, O_RDONLY | O_EXCL);
	CHECK(whole >= 0);
	CHECK_ERRNO(open(disk, O_RDONLY | O_EXCL), EBUSY);
	close(whole);
	whole = open(disk, O_RDONLY | O_EXCL);
	CHECK(whole >= 0 && close(whole) == 0 && close(fd) == 0);
}

static void test_read_only(void)
{
	int fd = open_part(O_RDWR), yes = 1, no = 0, n = -1;

	CHECK(ioctl(fd, BLKROGET, &n) == 0 && n == 0);
	CHECK_ERRNO(ioctl(fd, BLKROSET, BAD), EFAULT);
	CHECK(ioctl(fd, BLKROSET, &yes) == 0 && ioctl(fd, BLKROGET, &n) == 0 && n == 1);
	CHECK_ERRNO(pwrite(fd, buf, 1, 0), EPERM);
	CHECK_ERRNO(open(part, O_RDWR), EROFS);
	CHECK(ioctl(fd, BLKROSET, &no) == 0 && pwrite(fd, buf, 0, 0) == 0);
	CHECK(ioctl(fd, BLKFLSBUF, 0) == 0);
	close(fd);
}

static void as_nobody(int fd)
{
	int n = 1;

	CHECK(setgid(1000) == 0 && setuid(1000) == 0);
	CHECK_ERRNO(open(part, O_RDONLY), EACCES);
	CHECK(pread(fd, buf, 1, 0) == 1);
	CHECK_ERRNO(ioctl(fd, BLKROSET, &n), EACCES);
	CHECK_ERRNO(ioctl(fd, BLKFLSBUF, 0), EACCES);
	CHECK_ERRNO(ioctl(fd, BLKRRPART, 0), EACCES);
	exit(0);
}

static void test_nobody(void)
{
	int fd = open_part(O_RDONLY), status;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid)
		as_nobody(fd);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	close(fd);
}

/* ---- several at once ------------------------------------------------------------------------- */

/* Two nodes are one device; the whole disk is another one, which sees what was written back. */
static void test_several_nodes(void)
{
	struct stat st;
	int fd = open_part(O_RDWR), again, whole;

	CHECK(stat(part, &st) == 0 && mknod(other, S_IFBLK | 0600, st.st_rdev) == 0);
	again = open(other, O_RDWR);
	CHECK(again >= 0);
	CHECK(pwrite(fd, "node", 4, 40 * PAGE) == 4);
	CHECK(pread(again, back, 4, 40 * PAGE) == 4 && memcmp(back, "node", 4) == 0);
	CHECK(fsync(again) == 0);
	whole = open(disk, O_RDONLY | O_LARGEFILE);
	CHECK(whole >= 0);
	CHECK(pread(whole, back, 4, PART_START + 40 * PAGE) == 4 && memcmp(back, "node", 4) == 0);
	CHECK(lseek(whole, 0, SEEK_END) == DISK);
	CHECK(close(fd) == 0 && close(again) == 0 && close(whole) == 0 && unlink(other) == 0);
}

/* Closed by the last: what was written is there when it is opened next, without fsync. */
static void test_last_close(void)
{
	int fd = open_part(O_WRONLY);

	CHECK(pwrite(fd, "close", 5, 50 * PAGE + 1) == 5 && close(fd) == 0);
	fd = open(disk, O_RDONLY);
	CHECK(fd >= 0);
	CHECK(pread(fd, back, 5, PART_START + 50 * PAGE + 1) == 5 && !memcmp(back, "close", 5));
	close(fd);
}

int main(int argc, char **argv)
{
	CHECK(argc == 2);
	snprintf(disk, sizeof(disk), DEV "/%s", argv[1]);
	snprintf(part, sizeof(part), DEV "/%s1", argv[1]);
	snprintf(other, sizeof(other), "/other.blk");
	CHECK(mkdir(DEV, 0755) == 0);
	CHECK(mount("dev", DEV, "devtmpfs", 0, NULL) == 0);
	test_stat_and_sizes();
	test_read();
	test_write();
	test_vectors();
	test_mappings();
	test_alone();
	test_read_only();
	test_nobody();
	test_several_nodes();
	test_last_close();
	CHECK(umount(DEV) == 0 && rmdir(DEV) == 0);
	return 0;
}
