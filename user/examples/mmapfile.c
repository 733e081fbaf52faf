/*
 * mmapfile - two processes meet in a file mapping. Both map one file, each where the kernel
 * chooses (NULL) or where it was asked to; shared writes are seen by the other at once, and by
 * everybody who reads the file. Private writes are seen by nobody.
 *
 * Watch two different addresses lead to one frame.
 */
#include <lesson.h>
#include <procinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

static const char first[] = "first text of the file", from_child[] = "the child was here";
static const char in_private[] = "for my eyes only";

static int fd;
static char *mine;   /* the parent's mapping */
static char *childs; /* where the child maps the file, in its own space */

/* The child asks for an address of its own, and writes. */
static void child_step(int step, void *arg)
{
	(void)arg;
	(void)step;
	munmap(mine, PAGE);
	if (mmap(childs, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
		lesson_fails("mmap in the child");
	strcpy(childs, from_child);
}

static char *map(int how)
{
	char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, how, fd, 0);

	if (p == MAP_FAILED)
		lesson_fails("mmap");
	return p;
}

static bool file_says(const char *text)
{
	char buf[64] = "";

	return pread(fd, buf, sizeof(buf) - 1, 0) > 0 && !strcmp(buf, text);
}

static void show_meeting(void)
{
	struct proc_page here, there;
	struct proc_region region;
	struct partner child;

	mine = map(MAP_SHARED);
	childs = mine - 0x1000000;
	if (!proc_find_region(mine, &region))
		lesson_fails("/proc/self/maps");
	printf("With NULL the kernel chose %p:\n  %08lx-%08lx %s %s\n\n", (void *)mine,
	       region.start, region.end, region.perm, region.path);
	seen(region.inode && region.perm[3] == 's', "a shared region with the file behind it");
	seen(!strcmp(mine, first), "it shows what is in the file");

	partner_start(&child, child_step, NULL);
	partner_step(&child);
	if (!proc_page(0, mine, &here) || !proc_page(child.pid, childs, &there))
		lesson_fails("pagemap");
	printf("\nThe child maps the file at %p and writes there.\n", (void *)childs);
	seen(!strcmp(mine, from_child), "the parent reads it at %p", (void *)mine);
	/* Reading it has mapped the page here, if it was not before. */
	proc_page(0, mine, &here);
	seen(here.present && there.present && here.frame && here.frame == there.frame,
	     "two addresses, one frame: %lu", here.frame);
	seen(partner_end(&child) == 0 && file_says(from_child),
	     "read(2) finds it in the file, which was never written to with write(2)");
	munmap(mine, PAGE);
	seen(file_says(from_child), "and it stays there after munmap()");
}

static void show_private(void)
{
	char *p = map(MAP_PRIVATE);

	printf("\nA private mapping of the same file:\n");
	strcpy(p, in_private);
	seen(!strcmp(p, in_private) && file_says(from_child),
	     "what is written there does not reach the file");
	munmap(p, PAGE);
}

int main(void)
{
	char path[] = "/tmp/mmapfile.XXXXXX", page[PAGE] = "";

	strcpy(page, first);
	fd = mkstemp(path);
	if (fd < 0 || write(fd, page, PAGE) != PAGE)
		lesson_fails(path);
	show_meeting();
	show_private();
	unlink(path);
	return lesson_end();
}
