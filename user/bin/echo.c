/* echo [-n] WORD... - print the words. */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	int first = 1 + (argc > 1 && !strcmp(argv[1], "-n"));

	for (int i = first; i < argc; i++)
		printf(i + 1 < argc ? "%s " : "%s", argv[i]);
	if (first == 1)
		putchar('\n');
	return fflush(stdout) ? 1 : 0;
}
