/*
 * Bringing memory management up.
 */
#ifndef FOLIO_MM_INIT_H
#define FOLIO_MM_INIT_H

/*
 * mm_init - from the loader's memory map to a working page allocator, kmalloc,
 * vmalloc, kmap and kernel stacks. Called once, with interrupts off, on the boot page tables.
 * Panics with a sentence when the machine has too little memory.
 */
void mm_init(void);

/*
 * release_boot_frames - frames [start, end), which the boot has left in reserve (a module of the
 * loader), are not needed any more: the allocator gets them. Process context.
 */
void release_boot_frames(unsigned long start, unsigned long end);

/* mm_account - everything that must be as it was when a piece of work is done. */
struct mm_account {
	unsigned long free_pages;   /* with all caches drained, permanent tables added */
	unsigned long slab_objects; /* in use */
	unsigned int stacks;	    /* kernel stacks in use */
	unsigned int kmaps;	    /* kmap slots in use */
	unsigned int areas;	    /* vmalloc areas in use */
};

/* mm_account - drain all caches and count. Process context. */
void mm_account(struct mm_account *account);

#endif
