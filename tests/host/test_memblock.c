/* mm/memblock.c against a table with two marks for every frame below 4 GiB. */
#include <stdlib.h>
#include <string.h>

#include "tests/host/host.h"

#include "mm/layout.h"
#include "mm/memblock.h"
#include "tests/host/shim/machine.h"

#define FRAMES (1ul << (32 - PAGE_SHIFT))

static bool exists[FRAMES], taken[FRAMES];

static unsigned long clamp_frame(u64 addr)
{
	return addr >> PAGE_SHIFT < FRAMES ? (unsigned long)(addr >> PAGE_SHIFT) : FRAMES;
}

/* Sets the marks of the frames that a byte range covers wholly (@inward) or touches. */
static void model_set(bool *marks, u64 base, u64 size, bool inward, bool value)
{
	u64 end = base + size < base ? ~0ull : base + size;
	u64 from = inward ? base + PAGE_SIZE - 1 : base;
	u64 to = inward || end > ~0ull - PAGE_SIZE ? end : end + PAGE_SIZE - 1;

	if (!size || from < base || clamp_frame(from) >= clamp_frame(to))
		return;
	memset(marks + clamp_frame(from), value, clamp_frame(to) - clamp_frame(from));
}

/* A list's regions are sorted, apart from one another, and hold exactly the marked frames. */
static void compare_type(const struct memblock_type *type, const bool *marks)
{
	unsigned long covered = 0, marked = 0, pfn, prev_end = 0;
	unsigned int i;

	check(type->count <= type->max);
	for (i = 0; i < type->count; i++) {
		const struct memblock_region *r = &type->regions[i];

		check(r->start < r->end && r->end <= FRAMES);
		check(i == 0 || r->start > prev_end);
		prev_end = r->end;
		check(memchr(marks + r->start, false, r->end - r->start) == NULL);
		covered += r->end - r->start;
	}
	for (pfn = 0; pfn < FRAMES; pfn++)
		marked += marks[pfn];
	check_eq(covered, marked);
}

static unsigned long expect_pfn; /* where the walk over free ranges has arrived */

static void check_free_range(unsigned long start, unsigned long end, void *ctx)
{
	unsigned long pfn;

	(void)ctx;
	for (pfn = expect_pfn; pfn < start; pfn++)
		check(!exists[pfn] || taken[pfn]);
	for (; pfn < end; pfn++)
		check(exists[pfn] && !taken[pfn]);
	expect_pfn = end;
}

static void compare(struct prng *rng)
{
	unsigned long pfn, pages = 0, end = 0;
	unsigned int i;

	compare_type(&memblock.memory, exists);
	compare_type(&memblock.reserved, taken);
	expect_pfn = 0;
	memblock_for_each_free(check_free_range, NULL);
	check_free_range(FRAMES, FRAMES, NULL);
	for (pfn = 0; pfn < FRAMES; pfn++) {
		pages += exists[pfn];
		if (exists[pfn])
			end = pfn + 1;
	}
	check_eq(memblock_pages(), pages);
	check_eq(memblock_end(), end);
	for (i = 0; i < 50; i++) {
		pfn = prng_below(rng, FRAMES);
		check_eq(memblock_is_free(pfn), exists[pfn] && !taken[pfn]);
	}
}

/* Byte ranges as hostile firmware gives them: unaligned, empty, huge, wrapping, beyond 4 GiB. */
static void hostile_range(struct prng *rng, u64 *base, u64 *size)
{
	static const u64 bases[] = {0,		0x9fc00,    0x100000,	      0xfffff000,
				    0xffffffff, 1ull << 32, (1ull << 32) + 5, ~0ull - 4096,
				    0xc0000000, 0x1000000};
	static const u64 sizes[] = {0,	   1,	    4095,   4096, 4097, 0x100000000ull,
				    ~0ull, 0x60400, 1 << 24};

	*base = prng_below(rng, 2) ? bases[prng_below(rng, ARRAY_SIZE(bases))] : prng_next(rng);
	*base += prng_below(rng, 3) ? 0 : prng_below(rng, 20000) - 10000ull;
	*size = prng_below(rng, 4) ? prng_next(rng) >> prng_below(rng, 32)
				   : sizes[prng_below(rng, ARRAY_SIZE(sizes))];
}

static void forget(void)
{
	memblock.memory.count = memblock.reserved.count = 0;
	memset(exists, false, sizeof(exists));
	memset(taken, false, sizeof(taken));
}

HOST_TEST(hostile, "hostile memory maps are cleaned up: 600 ranges, frame by frame")
{
	struct prng rng;
	unsigned int step;
	u64 base, size;

	host_seed(&rng);
	for (step = 0; step < 600; step++) {
		/* A new map now and then: 40 ranges fit the first lists. */
		if (step % 40 == 0)
			forget();
		hostile_range(&rng, &base, &size);
		switch (prng_below(&rng, 5)) {
		case 0 ... 1:
			memblock_add(base, size);
			model_set(exists, base, size, true, true);
			break;
		case 2:
			memblock_remove(base, size);
			model_set(exists, base, size, false, false);
			break;
		default:
			/* Not too much, or everything is soon reserved. */
			size &= 0xffffff;
			memblock_reserve(base, size);
			model_set(taken, base, size, false, true);
		}
		if (step % 6 == 0)
			compare(&rng);
	}
	compare(&rng);
}

/* The highest run of free frames below the limit, never frame 0; 0: none. */
static unsigned long model_alloc(unsigned long pages)
{
	unsigned long pfn, run = 0;

	for (pfn = memblock.limit; pfn-- > 1;) {
		run = exists[pfn] && !taken[pfn] ? run + 1 : 0;
		if (run == pages)
			return pfn;
	}
	return 0;
}

/* Allocates and compares; false when there was no room. */
static bool allocate(unsigned long size)
{
	unsigned long want = model_alloc(PFN_UP(size)), got = memblock_alloc(size), k;

	check_eq(got, PFN_PHYS(want));
	if (!got)
		return false;
	model_set(taken, got, size, false, true);
	for (k = 0; k < PAGE_ALIGN(size); k += sizeof(long))
		check_eq(*(unsigned long *)__va(got + k), 0);
	memset(__va(got), 0xa5, size);
	return true;
}

HOST_TEST(alloc, "allocation takes the highest room below the limit, zeroed")
{
	struct prng rng;
	unsigned int step, i;

	host_seed(&rng);
	machine_map();
	memset((void *)PAGE_OFFSET, 0xa5, MACHINE_PAGES * PAGE_SIZE);
	memblock.limit = 12000;
	memblock_add(0, 3 * PAGE_SIZE);
	model_set(exists, 0, 3 * PAGE_SIZE, true, true);
	for (i = 0; i < 20; i++) {
		unsigned long pfn = prng_below(&rng, MACHINE_PAGES);
		u64 size = (1 + prng_below(&rng, 2000)) * PAGE_SIZE;

		memblock_add(PFN_PHYS(pfn), min(size, (u64)PFN_PHYS(MACHINE_PAGES - pfn)));
		model_set(exists, PFN_PHYS(pfn), min(size, (u64)PFN_PHYS(MACHINE_PAGES - pfn)),
			  true, true);
		pfn = 3 + prng_below(&rng, MACHINE_PAGES - 3);
		memblock_reserve(PFN_PHYS(pfn), 5 * PAGE_SIZE);
		model_set(taken, PFN_PHYS(pfn), 5 * PAGE_SIZE, false, true);
	}
	for (step = 0; step < 300; step++)
		allocate(1 + prng_below(&rng, prng_below(&rng, 4) ? 20000 : 3000000));
	while (allocate(PAGE_SIZE))
		;
	check(memblock_is_free(0));
	compare(&rng);
	check_eq(memblock_alloc(0), 0);
}

HOST_TEST(many, "1,500 separate ranges: the lists grow, and lose nothing")
{
	struct prng rng;
	unsigned long pfn;

	host_seed(&rng);
	machine_map();
	memblock.limit = MACHINE_PAGES;
	memblock_add(0, PFN_PHYS(MACHINE_PAGES));
	for (pfn = 2000; pfn < 5000; pfn += 2)
		memblock_reserve(PFN_PHYS(pfn), PAGE_SIZE);
	for (pfn = 2000; pfn < 5000; pfn++)
		check_eq(memblock_is_free(pfn), pfn % 2);
	check_eq(memblock.memory.count, 1);
	check(memblock.reserved.max >= 1500);
	/* The list itself lies in memory that it calls reserved. */
	check(!memblock_is_free(PFN_DOWN(__pa(memblock.reserved.regions))));
	for (pfn = 2000; pfn < 5000; pfn += 2)
		memblock_remove(PFN_PHYS(pfn), PAGE_SIZE);
	check_eq(memblock.memory.count, 1501);
	check_eq(memblock_pages(), MACHINE_PAGES - 1500);
}

HOST_TEST(firmware, "128 separate ranges can be reserved before there is any memory")
{
	unsigned long pfn;

	machine_map();
	memblock.limit = MACHINE_PAGES;
	for (pfn = 1000; pfn < 1256; pfn += 2)
		memblock_reserve(PFN_PHYS(pfn), PAGE_SIZE);
	memblock_add(0, PFN_PHYS(MACHINE_PAGES));
	for (pfn = 1000; pfn < 1256; pfn++)
		check_eq(memblock_is_free(pfn), pfn % 2);
}

HOST_TEST(growth, "a list that grows because of an allocation takes other frames than this")
{
	unsigned long limit, last = 0;
	unsigned int i;

	machine_map();
	memblock_add(0, PFN_PHYS(MACHINE_PAGES));
	for (limit = 100; limit < 5000; limit += 10) {
		unsigned long phys;

		memblock.limit = limit;
		phys = memblock_alloc(PAGE_SIZE);
		check(PFN_DOWN(phys) >= limit - 5 && PFN_DOWN(phys) < limit);
		memset(__va(phys), 0xa5, PAGE_SIZE);
	}
	check(memblock.reserved.count >= 490);
	for (i = 0; i < memblock.reserved.count; i++) {
		check(memblock.reserved.regions[i].start > last);
		last = memblock.reserved.regions[i].end;
	}
	check(last <= limit);
}

HOST_TEST(full, "a map that has no room for its own list panics in a sentence")
{
	unsigned long pfn;

	memblock.limit = 50;
	memblock_add(0, PFN_PHYS(50));
	memblock_reserve(0, PFN_PHYS(50));
	check_panics(for (pfn = 100; pfn < 800; pfn += 2) memblock_add(PFN_PHYS(pfn), PAGE_SIZE));
	check_log("memory map is too large");
}
