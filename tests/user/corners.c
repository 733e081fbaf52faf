/*
 * corners - a file as large as a file can be, with blocks only where the way to them changes: the
 * last one that the inode names itself, the first one by an indirect block, by two, by three, and
 * the last.
 *
 *	corners FOLDER BLOCK_SIZE
 *
 * Writes them, forgets the cache, reads them and the holes between them, and then cuts the file off
 * before each, from the last to the first: the others must stay. A second such file is left behind.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NR_CORNERS 8
#define PAGE	   4096u

static unsigned int block;
static long long corners[NR_CORNERS]; /* numbers of blocks, ascending */
static unsigned char data[PAGE], found[PAGE];

static void find_corners(void)
{
	long long per = block / 4, limit;

	corners[0] = 0;
	corners[1] = 11;
	corners[2] = 12;
	corners[3] = 12 + per - 1;
	corners[4] = 12 + per;
	corners[5] = 12 + per + per * per - 1;
	corners[6] = 12 + per + per * per;
	limit = 12 + per + per * per + per * per * per;
	/*
	 * i_blocks counts sectors with 32 bits: that bounds what is in use, and by that the size.
	 */
	if (limit > 0xffffffffll / (block / 512) - 2 * per * per)
		limit = 0xffffffffll / (block / 512) - 2 * per * per;
	corners[7] = limit - 1;
}

static void fill(unsigned char *to, unsigned int i)
{
	for (unsigned int at = 0; at < block; at++)
		to[at] = (unsigned char)(1 + (at * 7 + i * 31) % 251);
}

static void write_all(int fd)
{
	for (unsigned int i = 0; i < NR_CORNERS; i++) {
		fill(data, i);
		if (pwrite(fd, data, block, corners[i] * block) != (ssize_t)block)
			err(1, "write to block %lld", corners[i]);
	}
	if (fsync(fd))
		err(1, "fsync");
}

static void expect(int fd, long long at, const unsigned char *wanted)
{
	if (pread(fd, found, block, at * block) != (ssize_t)block)
		err(1, "read block %lld", at);
	if (memcmp(found, wanted, block))
		errx(1, "block %lld is not what was written", at);
}

static void forget(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	if (fd < 0 || write(fd, "3\n", 2) != 2)
		err(1, "drop_caches");
	close(fd);
}

/* The first `n` corners, and what is not there behind each. */
static void check(int fd, unsigned int n)
{
	static const unsigned char nothing[PAGE];

	for (unsigned int i = 0; i < n; i++) {
		fill(data, i);
		expect(fd, corners[i], data);
		if (i + 1 < n && corners[i] + 1 < corners[i + 1])
			expect(fd, corners[i] + 1, nothing);
	}
}

/* The same byte through a mapping: pages beyond 4 GiB have numbers as well. */
static void check_mapping(int fd, unsigned int i)
{
	long long start = corners[i] * block & ~(long long)(PAGE - 1);
	unsigned char *p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, start);

	if (p == MAP_FAILED)
		err(1, "mmap of block %lld", corners[i]);
	fill(data, i);
	if (memcmp(p + (corners[i] * block - start), data, block))
		errx(1, "block %lld is another one in memory", corners[i]);
	munmap(p, PAGE);
}

static void cut_off(int fd)
{
	struct stat st;

	for (unsigned int n = NR_CORNERS; n-- > 1;) {
		if (ftruncate(fd, corners[n] * block))
			err(1, "truncate to block %lld", corners[n]);
		check(fd, n);
	}
	if (ftruncate(fd, 0) || fstat(fd, &st))
		err(1, "truncate");
	if (st.st_blocks)
		errx(1, "an empty file has %lld blocks", (long long)st.st_blocks);
}

static int open_file(const char *folder, const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

int main(int argc, char **argv)
{
	int fd;

	if (argc != 3)
		errx(2, "usage: corners FOLDER BLOCK_SIZE");
	block = (unsigned int)strtoul(argv[2], NULL, 10);
	find_corners();
	fd = open_file(argv[1], "cut");
	write_all(fd);
	forget();
	check(fd, NR_CORNERS);
	for (unsigned int i = 0; i < NR_CORNERS; i++)
		check_mapping(fd, i);
	cut_off(fd);
	close(fd);
	fd = open_file(argv[1], "left");
	write_all(fd);
	close(fd);
	printf("corners: blocks up to %lld: all well\n", corners[NR_CORNERS - 1]);
	return 0;
}
