/*
 * Reaching high memory: frames above 896 MiB have no address of their own.
 */
#ifndef FOLIO_MM_HIGHMEM_H
#define FOLIO_MM_HIGHMEM_H

#include "mm/page.h"

/*
 * kmap, kunmap - a lasting address for a page, shared by all who ask for it. Low
 * pages have one already. kmap may sleep until a slot is free; kunmap does not.
 */
void *kmap(struct page *page);
void kunmap(struct page *page);

/*
 * kmap_atomic, kunmap_atomic - a short-lived address on this processor. Any
 * context; the holder may not sleep, and gives back by the address it got.
 */
void *kmap_atomic(struct page *page);
void kunmap_atomic(void *addr);

/*
 * page_address - where a page is mapped now; NULL for a high page without a kmap. Not in
 * interrupts.
 */
void *page_address(struct page *page);

/* kmap_init - make the page table of the kmap slots. Boot; only with high memory. */
void kmap_init(void);

/* kmap_flush_unused - forget slots that nobody uses; returns how many. Not in interrupts. */
unsigned int kmap_flush_unused(void);

/* How the slots stand, for /proc, gdb and tests. */
struct kmap_info {
	unsigned int used;    /* mapped by somebody */
	unsigned int stale;   /* given back, waiting for the flush at the next wrap */
	unsigned int free;    /* ready */
	unsigned int flushes; /* wraps since boot */
};
void kmap_info(struct kmap_info *info);

/* kmap_users - how many kmap() calls on a page are not yet undone. Not in interrupts. */
unsigned int kmap_users(struct page *page);

/*
 * clear_highpage, copy_highpage - a page filled with zeros, or with another's contents. Any
 * context.
 */
void clear_highpage(struct page *page);
void copy_highpage(struct page *to, struct page *from);

/* clear_page, copy_page - the same by address: one page, aligned. */
static __always_inline void clear_page(void *page)
{
	unsigned long words = PAGE_SIZE / 4;

	__asm__ volatile("rep stosl" : "+D"(page), "+c"(words) : "a"(0) : "memory");
}

static __always_inline void copy_page(void *to, const void *from)
{
	unsigned long words = PAGE_SIZE / 4;

	__asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words)::"memory");
}

#endif
