/*
 * segments - where the parts of a program lie, and the regions that hold them.
 *
 * Takes the address of something in each part: text, constants, data, bss, the
 * heap before and after it grows, the stack in a caller and in the function it
 * calls. Beside each it prints the region that the kernel keeps for this address,
 * as /proc/self/maps tells it, and at last that file as it is.
 * Exit status 0: each part lies in a region of its kind.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAP_BYTES (64 * 1024)

static const char constant[] = "a constant";
static int initialised = 7;
static int zeroed[1000];

static char maps[4096]; /* the text of /proc/self/maps when it was last read */
static bool all_good = true;

struct region {
	unsigned long start, end;
	char perm[5];
	const char *name; /* ends at the end of the line */
	int name_len;
};

static bool read_maps(void)
{
	int fd = open("/proc/self/maps", O_RDONLY);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return false;
	while ((n = read(fd, maps + len, sizeof(maps) - 1 - len)) > 0)
		len += (size_t)n;
	maps[len] = 0;
	close(fd);
	return n == 0;
}

/* A line is: 08048000-0804a000 r-xp 00000000 00:00 7          name */
static const char *parse_line(const char *line, struct region *r)
{
	const char *end = strchr(line, '\n');
	char *p;

	if (!end)
		end = line + strlen(line);
	r->start = strtoul(line, &p, 16);
	r->end = strtoul(p + 1, &p, 16);
	memcpy(r->perm, p + 1, 4);
	r->perm[4] = 0;
	for (r->name = end; r->name > line && r->name[-1] != ' '; r->name--)
		;
	r->name_len = (int)(end - r->name);
	return *end ? end + 1 : end;
}

static bool find_region(unsigned long addr, struct region *r)
{
	for (const char *line = maps; *line;) {
		line = parse_line(line, r);
		if (addr >= r->start && addr < r->end)
			return true;
	}
	return false;
}

/* One line of the table. `need` names the permissions that the region must have. */
static void show(const char *part, const void *where, const char *need)
{
	unsigned long addr = (unsigned long)where;
	struct region r;

	printf("  %-30s 0x%08lx   ", part, addr);
	if (!find_region(addr, &r)) {
		printf("(no region)\n");
		all_good = false;
		return;
	}
	printf("%08lx-%08lx %s %.*s\n", r.start, r.end, r.perm, r.name_len, r.name);
	for (; *need; need++)
		all_good = all_good && strchr(r.perm, *need);
}

/* The break is the first address behind the heap: no region holds it. */
static void show_break(const char *part, const void *where)
{
	printf("  %-30s 0x%08lx   (the heap ends here)\n", part, (unsigned long)where);
}

__attribute__((noinline)) static void show_callee(void)
{
	int local = 0;

	show("stack   a local of its callee", &local, "rw");
}

static void show_heap(void)
{
	char *old = sbrk(HEAP_BYTES);

	if (old == (char *)-1) {
		perror("sbrk");
		all_good = false;
		return;
	}
	memset(old, 1, HEAP_BYTES);
	read_maps();
	show_break("heap    break before growing", old);
	show("heap    first byte it grew by", old, "rw");
	show("heap    last byte it grew by", old + HEAP_BYTES - 1, "rw");
	show_break("heap    break after growing", sbrk(0));
}

int main(int argc, char **argv)
{
	int local = argc;

	if (!read_maps()) {
		perror("/proc/self/maps");
		return EXIT_FAILURE;
	}
	printf("\nprocess %d, %s: its parts, and the region that holds each\n\n", getpid(),
	       argv[0]);
	printf("  %-30s %-10s   %s\n", "part", "address", "region");
	show("text    the function main()", (const void *)main, "rx");
	show("rodata  a constant", constant, "r");
	show("data    a variable set to 7", &initialised, "rw");
	show("bss     an array left at zero", zeroed, "rw");
	show_heap();
	show("stack   a local of main()", &local, "rw");
	show_callee();
	printf("\nand all regions, from /proc/self/maps:\n\n");
	read_maps();
	fputs(maps, stdout);
	return all_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
