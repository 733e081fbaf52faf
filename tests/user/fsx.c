/*
 * fsx - reads, writes, truncates, maps and syncs a file at random, and compares it with a model in
 * memory after each step.
 *
 *	fsx [-n OPERATIONS] [-l SIZE] [-s SEED] [-p PROCESSES] [-m SHARERS] FOLDER
 *
 * PROCESSES have a file each (own.0, own.1, ...); SHARERS work on one file together (shared), each
 * with a record lock on the bytes that it touches, and on the whole file when its size changes.
 * OPERATIONS are those of each process; SIZE is the most that a file grows to. The files stay,
 * and a line for each says its size and CRC-32. What differs from the model is shown with the last
 * operations; the status is then 1.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/user/fsx_model.h"

/* A shared mapping that stays for many operations. */
static unsigned char *window;
static uint32_t window_from, window_size;

/* ---- where an operation works --------------------------------------------------------------- */

/* Some bytes that exist, locked; @count may be 0, and then nothing is. */
static void choose(short type, uint32_t *from, uint32_t *count)
{
	uint32_t most = any(4) ? 9000 : MOST_AT_ONCE;

	*from = any(maximum);
	*count = 1 + any(most);
	if (!sharing && model->size)
		*from %= model->size;
	lock(type, *from, *count);
	if (*from >= model->size)
		*count = 0;
	else if (*count > model->size - *from)
		*count = model->size - *from;
	if (!*count)
		unlock();
}

/* ---- operations ----------------------------------------------------------------------------- */

static void do_read(void)
{
	uint32_t from, count;

	choose(F_RDLCK, &from, &count);
	if (!count)
		return;
	if (any(2)) {
		note("read", from, from + count);
		if (lseek(fd, from, SEEK_SET) != from)
			fail("lseek");
		if (read(fd, buffer, count) != (ssize_t)count)
			fail("read");
	} else {
		note("pread", from, from + count);
		if (pread(fd, buffer, count, from) != (ssize_t)count)
			fail("pread");
	}
	compare("read", buffer, from, count);
	unlock();
}

/* Reading across the end gives what is before it. */
static void do_read_end(void)
{
	uint32_t before, got;

	lock(F_RDLCK, 0, 0);
	before = any(model->size < 5000 ? model->size + 1 : 5000);
	note("pread the end", model->size - before, model->size);
	got = (uint32_t)pread(fd, buffer, before + any(5000), model->size - before);
	if (got > before)
		fail("pread across the end");
	compare("read", buffer, model->size - before, got);
	if (pread(fd, buffer, 10, model->size + any(1000)) != 0)
		fail("pread behind the end");
	unlock();
}

static void write_all(int to, uint32_t from, uint32_t count)
{
	if (any(2)) {
		if (lseek(to, from, SEEK_SET) != from)
			fail("lseek");
		if (write(to, buffer, count) != (ssize_t)count)
			fail("write");
	} else if (pwrite(to, buffer, count, from) != (ssize_t)count) {
		fail("pwrite");
	}
}

static void do_write(void)
{
	uint32_t from, count;

	choose(F_WRLCK, &from, &count);
	if (!count)
		return;
	note("write", from, from + count);
	new_bytes(from, count);
	write_all(fd, from, count);
	unlock();
}

/* Anywhere up to the maximum: at the end, across it, or leaving a hole. */
static void do_write_beyond(void)
{
	uint32_t from, count = 1 + any(any(4) ? 9000 : MOST_AT_ONCE);

	lock(F_WRLCK, 0, 0);
	from = any(2) ? model->size : any(maximum);
	if (from >= maximum)
		from = any(maximum);
	if (count > maximum - from)
		count = maximum - from;
	note(from > model->size ? "write a hole" : "write at end", from, from + count);
	if (from + count > model->size)
		resize(from + count);
	new_bytes(from, count);
	write_all(fd, from, count);
	check_size();
	unlock();
}

static void do_write_sync(void)
{
	uint32_t from, count;
	int other = open(path, O_RDWR | (any(2) ? O_SYNC : O_DSYNC));

	if (other < 0)
		fail("open with O_SYNC");
	choose(F_WRLCK, &from, &count);
	if (count) {
		note("write O_SYNC", from, from + count);
		new_bytes(from, count);
		write_all(other, from, count);
	}
	unlock();
	close(other);
}

static void do_truncate(void)
{
	uint32_t size;

	lock(F_WRLCK, 0, 0);
	size = any(3) ? any(maximum + 1) : model->size - any(1 + model->size / 4);
	note(size > model->size ? "truncate up" : "truncate down", model->size, size);
	resize(size);
	if (any(2) ? ftruncate(fd, size) : truncate(path, size))
		fail("truncate");
	check_size();
	unlock();
}

/* Maps pages around some bytes; returns where these are. */
static unsigned char *map(int flags, uint32_t from, uint32_t count, unsigned char **start,
			  size_t *size)
{
	uint32_t offset = from % PAGE;

	*size = offset + count;
	*start = mmap(NULL, *size, PROT_READ | PROT_WRITE, flags, fd, from - offset);
	if (*start == MAP_FAILED)
		fail("mmap");
	return *start + offset;
}

static void do_map_read(void)
{
	uint32_t from, count, tail;
	unsigned char *start, *bytes;
	size_t size;

	choose(F_RDLCK, &from, &count);
	if (!count)
		return;
	note("map, read", from, from + count);
	bytes = map(any(2) ? MAP_SHARED : MAP_PRIVATE, from, count, &start, &size);
	compare("mapped", bytes, from, count);
	tail = -model->size % PAGE;
	if (!sharing && from + count == model->size)
		compare_zero(bytes + count, model->size, tail);
	if (munmap(start, size) < 0)
		fail("munmap");
	unlock();
}

static void sync_map(unsigned char *start, size_t size)
{
	static const int how[] = {MS_SYNC, MS_ASYNC, MS_INVALIDATE, MS_SYNC | MS_INVALIDATE,
				  MS_ASYNC | MS_INVALIDATE};

	if (msync(start, size, how[any(5)]) < 0)
		fail("msync");
}

static void do_map_write(void)
{
	uint32_t from, count;
	unsigned char *start, *bytes;
	size_t size;

	choose(F_WRLCK, &from, &count);
	if (!count)
		return;
	note("map, store", from, from + count);
	bytes = map(MAP_SHARED, from, count, &start, &size);
	new_bytes(from, count);
	memcpy(bytes, buffer, count);
	if (any(4) == 0) {
		sync_map(start, size);
		compare("mapped, after msync", bytes, from, count);
	}
	if (munmap(start, size) < 0)
		fail("munmap");
	unlock();
}

/* What is stored in a private mapping is seen there, and nowhere else. */
static void do_map_private(void)
{
	uint32_t from, count, at;
	unsigned char *start, *bytes, old;
	size_t size;

	choose(F_RDLCK, &from, &count);
	if (!count)
		return;
	note("map, private", from, from + count);
	bytes = map(MAP_PRIVATE, from, count, &start, &size);
	at = any(count);
	old = model->bytes[from + at];
	bytes[at] = (unsigned char)~old;
	if (pread(fd, buffer, count, from) != (ssize_t)count)
		fail("pread");
	compare("read, under a private mapping", buffer, from, count);
	if (bytes[at] != (unsigned char)~old)
		fail("a private mapping lost a store");
	bytes[at] = old;
	compare("mapped private", bytes, from, count);
	if (munmap(start, size) < 0)
		fail("munmap");
	unlock();
}

/* ---- the window ----------------------------------------------------------------------------- */

static void do_window_move(void)
{
	if (window && munmap(window, window_size) < 0)
		fail("munmap");
	window_from = any(maximum) & ~(PAGE - 1);
	window_size = PAGE * (1 + any(16));
	note("window", window_from, window_from + window_size);
	window = mmap(NULL, window_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, window_from);
	if (window == MAP_FAILED)
		fail("mmap");
}

/* Bytes in the window that exist, locked. */
static unsigned char *choose_in_window(short type, uint32_t *from, uint32_t *count)
{
	uint32_t at = any(window_size);

	*from = window_from + at;
	*count = 1 + any(window_size - at);
	lock(type, *from, *count);
	if (*from >= model->size)
		*count = 0;
	else if (*count > model->size - *from)
		*count = model->size - *from;
	if (!*count)
		unlock();
	return window + at;
}

static void do_window_read(void)
{
	uint32_t from, count;
	unsigned char *bytes = choose_in_window(F_RDLCK, &from, &count);

	if (!count)
		return;
	note("window, read", from, from + count);
	compare("window", bytes, from, count);
	unlock();
}

static void do_window_write(void)
{
	uint32_t from, count;
	unsigned char *bytes = choose_in_window(F_WRLCK, &from, &count);

	if (!count)
		return;
	if (count > 2 * PAGE)
		count = 2 * PAGE;
	note("window, store", from, from + count);
	new_bytes(from, count);
	memcpy(bytes, buffer, count);
	unlock();
}

static void do_window_sync(void)
{
	note("window, msync", window_from, window_from + window_size);
	sync_map(window, window_size);
}

/* ---- the whole file ------------------------------------------------------------------------- */

static void do_fsync(void)
{
	note("fsync", 0, model->size);
	if (any(2) ? fsync(fd) : fdatasync(fd))
		fail("fsync");
	if (any(2)) /* what is clean leaves the cache, where the system knows this advice */
		posix_fadvise(fd, 0, 0, 4 /* POSIX_FADV_DONTNEED */);
}

static void do_reopen(void)
{
	note("reopen", 0, model->size);
	if (close(fd) < 0)
		fail("close");
	fd = open(path, O_RDWR);
	if (fd < 0)
		fail("open");
}

static void check_all(void)
{
	lock(F_RDLCK, 0, 0);
	note("check all", 0, model->size);
	check_size();
	for (uint32_t at = 0; at < model->size; at += MOST_AT_ONCE) {
		uint32_t left = model->size - at, count = left < MOST_AT_ONCE ? left : MOST_AT_ONCE;

		if (pread(fd, buffer, count, at) != (ssize_t)count)
			fail("pread");
		compare("read", buffer, at, count);
	}
	unlock();
}

static const struct {
	uint32_t weight; /* of 1000 */
	void (*run)(void);
} table[] = {
	{160, do_read},	      {20, do_read_end},    {130, do_write},	   {120, do_write_beyond},
	{90, do_truncate},    {90, do_map_read},    {90, do_map_write},	   {50, do_map_private},
	{30, do_window_move}, {80, do_window_read}, {80, do_window_write}, {15, do_window_sync},
	{20, do_fsync},	      {10, do_write_sync},  {10, do_reopen},	   {5, check_all},
};

static void one_operation(void)
{
	uint32_t at = any(1000), i = 0;

	while (at >= table[i].weight)
		at -= table[i++].weight;
	table[i].run();
}

/* ---- processes ------------------------------------------------------------------------------ */

/* The life of one of the processes. */
static void work(uint32_t number)
{
	state = seeded_state(seed, number);
	buffer = malloc(MOST_AT_ONCE + PAGE);
	fd = open(path, O_RDWR | O_CREAT, 0644);
	if (!buffer || fd < 0)
		fail("cannot begin");
	do_window_move();
	while (done < operations)
		one_operation();
	check_all();
	munmap(window, window_size);
	close(fd);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		fail("open");
	check_all();
	exit(0);
}

static struct model *new_model(void)
{
	struct model *m = mmap(NULL, sizeof(*m) + maximum, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (m == MAP_FAILED)
		err(1, "no memory for a model");
	return m;
}

static void start(const char *folder, const char *name, uint32_t first, uint32_t count)
{
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	unlink(path);
	model = new_model();
	fflush(stdout);
	for (uint32_t i = 0; i < count; i++) {
		pid_t child = fork();

		if (child < 0)
			err(1, "fork");
		if (child == 0)
			work(first + i);
	}
}

/* What a file is at the end, for the host to compare. */
static void say(const char *folder, const char *name, const struct model *m)
{
	printf("fsx: %s/%s size %u crc %08x\n", folder, name, m->size,
	       seeded_crc(0, m->bytes, m->size));
}

static int run_all(const char *folder, uint32_t own, uint32_t sharers)
{
	struct model *models[64];
	char name[16];
	int status, bad = 0;

	printf("fsx: seed %u: %u operations by %u processes and %u sharers\n", seed, operations,
	       own, sharers);
	for (uint32_t i = 0; i < own; i++) {
		snprintf(name, sizeof(name), "own.%u", i);
		start(folder, name, i, 1);
		models[i] = model;
	}
	sharing = true;
	if (sharers)
		start(folder, "shared", own, sharers);
	while (wait(&status) > 0)
		bad += status != 0;
	for (uint32_t i = 0; i < own && !bad; i++) {
		snprintf(name, sizeof(name), "own.%u", i);
		say(folder, name, models[i]);
	}
	if (sharers && !bad)
		say(folder, "shared", model);
	printf("fsx: %s\n", bad ? "FAILED" : "all well");
	return bad != 0;
}

int main(int argc, char **argv)
{
	uint32_t own = 1, sharers = 0;
	int option;

	while ((option = getopt(argc, argv, "n:l:s:p:m:")) >= 0) {
		uint32_t value = optarg ? strtoul(optarg, NULL, 0) : 0;

		switch (option) {
		case 'n':
			operations = value;
			break;
		case 'l':
			maximum = value;
			break;
		case 's':
			seed = value;
			break;
		case 'p':
			own = value;
			break;
		case 'm':
			sharers = value;
			break;
		default:
			return 2;
		}
	}
	if (optind + 1 != argc || own > 64 || own + sharers == 0 || maximum < PAGE)
		errx(2, "usage: fsx [-n OPERATIONS] [-l SIZE] [-s SEED] [-p PROCESSES] "
			"[-m SHARERS] FOLDER");
	return run_all(argv[optind], own, sharers);
}
