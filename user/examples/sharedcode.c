/*
 * sharedcode - the code of a program that runs twice is in memory once. Two copies of this
 * program are started from its file; their text pages lie in the same frames, those of the page
 * cache, while each has frames of its own for its data and stack.
 *
 * Watch the frames of the two copies, page by page, and Pss in smaps: the share of each copy.
 */
#include <fcntl.h>
#include <lesson.h>
#include <procinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE   4096
#define COPIES 2

extern const char __executable_start[], etext[];
static volatile int data __attribute__((aligned(4096))) = 1;

struct copy {
	pid_t pid;
	int to, from;
};

/* The copy tells that it runs, and waits until the other end closes. */
static int be_a_copy(void)
{
	char byte = 1;

	data = getpid();
	write(STDOUT_FILENO, &byte, 1);
	read(STDIN_FILENO, &byte, 1);
	return 0;
}

static void start(struct copy *copy, const char *self)
{
	int down[2], up[2];
	char byte;

	if (pipe2(down, O_CLOEXEC) < 0 || pipe2(up, O_CLOEXEC) < 0)
		lesson_fails("pipe");
	copy->pid = fork();
	if (copy->pid < 0)
		lesson_fails("fork");
	if (!copy->pid) {
		dup2(down[0], STDIN_FILENO);
		dup2(up[1], STDOUT_FILENO);
		execl(self, self, "copy", (char *)NULL);
		_exit(127);
	}
	close(down[0]);
	close(up[1]);
	copy->to = down[1];
	if (read(up[0], &byte, 1) != 1)
		lesson_fails("starting a copy");
	close(up[0]);
}

static struct proc_page page_of(pid_t pid, const char *addr)
{
	struct proc_page page;

	if (!proc_page(pid, addr, &page))
		lesson_fails("pagemap");
	return page;
}

/* How many text pages both copies have in memory, and how many of them in one frame. */
static void compare_text(const struct copy *copies, int *both, int *same)
{
	for (const char *p = __executable_start; p < etext; p += PAGE) {
		struct proc_page a = page_of(copies[0].pid, p), b = page_of(copies[1].pid, p);

		printf("  %p text  %10lu %10lu  %s\n", (const void *)p, a.frame, b.frame,
		       !a.present || !b.present ? "not in both"
		       : a.frame == b.frame	? "one frame"
						: "two frames");
		*both += a.present && b.present;
		*same += a.present && b.present && a.frame == b.frame;
	}
}

/* Pss of the first region: what is shared counts in parts. */
static long text_share(pid_t pid, long *rss)
{
	char path[40], line[256];
	long pss = -1, value;
	FILE *smaps;

	snprintf(path, sizeof(path), "/proc/%d/smaps", pid);
	smaps = fopen(path, "r");
	while (smaps && pss < 0 && fgets(line, sizeof(line), smaps)) {
		if (sscanf(line, "Rss: %ld", &value) == 1)
			*rss = value;
		else if (sscanf(line, "Pss: %ld", &value) == 1)
			pss = value;
	}
	if (smaps)
		fclose(smaps);
	return pss;
}

int main(int argc, char **argv)
{
	struct copy copies[COPIES];
	struct proc_page a, b;
	int both = 0, same = 0;
	long rss = 0, pss;

	if (argc > 1 && !strcmp(argv[1], "copy"))
		return be_a_copy();
	for (int i = 0; i < COPIES; i++)
		start(&copies[i], "/proc/self/exe");
	printf("Two copies of one program:\n\n  %-15s  %10s %10s\n", "page", "frame in 1",
	       "frame in 2");
	compare_text(copies, &both, &same);
	a = page_of(copies[0].pid, (const char *)&data);
	b = page_of(copies[1].pid, (const char *)&data);
	printf("  %p data  %10lu %10lu\n\n", (const void *)&data, a.frame, b.frame);
	seen(both && both == same, "all %d text pages that both use are in memory once", both);
	seen(a.present && b.present && a.frame && a.frame != b.frame,
	     "each copy has its own frame for its data");
	pss = text_share(copies[0].pid, &rss);
	seen(pss >= 0 && rss > 0 && pss < rss,
	     "smaps counts %ld KiB of text for a copy (Pss), though %ld KiB are mapped (Rss)", pss,
	     rss);
	for (int i = 0; i < COPIES; i++) {
		close(copies[i].to);
		waitpid(copies[i].pid, NULL, 0);
	}
	return lesson_end();
}
