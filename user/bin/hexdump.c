/*
 * hexdump [-Cv] [-n N] [-s N] [FILE] - print bytes in hexadecimal: as 16-bit words, or with -C
 * byte by byte with their characters. Equal lines are printed once and stand as *, but for -v.
 * -n: only so many bytes, -s: skip so many.
 */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROW 16

static bool canonical;

static void print_bytes(const unsigned char *row, size_t len)
{
	for (size_t i = 0; i < ROW; i++) {
		if (i % 8 == 0)
			putchar(' ');
		if (i < len)
			printf(" %02x", row[i]);
		else
			fputs("   ", stdout);
	}
	fputs("  |", stdout);
	for (size_t i = 0; i < len; i++)
		putchar(isprint(row[i]) ? row[i] : '.');
	putchar('|');
}

static void print_words(const unsigned char *row, size_t len)
{
	for (size_t i = 0; i < len; i += 2)
		printf(" %04x", row[i] | (i + 1 < len ? row[i + 1] << 8 : 0));
}

static void print_row(unsigned long long offset, const unsigned char *row, size_t len)
{
	printf(canonical ? "%08llx" : "%07llx", offset);
	if (len)
		(canonical ? print_bytes : print_words)(row, len);
	putchar('\n');
}

static void dump(FILE *file, unsigned long long offset, unsigned long long left, bool all)
{
	unsigned char row[ROW], before[ROW];
	bool first = true, starred = false;
	size_t n;

	for (;;) {
		n = fread(row, 1, left < ROW ? (size_t)left : ROW, file);
		if (!n)
			break;
		if (!all && !first && n == ROW && !memcmp(row, before, ROW)) {
			if (!starred)
				puts("*");
			starred = true;
		} else {
			print_row(offset, row, n);
			starred = false;
		}
		memcpy(before, row, ROW);
		first = false;
		offset += n;
		left -= n;
	}
	if (!first)
		print_row(offset, NULL, 0);
}

int main(int argc, char **argv)
{
	unsigned long long skip = 0, left = ~0ull;
	FILE *file = stdin;
	bool all = false;
	int option;

	setvbuf(stdout, NULL, _IOFBF, 0);
	while ((option = getopt(argc, argv, "Cvn:s:")) != -1) {
		switch (option) {
		case 'C':
			canonical = true;
			break;
		case 'v':
			all = true;
			break;
		case 'n':
			left = strtoull(optarg, NULL, 0);
			break;
		case 's':
			skip = strtoull(optarg, NULL, 0);
			break;
		default:
			return 2;
		}
	}
	if (optind < argc)
		file = fopen(argv[optind], "r");
	if (!file)
		err(1, "%s", argv[optind]);
	if (skip && fseeko(file, (off_t)skip, SEEK_SET) < 0) {
		for (unsigned long long i = 0; i < skip; i++)
			getc(file);
	}
	dump(file, skip, left, all);
	if (ferror(file))
		err(1, "reading");
	return 0;
}
