/*
 * growstack - a stack grows by page faults. The region [stack] is small at first; a fault just
 * below it makes it larger, down to the limit RLIMIT_STACK. What is deeper ends in SIGSEGV.
 *
 * Watch the region's lower end go down, and where the second process is stopped.
 */
#include <lesson.h>
#include <procinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define KIB   1024ul
#define LIMIT (1024 * KIB)

/* Goes down by a page at a time until `bytes` are in use; returns the deepest address. */
__attribute__((noinline)) static unsigned long descend(unsigned long bytes)
{
	volatile char page[4096 - 64];
	unsigned long deepest;

	page[0] = 1;
	deepest = bytes > sizeof(page) ? descend(bytes - sizeof(page)) : (unsigned long)page;
	page[1] = page[0]; /* so that the frame is in use until here */
	return deepest;
}

static struct proc_region stack_region(void)
{
	struct proc_region r;

	if (!proc_find_region(__builtin_frame_address(0), &r))
		lesson_fails("/proc/self/maps");
	return r;
}

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

static void print(const char *when, const struct proc_region *r)
{
	printf("  %-28s %08lx-%08lx  %5lu KiB  %s\n", when, r->start, r->end,
	       (r->end - r->start) / KIB, r->path);
}

static void show_growth(void)
{
	struct proc_region before = stack_region(), after;
	long count = faults();
	unsigned long deepest = descend(400 * KIB);

	count = faults() - count;
	after = stack_region();
	printf("The region of the stack, by /proc/self/maps:\n\n");
	print("before", &before);
	print("after 400 KiB of calls", &after);
	printf("\n");
	seen(after.start < before.start && after.end == before.end,
	     "the region grew downwards by %lu KiB", (before.start - after.start) / KIB);
	seen(deepest >= after.start && deepest < before.start,
	     "the deepest address, %08lx, was below the region and is in it now", deepest);
	seen(count >= 60, "%ld page faults brought the pages", count);
}

/* ---------------------------------------------------------------- too deep */

struct report {
	unsigned long begin, fault; /* addresses */
	int code;		    /* si_code */
};

static struct report *report; /* shared with the child */

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	report->fault = (unsigned long)info->si_addr;
	report->code = info->si_code;
	signal(sig, SIG_DFL);
	raise(sig); /* end by the same signal */
}

/* A handler cannot run on a stack that is full: it gets one of its own. */
static void fall(void)
{
	static char other[SIGSTKSZ];
	stack_t stack = {.ss_sp = other, .ss_size = sizeof(other)};
	struct sigaction act = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
	struct rlimit limit = {LIMIT, LIMIT};

	sigaltstack(&stack, NULL);
	sigaction(SIGSEGV, &act, NULL);
	setrlimit(RLIMIT_STACK, &limit);
	report->begin = stack_region().end;
	descend(16 * LIMIT);
	_exit(0);
}

static void show_limit(void)
{
	unsigned long depth;
	int status;
	pid_t pid;

	report = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (report == MAP_FAILED)
		lesson_fails("mmap");
	pid = fork();
	if (pid < 0)
		lesson_fails("fork");
	if (!pid)
		fall();
	waitpid(pid, &status, 0);
	depth = report->begin - report->fault;
	printf("\nAnother process with a limit of %lu KiB fell until a fault at %08lx,\n"
	       "%lu KiB below the stack's beginning (si_code %d).\n\n",
	       LIMIT / KIB, report->fault, depth / KIB, report->code);
	seen(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV, "it ended by %s",
	     WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "itself");
	seen(depth > LIMIT - 128 * KIB && depth <= LIMIT + 8 * KIB,
	     "that is where the limit is, to the page");
}

int main(void)
{
	show_growth();
	show_limit();
	return lesson_end();
}
