/*
 * Files on an ext2 disk some of whose sectors fail (tests/system/test_disk_faults.py): reading,
 * mapping, writing back, and programs that are paged in from there. The host has put the files
 * there and made the rules; afterwards it looks whether all but what is bad was written.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "sigbus.h"

#define PAGE  4096u
#define PAGES 64u /* of each file */
#define BAD   40u /* the bad page; the same number is in the Python file */

/* When this program lies on the disk, a part of it that is only read on demand. */
const char ballast[16 * PAGE] __attribute__((aligned(4096))) = "the bad part of a program";

static char buf[PAGE];

static int open_file(const char *name, int flags)
{
	int fd = open(name, flags);

	if (fd < 0)
		perror(name);
	CHECK(fd >= 0);
	return fd;
}

/* Each page of the files begins with its number. */
static int is_page(const char *p, unsigned int i)
{
	return *(const unsigned int *)p == i;
}

static void reading(void)
{
	int fd = open_file("/mnt/read", O_RDONLY);

	for (unsigned int i = 0; i < PAGES; i++) {
		if (i == BAD) {
			CHECK_ERRNO(read(fd, buf, PAGE), EIO);
			CHECK(lseek(fd, PAGE, SEEK_CUR) == (off_t)(BAD + 1) * PAGE);
			continue;
		}
		CHECK(read(fd, buf, PAGE) == PAGE);
		CHECK(is_page(buf, i));
	}
	CHECK(read(fd, buf, PAGE) == 0);
	close(fd);
	fd = open_file("/mnt/read_once", O_RDONLY);
	for (unsigned int i = 0; i < PAGES; i++)
		CHECK(read(fd, buf, PAGE) == PAGE && is_page(buf, i));
	close(fd);
}

static void mapping(void)
{
	int fd = open_file("/mnt/map", O_RDWR);
	char *p = mmap(NULL, PAGES * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	char *private = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	CHECK(p != MAP_FAILED && private != MAP_FAILED);
	for (unsigned int i = 0; i < PAGES; i++) {
		CHECK(touches(p + i * PAGE) == (i != BAD));
		CHECK(bus_code == (i == BAD ? BUS_ADRERR : 0));
		CHECK(i == BAD || is_page(p + i * PAGE, i));
		CHECK(touches(private + i * PAGE) == (i != BAD));
	}
	/* The kernel meets it for the program: no signal, but an error. */
	CHECK_ERRNO(write(1, p + BAD * PAGE, 1), EFAULT);
	munmap(p, PAGES * PAGE);
	munmap(private, PAGES * PAGE);
	close(fd);
}

static void writing_back(void)
{
	int fd = open_file("/mnt/write", O_RDWR);

	for (unsigned int i = 0; i < PAGES; i++) {
		memset(buf, 'a' + (int)i % 26, PAGE);
		CHECK(write(fd, buf, PAGE) == PAGE);
	}
	CHECK_ERRNO(fsync(fd), EIO);
	CHECK(fsync(fd) == 0); /* it is told once */
	close(fd);
	fd = open_file("/mnt/write_once", O_RDWR);
	CHECK(pwrite(fd, buf, PAGE, BAD * PAGE) == PAGE);
	CHECK(fsync(fd) == 0);
	close(fd);
	fd = open_file("/mnt/write", O_RDWR | O_SYNC);
	CHECK_ERRNO(pwrite(fd, buf, 10, BAD * PAGE + 1), EIO);
	CHECK(pwrite(fd, "0", 1, 0) == 1);
	close(fd);
}

/* The kernel writes by itself, and fails; the next fsync tells it. */
static void written_behind(void)
{
	int fd = open_file("/mnt/behind", O_RDWR);

	CHECK(pwrite(fd, buf, PAGE, BAD * PAGE) == PAGE);
	sync();
	CHECK_ERRNO(fsync(fd), EIO);
	CHECK(fsync(fd) == 0);
	close(fd);
}

static void mapped_writing_back(void)
{
	int fd = open_file("/mnt/msync", O_RDWR);
	char *p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	CHECK(p != MAP_FAILED);
	for (unsigned int i = 0; i < PAGES; i++)
		p[i * PAGE + 8] = 'm';
	CHECK_ERRNO(msync(p, PAGES * PAGE, MS_SYNC), EIO);
	CHECK(msync(p, PAGES * PAGE, MS_SYNC) == 0);
	munmap(p, PAGES * PAGE);
	close(fd);
}

/* The status of a program on the disk, started with a word. */
static int run(const char *path)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		execl(path, path, "child", NULL);
		_exit(errno == EIO ? 100 : 101);
	}
	CHECK(pid > 0);
	CHECK(waitpid(pid, &status, 0) == pid);
	return status;
}

static void programs(void)
{
	int status = run("/mnt/prog");

	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	status = run("/mnt/prog_once");
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	status = run("/mnt/prog_head");
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 100);
	status = run("/mnt/prog_good");
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
}

static void folders(void)
{
	struct stat st;
	DIR *dir = opendir("/mnt/folder");

	CHECK(dir);
	errno = 0;
	while (readdir(dir))
		continue;
	CHECK(errno == EIO);
	closedir(dir);
	CHECK_ERRNO(stat("/mnt/folder/file", &st), EIO);
	CHECK(stat("/mnt/read", &st) == 0);
}

int main(int argc, char **argv)
{
	const char *disk = access("/dev/vda", F_OK) ? "/dev/hda" : "/dev/vda";

	(void)argv;
	if (argc > 1)
		return ((const volatile char *)ballast)[0] == 't' ? 42 : 43;
	catch_bus();
	mkdir("/mnt", 0755);
	CHECK(mount(disk, "/mnt", "ext2", 0, NULL) == 0);
	reading();
	mapping();
	writing_back();
	written_behind();
	mapped_writing_back();
	programs();
	folders();
	sync();
	CHECK(umount("/mnt") == 0);
	printf("filefaults: done\n");
	return 0;
}
