/*
 * The integer types everything is written in.
 *
 * On i386 without PAE an address, a frame number and a `long` are all 32 bits
 * wide; `unsigned long` is used for virtual and physical addresses as in Linux.
 */
#ifndef FOLIO_LIB_TYPES_H
#define FOLIO_LIB_TYPES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

typedef unsigned long pgoff_t; /* an offset in a file, in pages */

/* The host's C library brings its own on a host build (floor 0 compiles there too). */
#if __STDC_HOSTED__
#include <sys/types.h>
#else
typedef s32 ssize_t;
typedef s64 loff_t;
typedef s32 pid_t;
#endif

#endif
