/*
 * GFP flags: where the pages of an allocation may come from and what the
 * allocator may do to find them. Names and values are Linux 2.6's.
 */
#ifndef FOLIO_MM_GFP_H
#define FOLIO_MM_GFP_H

#include "kernel/lib/compiler.h"

typedef unsigned int gfp_t;

/* Zone: none of these means ZONE_NORMAL. */
#define __GFP_DMA     0x01u
#define __GFP_HIGHMEM 0x02u
#define GFP_ZONEMASK  0x03u

/* Conduct. */
#define __GFP_WAIT    0x0010u /* may sleep and reclaim */
#define __GFP_HIGH    0x0020u /* may use part of the reserves */
#define __GFP_IO      0x0040u /* may start I/O */
#define __GFP_FS      0x0080u /* may call into file systems */
#define __GFP_NOWARN  0x0200u /* a failure is expected: no message */
#define __GFP_NOFAIL  0x0800u /* the caller has no answer to a failure; with __GFP_WAIT */
#define __GFP_NORETRY 0x1000u /* reclaim once, then give up */
#define __GFP_ZERO    0x8000u /* clear the pages */

#define GFP_ATOMIC    (__GFP_HIGH)
#define GFP_NOIO      (__GFP_WAIT)
#define GFP_NOFS      (__GFP_WAIT | __GFP_IO)
#define GFP_KERNEL    (__GFP_WAIT | __GFP_IO | __GFP_FS)
#define GFP_USER      (GFP_KERNEL)
#define GFP_HIGHUSER  (GFP_KERNEL | __GFP_HIGHMEM)
#define GFP_DMA	      (__GFP_DMA)

#endif
