/*
 * tables - what page tables cost. A page table of 4 KiB maps 4 MiB; one is made for each 4 MiB
 * in which at least one page is in use, and the directory of 4 KiB finds them. A program with
 * few pages that lie far apart needs as many tables as pages; one whose pages lie together
 * needs a single one. A complete set would be 1024 tables and the directory: 4 MiB + 4 KiB.
 *
 * Watch VmPTE in /proc/self/status.
 */
#include <lesson.h>
#include <procinfo.h>
#include <stdio.h>
#include <sys/mman.h>

#define PAGE  4096ul
#define REACH (4ul << 20) /* what one table maps */
#define PAGES 64
#define EXTRA 2 /* tables above: on a 64-bit kernel there are more levels */

static char *stretch; /* begins where a table does */

static long tables_now(void)
{
	long long kib = proc_status(0, "VmPTE");

	if (kib < 0)
		lesson_fails("/proc/self/status");
	return (long)(kib / 4);
}

/* Touches PAGES pages this far apart; how many tables were made for it. */
static long touch(unsigned long distance)
{
	long before = tables_now();

	for (unsigned long i = 0; i < PAGES; i++)
		*(volatile char *)(stretch + i * distance) = 1;
	return tables_now() - before;
}

static void *reserve(void)
{
	return mmap(NULL, (PAGES + 2) * REACH, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

int main(void)
{
	char *area = reserve();
	long begin, dense, sparse, end;

	if (area == MAP_FAILED)
		lesson_fails("mmap");
	stretch = (char *)(((unsigned long)area + REACH - 1) & ~(REACH - 1));
	madvise(area, (PAGES + 2) * REACH, MADV_NOHUGEPAGE);
	begin = tables_now();
	dense = touch(PAGE);
	munmap(area, (PAGES + 2) * REACH);
	area = reserve();
	madvise(area, (PAGES + 2) * REACH, MADV_NOHUGEPAGE);
	sparse = touch(REACH);
	munmap(area, (PAGES + 2) * REACH);
	end = tables_now();

	printf("%-44s %8s %10s\n", "", "tables", "KiB");
	printf("%-44s %8ld %10ld\n", "this program so far", begin, begin * 4);
	printf("%-44s %8ld %10ld\n", "64 pages side by side need in addition", dense, dense * 4);
	printf("%-44s %8ld %10ld\n", "64 pages, each 4 MiB from the next, need", sparse,
	       sparse * 4);
	printf("%-44s %8d %10d\n", "a full address space would need", 1024, 4096);
	printf("%-44s %8s %10d\n\n", "and the directory", "", 4);
	seen(dense >= 1 && dense <= 1 + EXTRA, "a dense program: %ld table for %d pages", dense,
	     PAGES);
	seen(sparse >= PAGES - 1 && sparse <= PAGES + EXTRA,
	     "a sparse program: a table for each of its %d pages", PAGES);
	seen((begin + sparse) * 4 + 4 < 4096 + 4,
	     "even so it pays %ld KiB for tables and directory, not 4 MiB + 4 KiB",
	     (begin + sparse) * 4 + 4);
	seen(end <= begin + EXTRA, "the tables are gone with the pages: %ld at the end", end);
	return lesson_end();
}
