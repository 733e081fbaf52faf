/*
 * Small pseudo-random numbers for tests, failure injection and colouring: the
 * same seed gives the same sequence everywhere. Not for secrets.
 * xorshift32 with the triple 13, 17, 5 (Marsaglia, "Xorshift RNGs", 2003):
 * period 2^32 - 1 over all states but 0.
 */
#ifndef FOLIO_LIB_PRNG_H
#define FOLIO_LIB_PRNG_H

#include "kernel/lib/types.h"

struct prng {
	u32 state;
};

/* Starts a sequence; any seed will do. Mixing keeps near seeds from giving near sequences. */
static inline void prng_seed(struct prng *rng, u32 seed)
{
	seed = (seed ^ (seed >> 16)) * 0x9e3779b1u;
	seed ^= seed >> 15;
	rng->state = seed ? seed : 0x6d2b79f5u;
}

/* The next number, 1..2^32 - 1. */
static inline u32 prng_next(struct prng *rng)
{
	u32 x = rng->state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	rng->state = x;
	return x;
}

/* A number in 0..@n - 1, @n >= 1: the top of a 32 by 32 bit product, no division. */
static inline u32 prng_below(struct prng *rng, u32 n)
{
	return (u32)(((u64)prng_next(rng) * n) >> 32);
}

#endif
