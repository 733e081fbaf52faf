/* Numbers that look random: a linear congruence of 64 bits (Knuth's MMIX), its upper half. */
#include <stdint.h>
#include <stdlib.h>

static uint64_t state = 1;

static int next(uint64_t *s)
{
	*s = *s * 6364136223846793005ull + 1442695040888963407ull;
	return (int)(*s >> 33);
}

int rand(void)
{
	return next(&state);
}

void srand(unsigned int seed)
{
	state = seed;
}

int rand_r(unsigned int *seed)
{
	uint64_t s = *seed * 0x9e3779b97f4a7c15ull;
	int result = next(&s);

	*seed = *seed * 1103515245u + 12345u;
	return result;
}

long random(void)
{
	return rand();
}

void srandom(unsigned int seed)
{
	srand(seed);
}
