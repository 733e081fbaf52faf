/*
 * cow - fork() copies no memory. Parent and child map the same frames, read-only; whoever writes
 * first gets a copy of that one page. When only one process still maps a frame, it may write to
 * it without another copy.
 *
 * Watch the frames: a new number appears exactly where a process has written.
 */
#include <lesson.h>
#include <procinfo.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE  4096
#define PAGES 4

static char *memory;

struct frames {
	unsigned long parent[PAGES], child[PAGES];
};

/* What the child does at each step. */
static void child_step(int step, void *arg)
{
	(void)arg;
	if (step == 2)
		memory[1 * PAGE] = 'c'; /* page 1 */
}

static unsigned long frame_of(pid_t pid, int page)
{
	struct proc_page p;

	if (!proc_page(pid, memory + page * PAGE, &p))
		lesson_fails("pagemap");
	return p.present ? p.frame : 0;
}

static struct frames look(const char *when, pid_t child)
{
	struct frames f;

	printf("\n%s\n  %-8s", when, "page");
	for (int i = 0; i < PAGES; i++)
		printf(" %10d", i);
	for (int i = 0; i < PAGES; i++) {
		f.parent[i] = frame_of(0, i);
		f.child[i] = frame_of(child, i);
	}
	printf("\n  %-8s", "parent");
	for (int i = 0; i < PAGES; i++)
		printf(" %10lu", f.parent[i]);
	printf("\n  %-8s", "child");
	for (int i = 0; i < PAGES; i++)
		printf(" %10lu", f.child[i]);
	putchar('\n');
	return f;
}

/* Do parent and child share exactly the pages whose bits are set? */
static bool shared(const struct frames *f, int bits)
{
	for (int i = 0; i < PAGES; i++) {
		if (!f->parent[i] || !f->child[i] ||
		    (f->parent[i] == f->child[i]) != (bits >> i & 1))
			return false;
	}
	return true;
}

int main(void)
{
	struct frames after_fork, child_wrote, parent_wrote, reused;
	struct partner child;

	memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	if (memory == MAP_FAILED)
		lesson_fails("mmap");
	memset(memory, 'p', PAGES * PAGE);
	printf("%d pages of a parent and its child, and the frames behind them.\n", PAGES);
	partner_start(&child, child_step, NULL);
	partner_step(&child);

	after_fork = look("after fork(), before anyone writes:", child.pid);
	seen(shared(&after_fork, 0xf), "all %d pages are shared: nothing was copied", PAGES);

	partner_step(&child);
	child_wrote = look("after the child has written to page 1:", child.pid);
	seen(shared(&child_wrote, 0xd) && child_wrote.parent[1] == after_fork.parent[1],
	     "the child has a frame of its own for page 1, the parent keeps the old one");
	seen(memory[PAGE] == 'p', "the parent does not see what the child wrote");

	memory[2 * PAGE] = 'P';
	parent_wrote = look("after the parent has written to page 2:", child.pid);
	seen(shared(&parent_wrote, 0x9) && parent_wrote.child[2] == after_fork.child[2],
	     "the parent has a new frame for page 2, the child keeps the old one");

	memory[1 * PAGE] = 'P';
	reused = look("after the parent has written to page 1, which only it maps now:", child.pid);
	seen(reused.parent[1] == after_fork.parent[1],
	     "no copy was made: the frame of page 1 is the same as before");
	partner_end(&child);
	return lesson_end();
}
