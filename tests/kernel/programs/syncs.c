/* fsync and its kin, advice about files, msync, and the settings of writing back. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

#define PAGE	  4096
#define ADVICE(n) syscall(SYS_fadvise64_64, fd, 0, 0, 0, 0, n)

static int fd, pipes[2], path_fd;

static void test_sync(void)
{
	CHECK(syscall(SYS_sync) == 0);
	CHECK(syscall(SYS_syncfs, fd) == 0);
	CHECK_ERRNO(syscall(SYS_syncfs, 99), EBADF);
	CHECK(syscall(SYS_fsync, fd) == 0);
	CHECK(syscall(SYS_fdatasync, fd) == 0);
	CHECK_ERRNO(syscall(SYS_fsync, 99), EBADF);
	CHECK_ERRNO(syscall(SYS_fdatasync, -1), EBADF);
	CHECK_ERRNO(syscall(SYS_fsync, pipes[0]), EINVAL);
	CHECK_ERRNO(syscall(SYS_fsync, path_fd), EBADF);
}

static void test_sync_file_range(void)
{
	for (int flags = 0; flags < 8; flags++)
		CHECK(syscall(SYS_sync_file_range, fd, 0, 0, 100, 0, flags) == 0);
	CHECK(syscall(SYS_sync_file_range, fd, 5, 0, 0, 0, 7) == 0);
	CHECK_ERRNO(syscall(SYS_sync_file_range, fd, 0, 0, 100, 0, 8), EINVAL);
	CHECK_ERRNO(syscall(SYS_sync_file_range, fd, 0, -1, 100, 0, 2), EINVAL);
	CHECK_ERRNO(syscall(SYS_sync_file_range, fd, 0, 0, 100, -1, 2), EINVAL);
	CHECK_ERRNO(syscall(SYS_sync_file_range, fd, -1, 0x7fffffff, 100, 0, 2), EINVAL);
	CHECK_ERRNO(syscall(SYS_sync_file_range, 99, 0, 0, 100, 0, 2), EBADF);
	CHECK_ERRNO(syscall(SYS_sync_file_range, pipes[0], 0, 0, 100, 0, 2), ESPIPE);
}

static void test_advice(void)
{
	for (int advice = 0; advice < 6; advice++)
		CHECK(ADVICE(advice) == 0);
	CHECK_ERRNO(ADVICE(6), EINVAL);
	CHECK_ERRNO(ADVICE(-1), EINVAL);
	CHECK_ERRNO(syscall(SYS_fadvise64_64, fd, 0, 0, -1, -1, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_fadvise64, pipes[0], 0, 0, 0, 0), ESPIPE);
	CHECK_ERRNO(syscall(SYS_fadvise64, 99, 0, 0, 0, 0), EBADF);
	CHECK(syscall(SYS_readahead, fd, 0, 0, 100000) == 0);
	CHECK(syscall(SYS_readahead, fd, 0, 0x70000000, 1) == 0);
	CHECK_ERRNO(syscall(SYS_readahead, 99, 0, 0, 1), EBADF);
	CHECK_ERRNO(syscall(SYS_readahead, pipes[0], 0, 0, 1), EINVAL);
	CHECK_ERRNO(syscall(SYS_readahead, pipes[1], 0, 0, 1), EBADF);
}

static void test_msync(void)
{
	char *at = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	CHECK(at != MAP_FAILED);
	strcpy(at, "mapped");
	CHECK(syscall(SYS_msync, at, 4 * PAGE, MS_SYNC) == 0);
	CHECK(syscall(SYS_msync, at, 1, MS_ASYNC) == 0);
	CHECK(syscall(SYS_msync, at, PAGE, MS_SYNC | MS_INVALIDATE) == 0);
	CHECK(syscall(SYS_msync, at, 0, 0) == 0);
	CHECK_ERRNO(syscall(SYS_msync, at + 1, PAGE, MS_SYNC), EINVAL);
	CHECK_ERRNO(syscall(SYS_msync, at, PAGE, MS_SYNC | MS_ASYNC), EINVAL);
	CHECK_ERRNO(syscall(SYS_msync, at, PAGE, 8), EINVAL);
	CHECK_ERRNO(syscall(SYS_msync, at, -PAGE, MS_SYNC), ENOMEM);
	CHECK(munmap(at + 2 * PAGE, PAGE) == 0);
	CHECK_ERRNO(syscall(SYS_msync, at, 4 * PAGE, MS_SYNC), ENOMEM);
	CHECK(mlock(at, PAGE) == 0);
	CHECK_ERRNO(syscall(SYS_msync, at, PAGE, MS_INVALIDATE), EBUSY);
	CHECK(syscall(SYS_msync, at, PAGE, MS_SYNC) == 0);
	CHECK(munmap(at, 4 * PAGE) == 0);
}

/* Read a setting, write it, read it again, and put the old text back. */
static void set(const char *name, const char *text, int error)
{
	char old[32] = "", new[32] = "";
	int setting = open(name, O_RDWR);

	CHECK(setting >= 0);
	CHECK(pread(setting, old, sizeof(old) - 1, 0) > 0);
	if (error) {
		CHECK_ERRNO(pwrite(setting, text, strlen(text), 0), error);
		strcpy(new, old);
		text = old;
	} else {
		CHECK(pwrite(setting, text, strlen(text), 0) == (ssize_t)strlen(text));
		CHECK(pread(setting, new, sizeof(new) - 1, 0) > 0);
	}
	CHECK(!strcmp(new, text));
	CHECK(pwrite(setting, old, strlen(old), 0) == (ssize_t)strlen(old));
	close(setting);
}

static void test_settings(void)
{
	int caches = open("/proc/sys/vm/drop_caches", O_WRONLY);

	set("/proc/sys/vm/dirty_ratio", "35\n", 0);
	set("/proc/sys/vm/dirty_ratio", "101\n", EINVAL);
	set("/proc/sys/vm/dirty_background_ratio", "0\n", 0);
	set("/proc/sys/vm/dirty_background_ratio", "-1\n", EINVAL);
	set("/proc/sys/vm/dirty_expire_centisecs", "1234\n", 0);
	set("/proc/sys/vm/dirty_writeback_centisecs", "0\n", 0);
	set("/proc/sys/vm/dirty_writeback_centisecs", "many\n", EINVAL);
	CHECK(caches >= 0);
	CHECK(write(caches, "3\n", 2) == 2);
	CHECK_ERRNO(pwrite(caches, "0\n", 2, 0), EINVAL);
	CHECK_ERRNO(pwrite(caches, "4\n", 2, 0), EINVAL);
	close(caches);
}

/* What cannot be written again is still there when the caches were dropped. */
static void check_contents(void)
{
	char text[8] = "";

	CHECK(pread(fd, text, 6, 0) == 6 && !strcmp(text, "mapped"));
}

int main(void)
{
	fd = open("/syncs.tmp", O_RDWR | O_CREAT | O_TRUNC | O_SYNC, 0600);
	CHECK(fd >= 0);
	CHECK(pwrite(fd, "first", 5, 3 * PAGE + 10) == 5);
	CHECK(ftruncate(fd, 4 * PAGE) == 0);
	CHECK(pipe(pipes) == 0);
	path_fd = open("/", O_PATH);
	CHECK(path_fd >= 0);
	test_sync();
	test_sync_file_range();
	test_advice();
	test_msync();
	test_settings();
	check_contents();
	CHECK(unlink("/syncs.tmp") == 0);
	return 0;
}
