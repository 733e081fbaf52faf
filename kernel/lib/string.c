/*
 * Memory and strings.
 *
 * memcpy and memset move whole words with one rep instruction: a `rep movsl`
 * runs at the speed of the memory on everything since the Pentium Pro, costs one
 * counted instruction for each word under an emulator that counts, and is short
 * enough to be read. The bytes that remain are moved by a second rep. The
 * direction flag is clear everywhere in the kernel (the i386 ABI, and the entry
 * code's first instruction), except inside memmove.
 *
 * Strings are walked byte by byte: the kernel's are short.
 */
#include "kernel/lib/string.h"
#include "kernel/lib/ctype.h"
#include "kernel/lib/errno.h"

/* Forwards, from the first byte to the last: right for overlapping areas if dst < src. */
static __always_inline void copy_up(void *dst, const void *src, size_t n)
{
	size_t words = n / 4;

	__asm__ volatile("rep movsl" : "+c"(words), "+D"(dst), "+S"(src) : : "memory");
	n &= 3;
	if (n)
		__asm__ volatile("rep movsb" : "+c"(n), "+D"(dst), "+S"(src) : : "memory");
}

/* The parentheses keep string.h's macros of the same names out of the definitions. */
void *(memcpy)(void *dst, const void *src, size_t n)
{
	copy_up(dst, src, n);
	return dst;
}

/* Backwards, from the last byte to the first. */
static void copy_down(void *dst, const void *src, size_t n)
{
	const char *from = (const char *)src + n - 1;
	char *to = (char *)dst + n - 1;
	size_t bytes = n & 3, words = n / 4;

	__asm__ volatile("std\n\t"
			 "rep movsb\n\t"
			 "subl $3, %0\n\t"
			 "subl $3, %1\n\t"
			 "movl %3, %2\n\t"
			 "rep movsl\n\t"
			 "cld"
			 : "+D"(to), "+S"(from), "+c"(bytes)
			 : "r"(words)
			 : "memory", "cc");
}

void *memmove(void *dst, const void *src, size_t n)
{
	/* As unsigned numbers: dst outside [src, src + n). */
	if ((uintptr_t)dst - (uintptr_t)src >= n)
		copy_up(dst, src, n);
	else
		copy_down(dst, src, n);
	return dst;
}

void *(memset)(void *dst, int byte, size_t n)
{
	unsigned long pattern = (unsigned char)byte * 0x01010101ul;
	size_t words = n / 4;
	void *to = dst;

	__asm__ volatile("rep stosl" : "+c"(words), "+D"(to) : "a"(pattern) : "memory");
	n &= 3;
	if (n)
		__asm__ volatile("rep stosb" : "+c"(n), "+D"(to) : "a"(pattern) : "memory");
	return dst;
}

int(memcmp)(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;

	for (; n; n--, p++, q++) {
		if (*p != *q)
			return *p - *q;
	}
	return 0;
}

void *memchr(const void *s, int byte, size_t n)
{
	const unsigned char *p = s;

	for (; n; n--, p++) {
		if (*p == (unsigned char)byte)
			return (void *)p;
	}
	return NULL;
}

void *memchr_inv(const void *s, int byte, size_t n)
{
	const unsigned char *p = s;

	for (; n; n--, p++) {
		if (*p != (unsigned char)byte)
			return (void *)p;
	}
	return NULL;
}

size_t(strlen)(const char *s)
{
	const char *p = s;

	while (*p)
		p++;
	return (size_t)(p - s);
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	}
	return 0;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++) {
		if (!*s)
			return NULL;
	}
	return (char *)s;
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	do {
		if (*s == (char)c)
			last = s;
	} while (*s++);
	return (char *)last;
}

char *strstr(const char *s, const char *what)
{
	size_t n = strlen(what);

	for (; strncmp(s, what, n) != 0; s++) {
		if (!*s)
			return NULL;
	}
	return (char *)s;
}

/* How many characters at the beginning of @s are (@in) or are not in @set. */
static size_t span(const char *s, const char *set, bool in)
{
	size_t n = 0;

	while (s[n] && (strchr(set, s[n]) != NULL) == in)
		n++;
	return n;
}

size_t strspn(const char *s, const char *accept)
{
	return span(s, accept, true);
}

size_t strcspn(const char *s, const char *reject)
{
	return span(s, reject, false);
}

char *strpbrk(const char *s, const char *accept)
{
	s += strcspn(s, accept);
	return *s ? (char *)s : NULL;
}

char *strsep(char **s, const char *delim)
{
	char *piece = *s, *end;

	if (!piece)
		return NULL;
	end = strpbrk(piece, delim);
	if (end)
		*end++ = '\0';
	*s = end;
	return piece;
}

size_t strlcpy(char *dst, const char *src, size_t size)
{
	size_t len = strlen(src);

	if (size) {
		size_t n = len < size ? len : size - 1;

		memcpy(dst, src, n);
		dst[n] = '\0';
	}
	return len;
}

ssize_t strscpy(char *dst, const char *src, size_t size)
{
	size_t n;

	if (!size)
		return -E2BIG;
	n = strnlen(src, size);
	if (n < size) {
		memcpy(dst, src, n + 1);
		return (ssize_t)n;
	}
	memcpy(dst, src, size - 1);
	dst[size - 1] = '\0';
	return -E2BIG;
}

size_t strlcat(char *dst, const char *src, size_t size)
{
	size_t n = strnlen(dst, size);

	return n + strlcpy(dst + n, src, size - n);
}

char *strim(char *s)
{
	size_t n;

	while (isspace((unsigned char)*s))
		s++;
	n = strlen(s);
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	s[n] = '\0';
	return s;
}
