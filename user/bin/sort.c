/* sort [-rnu] [FILE...] - print all lines in order; -r backwards, -n by number, -u each once. */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **lines;
static size_t count, room;
static bool backwards, numeric, unique;

static int compare(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	long long n = numeric ? atoll(x) : 0, m = numeric ? atoll(y) : 0;
	int order = n != m ? (n < m ? -1 : 1) : strcmp(x, y);

	return backwards ? -order : order;
}

static void read_lines(FILE *file)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, file)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = 0;
		if (count == room) {
			room = 2 * room + 64;
			lines = reallocarray(lines, room, sizeof(*lines));
			if (!lines)
				err(1, "memory");
		}
		lines[count] = strdup(line);
		if (!lines[count++])
			err(1, "memory");
	}
	free(line);
}

int main(int argc, char **argv)
{
	int option;

	setvbuf(stdout, NULL, _IOFBF, 0);
	while ((option = getopt(argc, argv, "rnu")) != -1) {
		if (option == '?')
			return 2;
		backwards = backwards || option == 'r';
		numeric = numeric || option == 'n';
		unique = unique || option == 'u';
	}
	if (optind == argc)
		read_lines(stdin);
	for (int i = optind; i < argc; i++) {
		FILE *file = fopen(argv[i], "r");

		if (!file)
			err(2, "%s", argv[i]);
		read_lines(file);
		fclose(file);
	}
	qsort(lines, count, sizeof(*lines), compare);
	for (size_t i = 0; i < count; i++) {
		if (!unique || !i || strcmp(lines[i], lines[i - 1]))
			puts(lines[i]);
	}
	return 0;
}
