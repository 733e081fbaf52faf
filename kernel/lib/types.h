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

/* Not by <stdint.h>, whose uint32_t is an int with one compiler and a long with another. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;

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
