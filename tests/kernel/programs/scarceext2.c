/*
 * scarceext2 DISK - mounts an ext2 disk, changes it in all ways, and unmounts it. Each of its
 * allocations may be the one that fails: it says ENOMEM, or does without, and what it was to do can
 * be done by trying again. The exit status is 0, or tells the line that found a mistake.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scarce.h"

#define CHUNK 4096

static char buf[CHUNK], other[CHUNK];

static void make_file(const char *name, off_t pos)
{
	int fd = (int)TRY(open(name, O_RDWR | O_CREAT, 0644));

	TRY(pwrite(fd, buf, CHUNK, pos));
	TRY(close(fd));
}

/* Blocks through one and two levels of indirection, and back again. */
static void contents(void)
{
	int fd = (int)TRY(open("file", O_RDWR | O_CREAT, 0644));
	char *p;

	TRY(pwrite(fd, buf, CHUNK, 0));
	TRY(pwrite(fd, buf, CHUNK, 20 * 1024));
	TRY(pwrite(fd, buf, CHUNK, 600 * 1024));
	TRY(fsync(fd));
	TRY(pread(fd, other, CHUNK, 600 * 1024));
	CHECK(!memcmp(buf, other, CHUNK));
	TRY(ftruncate(fd, 30 * 1024));
	TRY(ftruncate(fd, 64 * 1024));
	p = try_mmap(fd, 40 * 1024);
	p[0] = 'x'; /* the process may be ended here */
	TRY(msync(p, CHUNK, MS_SYNC));
	TRY(munmap(p, CHUNK));
	TRY(ftruncate(fd, 5000));
	TRY(fdatasync(fd));
	TRY(close(fd));
}

static void names(void)
{
	char target[200];

	memset(target, 't', sizeof(target) - 1);
	target[sizeof(target) - 1] = 0;
	TRY(mkdir("a", 0755));
	TRY(mkdir("a/b", 0755));
	TRY(symlink(target, "slow"));
	TRY(symlink("a", "fast"));
	TRY(mknod("node", S_IFCHR | 0600, 0x103));
	TRY(link("file", "second"));
	TRY(rename("second", "a/third"));
	make_file("one", 0);
	make_file("two", 3000);
	make_file("a/four", 100);
	TRY(rename("one", "two"));
	TRY(rename("two", "a/four"));
	TRY(rename("a/b", "b"));
	TRY(chmod("a/four", 0600));
	sync();
}

static void look(void)
{
	int fd = (int)TRY(open("a", O_RDONLY | O_DIRECTORY));
	struct stat st;

	TRY(syscall(SYS_getdents64, fd, other, sizeof(other)));
	TRY(fsync(fd));
	TRY(close(fd));
	TRY(readlink("slow", other, sizeof(other)));
	TRY(stat("a/four", &st));
	CHECK(st.st_size == CHUNK && (st.st_mode & 0777) == 0600 && st.st_nlink == 1);
	TRY(stat("a/third", &st));
	CHECK(st.st_nlink == 2);
}

static void remove_all(void)
{
	TRY(unlink("a/third"));
	TRY(unlink("a/four"));
	TRY(unlink("file"));
	TRY(unlink("slow"));
	TRY(unlink("fast"));
	TRY(unlink("node"));
	TRY(rmdir("a"));
	TRY(rmdir("b"));
}

int main(int argc, char **argv)
{
	CHECK(argc == 2);
	memset(buf, 'c', sizeof(buf));
	TRY(mkdir("/tmp/ext2", 0755));
	TRY(mount(argv[1], "/tmp/ext2", "ext2", 0, NULL));
	TRY(chdir("/tmp/ext2"));
	contents();
	names();
	look();
	remove_all();
	TRY(mount(NULL, "/tmp/ext2", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	TRY(chdir("/"));
	TRY(umount("/tmp/ext2"));
	TRY(rmdir("/tmp/ext2"));
	return 0;
}
