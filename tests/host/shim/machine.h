/*
 * A little machine: 64 MiB of memory at PAGE_OFFSET, so that the arithmetic between
 * frames, struct pages and addresses is the kernel's own.
 */
#ifndef FOLIO_TESTS_HOST_MACHINE_H
#define FOLIO_TESTS_HOST_MACHINE_H

#include "kernel/lib/types.h"

#define MACHINE_PAGES	  16384ul /* 64 MiB */
#define MACHINE_LOW_PAGES 12288ul /* 48 MiB of it below the border to high memory */

/* Maps the memory; nothing more. Skips the test where the host has something else there. */
void machine_map(void);

/*
 * Maps the memory, makes mem_map and the zones (DMA 16 MiB, Normal 32, HighMem 16),
 * and gives the page allocator all frames but those of machine_frame_exists().
 */
void machine_boot(void);

/* A PC's memory has holes: the first frame, 640 KiB to 1 MiB, and some in the middle. */
bool machine_frame_exists(unsigned long pfn);

#endif
