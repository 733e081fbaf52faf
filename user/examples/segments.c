/*
 * segments [COPIES] - where the parts of a program lie, and the regions that hold them.
 *
 * Takes the address of something in each part: text, constants, data, bss, the
 * heap before and after it grows, the stack in a caller and in the function it
 * calls. Beside each it prints the region that the kernel keeps for this address,
 * as /proc/self/maps tells it, and at last that file as it is.
 * Exit status 0: each part lies in a region of its kind.
 *
 * With a number, so many copies of the program run at the same time. All print the same
 * addresses, since each has the whole address space for itself; the frames behind the addresses
 * are different ones. (Each copy asks for the same layout by personality(2), in case that
 * randomize_va_space is on.)
 */
#include <fcntl.h>
#include <lesson.h>
#include <procinfo.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEAP_BYTES (64 * 1024)
#define PAGE_BYTES 4096

int main(int argc, char **argv);

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

static int show_all(const char *name)
{
	int local = 0;

	if (!read_maps()) {
		perror("/proc/self/maps");
		return EXIT_FAILURE;
	}
	printf("\nprocess %d, %s: its parts, and the region that holds each\n\n", getpid(), name);
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

/* ---------------------------------------------------------------- many copies */

#define MOST		  50
#define ADDR_NO_RANDOMIZE 0x0040000

struct report { /* what a copy tells */
	unsigned long text, data, bss, heap, stack;
};

struct copy {
	pid_t pid;
	int to, from;
	struct report report;
};

/* A copy: tells where its parts are, and stays until it is told to end. */
static int be_a_copy(void)
{
	struct report r = {(unsigned long)be_a_copy, (unsigned long)&initialised,
			   (unsigned long)zeroed, (unsigned long)sbrk(PAGE_BYTES), 0};
	char byte;

	r.stack = (unsigned long)&byte;
	initialised = getpid(); /* its own page now */
	write(STDOUT_FILENO, &r, sizeof(r));
	read(STDIN_FILENO, &byte, 1);
	return EXIT_SUCCESS;
}

static void start_copy(struct copy *copy)
{
	int down[2], up[2];

	if (pipe2(down, O_CLOEXEC) < 0 || pipe2(up, O_CLOEXEC) < 0)
		lesson_fails("pipe");
	copy->pid = fork();
	if (copy->pid < 0)
		lesson_fails("fork");
	if (!copy->pid) {
		dup2(down[0], STDIN_FILENO);
		dup2(up[1], STDOUT_FILENO);
		syscall(SYS_personality, ADDR_NO_RANDOMIZE);
		execl("/proc/self/exe", "segments", "copy", (char *)NULL);
		_exit(127);
	}
	close(down[0]);
	close(up[1]);
	copy->to = down[1];
	copy->from = up[0];
}

static int show_copies(int count)
{
	static struct copy copies[MOST];
	bool same = true, apart = true;
	unsigned long frames[MOST];

	printf("  %7s  %-8s  %-8s  %-8s  %-8s  %-8s  %s\n", "process", "text", "data", "bss",
	       "heap", "stack", "frame of data");
	for (int i = 0; i < count; i++)
		start_copy(&copies[i]);
	for (int i = 0; i < count; i++) {
		struct report *r = &copies[i].report;
		struct proc_page page = {0};

		if (read(copies[i].from, r, sizeof(*r)) != sizeof(*r))
			lesson_fails("a copy");
		proc_page(copies[i].pid, (const void *)r->data, &page);
		frames[i] = page.frame;
		printf("  %7d  %08lx  %08lx  %08lx  %08lx  %08lx  %lu\n", copies[i].pid, r->text,
		       r->data, r->bss, r->heap, r->stack, page.frame);
		same = same && !memcmp(r, &copies[0].report, sizeof(*r));
		for (int j = 0; j < i; j++)
			apart = apart && frames[j] != frames[i];
		apart = apart && frames[i];
	}
	putchar('\n');
	seen(same, "%d copies at once: all print the same addresses", count);
	seen(apart, "each has its own frame behind the same address of its data");
	for (int i = 0; i < count; i++) {
		close(copies[i].to);
		waitpid(copies[i].pid, NULL, 0);
	}
	return lesson_end();
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 0;

	if (argc > 1 && !strcmp(argv[1], "copy"))
		return be_a_copy();
	if (count > 0)
		return show_copies(count < MOST ? count : MOST);
	return show_all(argv[0]);
}
