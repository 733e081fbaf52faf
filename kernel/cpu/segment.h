/*
 * fs and gs: the segment registers that the kernel leaves as the program loaded them.
 * Any context.
 */
#ifndef FOLIO_CPU_SEGMENT_H
#define FOLIO_CPU_SEGMENT_H

#include "kernel/cpu/traps.h"

/*
 * load_segment - load fs or gs with what a program had there. Its descriptor may have changed
 * since: what the processor refuses becomes the null selector.
 */
#define load_segment(seg, selector)                                              \
	__asm__ volatile("1:\tmovw %w0,%%" #seg "\n"                             \
			 "2:\n"                                                  \
			 "\t.pushsection .text.fixup,\"ax\"\n"                   \
			 "3:\tpushl $0\n"                                        \
			 "\tpopl %%" #seg "\n"                                   \
			 "\tjmp 2b\n"                                            \
			 "\t.popsection\n" EXTABLE(1b, 3b)::"r"((u32)(selector)) \
			 : "memory")

/* save_segment - what is in one of them, into a u16. */
#define save_segment(seg, where) __asm__ volatile("movw %%" #seg ",%0" : "=m"(where))

#endif
