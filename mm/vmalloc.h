/*
 * vmalloc: memory that is contiguous to look at and scattered in frames.
 */
#ifndef FOLIO_MM_VMALLOC_H
#define FOLIO_MM_VMALLOC_H

#include "kernel/lib/list.h"
#include "mm/gfp.h"
#include "mm/pgtable.h"
#include "mm/vm_range.h"

#define VM_ALLOC 0x1u /* vmalloc: the area owns its pages */
#define VM_MAP	 0x2u /* vmap: the pages are the caller's */
#define VM_FREED 0x4u /* unmapped, waiting for the flush */

/* One area. Its range ends with the guard page, which is never mapped. */
struct vm_struct {
	union {
		struct vm_range range;
		struct {
			unsigned long addr;
			unsigned long end;
		};
	};
	unsigned int flags;
	unsigned int nr_pages;
	struct page **pages;	/* VM_ALLOC: the frames */
	unsigned long caller;	/* who asked */
	struct list_head purge; /* freed, waiting for the flush */
};

/*
 * vmalloc - `size` bytes, page aligned, from high memory first. NULL: no memory or
 * no address space. vzalloc clears it. May sleep.
 * vfree - give it back; NULL is ignored. May sleep.
 */
void *vmalloc(unsigned long size);
void *vzalloc(unsigned long size);
void vfree(const void *addr);

/*
 * vmap - map `count` pages of the caller at consecutive addresses. NULL: no memory or no
 * address space. vunmap - take the mapping away; the pages stay the caller's. May sleep.
 */
void *vmap(struct page **pages, unsigned int count, pgprot_t prot);
void vunmap(const void *addr);

/* vmalloc_to_page - the page behind an address of an area; NULL when there is none. Any context. */
struct page *vmalloc_to_page(const void *addr);

/*
 * vmalloc_sync_one - copy the kernel's directory entry for an address into the directory
 * that is in use, if it lacks it: the fault handler's part. Returns false when
 * there is nothing to copy. Any context.
 */
bool vmalloc_sync_one(pgd_t *pgd, unsigned long addr);

/* vmalloc_purge - flush and free what vfree has put aside; returns pages freed. Any context. */
unsigned long vmalloc_purge(void);

/*
 * vmalloc_for_each - call fn for each area in ascending order, freed ones left out. May not sleep.
 */
void vmalloc_for_each(void (*fn)(const struct vm_struct *area, void *ctx), void *ctx);

/* vmalloc_tables - page-table pages of the region; once made, they stay. Any context. */
unsigned int vmalloc_tables(void);

/* vmalloc_init - register with the shrinkers. Boot. */
void vmalloc_init(void);

#endif
