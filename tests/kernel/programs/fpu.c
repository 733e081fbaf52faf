/*
 * fpu SEED - keeps eight numbers on the x87 stack through many time slices and system
 * calls, and looks whether they are still its own. Two or more run at once.
 * Exit status 0; 1: a number changed; 2: the registers were not fresh at the start.
 */
#include <stdlib.h>
#include <unistd.h>

#define ROUNDS 60

static double pi_sum(int terms)
{
	double sum = 0, sign = 1;

	for (int i = 0; i < terms; i++) {
		sum += sign / (2 * i + 1);
		sign = -sign;
	}
	return 4 * sum;
}

static int fresh(void)
{
	unsigned short status, control;

	__asm__ volatile("fnstsw %0\n\tfnstcw %1" : "=m"(status), "=m"(control));
	return status == 0 && (control & 0xf3f) == 0x33f;
}

/* Loads seed+0 .. seed+7, calls getpid between, and takes them off again. */
static int hold_stack(int seed)
{
	int got[8], numbers[8], spin = 20000;
	long eax = 20;

	for (int i = 0; i < 8; i++)
		numbers[i] = seed + i;
	__asm__ volatile("fildl (%2)\n\tfildl 4(%2)\n\tfildl 8(%2)\n\tfildl 12(%2)\n\t"
			 "fildl 16(%2)\n\tfildl 20(%2)\n\tfildl 24(%2)\n\tfildl 28(%2)\n\t"
			 "1: decl %1\n\tjnz 1b\n\tint $0x80\n\t"
			 "fistpl 28(%3)\n\tfistpl 24(%3)\n\tfistpl 20(%3)\n\tfistpl 16(%3)\n\t"
			 "fistpl 12(%3)\n\tfistpl 8(%3)\n\tfistpl 4(%3)\n\tfistpl (%3)"
			 : "+a"(eax), "+r"(spin)
			 : "r"(numbers), "r"(got)
			 : "memory", "cc");
	for (int i = 0; i < 8; i++) {
		if (got[i] != numbers[i])
			return 0;
	}
	return eax == getpid();
}

int main(int argc, char **argv)
{
	int seed = argc > 1 ? atoi(argv[1]) : 1;
	volatile double first, again; /* in memory, where a double has 64 bits and not 80 */

	if (!fresh())
		return 2;
	first = pi_sum(1000 + seed);
	for (int i = 0; i < ROUNDS; i++) {
		again = pi_sum(1000 + seed);
		if (!hold_stack(seed * 1000 + i) || again != first)
			return 1;
	}
	return first > 3.13 && first < 3.15 ? 0 : 1;
}
