/*
 * The benchmark's part in user mode: what a fault and a system call cost, from the
 * instruction that causes it and back to the next one. argv[1] is what clearing a
 * page costs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096ul
#define RUNS 31

static unsigned long long rdtsc(void)
{
	unsigned long long ticks;

	__asm__ volatile("rdtsc" : "=A"(ticks)::"memory");
	return ticks;
}

#define TICKS(statement)                             \
	({                                           \
		unsigned long long _begin = rdtsc(); \
                                                     \
		statement;                           \
		(unsigned long)(rdtsc() - _begin);   \
	})

static volatile char *area; /* where the next page is touched */

static unsigned long nothing(void)
{
	return TICKS();
}

static unsigned long write_fault(void)
{
	area += PAGE;
	return TICKS(*area = 1);
}

static unsigned long read_fault(void)
{
	area += PAGE;
	return TICKS((void)*area);
}

static unsigned long getpid_call(void)
{
	unsigned long result = 20; /* the number of getpid */

	return TICKS(__asm__ volatile("int $0x80" : "+a"(result)::"memory"));
}

static unsigned long median(unsigned long (*run)(void))
{
	unsigned long sorted[RUNS];

	for (int i = 0; i < RUNS; i++)
		run();
	for (int n = 0; n < RUNS; n++) {
		unsigned long ticks = run();
		int i = n;

		for (; i && sorted[i - 1] > ticks; i--)
			sorted[i] = sorted[i - 1];
		sorted[i] = ticks;
	}
	return sorted[RUNS / 2];
}

static void row(const char *name, unsigned long first, unsigned long settled, const char *what)
{
	printf("bench: %-20s %10lu %10lu  %s\n", name, first, settled, what);
}

static unsigned long empty; /* what measuring nothing costs */

static void measure(unsigned long (*run)(void), unsigned long *first, unsigned long *settled)
{
	*first = run() - empty;
	*settled = median(run) - empty;
}

static void new_area(void)
{
	area = mmap(NULL, 256 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if ((void *)area == MAP_FAILED) {
		printf("bench: no memory\n");
		exit(1);
	}
}

int main(int argc, char **argv)
{
	unsigned long clearing = argc > 1 ? strtoul(argv[1], NULL, 0) : 0;
	unsigned long first, settled;

	empty = median(nothing);
	new_area();
	measure(write_fault, &first, &settled);
	row("demand_zero", first, settled, "demand-zero fault");
	row("demand_zero_rest", first - clearing, settled - clearing,
	    "demand-zero fault without clearing the page");
	new_area();
	measure(read_fault, &first, &settled);
	row("read_fault", first, settled, "first read of an anonymous page");
	measure(getpid_call, &first, &settled);
	row("getpid", first, settled, "system call getpid");
	return 0;
}
