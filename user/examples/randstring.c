/*
 * randstring [-v] - reads a length, fills a malloc'ed string with so many random letters (at
 * most 128), prints it and frees it.
 *
 * With -v every piece of memory that this small program uses is named: its own regions, and
 * what the kernel keeps for it. The work is then done by a child that is started for it; its
 * parent looks at it while it waits with the string in its hands, and at the kernel's caches
 * before, meanwhile and afterwards.
 */
#include <fcntl.h>
#include <lesson.h>
#include <procinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

extern const char end[]; /* of the variables: end(3) */

#define LONGEST 128
#define CACHES	200
#define PAGE	4096

static void fill(char *s, unsigned int len)
{
	unsigned int seed;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = (unsigned int)getpid();
	srand(seed);
	for (unsigned int i = 0; i < len; i++)
		s[i] = (char)('a' + rand() % 26);
	s[len] = 0;
}

/* The program proper; when_printed() is called while the string is there. */
static int run(void (*when_printed)(const char *s))
{
	unsigned int len;
	char *s;

	printf("How many letters? ");
	if (scanf("%u", &len) != 1) {
		printf("\nThat is no number.\n");
		return EXIT_FAILURE;
	}
	if (len > LONGEST)
		len = LONGEST;
	s = malloc(len + 1);
	if (!s) {
		perror("malloc");
		return EXIT_FAILURE;
	}
	fill(s, len);
	printf("%s\n", s);
	fflush(stdout);
	if (when_printed)
		when_printed(s);
	free(s);
	return EXIT_SUCCESS;
}

/* ---------------------------------------------------------------- the child of -v */

static int to_parent, from_parent;

static void show_and_wait(const char *s)
{
	write(to_parent, &s, sizeof(s));
	read(from_parent, &s, 1);
}

/* ---------------------------------------------------------------- the parent of -v */

/* What the kernel holds at one moment. */
struct snapshot {
	struct proc_cache caches[CACHES];
	int count;
	long long stacks, tables; /* KiB, of all processes */
};

static void take(struct snapshot *s)
{
	FILE *file = proc_open_slabinfo();

	memset(s, 0, sizeof(*s));
	while (file && s->count < CACHES && proc_next_cache(file, &s->caches[s->count]))
		s->count++;
	if (file)
		fclose(file);
	s->stacks = proc_number("/proc/meminfo", "KernelStack");
	s->tables = proc_number("/proc/meminfo", "PageTables");
}

static const struct proc_cache *find(const struct snapshot *s, const char *name)
{
	for (int i = 0; i < s->count; i++) {
		if (!strcmp(s->caches[i].name, name))
			return &s->caches[i];
	}
	return NULL;
}

static long active(const struct snapshot *s, const char *name)
{
	const struct proc_cache *c = find(s, name);

	return c ? (long)c->active : 0;
}

static const char *meaning(const struct proc_region *r)
{
	if (r->inode && r->perm[2] == 'x')
		return "its code and constants, from the file";
	if (r->inode)
		return "its variables with a value, from the file";
	if (!strcmp(r->path, "[heap]"))
		return r->start < (unsigned long)end ? "variables that begin as zero, and the heap"
						     : "the heap: malloc()";
	if (!strcmp(r->path, "[stack]"))
		return "the stack, with arguments and environment";
	if (!*r->path)
		return "its variables that begin as zero";
	return "shared with the kernel";
}

static long resident(pid_t pid, const struct proc_region *r)
{
	long pages = 0;

	for (unsigned long p = r->start; p < r->end; p += PAGE) {
		struct proc_page page;

		pages += proc_page(pid, (const void *)p, &page) && page.present;
	}
	return pages;
}

static void show_regions(pid_t pid, const char *string)
{
	FILE *maps = proc_open_maps(pid);
	long pages = 0, in_use = 0;
	bool string_found = false;
	struct proc_region r;

	printf("\nThe program's own memory:\n");
	printf("  %-17s %-4s %6s %9s  %s\n", "region", "", "pages", "in memory", "");
	while (maps && proc_next_region(maps, &r)) {
		long here = resident(pid, &r);

		printf("  %08lx-%08lx %s %6lu %9ld  %s\n", r.start, r.end, r.perm,
		       (r.end - r.start) / PAGE, here, meaning(&r));
		pages += (long)((r.end - r.start) / PAGE);
		in_use += here;
		if ((unsigned long)string >= r.start && (unsigned long)string < r.end)
			string_found = !strcmp(r.path, "[heap]");
	}
	if (maps)
		fclose(maps);
	printf("  %-22s %6ld %9ld\n", "together", pages, in_use);
	seen(string_found, "the string is at %p, in the heap", (const void *)string);
	seen(in_use > 0 && in_use <= pages, "%ld of its %ld pages are in memory, %ld KiB", in_use,
	     pages, in_use * 4);
}

static void show_frame(pid_t pid, const char *string)
{
	struct proc_page page;

	if (proc_page(pid, string, &page) && page.present && page.frame)
		printf("  its frame: number %lu, physical address 0x%08lx\n", page.frame,
		       page.frame * PAGE + (unsigned long)string % PAGE);
}

static void show_kernel(pid_t pid, const struct snapshot *before, const struct snapshot *with)
{
	const struct proc_cache *task = find(with, "task_struct");
	unsigned long bytes = 0;
	long objects = 0;

	printf("\nWhat the kernel keeps for it:\n");
	printf("  %-28s %6s %6s %8s\n", "", "count", "size", "bytes");
	if (task)
		printf("  %-28s %6d %6lu %8lu\n", "task_struct", 1, task->size, task->size);
	printf("  %-28s %6d %6lld %8lld\n", "kernel stack (KernelStack)", 1,
	       (with->stacks - before->stacks) * 1024, (with->stacks - before->stacks) * 1024);
	printf("  %-28s %6lld %6d %8lld\n", "page tables (VmPTE)", proc_status(pid, "VmPTE") / 4,
	       PAGE, proc_status(pid, "VmPTE") * 1024);
	printf("  objects of /proc/slabinfo that were not there before:\n");
	for (int i = 0; i < with->count; i++) {
		const struct proc_cache *c = &with->caches[i];
		long more = (long)c->active - active(before, c->name);

		if (more <= 0)
			continue;
		printf("  %-28s %6ld %6lu %8lu\n", c->name, more, c->size,
		       (unsigned long)more * c->size);
		objects += more;
		bytes += (unsigned long)more * c->size;
	}
	printf("  %-28s %6ld %6s %8lu\n", "together", objects, "", bytes);
	seen(task != NULL, "a task_struct of %lu bytes", task ? task->size : 0);
	seen(with->stacks > before->stacks, "a kernel stack of %lld KiB",
	     with->stacks - before->stacks);
	seen(proc_status(pid, "VmPTE") > 0, "%lld KiB of page tables", proc_status(pid, "VmPTE"));
}

/* Caches may keep empty slabs: what counts is objects in use. */
static void show_afterwards(const struct snapshot *before, const struct snapshot *after)
{
	seen(active(after, "task_struct") <= active(before, "task_struct") &&
		     after->stacks <= before->stacks && after->tables <= before->tables,
	     "it has ended: task_struct, kernel stack and page tables are back");
}

static pid_t start_child(int *to, int *from)
{
	int down[2], up[2];
	pid_t pid;

	if (pipe2(down, O_CLOEXEC) < 0 || pipe2(up, O_CLOEXEC) < 0)
		lesson_fails("pipe");
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		lesson_fails("fork");
	if (!pid) {
		char in[12], out[12];

		snprintf(in, sizeof(in), "%d", dup(down[0]));
		snprintf(out, sizeof(out), "%d", dup(up[1]));
		execl("/proc/self/exe", "randstring", "child", in, out, (char *)NULL);
		_exit(127);
	}
	close(down[0]);
	close(up[1]);
	*to = down[1];
	*from = up[0];
	return pid;
}

static int explain(void)
{
	static struct snapshot before, with, after;
	const char *string;
	int to, from, status;
	pid_t pid;

	take(&before);
	take(&before); /* the first look may itself have made something */
	pid = start_child(&to, &from);
	if (read(from, &string, sizeof(string)) != sizeof(string)) {
		waitpid(pid, &status, 0);
		return EXIT_FAILURE;
	}
	take(&with);
	show_regions(pid, string);
	show_frame(pid, string);
	show_kernel(pid, &before, &with);
	close(to);
	waitpid(pid, &status, 0);
	close(from);
	take(&after);
	putchar('\n');
	show_afterwards(&before, &after);
	return lesson_end();
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "child")) {
		from_parent = atoi(argv[2]);
		to_parent = atoi(argv[3]);
		return run(show_and_wait);
	}
	if (argc > 1 && !strcmp(argv[1], "-v"))
		return explain();
	return run(NULL);
}
