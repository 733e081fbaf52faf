/* The rest of string.h: bounded copies, searches, words, copies on the heap. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void *mempcpy(void *dst, const void *src, size_t n)
{
	return (char *)memcpy(dst, src, n) + n;
}

void *memrchr(const void *s, int byte, size_t n)
{
	const unsigned char *p = s;

	while (n--) {
		if (p[n] == (unsigned char)byte)
			return (void *)(p + n);
	}
	return NULL;
}

void *memmem(const void *s, size_t len, const void *what, size_t what_len)
{
	const char *p = s;

	for (; len >= what_len; len--, p++) {
		if (!memcmp(p, what, what_len))
			return (void *)p;
	}
	return NULL;
}

void bzero(void *s, size_t n)
{
	memset(s, 0, n);
}

char *stpcpy(char *dst, const char *src)
{
	size_t len = strlen(src);

	memcpy(dst, src, len + 1);
	return dst + len;
}

char *strncat(char *dst, const char *src, size_t n)
{
	size_t len = strnlen(src, n);
	char *end = dst + strlen(dst);

	memcpy(end, src, len);
	end[len] = 0;
	return dst;
}

size_t strlcpy(char *dst, const char *src, size_t size)
{
	size_t len = strlen(src);

	if (size) {
		size_t n = len < size ? len : size - 1;

		memcpy(dst, src, n);
		dst[n] = 0;
	}
	return len;
}

size_t strlcat(char *dst, const char *src, size_t size)
{
	size_t len = strnlen(dst, size);

	return len + strlcpy(dst + len, src, size - len);
}

char *strchrnul(const char *s, int c)
{
	while (*s && *s != (char)c)
		s++;
	return (char *)s;
}

int strncasecmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		int difference = tolower((unsigned char)*a) - tolower((unsigned char)*b);

		if (difference || !*a)
			return difference;
	}
	return 0;
}

int strcasecmp(const char *a, const char *b)
{
	return strncasecmp(a, b, (size_t)-1);
}

char *strcasestr(const char *s, const char *what)
{
	size_t len = strlen(what);

	for (;; s++) {
		if (!strncasecmp(s, what, len))
			return (char *)s;
		if (!*s)
			return NULL;
	}
}

int strcoll(const char *a, const char *b)
{
	return strcmp(a, b);
}

size_t strspn(const char *s, const char *set)
{
	size_t n = 0;

	while (s[n] && strchr(set, s[n]))
		n++;
	return n;
}

size_t strcspn(const char *s, const char *set)
{
	size_t n = 0;

	while (s[n] && !strchr(set, s[n]))
		n++;
	return n;
}

char *strpbrk(const char *s, const char *set)
{
	s += strcspn(s, set);
	return *s ? (char *)s : NULL;
}

char *strtok_r(char *s, const char *separators, char **rest)
{
	if (!s)
		s = *rest;
	s += strspn(s, separators);
	*rest = s + strcspn(s, separators);
	if (*rest == s)
		return NULL;
	if (**rest)
		*(*rest)++ = 0;
	return s;
}

char *strtok(char *s, const char *separators)
{
	static char *rest;

	return strtok_r(s, separators, &rest);
}

char *strsep(char **rest, const char *separators)
{
	char *s = *rest;

	if (s) {
		*rest = strpbrk(s, separators);
		if (*rest)
			*(*rest)++ = 0;
	}
	return s;
}

char *strndup(const char *s, size_t max)
{
	size_t len = strnlen(s, max);
	char *copy = malloc(len + 1);

	if (copy) {
		memcpy(copy, s, len);
		copy[len] = 0;
	}
	return copy;
}

char *strdup(const char *s)
{
	return strndup(s, (size_t)-1);
}
