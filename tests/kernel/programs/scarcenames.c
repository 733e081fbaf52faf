/*
 * scarcenames - calls about names, attributes, mounts and the process, each of which may be the one
 * that finds no memory: it says ENOMEM, or does without, and what it was to do can be done
 * by trying again. The exit status is 0, or tells the line that found a mistake.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scarce.h"

static char buf[8192];

static void names(void)
{
	TRY(mkdir("/tmp/s", 0755));
	TRY(chdir("/tmp/s"));
	TRY((long)getcwd(buf, sizeof(buf)) ? 0 : -1);
	TRY(symlink("file", "link"));
	TRY(readlink("link", buf, sizeof(buf)));
	TRY(mknod("fifo", S_IFIFO | 0600, 0));
	TRY(mknod("null", S_IFCHR | 0600, 0x103));
	TRY(close((int)TRY(open("file", O_RDWR | O_CREAT, 0644))));
	TRY(link("file", "other"));
	TRY(rename("other", "third"));
	TRY(access("third", R_OK));
	TRY(chroot("/"));
}

static void attributes(void)
{
	struct statfs fs;
	struct stat st;
	char stx[256];

	TRY(stat("link", &st));
	TRY(lstat("link", &st));
	TRY(syscall(SYS_statx, AT_FDCWD, "file", 0, 0x7ff, stx));
	TRY(chmod("file", 0600));
	TRY(chown("file", 1, 1));
	TRY(utimensat(AT_FDCWD, "file", NULL, 0));
	TRY(truncate("file", 100000));
	TRY(statfs("file", &fs));
}

static void contents(void)
{
	int fd = (int)TRY(open("file", O_RDWR)), null = (int)TRY(open("null", O_RDWR));
	off_t from = 0;
	char *p;

	TRY(write(fd, buf, sizeof(buf)));
	TRY(pwrite(fd, buf, sizeof(buf), 60000));
	TRY(pread(fd, buf, sizeof(buf), 30000));
	TRY(sendfile(null, fd, &from, 20000));
	TRY(ftruncate(fd, 10));
	p = try_mmap(fd, 0);
	TRY(msync(p, 4096, MS_SYNC));
	TRY(munmap(p, 4096));
	TRY(fsync(fd));
	TRY(close(fd));
	TRY(close(null));
}

static void folders(void)
{
	int fd = (int)TRY(open(".", O_RDONLY | O_DIRECTORY));

	TRY(syscall(SYS_getdents64, fd, buf, sizeof(buf)));
	TRY(fchdir(fd));
	TRY(close(fd));
	TRY(mkdir("mnt", 0755));
	TRY(mount("none", "mnt", "ramfs", 0, NULL));
	TRY(mkdir("mnt/inside", 0755));
	TRY(mount(NULL, "mnt", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	TRY(umount("mnt"));
	TRY(rmdir("mnt"));
}

static void process(void)
{
	unsigned int groups[] = {1, 2, 3};

	TRY(syscall(SYS_setgroups32, 3, groups));
	TRY(syscall(SYS_setgroups32, 0, NULL));
	TRY(syscall(SYS_setresuid32, 0, 0, 0));
	TRY(syscall(SYS_setfsuid32, 0));
	TRY(syscall(SYS_syslog, 3, buf, sizeof(buf)));
	TRY(syscall(SYS_getrandom, buf, 256, 0));
}

int main(void)
{
	names();
	attributes();
	contents();
	folders();
	process();
	TRY(unlink("link"));
	TRY(unlink("fifo"));
	TRY(unlink("null"));
	TRY(unlink("file"));
	TRY(unlink("third"));
	TRY(chdir("/"));
	TRY(rmdir("/tmp/s"));
	return 0;
}
