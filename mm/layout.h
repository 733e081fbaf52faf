/*
 * The kernel's address space in numbers: the same for every memory size.
 *
 *	0x00000000  user space (never mapped below mmap_min_addr)
 *	0xC0000000  direct map of physical 0..896 MiB; the kernel at 1 MiB
 *	0xF8000000  a gap of 8 MiB: an overrun of the direct map faults
 *	0xF8800000  vmalloc areas, with guard pages between them
 *	0xFC800000  kernel stacks, each with a guard page below it
 *	0xFF800000  PKMAP: 1024 slots of kmap
 *	0xFFC00000  fixmap and kmap_atomic slots, up to the last page
 *
 * layout_table in mm/layout.c holds the same in a table, which the boot log,
 * the code that builds the page tables and the gdb commands read.
 */
#ifndef FOLIO_MM_LAYOUT_H
#define FOLIO_MM_LAYOUT_H

#include "kernel/lib/compiler.h"

#define PAGE_SHIFT	   12
#define PAGE_SIZE	   (1ul << PAGE_SHIFT)
#define PAGE_MASK	   (~(PAGE_SIZE - 1))

#define PAGE_ALIGN(x)	   ALIGN_UP((unsigned long)(x), PAGE_SIZE)
#define PFN_UP(x)	   (((unsigned long)(x) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(x)	   ((unsigned long)(x) >> PAGE_SHIFT)
#define PFN_PHYS(pfn)	   ((unsigned long)(pfn) << PAGE_SHIFT)

#define PAGE_OFFSET	   0xC0000000ul /* start of the direct map */
#define TASK_SIZE	   PAGE_OFFSET	/* end of user space */
#define TASK_UNMAPPED_BASE 0x40000000ul /* start of the memory mapping area */
#define STACK_TOP	   TASK_SIZE
#define MMAP_MIN_ADDR	   0x10000ul /* lowest address that a program may map */

#define KERNEL_PHYS	   0x00100000ul /* where the loader puts the image */

#define MAX_DMA_PFN	   (16ul << (20 - PAGE_SHIFT))	/* ISA DMA reaches 16 MiB */
#define MAX_LOWMEM_PFN	   (896ul << (20 - PAGE_SHIFT)) /* the direct map's limit */

#define VMALLOC_START	   0xF8800000ul
#define VMALLOC_END	   0xFC800000ul
#define KSTACK_START	   0xFC800000ul
#define KSTACK_END	   0xFF800000ul
#define PKMAP_BASE	   0xFF800000ul
#define LAST_PKMAP	   1024
#define FIXADDR_START	   0xFFC00000ul

/* Direct-map arithmetic; only for addresses of low memory. */
#define __pa(x) ((unsigned long)(x)-PAGE_OFFSET)
#define __va(x) ((void *)((unsigned long)(x) + PAGE_OFFSET))

/*
 * One region of the layout. `end` is exclusive; 0 stands for 4 GiB. For the
 * direct map it is the end of the memory that this machine really has there.
 */
struct layout_region {
	const char *name;
	unsigned long start;
	unsigned long end;
};

extern struct layout_region layout_table[];
extern const unsigned int layout_regions;

/* layout_print - print the table to the log. Any context after mem_init(). */
void layout_print(void);

#endif
