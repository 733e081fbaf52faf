/*
 * Kernel stacks: 8 KiB each, in a region of their own, with an unmapped guard page
 * below each.
 */
#ifndef FOLIO_MM_KSTACK_H
#define FOLIO_MM_KSTACK_H

#include "mm/layout.h"

#define KSTACK_SIZE 8192ul

/* kstack_alloc - a stack; returns its lowest address, or NULL: no memory. May sleep. */
void *kstack_alloc(void);

/* kstack_free - give a stack back; not the one in use. NULL is ignored. Any context. */
void kstack_free(void *stack);

enum kstack_place {
	KSTACK_NONE,  /* not in the region of kernel stacks */
	KSTACK_GUARD, /* in a guard page */
	KSTACK_INSIDE /* in the pages of a stack (in use or not) */
};

/* kstack_describe - what is at an address. Any context. */
enum kstack_place kstack_describe(unsigned long addr);

/* kstack_init - make the region's page tables. Boot, before the first process. */
void kstack_init(void);

/* kstacks_in_use - stacks handed out and not given back. Any context. */
unsigned int kstacks_in_use(void);

#endif
