/*
 * calculators - virtual addresses hide physical memory. Three processes store 10, 100 and 1000
 * at one and the same address, all at the same time, and each reads its own number back: the
 * page tables of each lead to a frame of its own.
 *
 * Watch the column "frame": the address is the same, the memory is not. (Frame n begins at the
 * physical address n * 4096. /proc/PID/pagemap shows frames to root only.)
 */
#include <lesson.h>
#include <procinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PROCESSES 3

static volatile int value __attribute__((aligned(4096))); /* alone on its page */
static int *answers; /* shared memory: what each process reads back */

static const int numbers[PROCESSES] = {10, 100, 1000};

/* Step 1: store. Step 2, when all have stored: read back. */
static void calculate(int step, void *arg)
{
	int me = *(const int *)arg;

	if (step == 1)
		value = numbers[me];
	else
		answers[me] = value;
}

int main(void)
{
	struct partner partners[PROCESSES];
	struct proc_page pages[PROCESSES];
	bool right = true, apart = true;

	answers = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (answers == MAP_FAILED)
		lesson_fails("mmap");
	for (int i = 0; i < PROCESSES; i++)
		partner_start(&partners[i], calculate, &(int){i});
	for (int i = 0; i < PROCESSES; i++)
		partner_step(&partners[i]);
	for (int i = 0; i < PROCESSES; i++)
		partner_step(&partners[i]);

	printf("Three processes, one address:\n\n");
	printf("  %7s  %-10s  %6s  %9s  %8s  %s\n", "process", "address", "stored", "read back",
	       "frame", "physical address");
	for (int i = 0; i < PROCESSES; i++) {
		if (!proc_page(partners[i].pid, (const void *)&value, &pages[i]))
			lesson_fails("pagemap");
		printf("  %7d  %p  %6d  %9d  %8lu  0x%08lx\n", partners[i].pid, (void *)&value,
		       numbers[i], answers[i], pages[i].frame,
		       pages[i].frame * 4096 + (unsigned long)&value % 4096);
		right = right && answers[i] == numbers[i];
		for (int j = 0; j < i; j++)
			apart = apart && pages[i].frame != pages[j].frame;
		apart = apart && pages[i].present && pages[i].frame;
	}
	putchar('\n');
	seen(right, "each process reads its own number back");
	seen(apart, "one virtual address, %d different frames", PROCESSES);
	seen(value == 0, "the parent's own copy at this address is still 0");
	for (int i = 0; i < PROCESSES; i++)
		partner_end(&partners[i]);
	return lesson_end();
}
