/*
 * Memory and strings: the C library's functions by their usual names, and the
 * kernel's own for bounded copies.
 *
 * Any context; nothing sleeps. The compiler may call memcpy, memset, memmove
 * and memcmp by itself (struct copies, initialisers), also in files that do not
 * include this header.
 */
#ifndef FOLIO_LIB_STRING_H
#define FOLIO_LIB_STRING_H

#include "kernel/lib/compiler.h"

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n); /* the areas may overlap */
void *memset(void *dst, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int byte, size_t n);

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *what);
size_t strspn(const char *s, const char *accept);
size_t strcspn(const char *s, const char *reject);
char *strpbrk(const char *s, const char *accept);

/*
 * Cuts the string at *@s at the first character of @delim: returns where the
 * piece begins and moves *@s behind the cut, to NULL after the last piece.
 */
char *strsep(char **s, const char *delim);

/* The first byte of @n that is not @byte, or NULL: what poison checks ask. */
void *memchr_inv(const void *s, int byte, size_t n);

/*
 * Copies @src, cut to @size-1 characters, and always ends it (if @size > 0).
 * strlcpy returns strlen(@src); strscpy returns the number of characters copied,
 * or -E2BIG if it had to cut (or @size is 0), and reads no further than it must.
 */
size_t strlcpy(char *dst, const char *src, size_t size);
ssize_t strscpy(char *dst, const char *src, size_t size);

/* Appends @src to the string in @dst, a buffer of @size bytes; as strlcpy() otherwise. */
size_t strlcat(char *dst, const char *src, size_t size);

/* Leading and trailing white space away: returns the first character that is not, cuts the end. */
char *strim(char *s);

/*
 * The freestanding compiler takes these for ordinary functions. Said through
 * the builtin, a copy of known small size becomes a few moves.
 */
#if !__STDC_HOSTED__
#define memcpy(dst, src, n)  __builtin_memcpy(dst, src, n)
#define memset(dst, byte, n) __builtin_memset(dst, byte, n)
#define memcmp(a, b, n)	     __builtin_memcmp(a, b, n)
#define strlen(s)	     __builtin_strlen(s)
#endif

#endif
