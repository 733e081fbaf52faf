/* head [-n N | -N] [FILE...] - print the first lines: 10, or N. */
#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void print(FILE *file, long count)
{
	int c;

	while (count > 0 && (c = getc(file)) != EOF) {
		putchar(c);
		count -= c == '\n';
	}
}

int main(int argc, char **argv)
{
	long count = 10;
	int option, failed = 0;

	setvbuf(stdout, NULL, _IOFBF, 0);
	if (argc > 1 && argv[1][0] == '-' && isdigit((unsigned char)argv[1][1])) {
		count = atol(argv[1] + 1);
		optind = 2;
	}
	while ((option = getopt(argc, argv, "n:")) != -1) {
		if (option == '?')
			return 2;
		count = atol(optarg);
	}
	if (optind == argc)
		print(stdin, count);
	for (int i = optind; i < argc; i++) {
		FILE *file = fopen(argv[i], "r");

		if (!file) {
			warn("%s", argv[i]);
			failed = 1;
			continue;
		}
		if (argc - optind > 1)
			printf("%s==> %s <==\n", i > optind ? "\n" : "", argv[i]);
		print(file, count);
		fclose(file);
	}
	return failed;
}
