/*
 * Arrays of bits: bit 0 is the least significant one of word 0.
 *
 * All sizes and positions are in bits. Searches return @size when they find
 * nothing. Bits of the last word beyond @size may have any value: no function
 * here is misled by them, and none changes them.
 * Nothing sleeps or locks; the owner locks.
 */
#ifndef FOLIO_LIB_BITMAP_H
#define FOLIO_LIB_BITMAP_H

#include "kernel/lib/bitops.h"

#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

/* Sets or clears @nr bits from @start. */
void bitmap_set(unsigned long *map, unsigned long start, unsigned long nr);
void bitmap_clear(unsigned long *map, unsigned long start, unsigned long nr);

/* Sets or clears the bits 0..@size-1. */
static inline void bitmap_fill(unsigned long *map, unsigned long size)
{
	bitmap_set(map, 0, size);
}

static inline void bitmap_zero(unsigned long *map, unsigned long size)
{
	bitmap_clear(map, 0, size);
}

/* The first set, or clear, bit at @from or after it, below @size; else @size. */
unsigned long find_next_bit(const unsigned long *map, unsigned long size, unsigned long from);
unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size, unsigned long from);

static inline unsigned long find_first_bit(const unsigned long *map, unsigned long size)
{
	return find_next_bit(map, size, 0);
}

static inline unsigned long find_first_zero_bit(const unsigned long *map, unsigned long size)
{
	return find_next_zero_bit(map, size, 0);
}

/* True if the bits 0..@size-1 are all clear, or all set. */
static inline bool bitmap_empty(const unsigned long *map, unsigned long size)
{
	return find_first_bit(map, size) == size;
}

static inline bool bitmap_full(const unsigned long *map, unsigned long size)
{
	return find_first_zero_bit(map, size) == size;
}

/*
 * The first run of @nr clear bits (@nr >= 1) that begins at @from or after it,
 * on a multiple of @align (a power of two, 1 for anywhere), and ends below
 * @size. Returns where it begins, or @size if there is none.
 */
unsigned long bitmap_find_next_zero_area(const unsigned long *map, unsigned long size,
					 unsigned long from, unsigned long nr, unsigned long align);

/* The number of set bits below @size. */
unsigned long bitmap_weight(const unsigned long *map, unsigned long size);

#define for_each_set_bit(bit, map, size)                        \
	for ((bit) = find_first_bit(map, size); (bit) < (size); \
	     (bit) = find_next_bit(map, size, (bit) + 1))

#endif
