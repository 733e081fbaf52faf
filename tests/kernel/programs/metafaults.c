/*
 * An ext2 disk that cannot keep what the file system itself needs: inodes, bitmaps, folders, the
 * superblock (tests/system/test_disk_faults.py). Nothing hangs, every file can be looked at, and
 * whom fsync told that all is well is right: the host looks.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

#define NR_FILES 24
#define SIZE	 (20 * 1024)

static char buf[SIZE];

/* 0, or the number of the first error; the file gets a letter of its own. */
static int write_file(int n)
{
	char name[32];
	int fd, err = 0;

	snprintf(name, sizeof(name), "/mnt/new%d", n);
	fd = open(name, O_RDWR | O_CREAT, 0644);
	if (fd < 0)
		return errno;
	memset(buf, 'A' + n, SIZE);
	if (write(fd, buf, SIZE) != SIZE || fsync(fd))
		err = errno;
	if (close(fd) && !err)
		err = errno;
	return err;
}

/* What lies behind an indirect block. */
static int read_file(const char *name)
{
	int fd = open(name, O_RDONLY), err = 0;
	ssize_t n;

	if (fd < 0)
		return errno;
	while ((n = read(fd, buf, SIZE)) > 0)
		continue;
	if (n < 0)
		err = errno;
	close(fd);
	return err;
}

int main(void)
{
	const char *disk = access("/dev/vda", F_OK) ? "/dev/hda" : "/dev/vda";
	struct stat st;

	mkdir("/mnt", 0755);
	if (mount(disk, "/mnt", "ext2", 0, NULL)) {
		printf("mount: error %d\n", errno);
		return 0;
	}
	printf("read: error %d\n", read_file("/mnt/big"));
	for (int i = 0; i < NR_FILES; i++)
		printf("file %d: error %d\n", i, write_file(i));
	CHECK(stat("/mnt", &st) == 0);
	sync();
	printf("umount: error %d\n", umount("/mnt") ? errno : 0);
	printf("metafaults: done\n");
	return 0;
}
