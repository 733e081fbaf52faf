/* Integers of given widths, and how to print them. */
#ifndef _INTTYPES_H
#define _INTTYPES_H

#include <stdint.h>

#define PRId8	  "hhd"
#define PRId16	  "hd"
#define PRId32	  "d"
#define PRId64	  "lld"
#define PRIu8	  "hhu"
#define PRIu16	  "hu"
#define PRIu32	  "u"
#define PRIu64	  "llu"
#define PRIx8	  "hhx"
#define PRIx16	  "hx"
#define PRIx32	  "x"
#define PRIx64	  "llx"
#define PRIuPTR	  "u"
#define PRIxPTR	  "x"
#define SCNd32	  "d"
#define SCNu32	  "u"
#define SCNx32	  "x"
#define SCNd64	  "lld"
#define SCNu64	  "llu"
#define SCNx64	  "llx"

#define strtoimax strtoll
#define strtoumax strtoull

#endif
