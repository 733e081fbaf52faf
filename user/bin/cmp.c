/* cmp [-s] FILE FILE - where do two files differ? -s: only the status says whether they do. */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static FILE *open_file(const char *name)
{
	FILE *file = strcmp(name, "-") ? fopen(name, "r") : stdin;

	if (!file)
		err(2, "%s", name);
	return file;
}

int main(int argc, char **argv)
{
	unsigned long long byte = 1, line = 1;
	bool quiet = false;
	FILE *a, *b;
	int option, x, y;

	while ((option = getopt(argc, argv, "s")) != -1) {
		if (option == '?')
			return 2;
		quiet = true;
	}
	if (argc - optind != 2)
		errx(2, "usage: cmp [-s] FILE FILE");
	argv += optind;
	a = open_file(argv[0]);
	b = open_file(argv[1]);
	while ((x = getc(a)) == (y = getc(b)) && x != EOF) {
		byte++;
		line += x == '\n';
	}
	if (ferror(a) || ferror(b))
		err(2, "%s", argv[ferror(a) ? 0 : 1]);
	if (x == y)
		return 0;
	if (!quiet && x != EOF && y != EOF)
		printf("%s %s differ: char %llu, line %llu\n", argv[0], argv[1], byte, line);
	else if (!quiet)
		warnx("EOF on %s after byte %llu", argv[x == EOF ? 0 : 1], byte - 1);
	return 1;
}
