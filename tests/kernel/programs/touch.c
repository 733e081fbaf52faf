/*
 * touch WHERE PAGES - uses so many pages of its bss, heap, stack or a mapping, each once; reads
 * or writes. What this costs is counted from outside.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096ul

static char bss[256 * PAGE];

/* Page by page below the stack pointer, as a function with a large frame would go. */
static void touch_stack(unsigned long pages)
{
	unsigned long here = (unsigned long)__builtin_frame_address(0);

	for (unsigned long i = 1; i <= pages; i++)
		*(volatile char *)(here - i * PAGE) = 1;
}

static void touch(volatile char *p, unsigned long pages, int write)
{
	for (unsigned long i = 0; i < pages; i++) {
		if (write)
			p[i * PAGE] = 1;
		else
			(void)p[i * PAGE];
	}
}

int main(int argc, char **argv)
{
	unsigned long pages = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	const char *where = argc > 1 ? argv[1] : "";
	char *p = bss;

	if (!strcmp(where, "stack")) {
		touch_stack(pages);
		return 0;
	}
	if (!strcmp(where, "heap"))
		p = sbrk((long)(pages * PAGE));
	else if (!strcmp(where, "mmap") || !strcmp(where, "mmap-read"))
		p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
	else if (strcmp(where, "bss") != 0 || pages > 256)
		return 99;
	touch(p, pages, strcmp(where, "mmap-read") != 0);
	return 0;
}
