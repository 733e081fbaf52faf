/*
 * A disk some of whose sectors fail (tests/system/test_disk_faults.py), as a program sees it that
 * reads, writes and maps the device: errors for what is bad, once, and nothing else is touched.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "sigbus.h"

/* The same numbers are in the Python file. */
#define READ_FAILS	 1000u
#define READ_FAILS_ONCE	 1100u
#define WRITE_FAILS	 1200u
#define WRITE_FAILS_ONCE 1300u

#define SECTOR		 512u
#define PAGE		 4096u
#define PAGE_OF(sector)	 ((off_t)(sector)*SECTOR / PAGE * PAGE)

static char buf[16 * PAGE];
static int fd;

static void reads(void)
{
	const off_t bad = PAGE_OF(READ_FAILS);

	for (int i = 0; i < 3; i++)
		CHECK_ERRNO(pread(fd, buf, SECTOR, READ_FAILS * (off_t)SECTOR), EIO);
	CHECK(pread(fd, buf, PAGE, bad - PAGE) == PAGE);
	CHECK(pread(fd, buf, PAGE, bad + PAGE) == PAGE);
	CHECK_ERRNO(pread(fd, buf, 1, bad), EIO);
	/* What comes before the bad page is read; the next read meets it. */
	CHECK(lseek(fd, bad - 5 * PAGE, SEEK_SET) == bad - 5 * (off_t)PAGE);
	CHECK(read(fd, buf, 16 * PAGE) == 5 * PAGE);
	CHECK_ERRNO(read(fd, buf, PAGE), EIO);
	CHECK(lseek(fd, PAGE, SEEK_CUR) == bad + (off_t)PAGE);
	CHECK(read(fd, buf, 16 * PAGE) == 16 * PAGE);
}

static void read_once(void)
{
	CHECK(pread(fd, buf, 2 * PAGE, PAGE_OF(READ_FAILS_ONCE)) == 2 * PAGE);
}

static void writes(void)
{
	const off_t bad = PAGE_OF(WRITE_FAILS);

	memset(buf, 'w', sizeof(buf));
	CHECK(pwrite(fd, buf, 4 * PAGE, bad - PAGE) == 4 * PAGE);
	CHECK_ERRNO(fsync(fd), EIO);
	CHECK(fsync(fd) == 0); /* it is told once */
	CHECK(pwrite(fd, buf, PAGE, bad) == PAGE);
	CHECK_ERRNO(fdatasync(fd), EIO);
}

static void synchronous_writes(void)
{
	int sync_fd = open("/dev/disk", O_WRONLY | O_SYNC);

	CHECK(sync_fd >= 0);
	CHECK_ERRNO(pwrite(sync_fd, buf, SECTOR, WRITE_FAILS * (off_t)SECTOR), EIO);
	CHECK(pwrite(sync_fd, buf, SECTOR, PAGE) == SECTOR);
	close(sync_fd);
}

static void write_once(void)
{
	CHECK(pwrite(fd, buf, PAGE, PAGE_OF(WRITE_FAILS_ONCE)) == PAGE);
	CHECK(fsync(fd) == 0);
}

static void mappings(void)
{
	const off_t start = PAGE_OF(READ_FAILS) - 8 * PAGE;
	char *p = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, start);

	CHECK(p != MAP_FAILED);
	for (int i = 0; i < 3; i++) {
		CHECK(!touches(p + 8 * PAGE));
		CHECK(bus_code == BUS_ADRERR);
	}
	for (unsigned int i = 0; i < 20; i++)
		CHECK(touches(p + i * PAGE) == (i != 8));
	CHECK(PAGE_OF(WRITE_FAILS) < start + 64 * (off_t)PAGE);
	p[PAGE_OF(WRITE_FAILS) - start] = 'm';
	p[0] = 'm';
	CHECK_ERRNO(msync(p, 64 * PAGE, MS_SYNC), EIO);
	CHECK(msync(p, 64 * PAGE, MS_SYNC) == 0);
	CHECK(munmap(p, 64 * PAGE) == 0);
}

/* What could be written is on the disk, seen without the cache. */
static void what_is_there(void)
{
	CHECK(ioctl(fd, 0x1261) == 0); /* BLKFLSBUF */
	CHECK(pread(fd, buf, 4 * PAGE, PAGE_OF(WRITE_FAILS) - PAGE) == 4 * PAGE);
	CHECK(buf[0] == 'w' && buf[PAGE] == 0 && buf[2 * PAGE] == 'w' && buf[3 * PAGE] == 'w');
	CHECK(pread(fd, buf, PAGE, PAGE_OF(WRITE_FAILS_ONCE)) == PAGE && buf[PAGE - 1] == 'w');
	CHECK(pread(fd, buf, 1, PAGE_OF(READ_FAILS) - 8 * PAGE) == 1 && buf[0] == 'm');
}

int main(void)
{
	int vda = access("/dev/vda", F_OK) == 0;

	CHECK(symlink(vda ? "vda" : "hda", "/dev/disk") == 0);
	catch_bus();
	fd = open("/dev/disk", O_RDWR);
	CHECK(fd >= 0);
	reads();
	read_once();
	writes();
	synchronous_writes();
	write_once();
	mappings();
	what_is_there();
	CHECK(close(fd) == 0);
	printf("devfaults: done\n");
	return 0;
}
