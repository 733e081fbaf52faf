/*
 * Three classic ways to hand out runs of page frames, behind one interface, so
 * that they can be compared on the same requests. For study: the kernel's own
 * pages come from mm/page_alloc.c.
 *
 * The frames are numbers in a range and nothing is stored in them; what an
 * allocator must remember goes into a state that the caller provides. Nothing
 * here locks, sleeps or allocates, and all of it compiles for the host.
 *
 *			bitmap		first fit		buddy
 *	remembers	a bit a frame	a list of free runs	lists of free blocks
 *	alloc		scans bits	walks the list		a few steps
 *	free		clears bits	walks the list		a few steps
 *	run of n	exactly n	exactly n		the next power of two
 */
#ifndef FOLIO_MM_LESSON_ALLOC_H
#define FOLIO_MM_LESSON_ALLOC_H

#include "kernel/lib/compiler.h"

#define LESSON_NONE (~0ul) /* no frame */

struct lesson_allocator {
	const char *name;

	/* Bytes of state for a range of that many frames. */
	size_t (*state_size)(unsigned long frames);

	/* Begin with frames [start, start + frames) all free. @state: state_size() bytes. */
	void (*init)(void *state, unsigned long start, unsigned long frames);

	/* Take @n >= 1 frames in a row. Returns the first, or LESSON_NONE. */
	unsigned long (*alloc)(void *state, unsigned long n);

	/* Give back what alloc(n) returned. */
	void (*free)(void *state, unsigned long start, unsigned long n);

	/* How many frames a run of @n takes in truth: the rest is wasted inside it. */
	unsigned long (*footprint)(unsigned long n);

	/* The longest run of free frames, whether alloc() can hand it out or not. */
	unsigned long (*largest_run)(const void *state);
};

extern const struct lesson_allocator lesson_bitmap;
extern const struct lesson_allocator lesson_firstfit;
extern const struct lesson_allocator lesson_buddy;

extern const struct lesson_allocator *const lesson_allocators[3];

/* footprint() of those that hand out exactly what is asked for. */
unsigned long lesson_exact_footprint(unsigned long n);

#endif
