/*
 * The boot allocator: which physical memory exists, and which of it is taken.
 * Used until the page allocator takes over (mm/init.c), by one thread.
 */
#ifndef FOLIO_MM_MEMBLOCK_H
#define FOLIO_MM_MEMBLOCK_H

#include "kernel/lib/compiler.h"

/* A range of page frames [start, end). */
struct memblock_region {
	unsigned long start, end;
};

/* A sorted list of ranges that neither overlap nor touch. */
struct memblock_type {
	const char *name;
	struct memblock_region *regions;
	unsigned int count, max;
};

struct memblock {
	struct memblock_type memory;   /* what exists */
	struct memblock_type reserved; /* what of it is in use */
	unsigned long limit;	       /* allocate below this frame: what is mapped */
};

extern struct memblock memblock;

/*
 * memblock_add - a range of usable memory exists. Bytes; the frames that it
 * covers wholly are added, as far as they lie below 4 GiB. Any order, overlaps allowed.
 * memblock_remove - a range is not usable after all; each frame that it touches goes.
 * memblock_reserve - a range is in use; each frame that it touches is reserved.
 */
void memblock_add(u64 base, u64 size);
void memblock_remove(u64 base, u64 size);
void memblock_reserve(u64 base, u64 size);

/*
 * memblock_free_frames - frames [start, end), which were reserved, are not in use any more. Also
 * after the allocator has taken over, but then only from the start of one reserved range on.
 */
void memblock_free_frames(unsigned long start, unsigned long end);

/*
 * memblock_alloc - `size` bytes (whole frames), zeroed, from as high as possible
 * below memblock.limit. Returns the physical address, or 0: no memory.
 */
unsigned long memblock_alloc(unsigned long size);

/* memblock_end - the frame after the last one that exists. */
unsigned long memblock_end(void);

/* memblock_pages - how many frames exist. */
unsigned long memblock_pages(void);

/* memblock_is_free - whether a frame exists and is not reserved. */
bool memblock_is_free(unsigned long pfn);

/*
 * memblock_for_each_free - call fn for each range of frames that exists and is not
 * reserved, in ascending order.
 */
void memblock_for_each_free(void (*fn)(unsigned long start, unsigned long end, void *ctx),
			    void *ctx);

#endif
