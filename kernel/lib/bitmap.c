/*
 * Bitmaps, a word at a time: a search looks at 32 bits with one comparison and
 * finds the bit within the word with one bsf.
 */
#include "kernel/lib/bitmap.h"

/* Ones from bit @from of a word on, and ones below bit @to (1..32) of it. */
static inline unsigned long mask_from(unsigned long from)
{
	return ~0ul << (from % BITS_PER_LONG);
}

static inline unsigned long mask_below(unsigned long to)
{
	return ~0ul >> (-to % BITS_PER_LONG);
}

/* Applies (word | set) & ~clear, with all-ones for the one that is wanted, to @nr bits. */
static __always_inline void change_range(unsigned long *map, unsigned long start, unsigned long nr,
					 bool set)
{
	unsigned long word = BIT_WORD(start), last, mask = mask_from(start);

	if (nr == 0)
		return;
	last = BIT_WORD(start + nr - 1);
	for (; word <= last; word++) {
		if (word == last)
			mask &= mask_below(start + nr);
		map[word] = set ? map[word] | mask : map[word] & ~mask;
		mask = ~0ul;
	}
}

void bitmap_set(unsigned long *map, unsigned long start, unsigned long nr)
{
	change_range(map, start, nr, true);
}

void bitmap_clear(unsigned long *map, unsigned long start, unsigned long nr)
{
	change_range(map, start, nr, false);
}

/* The first bit from @from on that is 1 after every word was xored with @flip. */
static __always_inline unsigned long next_bit(const unsigned long *map, unsigned long size,
					      unsigned long from, unsigned long flip)
{
	unsigned long index, word, bit;

	if (from >= size)
		return size;
	index = BIT_WORD(from);
	word = (map[index] ^ flip) & mask_from(from);
	while (word == 0) {
		if (++index >= BITS_TO_LONGS(size))
			return size;
		word = map[index] ^ flip;
	}
	bit = index * BITS_PER_LONG + __ffs(word);
	return bit < size ? bit : size;
}

unsigned long find_next_bit(const unsigned long *map, unsigned long size, unsigned long from)
{
	return next_bit(map, size, from, 0);
}

unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size, unsigned long from)
{
	return next_bit(map, size, from, ~0ul);
}

unsigned long bitmap_find_next_zero_area(const unsigned long *map, unsigned long size,
					 unsigned long from, unsigned long nr, unsigned long align)
{
	for (;;) {
		unsigned long start = find_next_zero_bit(map, size, from), end;

		start = ALIGN_UP(start, align);
		if (start >= size || nr > size - start)
			return size;
		end = find_next_bit(map, start + nr, start);
		if (end == start + nr)
			return start;
		from = end + 1;
	}
}

unsigned long bitmap_weight(const unsigned long *map, unsigned long size)
{
	unsigned long weight = 0, word;

	for (word = 0; word < size / BITS_PER_LONG; word++)
		weight += hweight32(map[word]);
	if (size % BITS_PER_LONG)
		weight += hweight32(map[word] & mask_below(size));
	return weight;
}
