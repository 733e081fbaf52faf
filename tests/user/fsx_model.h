/*
 * The model of fsx: what the file must hold, the last operations, and what is said when the file
 * differs. Only fsx.c includes it.
 */
#ifndef FOLIO_TESTS_USER_FSX_MODEL_H
#define FOLIO_TESTS_USER_FSX_MODEL_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/user/seeded.h"

#define PAGE	     4096u
#define LOG_SIZE     40
#define MOST_AT_ONCE 65536u /* bytes of one operation */

/* What the file must hold; with sharers, in memory that they share. */
struct model {
	uint32_t size;
	unsigned char bytes[];
};

struct record {
	const char *what;
	uint32_t from, to;
};

static struct model *model;
static uint32_t maximum = 262144, operations = 1000, seed = 1;
static uint32_t state, done;
static bool sharing;
static char path[256];
static int fd = -1;
static unsigned char *buffer;
static struct record records[LOG_SIZE];

static uint32_t any(uint32_t below)
{
	return seeded_below(&state, below);
}

static void show_log(void)
{
	printf("fsx: %s: seed %u, the last operations (model's size %u):\n", path, seed,
	       model->size);
	for (uint32_t i = done > LOG_SIZE ? done - LOG_SIZE : 0; i < done; i++) {
		const struct record *r = &records[i % LOG_SIZE];

		printf("fsx:   %6u %-14s %#8x .. %#8x\n", i + 1, r->what, r->from, r->to);
	}
	fflush(stdout);
}

static void fail(const char *what)
{
	int error = errno;

	show_log();
	printf("fsx: %s: operation %u: %s (errno %d: %s)\n", path, done, what, error,
	       strerror(error));
	exit(1);
}

/* Notes an operation in the log. */
static void note(const char *what, uint32_t from, uint32_t to)
{
	records[done % LOG_SIZE] = (struct record){what, from, to};
	done++;
}

static void show_bytes(const char *whose, const unsigned char *p, uint32_t count)
{
	printf("fsx:   %-9s", whose);
	for (uint32_t i = 0; i < count && i < 16; i++)
		printf(" %02x", p[i]);
	printf("\n");
}

/* @found was at @from; the model must agree. */
static void compare(const char *what, const unsigned char *found, uint32_t from, uint32_t count)
{
	const unsigned char *expected = model->bytes + from;
	uint32_t first = 0, last = 0, wrong = 0;

	if (memcmp(found, expected, count) == 0)
		return;
	for (uint32_t i = 0; i < count; i++) {
		if (found[i] == expected[i])
			continue;
		first = wrong++ ? first : i;
		last = i;
	}
	show_log();
	printf("fsx: %s: operation %u: %s: %u bytes differ from %#x to %#x\n", path, done, what,
	       wrong, from + first, from + last);
	show_bytes("expected", expected + first, count - first);
	show_bytes("found", found + first, count - first);
	exit(1);
}

static void compare_zero(const unsigned char *found, uint32_t from, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (found[i]) {
			note("beyond the end", from + i, from + count);
			fail("not zero behind the end of the file");
		}
	}
}

static void check_size(void)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		fail("fstat");
	if (st.st_size != model->size) {
		note("size found", (uint32_t)st.st_size, model->size);
		fail("the size is wrong");
	}
}

/* Random bytes for the model at @from, and in the buffer. */
static void new_bytes(uint32_t from, uint32_t count)
{
	uint32_t value = seeded_next(&state);

	for (uint32_t i = 0; i < count; i++) {
		value = value * 1664525u + 1013904223u;
		buffer[i] = (unsigned char)(value >> 24);
	}
	memcpy(model->bytes + from, buffer, count);
}

/* The model as long as @size: what comes is zero. */
static void resize(uint32_t size)
{
	if (size > model->size)
		memset(model->bytes + model->size, 0, size - model->size);
	model->size = size;
}

/* Waits for a record lock; only where there are sharers. */
static void lock(short type, uint32_t from, uint32_t count)
{
	struct flock flock = {
		.l_type = type, .l_whence = SEEK_SET, .l_start = from, .l_len = count};

	while (sharing && fcntl(fd, F_SETLKW, &flock) < 0) {
		if (errno != EINTR)
			fail("fcntl");
	}
}

static void unlock(void)
{
	lock(F_UNLCK, 0, 0);
}

#endif
