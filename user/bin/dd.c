/*
 * dd [if=FILE] [of=FILE] [bs=N] [count=N] [skip=N] [seek=N] [conv=notrunc,fsync,sync] - copy in
 * blocks: between files, and from and to devices. Sizes may end in k or M; count, skip (of what is
 * read) and seek (of what is written) are in blocks. notrunc: what is behind stays; fsync: on the
 * disk at the end; sync: short blocks are filled up with zeros.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *in_name, *out_name;
static unsigned long long bs = 512, count = -1ull, skip, seek;
static bool notrunc, do_fsync, fill;
static unsigned long long whole_in, part_in, whole_out, part_out, bytes;

static unsigned long long number(const char *word, const char *text)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	if (*end == 'k' || *end == 'K')
		n <<= 10, end++;
	else if (*end == 'M')
		n <<= 20, end++;
	else if (*end == 'G')
		n <<= 30, end++;
	if (end == text || *end)
		errx(2, "%s%s is no number", word, text);
	return n;
}

static void set_conversions(char *words)
{
	for (char *word = strtok(words, ","); word; word = strtok(NULL, ",")) {
		if (!strcmp(word, "notrunc"))
			notrunc = true;
		else if (!strcmp(word, "fsync"))
			do_fsync = true;
		else if (!strcmp(word, "sync"))
			fill = true;
		else
			errx(2, "conv=%s is not known", word);
	}
}

static void parse(char *word)
{
	static const struct {
		const char *name;
		unsigned long long *value;
	} numbers[] = {{"bs=", &bs}, {"count=", &count}, {"skip=", &skip}, {"seek=", &seek}};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		size_t len = strlen(numbers[i].name);

		if (!strncmp(word, numbers[i].name, len)) {
			*numbers[i].value = number(numbers[i].name, word + len);
			return;
		}
	}
	if (!strncmp(word, "if=", 3))
		in_name = word + 3;
	else if (!strncmp(word, "of=", 3))
		out_name = word + 3;
	else if (!strncmp(word, "conv=", 5))
		set_conversions(word + 5);
	else
		errx(2, "%s: not known", word);
}

/* What is no file to seek in is read. */
static void skip_input(int fd, char *buf)
{
	if (!skip || lseek(fd, (off_t)(skip * bs), SEEK_CUR) >= 0)
		return;
	while (skip--)
		if (read(fd, buf, bs) <= 0)
			return;
}

static int open_output(void)
{
	struct stat st;
	int fd = STDOUT_FILENO;

	if (out_name)
		fd = open(out_name, O_WRONLY | O_CREAT, 0666);
	if (fd < 0)
		err(1, "%s", out_name);
	if (out_name && !notrunc && !fstat(fd, &st) && S_ISREG(st.st_mode) &&
	    ftruncate(fd, (off_t)(seek * bs)) < 0)
		err(1, "%s", out_name);
	if (seek && lseek(fd, (off_t)(seek * bs), SEEK_SET) < 0)
		err(1, "%s", out_name ? out_name : "output");
	return fd;
}

/* False: no more can be written. */
static bool put(int fd, const char *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(fd, buf + done, len - done);

		if (n < 0) {
			warn("%s", out_name ? out_name : "output");
			break;
		}
		done += (size_t)n;
	}
	bytes += done;
	if (done == bs)
		whole_out++;
	else if (done)
		part_out++;
	return done == len;
}

static bool copy(int in, int out, char *buf)
{
	while (count--) {
		ssize_t n = read(in, buf, bs);

		if (n < 0)
			warn("%s", in_name ? in_name : "input");
		if (n <= 0)
			return !n;
		*((size_t)n == bs ? &whole_in : &part_in) += 1;
		if (fill) {
			memset(buf + n, 0, bs - (size_t)n);
			n = (ssize_t)bs;
		}
		if (!put(out, buf, (size_t)n))
			return false;
	}
	return true;
}

static void report(const struct timespec *from)
{
	struct timespec now;
	unsigned long long us, rate;

	clock_gettime(CLOCK_MONOTONIC, &now);
	us = (unsigned long long)(now.tv_sec - from->tv_sec) * 1000000 +
	     (unsigned long long)((now.tv_nsec - from->tv_nsec) / 1000);
	rate = us ? bytes * 10 / us : 0; /* bytes in a microsecond are MB in a second */
	fprintf(stderr, "%llu+%llu records in\n%llu+%llu records out\n", whole_in, part_in,
		whole_out, part_out);
	fprintf(stderr, "%llu bytes copied, %llu.%03llu s, %llu.%llu MB/s\n", bytes, us / 1000000,
		us / 1000 % 1000, rate / 10, rate % 10);
}

int main(int argc, char **argv)
{
	int in = STDIN_FILENO, out;
	struct timespec start;
	bool good;
	char *buf;

	for (int i = 1; i < argc; i++)
		parse(argv[i]);
	if (!bs)
		errx(2, "bs=0: a block has some bytes");
	buf = bs < 1u << 30 ? malloc((size_t)bs) : NULL;
	if (!buf)
		errx(1, "bs=%llu: there is no memory for that", bs);
	if (in_name)
		in = open(in_name, O_RDONLY);
	if (in < 0)
		err(1, "%s", in_name);
	out = open_output();
	clock_gettime(CLOCK_MONOTONIC, &start);
	skip_input(in, buf);
	good = copy(in, out, buf);
	if (do_fsync && fsync(out) < 0) {
		warn("%s", out_name ? out_name : "output");
		good = false;
	}
	report(&start);
	return !good;
}
