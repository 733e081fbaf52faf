/*
 * What files on a disk cost: in time of the processor (under -icount one nanosecond is one
 * instruction, and what the disk takes does not count) and in megabytes per second.
 *
 * The first program of a machine with an ext2 disk (tests/bench/disk.py): mounts it, prints a line
 * "disk: NAME COUNT UNIT BUSY_NS ELAPSED_NS" for each row, and turns the machine off.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KIB	  1024u
#define MIB	  (1024u * KIB)
#define PAGE	  4096u
#define CHUNK	  (64 * KIB)
#define FILE_SIZE (32 * MIB)
#define DEV_SIZE  (64 * MIB)
#define NR_FILES  500u
#define NR_RANDOM 1000u
#define BIG	  "/mnt/big"

static char chunk[CHUNK];

static void fail(const char *what)
{
	perror(what);
	reboot(RB_POWER_OFF);
	exit(1);
}

static unsigned long long elapsed_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* The seventh number of the processor's line: how long it was not idle. */
static unsigned long long busy_ns(void)
{
	char text[256], *at;
	int fd = open("/proc/schedstat", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	if (n <= 0)
		fail("/proc/schedstat");
	text[n] = 0;
	at = strstr(text, "cpu0 ");
	for (unsigned int i = 0; at && i < 7; i++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at, NULL, 10) : 0;
}

static unsigned long long busy, elapsed;

static void begin(void)
{
	busy = busy_ns();
	elapsed = elapsed_ns();
}

static void end(const char *name, unsigned long count, const char *unit)
{
	unsigned long long took = elapsed_ns() - elapsed, worked = busy_ns() - busy;

	printf("disk: %s %lu %s %llu %llu\n", name, count, unit, worked, took);
}

/* Forget all that is cached. */
static void drop_caches(void)
{
	int fd;

	sync();
	fd = open("/proc/sys/vm/drop_caches", O_WRONLY);
	if (fd < 0 || write(fd, "3\n", 2) != 2)
		fail("/proc/sys/vm/drop_caches");
	close(fd);
}

static int open_or_fail(const char *name, int flags)
{
	int fd = open(name, flags, 0644);

	if (fd < 0)
		fail(name);
	return fd;
}

/* ---- one large file -------------------------------------------------------------------------- */

static void write_file(const char *row)
{
	int fd = open_or_fail(BIG, O_RDWR | O_CREAT | O_TRUNC);

	begin();
	for (unsigned int at = 0; at < FILE_SIZE; at += CHUNK)
		if (write(fd, chunk, CHUNK) != (ssize_t)CHUNK)
			fail("write");
	if (fsync(fd))
		fail("fsync");
	end(row, FILE_SIZE / PAGE, "page");
	close(fd);
}

static void read_through(const char *row, const char *name, unsigned int size)
{
	int fd = open_or_fail(name, O_RDONLY);

	begin();
	for (unsigned int at = 0; at < size; at += CHUNK)
		if (read(fd, chunk, CHUNK) != (ssize_t)CHUNK)
			fail("read");
	end(row, size / PAGE, "page");
	close(fd);
}

static volatile unsigned int sum;

static void touch_mapping(const char *row)
{
	int fd = open_or_fail(BIG, O_RDONLY);
	unsigned char *p = mmap(NULL, FILE_SIZE, PROT_READ, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		fail("mmap");
	begin();
	for (unsigned int at = 0; at < FILE_SIZE; at += PAGE)
		sum += p[at];
	end(row, FILE_SIZE / PAGE, "page");
	munmap(p, FILE_SIZE);
	close(fd);
}

static void store_mapping(const char *row)
{
	int fd = open_or_fail(BIG, O_RDWR);
	unsigned char *p = mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		fail("mmap");
	begin();
	for (unsigned int at = 0; at < FILE_SIZE; at += PAGE)
		p[at]++;
	if (msync(p, FILE_SIZE, MS_SYNC))
		fail("msync");
	end(row, FILE_SIZE / PAGE, "page");
	munmap(p, FILE_SIZE);
	close(fd);
}

static void read_random(const char *row)
{
	unsigned int seed = 1;
	int fd = open_or_fail(BIG, O_RDONLY);

	begin();
	for (unsigned int i = 0; i < NR_RANDOM; i++) {
		seed = seed * 1103515245 + 12345;
		if (pread(fd, chunk, PAGE, (off_t)((seed >> 8) % (FILE_SIZE / PAGE)) * PAGE) !=
		    (ssize_t)PAGE)
			fail("pread");
	}
	end(row, NR_RANDOM, "read");
	close(fd);
}

/* ---- small files ----------------------------------------------------------------------------- */

static char *small_name(unsigned int i)
{
	static char name[32];

	snprintf(name, sizeof(name), "/mnt/small/file%u", i);
	return name;
}

static void create_small(void)
{
	mkdir("/mnt/small", 0755);
	begin();
	for (unsigned int i = 0; i < NR_FILES; i++) {
		int fd = open_or_fail(small_name(i), O_WRONLY | O_CREAT | O_EXCL);

		if (write(fd, chunk, KIB) != (ssize_t)KIB)
			fail("write");
		close(fd);
	}
	end("create_1k", NR_FILES, "file");
	begin();
	sync();
	end("sync_created", NR_FILES, "file");
}

static void stat_small(const char *row)
{
	struct stat st;

	begin();
	for (unsigned int i = 0; i < NR_FILES; i++)
		if (stat(small_name(i), &st))
			fail("stat");
	end(row, NR_FILES, "file");
}

static void unlink_small(void)
{
	begin();
	for (unsigned int i = 0; i < NR_FILES; i++)
		if (unlink(small_name(i)))
			fail("unlink");
	end("unlink", NR_FILES, "file");
}

/* ---- programs -------------------------------------------------------------------------------- */

static void start_program(const char *row)
{
	char *const argv[] = {"tiny", NULL};
	int status;
	pid_t pid;

	begin();
	pid = fork();
	if (!pid) {
		execv("/mnt/tiny", argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		fail("/mnt/tiny");
	end(row, 1, "start");
}

static const char *find_disk(void)
{
	static const char *const names[] = {"/dev/hda", "/dev/vda"};

	for (unsigned int i = 0; i < 2; i++)
		if (!access(names[i], R_OK))
			return names[i];
	fail("/dev/hda, /dev/vda");
	return NULL;
}

int main(void)
{
	const char *disk = find_disk();

	mkdir("/mnt", 0755);
	if (mount("proc", "/proc", "proc", 0, NULL))
		fail("/proc");
	read_through("device_read_cold", disk, DEV_SIZE);
	drop_caches();
	if (mount(disk, "/mnt", "ext2", 0, NULL))
		fail("mount");
	memset(chunk, 'x', sizeof(chunk));
	write_file("write_new");
	drop_caches();
	read_through("read_cold", BIG, FILE_SIZE);
	read_through("read_hot", BIG, FILE_SIZE);
	write_file("write_again");
	drop_caches();
	touch_mapping("map_read_cold");
	touch_mapping("map_read_hot");
	store_mapping("map_write_msync");
	drop_caches();
	read_random("read_random_4k");
	create_small();
	stat_small("stat_hot");
	drop_caches();
	stat_small("stat_cold");
	unlink_small();
	drop_caches();
	start_program("start_cold");
	start_program("start_hot");
	if (umount("/mnt"))
		fail("umount");
	printf("disk: done\n");
	reboot(RB_POWER_OFF);
	return 0;
}
