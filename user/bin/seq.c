/* seq [FIRST [STEP]] LAST - print whole numbers. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	long long first = argc > 2 ? atoll(argv[1]) : 1;
	long long step = argc > 3 ? atoll(argv[2]) : 1;
	long long last = atoll(argv[argc - 1]);

	if (argc < 2 || argc > 4 || !step)
		errx(2, "usage: seq [FIRST [STEP]] LAST");
	setvbuf(stdout, NULL, _IOFBF, 0);
	for (long long n = first; step > 0 ? n <= last : n >= last; n += step)
		printf("%lld\n", n);
	return 0;
}
