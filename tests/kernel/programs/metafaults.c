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
#define NR_NAMES 400
#define FEW	 4 /* pages: maps and tables of the file system */

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

/* More names than fit into a page or two, which wait for a commit. */
static void make_names(void)
{
	char name[64];

	for (int i = 0; i < NR_NAMES; i++) {
		snprintf(name, sizeof(name), "/mnt/a.name.that.takes.some.room.in.its.folder.%d",
			 i);
		if (symlink("x", name))
			return;
	}
}

static long nr_dirty(void)
{
	char *at;
	int fd = open("/proc/vmstat", O_RDONLY);
	ssize_t n = read(fd, buf, SIZE - 1);

	CHECK(n > 0 && close(fd) == 0);
	buf[n] = 0;
	at = strstr(buf, "nr_dirty ");
	CHECK(at != NULL);
	return strtol(at + 9, NULL, 10);
}

/*
 * What can never be written does not count as dirty for ever: writers to other disks would wait for
 * it. The flusher comes every five seconds, but at once for sync.
 */
static void dirty_pages_go(void)
{
	for (int i = 0; i < 100 && nr_dirty() > FEW; i++) {
		sync();
		usleep(20000);
	}
	CHECK(nr_dirty() <= FEW);
}

int main(void)
{
	const char *disk = access("/dev/vda", F_OK) ? "/dev/hda" : "/dev/vda";
	struct stat st;
	int error;

	mkdir("/mnt", 0755);
	mkdir("/proc", 0555);
	CHECK(mount("proc", "/proc", "proc", 0, NULL) == 0);
	if (mount(disk, "/mnt", "ext2", 0, NULL)) {
		printf("mount: error %d\n", errno);
		return 0;
	}
	error = read_file("/mnt/big");
	printf("read: error %d\n", error);
	make_names();
	if (!error)
		unlink("/mnt/big"); /* dead inodes are written before folders are */
	for (int i = 0; i < NR_FILES; i++)
		printf("file %d: error %d\n", i, write_file(i));
	CHECK(stat("/mnt", &st) == 0);
	sync();
	dirty_pages_go();
	printf("umount: error %d\n", umount("/mnt") ? errno : 0);
	printf("metafaults: done\n");
	return 0;
}
