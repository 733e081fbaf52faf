/*
 * The boot allocator.
 *
 * Before there is a mem_map there must be memory for it. The loader says which
 * ranges of physical memory are usable; firmware is not to be trusted with
 * order or sense, so ranges may overlap, touch, come unsorted, contradict one
 * another or end beyond 4 GiB. They are kept as two sorted lists of frame ranges,
 * what exists and what of it is in use, and a frame is free when it is on the
 * first and not on the second:
 *
 *	memory      [-----)      [------------------------)
 *	reserved    [-)             [--)             [----)
 *	free          [---)      [--)  [-------------)
 *
 * When a frame is called usable by one entry and not by another, the cautious
 * answer wins: removals are applied after additions (mm/init.c).
 *
 * Allocation is from the top down, below what is mapped, so that the scarce DMA
 * zone stays whole. A list that is full moves to one of twice the size, taken from
 * memblock itself.
 *
 * Locks: none; boot is single threaded.
 */
#include "mm/memblock.h"

#include "kernel/lib/string.h"
#include "kernel/panic.h"
#include "mm/layout.h"

/* What is reserved comes before there is memory to grow into: firmware lists 128 ranges at most. */
#define FIRST_REGIONS 160
#define MAX_PFN	      (1ul << (32 - PAGE_SHIFT))

static struct memblock_region first_memory[FIRST_REGIONS];
static struct memblock_region first_reserved[FIRST_REGIONS];

struct memblock memblock = {
	.memory = {.name = "memory", .regions = first_memory, .max = FIRST_REGIONS},
	.reserved = {.name = "reserved", .regions = first_reserved, .max = FIRST_REGIONS},
	.limit = MAX_PFN,
};

static unsigned long find_free(unsigned long pages);

/*
 * Move a list to an array of twice the size. The old array is not given back: it
 * is the static one, or a page or two. The new one is reserved by the caller's next
 * step, since the reserved list itself may be the one that moves.
 */
static struct memblock_region grow(struct memblock_type *type)
{
	unsigned long pages = PFN_UP(2 * type->max * sizeof(struct memblock_region));
	unsigned long pfn = find_free(pages);
	struct memblock_region *bigger = __va(PFN_PHYS(pfn));

	if (!pfn)
		panic("The memory map is too large: no room for %u ranges of %s", 2 * type->max,
		      type->name);
	memcpy(bigger, type->regions, type->count * sizeof(*bigger));
	type->regions = bigger;
	type->max = pages * PAGE_SIZE / sizeof(*bigger);
	return (struct memblock_region){pfn, pfn + pages};
}

/* The first region that ends at or after a frame. */
static unsigned int first_ending_at(const struct memblock_type *type, unsigned long pfn)
{
	unsigned int i = 0;

	while (i < type->count && type->regions[i].end < pfn)
		i++;
	return i;
}

/* Replace `drop` regions from index i on by `add` ones (0..2); there is room. */
static void splice(struct memblock_type *type, unsigned int i, unsigned int drop,
		   const struct memblock_region *with, unsigned int add)
{
	struct memblock_region *at = type->regions + i;

	memmove(at + add, at + drop, (type->count - i - drop) * sizeof(*at));
	memcpy(at, with, add * sizeof(*at));
	type->count += add - drop;
}

/* Add [start, end) to a list; regions that it overlaps or touches become one with it. */
static void add_range(struct memblock_type *type, unsigned long start, unsigned long end)
{
	struct memblock_region joined = {start, end};
	unsigned int i = first_ending_at(type, start);
	unsigned int last = i;

	while (last < type->count && type->regions[last].start <= end) {
		joined.start = min(joined.start, type->regions[last].start);
		joined.end = max(joined.end, type->regions[last].end);
		last++;
	}
	splice(type, i, last - i, &joined, 1);
}

/* Take [start, end) out of a list; a region that sticks out on both sides is split. */
static void remove_range(struct memblock_type *type, unsigned long start, unsigned long end)
{
	unsigned int i = 0;

	while (i < type->count) {
		struct memblock_region old = type->regions[i];
		struct memblock_region left[2];
		unsigned int n = 0;

		if (old.end <= start || old.start >= end) {
			i++;
			continue;
		}
		if (old.start < start)
			left[n++] = (struct memblock_region){old.start, start};
		if (old.end > end)
			left[n++] = (struct memblock_region){end, old.end};
		splice(type, i, 1, left, n);
		i += n;
	}
}

/*
 * After each operation: leave room for the next. Not before it, because the new
 * array is taken from what is free, and so might the range that is being reserved.
 */
static void leave_room(struct memblock_type *type)
{
	struct memblock_region moved;

	if (type->count + 2 <= type->max)
		return;
	moved = grow(type);
	add_range(&memblock.reserved, moved.start, moved.end);
	leave_room(&memblock.reserved);
}

/* The frames of a byte range, as far as they lie below 4 GiB; false when there are none. */
static bool to_frames(u64 base, u64 size, bool inward, struct memblock_region *r)
{
	const u64 top = (u64)MAX_PFN << PAGE_SHIFT;
	u64 end = base + size;
	u64 round = PAGE_SIZE - 1;

	if (!size || base >= top)
		return false;
	if (end > top || end < base)
		end = top;
	r->start = (base + (inward ? round : 0)) >> PAGE_SHIFT;
	r->end = (end + (inward ? 0 : round)) >> PAGE_SHIFT;
	return r->start < r->end;
}

void memblock_add(u64 base, u64 size)
{
	struct memblock_region r;

	if (!to_frames(base, size, true, &r))
		return;
	add_range(&memblock.memory, r.start, r.end);
	leave_room(&memblock.memory);
}

void memblock_remove(u64 base, u64 size)
{
	struct memblock_region r;

	if (!to_frames(base, size, false, &r))
		return;
	remove_range(&memblock.memory, r.start, r.end);
	leave_room(&memblock.memory);
}

void memblock_reserve(u64 base, u64 size)
{
	struct memblock_region r;

	if (!to_frames(base, size, false, &r))
		return;
	add_range(&memblock.reserved, r.start, r.end);
	leave_room(&memblock.reserved);
}

/* There is room for the split: each operation at boot has left some. */
void memblock_free_frames(unsigned long start, unsigned long end)
{
	remove_range(&memblock.reserved, start, end);
}

/* The highest free run of frames inside [start, end); 0 when there is none. */
static unsigned long find_in(unsigned long start, unsigned long end, unsigned long pages)
{
	const struct memblock_type *reserved = &memblock.reserved;

	for (unsigned int i = reserved->count; i-- > 0;) {
		const struct memblock_region *r = &reserved->regions[i];

		if (r->start >= end)
			continue;
		if (end > max(start, r->end) && end - max(start, r->end) >= pages)
			return end - pages;
		end = r->start;
		if (end <= start)
			return 0;
	}
	return end > start && end - start >= pages ? end - pages : 0;
}

/* Frame 0 is never given out: 0 means failure. */
static unsigned long find_free(unsigned long pages)
{
	for (unsigned int i = memblock.memory.count; i-- > 0;) {
		const struct memblock_region *m = &memblock.memory.regions[i];
		unsigned long end = min(m->end, memblock.limit);
		unsigned long pfn = find_in(max(m->start, 1ul), end, pages);

		if (pfn)
			return pfn;
	}
	return 0;
}

unsigned long memblock_alloc(unsigned long size)
{
	unsigned long pages = PFN_UP(size);
	unsigned long pfn = pages ? find_free(pages) : 0;

	if (!pfn)
		return 0;
	memblock_reserve(PFN_PHYS(pfn), PFN_PHYS(pages));
	memset(__va(PFN_PHYS(pfn)), 0, PFN_PHYS(pages));
	return PFN_PHYS(pfn);
}

unsigned long memblock_end(void)
{
	unsigned int count = memblock.memory.count;

	return count ? memblock.memory.regions[count - 1].end : 0;
}

unsigned long memblock_pages(void)
{
	unsigned long sum = 0;

	for (unsigned int i = 0; i < memblock.memory.count; i++)
		sum += memblock.memory.regions[i].end - memblock.memory.regions[i].start;
	return sum;
}

static bool contains(const struct memblock_type *type, unsigned long pfn)
{
	unsigned int i = first_ending_at(type, pfn + 1);

	return i < type->count && type->regions[i].start <= pfn;
}

bool memblock_is_free(unsigned long pfn)
{
	return contains(&memblock.memory, pfn) && !contains(&memblock.reserved, pfn);
}

void memblock_for_each_free(void (*fn)(unsigned long start, unsigned long end, void *ctx),
			    void *ctx)
{
	const struct memblock_type *reserved = &memblock.reserved;
	unsigned int r = 0;

	for (unsigned int i = 0; i < memblock.memory.count; i++) {
		unsigned long at = memblock.memory.regions[i].start;
		unsigned long end = memblock.memory.regions[i].end;

		while (r < reserved->count && reserved->regions[r].end <= at)
			r++;
		while (r < reserved->count && reserved->regions[r].start < end) {
			if (at < reserved->regions[r].start)
				fn(at, reserved->regions[r].start, ctx);
			at = reserved->regions[r].end;
			if (at >= end)
				break;
			r++;
		}
		if (at < end)
			fn(at, end, ctx);
	}
}
