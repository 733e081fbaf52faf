/* Mounting and unmounting: what is seen where, what is refused, and when something is busy. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

#define KERNEL ((char *)0xc0100000)

static void make(const char *path)
{
	int fd = syscall(SYS_open, path, 0102, 0600);

	CHECK(fd >= 0 && syscall(SYS_close, fd) == 0);
}

static long mount_at(const char *from, const char *to, const char *type, unsigned long flags)
{
	return syscall(SYS_mount, from, to, type, flags, NULL);
}

static void test_simple(void)
{
	char cwd[100];

	make("m/below");
	CHECK(mount_at("x", "m", "tmpfs", 0) == 0);
	CHECK_ERRNO(syscall(SYS_access, "m/below", 0), ENOENT);
	make("m/above");
	CHECK_ERRNO(syscall(SYS_rename, "m/above", "above"), EXDEV);
	CHECK_ERRNO(syscall(SYS_link, "m/above", "above"), EXDEV);
	CHECK_ERRNO(syscall(SYS_rmdir, "m"), EBUSY);
	CHECK_ERRNO(syscall(SYS_rename, "m", "n"), EBUSY);
	CHECK(syscall(SYS_chdir, "m") == 0);
	CHECK(syscall(SYS_getcwd, cwd, sizeof(cwd)) == 10 && !strcmp(cwd, "/mounts/m"));
	CHECK_ERRNO(syscall(SYS_umount2, "/mounts/m", 0), EBUSY);
	CHECK(syscall(SYS_access, "../m/above", 0) == 0);
	CHECK(syscall(SYS_chdir, "..") == 0);
	CHECK(syscall(SYS_umount2, "m", 0) == 0);
	CHECK(syscall(SYS_access, "m/below", 0) == 0);
	CHECK_ERRNO(syscall(SYS_umount2, "m", 0), EINVAL);
	CHECK(syscall(SYS_unlink, "m/below") == 0);
}

static void test_refused(void)
{
	make("f");
	CHECK_ERRNO(mount_at("x", "none", "tmpfs", 0), ENOENT);
	CHECK_ERRNO(mount_at("x", "m", "nofs", 0), ENODEV);
	CHECK_ERRNO(mount_at("x", "m", NULL, 0), EINVAL);
	CHECK_ERRNO(mount_at("x", "f", "tmpfs", 0), ENOTDIR);
	CHECK_ERRNO(mount_at("x", "m", KERNEL, 0), EFAULT);
	CHECK_ERRNO(mount_at(KERNEL, "m", "tmpfs", 0), EFAULT);
	CHECK_ERRNO(mount_at("x", KERNEL, "tmpfs", 0), EFAULT);
	CHECK_ERRNO(syscall(SYS_mount, "x", "m", "tmpfs", 0, KERNEL), EFAULT);
	CHECK_ERRNO(syscall(SYS_umount2, "m", 0x40), EINVAL);
	CHECK_ERRNO(syscall(SYS_umount2, "none", 0), ENOENT);
	CHECK_ERRNO(mount_at(NULL, "m", NULL, 32), EINVAL); /* MS_REMOUNT of what is no mount */
	CHECK(syscall(SYS_unlink, "f") == 0);
}

/* Each of these keeps a mount busy, and a file without a name keeps it from becoming read-only. */
static void test_busy(void)
{
	char *map;
	int fd;

	CHECK(mount_at("x", "m", "tmpfs", 0) == 0);
	fd = syscall(SYS_open, "m/f", 0102, 0600);
	CHECK_ERRNO(syscall(SYS_umount2, "m", 0), EBUSY);
	CHECK(syscall(SYS_write, fd, "x", 1) == 1);
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(map != MAP_FAILED && syscall(SYS_close, fd) == 0);
	CHECK_ERRNO(syscall(SYS_umount2, "m", 0), EBUSY);
	CHECK_ERRNO(mount_at(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY), EBUSY);
	CHECK(munmap(map, 4096) == 0);
	fd = syscall(SYS_open, "m/f", 0, 0);
	CHECK(syscall(SYS_unlink, "m/f") == 0);
	CHECK_ERRNO(mount_at(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY), EBUSY);
	make("m/still-writable");
	CHECK(syscall(SYS_close, fd) == 0);
	CHECK(syscall(SYS_mkdir, "m/d", 0700) == 0 && mount_at("y", "m/d", "tmpfs", 0) == 0);
	CHECK_ERRNO(syscall(SYS_umount2, "m", 0), EBUSY);
	CHECK(syscall(SYS_umount2, "m/d", 0) == 0);
	CHECK(mount_at(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY) == 0);
	CHECK_ERRNO(syscall(SYS_rmdir, "m/d"), EROFS);
	CHECK_ERRNO(syscall(SYS_rename, "m/d", "m/e"), EROFS);
	CHECK_ERRNO(syscall(SYS_mknod, "m/p", 0010600, 0), EROFS);
	CHECK(mount_at(NULL, "m", NULL, MS_REMOUNT) == 0);
	CHECK(syscall(SYS_rmdir, "m/d") == 0);
	CHECK(syscall(SYS_umount2, "m", 0) == 0);
}

/* A file system that lives on a device wants one: each way in which it is none. */
static void test_device(void)
{
	make("f");
	CHECK(syscall(SYS_mknod, "null", 0020600, 0x103) == 0);
	CHECK(syscall(SYS_mknod, "nodisk", 0060600, 0xfeff) == 0);
	if (mount_at(NULL, "m", "ext2", 0) == -1 && errno != ENODEV) { /* this kernel has ext2 */
		CHECK_ERRNO(mount_at(NULL, "m", "ext2", 0), EINVAL);
		CHECK_ERRNO(mount_at("nothing", "m", "ext2", 0), ENOENT);
		CHECK_ERRNO(mount_at("f", "m", "ext2", 0), ENOTBLK);
		CHECK_ERRNO(mount_at("null", "m", "ext2", 0), ENOTBLK);
		CHECK_ERRNO(mount_at("nodisk", "m", "ext2", 0), ENXIO);
	}
	CHECK(syscall(SYS_unlink, "f") == 0 && syscall(SYS_unlink, "null") == 0);
	CHECK(syscall(SYS_unlink, "nodisk") == 0);
}

static void test_flags(void)
{
	int fd;

	CHECK(mount_at("x", "m", "tmpfs", 4) == 0); /* MS_NODEV */
	CHECK(syscall(SYS_mknod, "m/null", 0020666, 0x103) == 0);
	CHECK_ERRNO(syscall(SYS_open, "m/null", 0, 0), EACCES);
	fd = syscall(SYS_open, "m/f", 0102, 0600);
	CHECK_ERRNO(mount_at(NULL, "m", NULL, 32 | 1), EBUSY); /* read-only, with a writer */
	CHECK(syscall(SYS_close, fd) == 0);
	CHECK(mount_at(NULL, "m", NULL, 32 | 1) == 0);
	CHECK_ERRNO(syscall(SYS_open, "m/f", 1, 0), EROFS);
	CHECK_ERRNO(syscall(SYS_open, "m/g", 0102, 0600), EROFS);
	CHECK_ERRNO(syscall(SYS_mkdir, "m/g", 0700), EROFS);
	CHECK_ERRNO(syscall(SYS_unlink, "m/f"), EROFS);
	CHECK_ERRNO(syscall(SYS_chmod, "m/f", 0), EROFS);
	CHECK_ERRNO(syscall(SYS_truncate, "m/f", 0), EROFS);
	CHECK_ERRNO(syscall(SYS_access, "m/f", 2), EROFS);
	CHECK_ERRNO(syscall(SYS_mkdir, "m/f", 0700), EEXIST);
	CHECK(syscall(SYS_umount2, "m", 0) == 0);
}

static void test_bind_and_move(void)
{
	make("f");
	CHECK(syscall(SYS_mkdir, "d", 0700) == 0 && syscall(SYS_mkdir, "d/e", 0700) == 0);
	CHECK(mount_at("d", "m", NULL, 4096) == 0); /* MS_BIND */
	CHECK(syscall(SYS_access, "m/e", 0) == 0);
	make("m/new");
	CHECK(syscall(SYS_unlink, "d/new") == 0);
	CHECK_ERRNO(mount_at("f", "d", NULL, 4096), ENOTDIR);
	CHECK_ERRNO(mount_at("m", "m/e", NULL, 8192), ELOOP); /* MS_MOVE into itself */
	CHECK_ERRNO(mount_at("d", "m", NULL, 8192), EINVAL);
	CHECK(syscall(SYS_mkdir, "n", 0700) == 0);
	CHECK(mount_at("m", "n", NULL, 8192) == 0);
	CHECK_ERRNO(syscall(SYS_access, "m/e", 0), ENOENT);
	CHECK(syscall(SYS_access, "n/e", 0) == 0);
	CHECK(mount_at("x", "n/e", "tmpfs", 0) == 0);
	CHECK_ERRNO(syscall(SYS_umount2, "n", 0), EBUSY);
	CHECK(syscall(SYS_umount2, "n", 2) == 0); /* MNT_DETACH takes both */
	CHECK(syscall(SYS_rmdir, "n") == 0 && syscall(SYS_rmdir, "d/e") == 0);
	CHECK(syscall(SYS_rmdir, "d") == 0 && syscall(SYS_unlink, "f") == 0);
}

/* What is detached in use stays for its users. */
static void test_detach(void)
{
	char cwd[100];

	CHECK(mount_at("x", "m", "tmpfs", 0) == 0);
	CHECK(syscall(SYS_chdir, "m") == 0);
	make("f");
	CHECK(syscall(SYS_umount2, "/mounts/m", 2) == 0);
	CHECK(syscall(SYS_access, "f", 0) == 0);
	CHECK_ERRNO(syscall(SYS_access, "/mounts/m/f", 0), ENOENT);
	CHECK(syscall(SYS_getcwd, cwd, sizeof(cwd)) > 0 && cwd[0] == '(');
	CHECK(syscall(SYS_chdir, "/mounts") == 0);
}

static void test_chroot(void)
{
	int fd = syscall(SYS_open, "/", 0200000, 0);
	char cwd[10];

	CHECK(syscall(SYS_mkdir, "m/inside", 0700) == 0);
	CHECK(syscall(SYS_chroot, "m") == 0);
	CHECK(syscall(SYS_chdir, "/") == 0 && syscall(SYS_chdir, "..") == 0);
	CHECK(syscall(SYS_getcwd, cwd, sizeof(cwd)) == 2 && !strcmp(cwd, "/"));
	CHECK(syscall(SYS_access, "/../../inside", 0) == 0);
	CHECK_ERRNO(syscall(SYS_access, "/mounts", 0), ENOENT);
	CHECK(syscall(SYS_fchdir, fd) == 0 && syscall(SYS_chroot, ".") == 0);
	CHECK(syscall(SYS_close, fd) == 0);
	CHECK(syscall(SYS_rmdir, "/mounts/m/inside") == 0);
}

int main(void)
{
	CHECK(syscall(SYS_mkdir, "/mounts", 0700) == 0 && syscall(SYS_chdir, "/mounts") == 0);
	CHECK(syscall(SYS_mkdir, "m", 0700) == 0);
	test_simple();
	test_refused();
	test_busy();
	test_device();
	test_flags();
	test_bind_and_move();
	test_detach();
	test_chroot();
	CHECK(syscall(SYS_rmdir, "/mounts/m") == 0);
	CHECK(syscall(SYS_chdir, "/") == 0 && syscall(SYS_rmdir, "/mounts") == 0);
	return 0;
}
