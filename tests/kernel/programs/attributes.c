/*
 * Mode, owner, times and size of files, and who may change and use them: as root, and as user 1000.
 * Works in a folder of its own.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

#define KERNEL ((char *)0xc0100000)

enum { MODE = 4, NLINK = 5, UID = 6, GID = 7, SIZE = 11, ATIME = 16, ATIME_NS = 17, MTIME = 18 };

static unsigned int stat_word(const char *path, int word)
{
	unsigned int st[24];

	CHECK(syscall(SYS_lstat64, path, st) == 0);
	return st[word];
}

static void make(const char *path, unsigned int mode)
{
	int fd = syscall(SYS_open, path, 0102 | 0200, 0600);

	CHECK(fd >= 0 && syscall(SYS_close, fd) == 0);
	CHECK(syscall(SYS_chmod, path, mode) == 0);
}

static void test_mode_and_owner(void)
{
	int fd;

	make("f", 07644);
	CHECK(stat_word("f", MODE) == 0107644);
	CHECK(syscall(SYS_chown32, "f", 7, 70000) == 0);
	CHECK(stat_word("f", UID) == 7 && stat_word("f", GID) == 70000);
	CHECK(stat_word("f", MODE) == 0103644); /* set-user-id goes; the other means locking here */
	CHECK(syscall(SYS_chown, "f", -1, 9) == 0);
	CHECK(stat_word("f", UID) == 7 && stat_word("f", GID) == 9);
	fd = syscall(SYS_open, "f", 0, 0);
	CHECK(syscall(SYS_fchmod, fd, 0600) == 0 && stat_word("f", MODE) == 0100600);
	CHECK(syscall(SYS_fchown32, fd, 0, 0) == 0 && stat_word("f", UID) == 0);
	CHECK(syscall(SYS_close, fd) == 0);
	CHECK_ERRNO(syscall(SYS_fchmod, fd, 0600), EBADF);
	CHECK_ERRNO(syscall(SYS_chmod, "none", 0600), ENOENT);
	CHECK(syscall(SYS_symlink, "f", "s") == 0);
	CHECK(syscall(SYS_lchown32, "s", 5, 6) == 0);
	CHECK(stat_word("s", UID) == 5 && stat_word("f", UID) == 0);
	CHECK(syscall(SYS_fchownat, -100, "s", 8, 8, 0) == 0 && stat_word("f", UID) == 8);
	CHECK_ERRNO(syscall(SYS_fchownat, -100, "s", 8, 8, 1), EINVAL);
	CHECK(syscall(SYS_umask, 077) == 022 && syscall(SYS_umask, 022) == 077);
	CHECK(syscall(SYS_unlink, "s") == 0 && syscall(SYS_unlink, "f") == 0);
}

static void test_times(void)
{
	int some[4] = {1000, 500, 2000, 600}, wrong[4] = {0, 1000000000, 0, 0};
	int now_and_omit[4] = {0, 0x3fffffff, 0, 0x3ffffffe};
	long long wide[4] = {5000000000ll, 7, 1, 2};

	make("f", 0600);
	CHECK(syscall(SYS_utimensat, -100, "f", some, 0) == 0);
	CHECK(stat_word("f", ATIME) == 1000 && stat_word("f", ATIME_NS) == 500);
	CHECK(stat_word("f", MTIME) == 2000);
	CHECK_ERRNO(syscall(SYS_utimensat, -100, "f", wrong, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_utimensat, -100, "f", KERNEL, 0), EFAULT);
	CHECK_ERRNO(syscall(SYS_utimensat, -100, "f", some, 1), EINVAL);
	CHECK(syscall(SYS_utimensat, -100, "f", now_and_omit, 0) == 0);
	CHECK(stat_word("f", ATIME) > 1700000000 && stat_word("f", MTIME) == 2000);
	CHECK(syscall(SYS_utimensat_time64, -100, "f", wide, 0) == 0);
	CHECK(stat_word("f", ATIME) == (unsigned int)5000000000ll && stat_word("f", MTIME) == 1);
	CHECK(syscall(SYS_utimes, "f", (int[]){10, 999999, 20, 0}) == 0);
	CHECK(stat_word("f", ATIME_NS) == 999999000);
	CHECK_ERRNO(syscall(SYS_utimes, "f", (int[]){10, 1000000, 20, 0}), EINVAL);
	CHECK(syscall(SYS_utime, "f", (int[]){30, 40}) == 0 && stat_word("f", MTIME) == 40);
	CHECK(syscall(SYS_utime, "f", NULL) == 0 && stat_word("f", MTIME) > 1700000000);
	CHECK_ERRNO(syscall(SYS_utime, "none", NULL), ENOENT);
	CHECK(syscall(SYS_unlink, "f") == 0);
}

static void test_size(void)
{
	char buf[10] = "##########";
	int fd;

	make("f", 0600);
	fd = syscall(SYS_open, "f", 2, 0);
	CHECK(write(fd, "0123456789", 10) == 10);
	CHECK(syscall(SYS_ftruncate, fd, 4) == 0 && stat_word("f", SIZE) == 4);
	CHECK(syscall(SYS_truncate, "f", 8) == 0 && stat_word("f", SIZE) == 8);
	CHECK(syscall(SYS_pread64, fd, buf, 10, 0, 0) == 8 && !memcmp(buf, "0123\0\0\0\0##", 10));
	CHECK(syscall(SYS_truncate64, "f", 0, 1) == 0); /* 4 GiB of nothing */
	CHECK(stat_word("f", SIZE) == 0 && stat_word("f", SIZE + 1) == 1);
	CHECK_ERRNO(syscall(SYS_stat, "f", (char[64]){0}), EOVERFLOW);
	CHECK_ERRNO(syscall(SYS_open, "f", 0, 0), EOVERFLOW); /* without O_LARGEFILE */
	CHECK(syscall(SYS_ftruncate64, fd, 0, 0) == 0);
	CHECK_ERRNO(syscall(SYS_truncate, "f", -1), EINVAL);
	CHECK_ERRNO(syscall(SYS_truncate, ".", 0), EISDIR);
	CHECK_ERRNO(syscall(SYS_truncate, "none", 0), ENOENT);
	CHECK_ERRNO(syscall(SYS_fallocate, fd, 0, 0, 0, 1, 0), EOPNOTSUPP);
	CHECK_ERRNO(syscall(SYS_fallocate, fd, 0, 0, 0, 0, 0), EINVAL);
	CHECK(syscall(SYS_fadvise64, fd, 0, 0, 0, 4) == 0);
	CHECK_ERRNO(syscall(SYS_fadvise64, fd, 0, 0, 0, 6), EINVAL);
	CHECK(syscall(SYS_readahead, fd, 0, 0, 100) == 0);
	CHECK(syscall(SYS_fsync, fd) == 0 && syscall(SYS_fdatasync, fd) == 0);
	CHECK(syscall(SYS_syncfs, fd) == 0 && syscall(SYS_sync) == 0);
	CHECK(syscall(SYS_close, fd) == 0);
	CHECK_ERRNO(syscall(SYS_fsync, fd), EBADF);
	fd = syscall(SYS_open, "f", 0, 0);
	CHECK_ERRNO(syscall(SYS_ftruncate, fd, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_fallocate, fd, 0, 0, 0, 1, 0), EBADF);
	CHECK(syscall(SYS_close, fd) == 0 && syscall(SYS_unlink, "f") == 0);
}

static void test_statx(void)
{
	unsigned int x[64];

	make("f", 0640);
	CHECK(syscall(SYS_statx, -100, "f", 0, 0x7ff, x) == 0);
	CHECK((x[0] & 0x7ff) == 0x7ff && (x[7] & 0xffff) == 0100640);
	CHECK_ERRNO(syscall(SYS_statx, -100, "f", 0, 0x80000000, x), EINVAL);
	CHECK_ERRNO(syscall(SYS_statx, -100, "f", 0x6000, 0, x), EINVAL);
	CHECK(syscall(SYS_statx, 1, "", 0x1000, 0x7ff, x) == 0);
	CHECK(syscall(SYS_fstatat64, 1, "", x, 0x1000) == 0);
	CHECK_ERRNO(syscall(SYS_fstatat64, -100, "", x, 0), ENOENT);
	CHECK(syscall(SYS_statfs, "f", x) == 0 && x[1] == 4096);
	CHECK(syscall(SYS_statfs64, "f", 84, x) == 0);
	CHECK_ERRNO(syscall(SYS_statfs64, "f", 88, x), EINVAL);
	CHECK(syscall(SYS_unlink, "f") == 0);
}

/* What root has made, and what user 1000, who is in no group, may do with it. */
static void test_permissions(void)
{
	int fd;

	make("mine", 0600);
	make("ours", 0644);
	make("all", 0666);
	CHECK(syscall(SYS_mkdir, "sticky", 0) == 0 && syscall(SYS_chmod, "sticky", 01777) == 0);
	CHECK(syscall(SYS_mkdir, "closed", 0700) == 0);
	CHECK(syscall(SYS_mkdir, "group", 0) == 0);
	CHECK(syscall(SYS_chown32, "group", 0, 1234) == 0);
	CHECK(syscall(SYS_chmod, "group", 02777) == 0);
	make("sticky/root", 0666);
	make("closed/f", 0666);
	CHECK(syscall(SYS_setresgid32, 1000, 1000, 0) == 0);
	CHECK(syscall(SYS_setresuid32, 1000, 1000, 0) == 0);
	CHECK_ERRNO(syscall(SYS_open, "mine", 0, 0), EACCES);
	CHECK_ERRNO(syscall(SYS_open, "ours", 1, 0), EACCES);
	CHECK_ERRNO(syscall(SYS_open, "ours", 01000, 0), EACCES); /* O_TRUNC */
	CHECK_ERRNO(syscall(SYS_open, "new", 0102, 0), EACCES);
	CHECK_ERRNO(syscall(SYS_open, "closed/f", 0, 0), EACCES);
	CHECK_ERRNO(syscall(SYS_chdir, "closed"), EACCES);
	CHECK_ERRNO(syscall(SYS_unlink, "all"), EACCES);
	CHECK_ERRNO(syscall(SYS_chmod, "all", 0), EPERM);
	CHECK_ERRNO(syscall(SYS_chown32, "all", 1000, -1), EPERM);
	CHECK_ERRNO(syscall(SYS_utime, "all", (int[]){1, 1}), EPERM);
	CHECK(syscall(SYS_utime, "all", NULL) == 0); /* who may write may say: now */
	CHECK_ERRNO(syscall(SYS_utime, "ours", NULL), EACCES);
	CHECK_ERRNO(syscall(SYS_unlink, "sticky/root"), EPERM);
	CHECK_ERRNO(syscall(SYS_rename, "sticky/root", "sticky/x"), EPERM);
	CHECK_ERRNO(syscall(SYS_mknod, "sticky/chr", 0020666, 0x103), EPERM);
	CHECK_ERRNO(syscall(SYS_chroot, "sticky"), EPERM);
	CHECK_ERRNO(syscall(SYS_mount, "x", "sticky", "tmpfs", 0, NULL), EPERM);
	CHECK_ERRNO(syscall(SYS_open, "all", 01000000, 0), EPERM); /* O_NOATIME */
	fd = syscall(SYS_open, "sticky/own", 0102, 0644);
	CHECK(fd >= 0 && syscall(SYS_close, fd) == 0 && stat_word("sticky/own", UID) == 1000);
	CHECK(syscall(SYS_chmod, "sticky/own", 0600) == 0 &&
	      syscall(SYS_unlink, "sticky/own") == 0);
	CHECK(syscall(SYS_mkdir, "group/d", 0777) == 0);
	CHECK(stat_word("group/d", GID) == 1234 && stat_word("group/d", MODE) == 042755);
	CHECK_ERRNO(syscall(SYS_access, "ours", 2), EACCES);
	CHECK(syscall(SYS_access, "ours", 4) == 0);
	CHECK(syscall(SYS_setresuid32, -1, 0, -1) == 0); /* effective root, real user */
	CHECK_ERRNO(syscall(SYS_access, "mine", 4), EACCES);
	CHECK(syscall(SYS_faccessat2, -100, "mine", 4, 0x200) == 0); /* AT_EACCESS */
	CHECK_ERRNO(syscall(SYS_access, "mine", 8), EINVAL);
	CHECK(syscall(SYS_setresuid32, 0, 0, 0) == 0 && syscall(SYS_setresgid32, 0, 0, 0) == 0);
	CHECK_ERRNO(syscall(SYS_access, "ours", 1), EACCES); /* not even root runs that */
	CHECK(syscall(SYS_rmdir, "group/d") == 0 && syscall(SYS_rmdir, "group") == 0);
	CHECK(syscall(SYS_unlink, "closed/f") == 0 && syscall(SYS_rmdir, "closed") == 0);
	CHECK(syscall(SYS_unlink, "sticky/root") == 0 && syscall(SYS_rmdir, "sticky") == 0);
	CHECK(syscall(SYS_unlink, "mine") == 0 && syscall(SYS_unlink, "ours") == 0);
	CHECK(syscall(SYS_unlink, "all") == 0);
}

int main(void)
{
	syscall(SYS_umask, 022);
	CHECK(syscall(SYS_mkdir, "/attributes", 0755) == 0);
	CHECK(syscall(SYS_chdir, "/attributes") == 0);
	test_mode_and_owner();
	test_times();
	test_size();
	test_statx();
	test_permissions();
	CHECK(syscall(SYS_chdir, "/") == 0);
	CHECK(syscall(SYS_rmdir, "/attributes") == 0);
	return 0;
}
