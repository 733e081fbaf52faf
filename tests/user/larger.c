/*
 * larger - processes that read and change one file, which is larger than the machine's memory, by
 * mappings and by calls.
 *
 *	larger [-m MIB] [-n OPERATIONS] [-p PROCESSES] [-s SEED] FILE
 *
 * Each page belongs to one of the processes, which alone writes to it, and knows what it has
 * written last: a word follows from its place and the page's version. What a page holds must
 * always be that, wherever it has been in the meantime. A few pages are locked by mlock(2), and
 * must be in memory at the end. The file stays.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/user/seeded.h"

#define PAGE	  4096u
#define WORDS	  (PAGE / 4)
#define MOST	  65536u /* pages */
#define PROCESSES 16u
#define LOCKED	  4u /* pages of each process */

static uint32_t state, seed = 1, operations = 4000, processes = 3, pages = 24 * 256, done;
static uint32_t *map;
static int fd;
static unsigned char version[MOST];
static uint32_t buffer[WORDS];

static uint32_t word_at(uint32_t page, uint32_t i)
{
	return (page * WORDS + i) * 2654435761u ^ (version[page] * 0x01010101u + seed);
}

static void check_page(const volatile uint32_t *words, uint32_t page, const char *how)
{
	for (uint32_t i = 0; i < WORDS; i++)
		if (words[i] != word_at(page, i))
			errx(1, "seed %u: operation %u: page %u by %s, word %u: %#x, not %#x", seed,
			     done, page, how, i, words[i], word_at(page, i));
}

static void fill_page(volatile uint32_t *words, uint32_t page)
{
	for (uint32_t i = 0; i < WORDS; i++)
		words[i] = word_at(page, i);
}

static void read_page(uint32_t page)
{
	if (pread(fd, buffer, PAGE, (off_t)page * PAGE) != PAGE)
		err(1, "seed %u: operation %u: pread of page %u", seed, done, page);
	check_page(buffer, page, "pread");
}

static void write_page(uint32_t page)
{
	fill_page(buffer, page);
	if (pwrite(fd, buffer, PAGE, (off_t)page * PAGE) != PAGE)
		err(1, "seed %u: operation %u: pwrite of page %u", seed, done, page);
}

static void operate(uint32_t page)
{
	uint32_t *mapped = map + page * WORDS;

	switch (seeded_below(&state, 8)) {
	case 0:
		version[page]++;
		fill_page(mapped, page);
		break;
	case 1:
		version[page]++;
		write_page(page);
		break;
	case 2:
		if (msync(mapped, PAGE, MS_SYNC) < 0)
			err(1, "seed %u: operation %u: msync", seed, done);
		break;
	case 3:
	case 4:
		read_page(page);
		break;
	default:
		check_page(mapped, page, "mapping");
	}
}

/* The first pages of each process are locked. */
static void lock_pages(uint32_t number)
{
	for (uint32_t i = 0; i < LOCKED; i++)
		if (mlock(map + (number + i * processes) * WORDS, PAGE) < 0)
			err(1, "mlock");
}

static void check_locked(uint32_t number)
{
	unsigned char there;

	for (uint32_t i = 0; i < LOCKED; i++)
		if (mincore(map + (number + i * processes) * WORDS, PAGE, &there) < 0 ||
		    !(there & 1))
			errx(1, "seed %u: a locked page is not in memory", seed);
}

static void process(uint32_t number)
{
	uint32_t own = (pages - number + processes - 1) / processes;

	state = seeded_state(seed, number);
	lock_pages(number);
	for (done = 0; done < operations; done++)
		operate(number + seeded_below(&state, own) * processes);
	check_locked(number);
	for (uint32_t page = number; page < pages; page += processes) {
		read_page(page);
		check_page(map + page * WORDS, page, "mapping");
	}
}

static void options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "m:n:p:s:")) >= 0) {
		uint32_t value = optarg ? strtoul(optarg, NULL, 0) : 0;

		if (option == 'm')
			pages = value * 256;
		else if (option == 'n')
			operations = value;
		else if (option == 'p')
			processes = value;
		else if (option == 's')
			seed = value;
	}
	if (optind + 1 != argc || !pages || pages > MOST || !processes || processes > PROCESSES)
		errx(2, "usage: larger [-m MIB] [-n OPERATIONS] [-p PROCESSES] [-s SEED] FILE");
}

int main(int argc, char **argv)
{
	int status, bad = 0;

	options(argc, argv);
	fd = open(argv[optind], O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (fd < 0)
		err(1, "%s", argv[optind]);
	for (uint32_t page = 0; page < pages; page++)
		write_page(page);
	map = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		err(1, "mmap");
	for (uint32_t number = 0; number < processes; number++) {
		pid_t child = fork();

		if (child < 0)
			err(1, "fork");
		if (!child) {
			process(number);
			exit(0);
		}
	}
	while (wait(&status) > 0)
		bad |= status;
	if (fsync(fd) < 0)
		err(1, "fsync");
	printf("larger: seed %u: %s\n", seed, bad ? "FAILED" : "all well");
	return bad != 0;
}
