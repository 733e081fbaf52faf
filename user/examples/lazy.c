/*
 * lazy [MiB] - memory comes at the first touch. A big malloc() gives address space only: VmSize
 * grows at once, VmRSS not at all. Each page that is touched then costs one page fault and one
 * frame.
 *
 * Watch VmRSS follow the touched part, and the faults count its pages.
 */
#include <lesson.h>
#include <procinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define PAGE  4096
#define STEPS 4
#define SLACK 512 /* KiB: the program's own pages, and Linux counts in batches */

struct state {
	long long size, rss; /* KiB */
	long faults;
};

static struct state now(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (struct state){proc_status(0, "VmSize"), proc_status(0, "VmRSS"),
			      usage.ru_minflt + usage.ru_majflt};
}

static void print(const char *when, const struct state *s)
{
	printf("  %-26s %10lld %10lld %10ld\n", when, s->size, s->rss, s->faults);
}

static bool near(long long a, long long b)
{
	return a - b <= SLACK && b - a <= SLACK;
}

int main(int argc, char **argv)
{
	size_t mib = argc > 1 ? (size_t)atoi(argv[1]) : 16;
	size_t bytes = mib << 20;
	long long kib = (long long)mib << 10;
	struct state before, got, part, after;
	volatile char *p;

	printf("%zu MiB, touched a quarter at a time:\n\n", mib);
	printf("  %-26s %10s %10s %10s\n", "", "VmSize KiB", "VmRSS KiB", "faults");
	now(); /* what measuring itself needs is there from here on */
	before = now();
	p = malloc(bytes);
	if (!p)
		lesson_fails("malloc");
	madvise((void *)((unsigned long)p & -4096ul), bytes, MADV_NOHUGEPAGE);
	got = now();
	print("before", &before);
	print("after malloc()", &got);
	seen(got.size - before.size >= kib, "address space grew by all %lld KiB at once", kib);
	seen(near(got.rss, before.rss), "memory in use did not");
	for (int step = 1; step <= STEPS; step++) {
		char when[32];

		for (size_t i = bytes / STEPS * (size_t)(step - 1);
		     i < bytes / STEPS * (size_t)step; i += PAGE)
			p[i] = 1;
		part = now();
		snprintf(when, sizeof(when), "%d/%d touched", step, STEPS);
		print(when, &part);
		seen(near(part.rss - got.rss, kib * step / STEPS),
		     "memory grew by what was touched, %lld KiB", kib * step / STEPS);
	}
	seen(part.faults - before.faults >= (long)(bytes / PAGE) &&
		     part.faults - before.faults < (long)(bytes / PAGE) + 100,
	     "%ld page faults for %zu pages", part.faults - before.faults, bytes / PAGE);
	free((void *)p);
	after = now();
	print("after free()", &after);
	seen(after.size <= before.size + 4 && near(after.rss, before.rss),
	     "free() gave all of it back to the kernel");
	return lesson_end();
}
