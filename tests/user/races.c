/*
 * races - processes that write, truncate, map, sync, rename and remove the same few files at the
 * same time, with no locks between them.
 *
 *	races [-n OPERATIONS] [-p PROCESSES] [-s SEED] FOLDER
 *
 * Whoever writes a byte writes one that follows from its place, never 0. So each byte that is read
 * must be that one, or 0 where nobody has written or a truncation came between: anything else is
 * an old page or another file's block. A mapping may end in SIGBUS when its pages are cut off.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/user/seeded.h"

#define PAGE  4096u
#define MOST  200000u /* bytes of a file */
#define FILES 3

static uint32_t state, seed = 1, operations = 2000, done;
static unsigned char buffer[65536 + PAGE];
static sigjmp_buf after_sigbus;

static uint32_t any(uint32_t below)
{
	return seeded_below(&state, below);
}

static unsigned char byte_at(uint32_t place)
{
	return (unsigned char)(1 + (place ^ place >> 8) % 255);
}

static void fail(const char *what)
{
	err(1, "seed %u: operation %u: %s", seed, done, what);
}

static void check(const volatile unsigned char *found, uint32_t from, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		unsigned char byte = found[i];

		if (byte && byte != byte_at(from + i))
			errx(1, "seed %u: operation %u: byte %u is %#x, not 0 or %#x", seed, done,
			     from + i, byte, byte_at(from + i));
	}
}

static void fill(volatile unsigned char *to, uint32_t from, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		to[i] = byte_at(from + i);
}

static void do_write(int fd)
{
	uint32_t from = any(MOST), count = any(any(4) ? 5000 : 65536);

	fill(buffer, from, count);
	if (pwrite(fd, buffer, count, from) != (ssize_t)count)
		fail("pwrite");
}

static void do_read(int fd)
{
	uint32_t from = any(MOST);
	ssize_t got = pread(fd, buffer, any(65536), from);

	if (got < 0)
		fail("pread");
	check(buffer, from, (uint32_t)got);
}

static void do_truncate(int fd)
{
	if (ftruncate(fd, any(3) ? any(MOST) : 0) < 0)
		fail("ftruncate");
}

static void on_sigbus(int signal)
{
	(void)signal;
	siglongjmp(after_sigbus, 1);
}

/* Reads or writes through memory; only bytes before the end count, and that may move. */
static void do_map(int fd)
{
	uint32_t from = any(MOST) & ~(PAGE - 1), size = PAGE * (1 + any(8));
	unsigned char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, from);

	if (map == MAP_FAILED)
		fail("mmap");
	if (sigsetjmp(after_sigbus, 1) == 0) {
		if (any(2))
			check(map, from, size);
		for (uint32_t i = any(PAGE); i < size; i += 1 + any(PAGE))
			map[i] = byte_at(from + i);
		if (any(2) && msync(map, size, any(2) ? MS_SYNC : MS_ASYNC) < 0)
			fail("msync");
	}
	munmap(map, size);
}

static void do_sync(int fd)
{
	if (any(2) ? fsync(fd) : fdatasync(fd))
		fail("fsync");
	posix_fadvise(fd, 0, 0, 4 /* POSIX_FADV_DONTNEED */);
}

static void name_file(char *path)
{
	sprintf(path, "race.%u", any(FILES));
}

static void do_names(int unused)
{
	char from[16], to[16];

	(void)unused;
	name_file(from);
	name_file(to);
	if (any(2) ? rename(from, to) : unlink(from)) {
		if (errno != ENOENT)
			fail("rename, unlink");
	}
}

static void work(uint32_t number)
{
	static void (*const table[])(int) = {do_write, do_write,    do_read, do_read, do_map,
					     do_map,   do_truncate, do_sync, do_names};
	struct sigaction action = {.sa_handler = on_sigbus};
	char path[16];
	int fd;

	sigaction(SIGBUS, &action, NULL);
	state = seeded_state(seed, number);
	for (done = 0; done < operations; done++) {
		name_file(path);
		fd = open(path, O_RDWR | O_CREAT, 0644);
		if (fd < 0)
			fail("open");
		for (uint32_t i = any(6); i > 0; i--)
			table[any(any(4) ? 8 : 9)](fd);
		close(fd);
	}
	exit(0);
}

int main(int argc, char **argv)
{
	uint32_t processes = 4, bad = 0;
	int option, status;

	while ((option = getopt(argc, argv, "n:p:s:")) >= 0) {
		uint32_t value = optarg ? strtoul(optarg, NULL, 0) : 0;

		if (option == 'n')
			operations = value;
		else if (option == 'p')
			processes = value;
		else if (option == 's')
			seed = value;
		else
			return 2;
	}
	if (optind + 1 != argc || chdir(argv[optind]) < 0)
		err(2, "usage: races [-n OPERATIONS] [-p PROCESSES] [-s SEED] FOLDER");
	for (uint32_t i = 0; i < processes; i++) {
		pid_t child = fork();

		if (child < 0)
			err(1, "fork");
		if (child == 0)
			work(i);
	}
	while (wait(&status) > 0)
		bad += status != 0;
	printf("races: seed %u: %u processes, %s\n", seed, processes, bad ? "FAILED" : "all well");
	return bad != 0;
}
