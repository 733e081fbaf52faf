/*
 * The calls about names, one after the other: what works, and what each refuses. Works in a folder
 * of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

#define PAGE   4096
#define KERNEL ((char *)0xc0100000)

static int make(const char *path)
{
	int fd = syscall(SYS_open, path, 0102 | 0200, 0644); /* O_RDWR | O_CREAT | O_EXCL */

	if (fd < 0)
		return -1;
	return syscall(SYS_close, fd);
}

static unsigned int stat_word(const char *path, int word)
{
	unsigned int st[24];

	CHECK(syscall(SYS_lstat64, path, st) == 0);
	return st[word];
}
#define MODE(path)  stat_word(path, 4)
#define NLINK(path) stat_word(path, 5)
#define INO(path)   stat_word(path, 22)

static void test_open(void)
{
	int fd;

	CHECK_ERRNO(syscall(SYS_open, "new", 0, 0), ENOENT);
	fd = syscall(SYS_open, "new", 0102, 0666);
	CHECK(fd == 3);
	CHECK(syscall(SYS_write, fd, "hello", 5) == 5);
	CHECK(syscall(SYS_close, fd) == 0);
	CHECK(MODE("new") == 0100644); /* umask 022 */
	CHECK_ERRNO(syscall(SYS_open, "new", 0302, 0666), EEXIST);
	CHECK_ERRNO(syscall(SYS_open, "new/", 0, 0), ENOTDIR);
	CHECK_ERRNO(syscall(SYS_open, "new/x", 0, 0), ENOTDIR);
	CHECK_ERRNO(syscall(SYS_open, "new/x", 0102, 0), ENOTDIR);
	CHECK_ERRNO(syscall(SYS_open, "none/x", 0102, 0), ENOENT);
	CHECK_ERRNO(syscall(SYS_open, "newer/", 0102, 0), EISDIR);
	CHECK_ERRNO(syscall(SYS_open, ".", 0102, 0), EISDIR);
	CHECK_ERRNO(syscall(SYS_open, ".", 02, 0), EISDIR);
	CHECK_ERRNO(syscall(SYS_open, "new", 0200000, 0), ENOTDIR); /* O_DIRECTORY */
	CHECK_ERRNO(syscall(SYS_open, "new", O_RDONLY | O_DIRECT, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_open, "", 0, 0), ENOENT);
	fd = syscall(SYS_open, "new", 01001, 0); /* O_WRONLY | O_TRUNC */
	CHECK(fd == 3);
	CHECK(stat_word("new", 11) == 0);
	CHECK(syscall(SYS_close, fd) == 0);
	fd = syscall(SYS_creat, "new", 0600);
	CHECK(fd == 3 && MODE("new") == 0100644);
	CHECK(syscall(SYS_close, fd) == 0);
	CHECK(syscall(SYS_unlink, "new") == 0);
}

static void test_mkdir(void)
{
	unsigned int links = NLINK(".");

	CHECK(syscall(SYS_mkdir, "d", 0777) == 0);
	CHECK(MODE("d") == 040755 && NLINK("d") == 2 && NLINK(".") == links + 1);
	CHECK_ERRNO(syscall(SYS_mkdir, "d", 0777), EEXIST);
	CHECK_ERRNO(syscall(SYS_mkdir, "d/.", 0777), EEXIST);
	CHECK_ERRNO(syscall(SYS_mkdir, "/", 0777), EEXIST);
	CHECK(syscall(SYS_mkdir, "d/e/", 01777) == 0);
	CHECK(MODE("d/e") == 041755);
	CHECK_ERRNO(syscall(SYS_rmdir, "d"), ENOTEMPTY);
	CHECK_ERRNO(syscall(SYS_rmdir, "d/e/."), EINVAL);
	CHECK_ERRNO(syscall(SYS_rmdir, "d/e/.."), ENOTEMPTY);
	CHECK_ERRNO(syscall(SYS_rmdir, "/"), EBUSY);
	CHECK_ERRNO(syscall(SYS_unlink, "d/e"), EISDIR);
	CHECK(syscall(SYS_rmdir, "d/e/") == 0);
	CHECK_ERRNO(syscall(SYS_rmdir, "d/e"), ENOENT);
	CHECK(make("f") == 0);
	CHECK_ERRNO(syscall(SYS_rmdir, "f"), ENOTDIR);
	CHECK_ERRNO(syscall(SYS_unlink, "f/"), ENOTDIR);
	CHECK(syscall(SYS_unlinkat, -100, "f", 0) == 0);
	CHECK_ERRNO(syscall(SYS_unlinkat, -100, "d", 1), EINVAL);
	CHECK(syscall(SYS_unlinkat, -100, "d", 0x200) == 0);
	CHECK(NLINK(".") == links);
}

/* A folder that is gone but is still somebody's working directory takes no new names. */
static void test_dead_folder(void)
{
	char buf[100];
	int fd;

	CHECK(syscall(SYS_mkdir, "dead", 0777) == 0);
	fd = syscall(SYS_open, "dead", 0200000, 0);
	CHECK(fd == 3);
	CHECK(syscall(SYS_rmdir, "dead") == 0);
	CHECK_ERRNO(syscall(SYS_openat, fd, "x", 0102, 0666), ENOENT);
	CHECK_ERRNO(syscall(SYS_mkdirat, fd, "x", 0777), ENOENT);
	CHECK(syscall(SYS_fchdir, fd) == 0);
	CHECK_ERRNO(syscall(SYS_getcwd, buf, sizeof(buf)), ENOENT);
	CHECK(syscall(SYS_chdir, "..") == 0);
	CHECK(syscall(SYS_close, fd) == 0);
}

static void test_link(void)
{
	CHECK(make("a") == 0);
	CHECK(syscall(SYS_mkdir, "d", 0777) == 0);
	CHECK(syscall(SYS_link, "a", "b") == 0);
	CHECK(NLINK("a") == 2 && INO("a") == INO("b"));
	CHECK_ERRNO(syscall(SYS_link, "a", "b"), EEXIST);
	CHECK_ERRNO(syscall(SYS_link, "d", "e"), EPERM);
	CHECK_ERRNO(syscall(SYS_link, "none", "e"), ENOENT);
	CHECK_ERRNO(syscall(SYS_link, "a", "none/e"), ENOENT);
	CHECK_ERRNO(syscall(SYS_link, "a", "e/"), ENOENT);
	CHECK_ERRNO(syscall(SYS_linkat, -100, "a", -100, "e", 0x100), EINVAL);
	CHECK(syscall(SYS_rename, "a", "b") == 0); /* two names of one file: nothing happens */
	CHECK(NLINK("a") == 2);
	CHECK(syscall(SYS_unlink, "a") == 0 && NLINK("b") == 1);
	CHECK(syscall(SYS_unlink, "b") == 0);
	CHECK(syscall(SYS_rmdir, "d") == 0);
}

static void test_symlink(void)
{
	char buf[64], name[8] = "l00";

	memset(buf, '#', sizeof(buf));
	CHECK(syscall(SYS_symlink, "target", "s") == 0);
	CHECK(MODE("s") == 0120777 && stat_word("s", 11) == 6);
	CHECK(syscall(SYS_readlink, "s", buf, sizeof(buf)) == 6 && !memcmp(buf, "target#", 7));
	CHECK(syscall(SYS_readlink, "s", buf, 3) == 3);
	CHECK_ERRNO(syscall(SYS_readlink, "s", buf, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_readlink, ".", buf, 10), EINVAL);
	CHECK_ERRNO(syscall(SYS_open, "s", 0, 0), ENOENT);
	CHECK_ERRNO(syscall(SYS_open, "s", 0302, 0), EEXIST);
	CHECK(syscall(SYS_open, "s", 0102, 0600) == 3); /* makes what it leads to */
	CHECK(syscall(SYS_close, 3) == 0 && MODE("target") == 0100600);
	CHECK_ERRNO(syscall(SYS_open, "s", 0400000, 0), ELOOP); /* O_NOFOLLOW */
	CHECK_ERRNO(syscall(SYS_open, "s/", 0, 0), ENOTDIR);
	CHECK(syscall(SYS_unlink, "s") == 0 && syscall(SYS_unlink, "target") == 0);
	CHECK(syscall(SYS_symlink, "l00", "l00") == 0);
	CHECK_ERRNO(syscall(SYS_open, "l00", 0, 0), ELOOP);
	CHECK(syscall(SYS_unlink, "l00") == 0);
	CHECK(make("l00") == 0);
	for (int i = 1; i <= 41; i++) { /* l41 -> l40 -> ... -> l00 */
		char next[8];

		strcpy(next, name);
		name[1] = (char)('0' + i / 10);
		name[2] = (char)('0' + i % 10);
		CHECK(syscall(SYS_symlink, next, name) == 0);
	}
	CHECK(syscall(SYS_access, "l40", 0) == 0);
	CHECK_ERRNO(syscall(SYS_access, "l41", 0), ELOOP);
	for (int i = 0; i <= 41; i++) {
		name[1] = (char)('0' + i / 10);
		name[2] = (char)('0' + i % 10);
		CHECK(syscall(SYS_unlink, name) == 0);
	}
	CHECK(syscall(SYS_mkdir, "d", 0777) == 0 && make("d/f") == 0);
	CHECK(syscall(SYS_symlink, "d/../d/.", "s") == 0);
	CHECK(syscall(SYS_access, "s/f", 0) == 0 && syscall(SYS_access, "s//./f", 0) == 0);
	CHECK_ERRNO(syscall(SYS_rmdir, "s"), ENOTDIR);
	CHECK(syscall(SYS_unlink, "d/f") == 0 && syscall(SYS_rmdir, "d") == 0);
	CHECK(syscall(SYS_unlink, "s") == 0);
}

static void test_rename(void)
{
	unsigned int links = NLINK("."), ino;

	CHECK(make("a") == 0 && make("b") == 0);
	ino = INO("a");
	CHECK(syscall(SYS_rename, "a", "b") == 0);
	CHECK(INO("b") == ino);
	CHECK_ERRNO(syscall(SYS_rename, "a", "b"), ENOENT);
	CHECK(syscall(SYS_mkdir, "d", 0777) == 0 && syscall(SYS_mkdir, "e", 0777) == 0);
	CHECK_ERRNO(syscall(SYS_rename, "b", "d"), EISDIR);
	CHECK_ERRNO(syscall(SYS_rename, "d", "b"), ENOTDIR);
	CHECK_ERRNO(syscall(SYS_rename, "b", "c/"), ENOTDIR);
	CHECK_ERRNO(syscall(SYS_rename, "d", "d/x"), EINVAL);
	CHECK_ERRNO(syscall(SYS_rename, "d/.", "x"), EBUSY);
	CHECK_ERRNO(syscall(SYS_rename, "d", ".."), EBUSY);
	CHECK(syscall(SYS_rename, "b", "e/b") == 0);
	CHECK_ERRNO(syscall(SYS_rename, "d", "e"), ENOTEMPTY);
	CHECK_ERRNO(syscall(SYS_rename, "e/b", "e"), ENOTEMPTY);
	CHECK_ERRNO(syscall(SYS_renameat2, -100, "e/b", -100, "d", 1), EEXIST);
	CHECK_ERRNO(syscall(SYS_renameat2, -100, "e/b", -100, "d", 8), EINVAL);
	CHECK(syscall(SYS_rename, "e", "d/e") == 0); /* its ".." is another one now */
	CHECK(NLINK("d") == 3 && NLINK(".") == links + 1);
	CHECK(INO("d/e/b") == ino && INO("d/e/..") == INO("d"));
	CHECK(syscall(SYS_mkdir, "x", 0777) == 0);
	CHECK(syscall(SYS_rename, "d/e", "x/") == 0); /* over an empty folder */
	CHECK(INO("x/b") == ino && NLINK("d") == 2 && NLINK(".") == links + 2);
	CHECK(syscall(SYS_renameat2, -100, "x/b", -100, "b", 1) == 0);
	CHECK(syscall(SYS_unlink, "b") == 0);
	CHECK(syscall(SYS_rmdir, "x") == 0 && syscall(SYS_rmdir, "d") == 0);
	CHECK_ERRNO(syscall(SYS_rename, "/boot/names", "/dev/none/x"), ENOENT);
}

static void test_names(void)
{
	static char name[300], path[5000], deep[4096];

	memset(name, 'n', 255);
	CHECK(make(name) == 0 && syscall(SYS_unlink, name) == 0);
	name[255] = 'n';
	CHECK_ERRNO(make(name), ENAMETOOLONG);
	CHECK_ERRNO(syscall(SYS_mkdir, name, 0), ENAMETOOLONG);
	memset(path, '/', 4999);
	CHECK_ERRNO(syscall(SYS_chdir, path), ENAMETOOLONG);
	path[4095] = 0;
	CHECK(syscall(SYS_access, path, 0) == 0);
	for (int i = 0; i < 100; i++)
		CHECK(syscall(SYS_mkdir, "x", 0777) == 0 && syscall(SYS_chdir, "x") == 0);
	CHECK(syscall(SYS_getcwd, deep, sizeof(deep)) > 200);
	CHECK_ERRNO(syscall(SYS_getcwd, deep, 100), ERANGE);
	for (int i = 0; i < 100; i++)
		CHECK(syscall(SYS_chdir, "..") == 0 && syscall(SYS_rmdir, "x") == 0);
	CHECK(syscall(SYS_getcwd, deep, sizeof(deep)) == 7 && !strcmp(deep, "/names"));
}

static void test_mknod(void)
{
	CHECK(syscall(SYS_mknod, "fifo", 0010666, 0) == 0 && MODE("fifo") == 0010644);
	CHECK(syscall(SYS_mknod, "chr", 0020600, 0x12345) == 0);
	CHECK(MODE("chr") == 0020600 && stat_word("chr", 8) == 0x12345);
	CHECK_ERRNO(syscall(SYS_mknod, "d", 0040600, 0), EPERM);
	CHECK_ERRNO(syscall(SYS_mknod, "d", 0030600, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_mknod, "chr", 0020600, 0), EEXIST);
	CHECK_ERRNO(syscall(SYS_open, "chr", 0, 0), ENXIO);
	CHECK(syscall(SYS_mknod, "reg", 0600, 0) == 0 && MODE("reg") == 0100600);
	CHECK(syscall(SYS_unlink, "fifo") == 0 && syscall(SYS_unlink, "chr") == 0);
	CHECK(syscall(SYS_unlink, "reg") == 0);
}

/* Every call that takes a path, with paths that are not there or are cut by the end of memory. */
static void test_bad_pointers(char *end)
{
	static const int one[] = {SYS_open,    SYS_creat, SYS_unlink, SYS_chdir,    SYS_mkdir,
				  SYS_rmdir,   SYS_chmod, SYS_lchown, SYS_readlink, SYS_statfs,
				  SYS_stat,    SYS_lstat, SYS_stat64, SYS_lstat64,  SYS_chroot,
				  SYS_umount,  SYS_utime, SYS_utimes, SYS_mknod,    SYS_oldstat,
				  SYS_oldlstat};
	static const int two[] = {SYS_link, SYS_rename, SYS_symlink};
	char buf[256] = {0};

	memset(end - 20, 'x', 20);
	for (unsigned int i = 0; i < sizeof(one) / sizeof(*one); i++) {
		CHECK_ERRNO(syscall(one[i], KERNEL, buf, 10), EFAULT);
		CHECK_ERRNO(syscall(one[i], NULL, buf, 10), EFAULT);
		for (int cut = 1; cut < 10; cut++)
			CHECK_ERRNO(syscall(one[i], end - cut, buf, 10), EFAULT);
	}
	for (unsigned int i = 0; i < sizeof(two) / sizeof(*two); i++) {
		CHECK_ERRNO(syscall(two[i], "x", KERNEL), EFAULT);
		CHECK_ERRNO(syscall(two[i], KERNEL, "x"), EFAULT);
		CHECK_ERRNO(syscall(two[i], end - 5, "x"), EFAULT);
	}
	CHECK_ERRNO(syscall(SYS_access, KERNEL, 0), EFAULT);
	CHECK_ERRNO(syscall(SYS_truncate, end - 5, 0), EFAULT);
	CHECK_ERRNO(syscall(SYS_stat64, "/", KERNEL), EFAULT);
	for (int cut = 1; cut < 96; cut++)
		CHECK_ERRNO(syscall(SYS_stat64, "/", end - cut), EFAULT);
	for (int cut = 1; cut < 64; cut++) {
		CHECK_ERRNO(syscall(SYS_stat, "/", end - cut), EFAULT);
		CHECK_ERRNO(syscall(SYS_statfs, "/", end - cut), EFAULT);
	}
	for (int cut = 1; cut < 256; cut++)
		CHECK_ERRNO(syscall(SYS_statx, -100, "/", 0, 0x7ff, end - cut), EFAULT);
	CHECK_ERRNO(syscall(SYS_getcwd, end - 5, 100), EFAULT);
	CHECK(syscall(SYS_symlink, "target", "s") == 0);
	CHECK_ERRNO(syscall(SYS_readlink, "s", end - 5, 100), EFAULT);
	CHECK(syscall(SYS_unlink, "s") == 0);
	strcpy(end - 2, "/");
	CHECK(syscall(SYS_stat64, end - 2, buf) == 0); /* up to the last byte is good */
}

int main(void)
{
	char *end =
		mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(end != MAP_FAILED);
	end += PAGE;
	CHECK(munmap(end, PAGE) == 0);
	syscall(SYS_umask, 022);
	CHECK(syscall(SYS_mkdir, "/names", 0777) == 0);
	CHECK(syscall(SYS_chdir, "/names") == 0);
	test_open();
	test_mkdir();
	test_dead_folder();
	test_link();
	test_symlink();
	test_rename();
	test_names();
	test_mknod();
	test_bad_pointers(end);
	CHECK(syscall(SYS_chdir, "/") == 0);
	CHECK(syscall(SYS_rmdir, "/names") == 0);
	return 0;
}
