/* tail [-n N | -N | -n +N] [FILE...] - print the last lines: 10, or N; +N: from line N on. */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned long count = 10;
static bool from_line;

static void set_count(const char *text)
{
	from_line = *text == '+';
	count = strtoul(text + (*text == '+'), NULL, 10);
}

static void print_from(FILE *file)
{
	unsigned long line = 1;
	int c;

	while ((c = getc(file)) != EOF) {
		if (line >= count)
			putchar(c);
		line += c == '\n';
	}
}

/* The last lines are kept in a ring. */
static void print_last(FILE *file)
{
	char **ring = calloc(count, sizeof(*ring));
	size_t *sizes = calloc(count, sizeof(*sizes));
	unsigned long lines = 0;

	if (!ring || !sizes)
		err(1, "memory");
	while (getline(&ring[lines % count], &sizes[lines % count], file) > 0)
		lines++;
	for (unsigned long i = lines > count ? lines - count : 0; i < lines; i++)
		fputs(ring[i % count], stdout);
	for (unsigned long i = 0; i < count; i++)
		free(ring[i]);
	free(ring);
	free(sizes);
}

static void print(FILE *file)
{
	if (from_line)
		print_from(file);
	else if (count)
		print_last(file);
}

int main(int argc, char **argv)
{
	int option, failed = 0;

	setvbuf(stdout, NULL, _IOFBF, 0);
	if (argc > 1 && argv[1][0] == '-' && isdigit((unsigned char)argv[1][1])) {
		set_count(argv[1] + 1);
		optind = 2;
	}
	while ((option = getopt(argc, argv, "n:")) != -1) {
		if (option == '?')
			return 2;
		set_count(optarg);
	}
	if (optind == argc)
		print(stdin);
	for (int i = optind; i < argc; i++) {
		FILE *file = fopen(argv[i], "r");

		if (!file) {
			warn("%s", argv[i]);
			failed = 1;
			continue;
		}
		if (argc - optind > 1)
			printf("%s==> %s <==\n", i > optind ? "\n" : "", argv[i]);
		print(file);
		fclose(file);
	}
	return failed;
}
