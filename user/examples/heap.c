/*
 * heap - where malloc() gets memory. Small blocks come from the heap, which ends at the break:
 * brk(2) moves it. Large ones (128 KiB and more) are mappings of their own, which munmap(2)
 * gives back at once. Either way memory comes with the first touch.
 *
 * Watch the break, and the region that holds each block.
 */
#include <lesson.h>
#include <procinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define KIB  1024u
#define PAGE 4096

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

static bool in_heap(const void *p)
{
	struct proc_region r;

	return proc_find_region(p, &r) && !strcmp(r.path, "[heap]");
}

static void *get(size_t bytes)
{
	void *p = malloc(bytes);

	if (!p)
		lesson_fails("malloc");
	return p;
}

/* Touches every page; the page faults it took. */
static long touch(volatile char *p, size_t bytes)
{
	long before = faults();

	for (size_t i = 0; i < bytes; i += PAGE)
		p[i] = 1;
	p[bytes - 1] = 1;
	return faults() - before;
}

static void show_small(void)
{
	char *begin = sbrk(0), *after, *blocks[20];
	long count = faults(); /* malloc() itself writes a word before each block */

	for (int i = 0; i < 20; i++)
		blocks[i] = get(10 * KIB);
	after = sbrk(0);
	printf("20 blocks of 10 KiB: the break went from %p to %p\n", (void *)begin, (void *)after);
	seen(after > begin && after - begin >= (long)(100 * KIB), "the break moved up by %ld KiB",
	     (after - begin) / (long)KIB);
	seen(in_heap(blocks[0]) && in_heap(blocks[19]), "the blocks lie in [heap]: %p to %p",
	     (void *)blocks[0], (void *)blocks[19]);
	for (int i = 0; i < 20; i++)
		touch(blocks[i], 10 * KIB);
	count = faults() - count;
	seen(count >= 48 && count <= 55, "touching their 200 KiB took %ld page faults", count);
	for (int i = 0; i < 20; i++)
		free(blocks[i]);
	printf("after free() the break is at %p\n", sbrk(0));
	seen((char *)sbrk(0) < after, "the break moved down again by %ld KiB",
	     (after - (char *)sbrk(0)) / (long)KIB);
}

static void show_large(void)
{
	char *begin = sbrk(0), *block;
	int regions = proc_count_regions(0), with;
	struct proc_region r = {0};
	long count;

	block = get(1000 * KIB);
	with = proc_count_regions(0);
	proc_find_region(block, &r);
	printf("\none block of 1000 KiB: %p, in the region %08lx-%08lx\n", (void *)block, r.start,
	       r.end);
	seen(sbrk(0) == (void *)begin, "the break did not move: %p", (void *)begin);
	seen(!in_heap(block) && with >= regions, "the block is a mapping outside [heap]");
	count = touch(block, 1000 * KIB);
	seen(count >= 249 && count <= 255, "touching its 1000 KiB took %ld page faults", count);
	free(block);
	seen(proc_count_regions(0) == regions && !proc_find_region(block + 500 * KIB, &r),
	     "after free() its addresses belong to nobody");
}

static void show_bytes(void)
{
	char *here = sbrk(0), *there;

	sbrk(1);
	there = sbrk(0);
	printf("\nsbrk(1): the break went from %p to %p\n", (void *)here, (void *)there);
	seen(there == here + 1, "the break moves by bytes");
	here[0] = 1;
	here[PAGE - 1 - ((unsigned long)here & (PAGE - 1))] = 1;
	seen(true, "but areas by pages: all of its page can be used");
	sbrk(-1);
}

int main(void)
{
	void *first = get(1); /* the heap begins, and measuring has what it needs */

	in_heap(first);
	show_small();
	show_large();
	show_bytes();
	return lesson_end();
}
