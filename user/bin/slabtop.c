/*
 * slabtop [-o] - the kernel's object caches, those that use most memory first, again every
 * three seconds until q is typed; -o: once.
 */
#include <err.h>
#include <procinfo.h>
#include <screen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST 256

static struct proc_cache caches[MOST];

static unsigned long kib(const struct proc_cache *c)
{
	return c->slabs * c->pages_per_slab * 4;
}

static int by_size(const void *a, const void *b)
{
	unsigned long x = kib(a), y = kib(b);

	return (x < y) - (x > y);
}

static int read_caches(void)
{
	FILE *file = proc_open_slabinfo();
	int count = 0;

	if (!file)
		err(1, "/proc/slabinfo");
	while (count < MOST && proc_next_cache(file, &caches[count]))
		count++;
	fclose(file);
	qsort(caches, (size_t)count, sizeof(caches[0]), by_size);
	return count;
}

static void print(int count, int rows)
{
	unsigned long objects = 0, active = 0, memory = 0;

	for (int i = 0; i < count; i++) {
		objects += caches[i].total;
		active += caches[i].active;
		memory += kib(&caches[i]);
	}
	printf("%d caches, %lu objects (%lu in use), %lu KiB\n\n", count, objects, active, memory);
	printf("%8s %8s %4s %7s %7s %7s %9s  %s\n", "OBJS", "ACTIVE", "USE", "SIZE", "OBJ/SLB",
	       "SLABS", "CACHE", "NAME");
	for (int i = 0; i < count && i < rows - 4; i++) {
		const struct proc_cache *c = &caches[i];

		printf("%8lu %8lu %3lu%% %7lu %7lu %7lu %8luK  %s\n", c->total, c->active,
		       c->total ? c->active * 100 / c->total : 0, c->size, c->per_slab, c->slabs,
		       kib(c), c->name);
	}
}

int main(int argc, char **argv)
{
	bool once = !isatty(STDOUT_FILENO);
	int option;

	while ((option = getopt(argc, argv, "o")) != -1) {
		if (option == '?')
			return 2;
		once = true;
	}
	setvbuf(stdout, NULL, _IOFBF, 0);
	if (once) {
		print(read_caches(), MOST + 4);
		return 0;
	}
	screen_begin();
	do {
		int count = read_caches();

		screen_clear();
		print(count, screen_rows());
	} while (screen_wait(3000));
	screen_end();
	return 0;
}
