/* mm/vm_range.c against a sorted array of ranges. */
#include <stdlib.h>
#include <string.h>

#include "tests/host/host.h"

#include "mm/vm_range.h"

#define PAGE	   4096ul
#define SPACE	   400ul /* the addresses of the random tests lie in so many pages */
#define MAX_RANGES 120

static struct vm_range_set set;
static struct vm_range *sorted[MAX_RANGES]; /* the model */
static unsigned int count;

static void compare(void)
{
	const char *wrong = vm_range_check(&set);
	struct vm_range *range = set.first;
	unsigned int i;

	if (wrong)
		host_fail(__FILE__, __LINE__, "%s", wrong);
	check_eq(set.count, count);
	for (i = 0; i < count; i++) {
		check(range == sorted[i]);
		range = range->vm_next;
	}
	check(range == NULL);
}

/* The model's answer: how many ranges end at or below the address. */
static unsigned int model_find(unsigned long addr)
{
	unsigned int i = 0;

	while (i < count && sorted[i]->vm_end <= addr)
		i++;
	return i;
}

static bool model_overlaps(unsigned long start, unsigned long end)
{
	unsigned int i = model_find(start);

	return i < count && sorted[i]->vm_start < end;
}

static void compare_find(unsigned long addr)
{
	unsigned int i = model_find(addr);
	struct vm_range *want = i < count ? sorted[i] : NULL, *prev;

	check(vm_range_find(&set, addr) == want);
	check(vm_range_find_prev(&set, addr, &prev) == want);
	check(prev == (i ? sorted[i - 1] : NULL));
}

/* The lowest aligned place, by trying them all. */
static unsigned long model_hole(unsigned long size, unsigned long align, unsigned long low,
				unsigned long high)
{
	unsigned long at;

	for (at = ALIGN_UP(low, align); at < high && high - at >= size; at += align) {
		if (at && !model_overlaps(at, at + size))
			return at;
	}
	return 0;
}

static void compare_hole(struct prng *rng)
{
	unsigned long size = (1 + prng_below(rng, prng_below(rng, 3) ? 6 : 60)) * PAGE;
	unsigned long align = PAGE << (prng_below(rng, 3) ? 0 : prng_below(rng, 5));
	unsigned long low = (1 + prng_below(rng, SPACE - 1)) * PAGE;
	unsigned long high = low + prng_below(rng, SPACE) * PAGE;

	check_eq(vm_range_hole(&set, size, align, low, high), model_hole(size, align, low, high));
	check_eq(vm_range_hole(&set, size, PAGE, PAGE, SPACE * PAGE),
		 model_hole(size, PAGE, PAGE, SPACE * PAGE));
}

static void insert(unsigned long start, unsigned long end)
{
	struct vm_range *range = calloc(1, sizeof(*range));
	unsigned int i = model_find(start);
	bool fits = !model_overlaps(start, end);

	range->vm_start = start;
	range->vm_end = end;
	memset(&range->vm_rb, 0xa5, sizeof(range->vm_rb));
	check_eq(vm_range_insert(&set, range), fits);
	if (!fits) {
		free(range);
		return;
	}
	memmove(sorted + i + 1, sorted + i, (count - i) * sizeof(sorted[0]));
	sorted[i] = range;
	count++;
}

static void remove_at(unsigned int i)
{
	vm_range_remove(&set, sorted[i]);
	free(sorted[i]);
	count--;
	memmove(sorted + i, sorted + i + 1, (count - i) * sizeof(sorted[0]));
}

/* Moves both borders anywhere between the neighbours. */
static void resize_at(unsigned int i, struct prng *rng)
{
	unsigned long low = i ? sorted[i - 1]->vm_end : 0;
	unsigned long high = i + 1 < count ? sorted[i + 1]->vm_start : SPACE * PAGE;
	unsigned long pages = (high - low) / PAGE, start, end;

	start = prng_below(rng, (u32)pages);
	end = start + 1 + prng_below(rng, (u32)(pages - start));
	vm_range_resize(&set, sorted[i], low + start * PAGE, low + end * PAGE);
}

HOST_TEST(random, "50,000 random insertions, removals, resizings, searches agree with an array")
{
	struct prng rng;
	unsigned int step;

	host_seed(&rng);
	for (step = 0; step < 50000; step++) {
		unsigned long start = prng_below(&rng, SPACE) * PAGE;
		bool growing = step / 5000 % 2 == 0;

		switch (prng_below(&rng, 4)) {
		case 0 ... 1:
			if (count < MAX_RANGES && (growing || prng_below(&rng, 3) == 0))
				insert(start,
				       min(start + (1 + prng_below(&rng, 6)) * PAGE, SPACE * PAGE));
			break;
		case 2:
			if (count && (!growing || prng_below(&rng, 3) == 0))
				remove_at(prng_below(&rng, count));
			break;
		default:
			if (count)
				resize_at(prng_below(&rng, count), &rng);
		}
		compare();
		compare_find(start);
		compare_find(start + prng_below(&rng, PAGE));
		compare_hole(&rng);
	}
	while (count)
		remove_at(prng_below(&rng, count));
	compare();
	check(RB_EMPTY_ROOT(&set.rb) && !set.first && !set.last);
}

HOST_TEST(ends, "ranges at both ends of the address space")
{
	insert(0, PAGE);
	insert(~0ul - 2 * PAGE + 1, ~0ul - PAGE + 1);
	compare();
	compare_find(0);
	compare_find(~0ul);
	check_eq(vm_range_hole(&set, PAGE, PAGE, PAGE, ~0ul), PAGE);
	check_eq(vm_range_hole(&set, 0x80000000ul, PAGE, PAGE, ~0ul), PAGE);
	check_eq(vm_range_hole(&set, 0x80000000ul, PAGE, 0x80000000ul, ~0ul), 0);
	check_eq(vm_range_hole(&set, ~0ul - 2 * PAGE, PAGE, PAGE, ~0ul), 0);
	check_eq(vm_range_hole(&set, PAGE, 1ul << 31, PAGE, ~0ul), 1ul << 31);
	check_eq(vm_range_hole(&set, 0, PAGE, PAGE, ~0ul), 0);
	check_eq(vm_range_hole(&set, PAGE, PAGE, 5 * PAGE, 5 * PAGE), 0);
}

HOST_TEST(many, "60,000 ranges: a hole between the last two is found by a few steps")
{
	static struct vm_range many[60000];
	unsigned int i, step;

	for (i = 0; i < ARRAY_SIZE(many); i++) {
		many[i].vm_start = (i + 1) * 3 * PAGE;
		many[i].vm_end = many[i].vm_start + 2 * PAGE;
		if (i == ARRAY_SIZE(many) - 1) {
			many[i].vm_start += 10 * PAGE;
			many[i].vm_end += 10 * PAGE;
		}
		check(vm_range_insert(&set, &many[i]));
	}
	check(vm_range_check(&set) == NULL);
	/* So often that a walk over all of them would not come to an end. */
	for (step = 0; step < 200000; step++)
		check_eq(vm_range_hole(&set, 3 * PAGE, PAGE, PAGE, ~0ul),
			 many[ARRAY_SIZE(many) - 2].vm_end);
}
