/*
 * tail NAME - map the boot file NAME and look behind its end: the rest of its last page
 * must be zeros, whatever the loader left there. The exit status is 0, or tells the line.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/kernel/programs/check.h"

#define PAGE 4096ul

static unsigned long size_of(int fd)
{
	static char buf[PAGE];
	unsigned long size = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		size += (unsigned long)n;
	CHECK(n == 0);
	return size;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "/boot/ends-early";
	int fd = open(name, O_RDONLY);
	unsigned long size, pages;
	const char *p;

	CHECK(fd >= 0);
	size = size_of(fd);
	pages = (size + PAGE - 1) & ~(PAGE - 1);
	CHECK(size && size < pages);
	p = mmap(NULL, pages, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(p != MAP_FAILED && p[size - 1] != 0);
	for (unsigned long i = size; i < pages; i++)
		CHECK(p[i] == 0);
	return 0;
}
