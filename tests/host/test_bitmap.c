/* kernel/lib/bitmap.c and bitops.h against arrays of bool. */
#include <string.h>

#include "tests/host/host.h"

#include "kernel/lib/bitmap.h"

#define BITS 203 /* not a multiple of 32 */

static bool model[BITS];
static unsigned long map[BITS_TO_LONGS(BITS) + 1]; /* and a word behind that nobody may touch */

static unsigned long model_next(unsigned long from, unsigned long size, bool value)
{
	while (from < size && model[from] != value)
		from++;
	return from < size ? from : size;
}

static unsigned long model_area(unsigned long size, unsigned long from, unsigned long nr,
				unsigned long align)
{
	unsigned long start, i;

	for (start = from; start + nr <= size; start++) {
		for (i = 0; i < nr && !model[start + i]; i++)
			;
		if (i == nr && start % align == 0)
			return start;
	}
	return size;
}

static void compare(struct prng *rng)
{
	unsigned long i, size = prng_below(rng, BITS + 1), weight = 0;
	unsigned long from = prng_below(rng, BITS), nr = 1 + prng_below(rng, 40);
	unsigned long align = 1ul << prng_below(rng, 5);

	for (i = 0; i < BITS; i++) {
		check_eq(test_bit(i, map), model[i]);
		weight += i < size && model[i];
	}
	check_eq(bitmap_weight(map, size), weight);
	check_eq(bitmap_empty(map, size), weight == 0);
	check_eq(bitmap_full(map, size), weight == size);
	check_eq(find_next_bit(map, size, from), model_next(from, size, true));
	check_eq(find_next_zero_bit(map, size, from), model_next(from, size, false));
	check_eq(find_first_bit(map, size), model_next(0, size, true));
	check_eq(find_first_zero_bit(map, size), model_next(0, size, false));
	check_eq(bitmap_find_next_zero_area(map, size, from, nr, align),
		 model_area(size, from, nr, align));
	weight = 0;
	for_each_set_bit(i, map, size)
	{
		check(model[i]);
		weight++;
	}
	check_eq(weight, bitmap_weight(map, size));
}

/* One of the eight ways to change a bit. */
static void change_bit(unsigned long nr, unsigned int how)
{
	bool old = model[nr];

	switch (how) {
	case 0:
		__set_bit(nr, map);
		break;
	case 1:
		__clear_bit(nr, map);
		break;
	case 2:
		set_bit(nr, map);
		break;
	case 3:
		clear_bit(nr, map);
		break;
	case 4:
		check_eq(__test_and_set_bit(nr, map), old);
		break;
	case 5:
		check_eq(__test_and_clear_bit(nr, map), old);
		break;
	case 6:
		check_eq(test_and_set_bit(nr, map), old);
		break;
	default:
		check_eq(test_and_clear_bit(nr, map), old);
	}
	model[nr] = how % 2 == 0;
}

HOST_TEST(random, "bitmaps agree with arrays of bool over 20,000 random operations")
{
	struct prng rng;
	unsigned int step;

	host_seed(&rng);
	map[BITS_TO_LONGS(BITS)] = 0xdeadbeef;
	for (step = 0; step < 20000; step++) {
		unsigned long start = prng_below(&rng, BITS), nr;

		nr = prng_below(&rng, (u32)(BITS - start + 1));
		switch (prng_below(&rng, 8)) {
		case 0:
			bitmap_set(map, start, nr);
			memset(model + start, true, nr);
			break;
		case 1 ... 2:
			bitmap_clear(map, start, nr);
			memset(model + start, false, nr);
			break;
		default:
			change_bit(start, prng_below(&rng, 8));
		}
		compare(&rng);
	}
	check_eq(map[BITS_TO_LONGS(BITS)], 0xdeadbeef);
}

HOST_TEST(beyond, "bits behind the size do not mislead, and are not changed")
{
	unsigned long word = 0xffff0000;

	check_eq(find_first_bit(&word, 16), 16);
	check(bitmap_empty(&word, 16));
	check_eq(bitmap_weight(&word, 17), 1);
	bitmap_fill(&word, 8);
	check_eq(word, 0xffff00ff);
	bitmap_zero(&word, 20);
	check_eq(word, 0xfff00000);
}

HOST_TEST(powers, "the logarithms and roundings are right for every width")
{
	unsigned int i;

	for (i = 0; i < 32; i++) {
		unsigned long bit = 1ul << i;

		check_eq(__ffs(bit | (bit - 1) << 1), i ? 1 : 0);
		check_eq(__ffs(bit), i);
		check_eq(__fls(bit), i);
		check_eq(__fls(bit | (bit - 1)), i);
		check_eq(ffz(~bit), i);
		check_eq(kffs(bit), i + 1);
		check_eq(fls(bit), i + 1);
		check_eq(ilog2(bit), i);
		check_eq(fls64((u64)bit << 32), i + 33);
		check_eq(hweight32(bit | (bit - 1)), i + 1);
		check_eq(order_base_2(bit), i);
		check_eq(roundup_pow_of_two(bit), bit);
		check_eq(rounddown_pow_of_two(bit | (bit - 1)), bit);
		if (i > 1 && i < 31) {
			check_eq(order_base_2(bit + 1), i + 1);
			check_eq(roundup_pow_of_two(bit + 1), bit << 1);
			check_eq(roundup_pow_of_two(bit - 1), bit);
		}
	}
	check_eq(kffs(0), 0);
	check_eq(fls(0), 0);
	check_eq(fls64(5), 3);
	check_eq(order_base_2(0), 0);
}
