/*
 * regions - areas merge and split. The kernel keeps a region for each stretch of addresses that
 * is alike; neighbours that become alike merge, and an operation on a part splits.
 *
 * Watch the number of regions, by /proc/self/maps, after each step.
 */
#include <lesson.h>
#include <procinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PAGE 4096
#define RW   (PROT_READ | PROT_WRITE)

static char *base; /* in the middle of a reserved stretch: nothing else is near */
static int count;

/* The number of regions has changed by this much, and by nothing else. */
static void expect(const char *what, int change)
{
	int now = proc_count_regions(0);

	seen(now - count == change, "%-50s %+d: %d regions", what, change, now);
	count = now;
}

static void map(int first, int pages, int prot)
{
	if (mmap(base + first * PAGE, (size_t)(pages * PAGE), prot,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		lesson_fails("mmap");
}

static void protect(int first, int pages, int prot)
{
	if (mprotect(base + first * PAGE, (size_t)(pages * PAGE), prot) < 0)
		lesson_fails("mprotect");
}

static void unmap(int first, int pages)
{
	if (munmap(base + first * PAGE, (size_t)(pages * PAGE)) < 0)
		lesson_fails("munmap");
}

static void print_regions(void)
{
	FILE *maps = proc_open_maps(0);
	struct proc_region r;

	printf("\nThe stretch at the end:\n");
	while (maps && proc_next_region(maps, &r)) {
		if (r.end > (unsigned long)base && r.start < (unsigned long)base + 16 * PAGE)
			printf("  %08lx-%08lx %s\n", r.start, r.end, r.perm);
	}
	if (maps)
		fclose(maps);
	putchar('\n');
}

int main(void)
{
	char *reserved = mmap(NULL, 64 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (reserved == MAP_FAILED)
		lesson_fails("mmap");
	base = reserved + 16 * PAGE;
	munmap(base, 16 * PAGE); /* a hole with walls of PROT_NONE */
	proc_count_regions(0);	 /* what measuring needs is there from here on */
	count = proc_count_regions(0);
	printf("%d regions to begin with. Pages are named by their place in an empty stretch.\n\n",
	       count);

	map(4, 1, RW);
	expect("map page 4", 1);
	map(5, 1, RW);
	expect("map page 5, alike: it joins page 4", 0);
	map(3, 1, RW);
	expect("map page 3, alike: it joins from below", 0);
	map(7, 1, RW);
	expect("map page 7: a gap keeps it apart", 1);
	map(6, 1, RW);
	expect("map page 6: it closes the gap, all become one", -1);
	protect(5, 1, PROT_READ);
	expect("page 5 read-only: split in three", 2);
	protect(5, 1, RW);
	expect("page 5 writable again: one once more", -2);
	protect(3, 2, PROT_READ);
	expect("pages 3 and 4 read-only: split in two", 1);
	map(8, 1, RW);
	expect("map page 8: it joins pages 5 to 7", 0);
	protect(8, 1, PROT_READ);
	expect("page 8 read-only: no longer like page 7", 1);
	protect(5, 3, PROT_READ);
	expect("pages 5 to 7 read-only too: all six alike", -2);
	unmap(5, 1);
	expect("unmap page 5: a hole in the middle", 1);
	unmap(3, 1);
	expect("unmap page 3: cut at the end, no split", 0);
	map(5, 1, RW);
	expect("map page 5 again, writable: unlike both sides", 1);
	protect(5, 1, PROT_READ);
	expect("page 5 read-only: the hole is closed", -2);
	print_regions();
	unmap(0, 16);
	expect("unmap everything", -1);
	return lesson_end();
}
