/*
 * Hashing of numbers and pointers: multiply by 2^32 divided by the golden ratio
 * and keep the top bits (Knuth, The Art of Computer Programming, vol. 3, 6.4:
 * Fibonacci hashing), which spreads the regular distances that addresses and
 * page numbers have.
 */
#ifndef FOLIO_LIB_HASH_H
#define FOLIO_LIB_HASH_H

#include "kernel/lib/types.h"

#define GOLDEN_RATIO_32 0x9e3779b9u

/* A hash of @val in 0..2^@bits - 1; @bits in 1..32. */
static inline u32 hash_32(u32 val, unsigned int bits)
{
	return (val * GOLDEN_RATIO_32) >> (32 - bits);
}

static inline u32 hash_long(unsigned long val, unsigned int bits)
{
	return hash_32((u32)val, bits);
}

static inline u32 hash_ptr(const void *ptr, unsigned int bits)
{
	return hash_32((u32)(unsigned long)ptr, bits);
}

#endif
