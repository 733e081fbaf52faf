/* sleep SECONDS - wait; the number may have a fraction. */
#include <err.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv)
{
	struct timespec ts = {0, 0};
	long unit = 100000000;
	char *end;

	if (argc != 2)
		errx(2, "usage: sleep SECONDS");
	ts.tv_sec = (time_t)strtoul(argv[1], &end, 10);
	if (*end == '.') {
		for (end++; *end >= '0' && *end <= '9'; end++, unit /= 10)
			ts.tv_nsec += (*end - '0') * unit;
	}
	if (*end)
		errx(2, "%s is no number of seconds", argv[1]);
	while (nanosleep(&ts, &ts) < 0)
		;
	return 0;
}
