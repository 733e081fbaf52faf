/* free [-b|-k|-m|-h] - memory in use and free, by /proc/meminfo. */
#include <err.h>
#include <procinfo.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int unit = 'k';

static void print(long long kib)
{
	char text[24];

	if (kib < 0)
		kib = 0;
	if (unit == 'h')
		human_size(text, (unsigned long long)kib * 1024);
	else
		snprintf(text, sizeof(text), "%lld",
			 unit == 'b'   ? kib * 1024
			 : unit == 'm' ? kib / 1024
				       : kib);
	printf(" %11s", text);
}

static long long value(const char *key)
{
	return proc_number("/proc/meminfo", key);
}

int main(int argc, char **argv)
{
	long long total, free, cache, swap;
	int option;

	while ((option = getopt(argc, argv, "bkmh")) != -1) {
		if (option == '?')
			return 2;
		unit = option;
	}
	total = value("MemTotal");
	if (total < 0)
		err(1, "/proc/meminfo");
	free = value("MemFree");
	cache = value("Buffers") + value("Cached");
	swap = value("SwapTotal");
	printf("%5s %11s %11s %11s %11s %11s %11s\n", "", "total", "used", "free", "shared",
	       "buff/cache", "available");
	printf("Mem: ");
	print(total);
	print(total - free - cache);
	print(free);
	print(value("Shmem"));
	print(cache);
	print(value("MemAvailable"));
	printf("\nSwap:");
	print(swap);
	print(swap - value("SwapFree"));
	print(value("SwapFree"));
	putchar('\n');
	return 0;
}
