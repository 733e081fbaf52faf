/* The printf family: the engine of format.c, and where its text goes. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

struct file_sink {
	struct sink sink; /* first: the engine hands back a pointer to it */
	FILE *file;
};

static void put_to_file(struct sink *sink, const char *s, size_t len)
{
	__put_bytes(((struct file_sink *)sink)->file, s, len);
}

int vfprintf(FILE *file, const char *fmt, va_list args)
{
	struct file_sink sink = {{put_to_file}, file};
	int len = __format(&sink.sink, fmt, args);

	return __settle(file) ? -1 : len;
}

struct buffer_sink {
	struct sink sink; /* first, as above */
	char *buf;
	size_t size, len;
};

static void put_to_buffer(struct sink *sink, const char *s, size_t len)
{
	struct buffer_sink *b = (struct buffer_sink *)sink;

	if (b->len < b->size) {
		size_t room = b->size - b->len;

		memcpy(b->buf + b->len, s, len < room ? len : room);
	}
	b->len += len;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct buffer_sink sink = {{put_to_buffer}, buf, size ? size - 1 : 0, 0};
	int len = __format(&sink.sink, fmt, args);

	if (size)
		buf[sink.len < size ? sink.len : size - 1] = 0;
	return len;
}

int vsprintf(char *buf, const char *fmt, va_list args)
{
	return vsnprintf(buf, INT_MAX, fmt, args);
}

int vprintf(const char *fmt, va_list args)
{
	return vfprintf(stdout, fmt, args);
}

int printf(const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vfprintf(stdout, fmt, args);
	va_end(args);
	return len;
}

int fprintf(FILE *file, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vfprintf(file, fmt, args);
	va_end(args);
	return len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}

int sprintf(char *buf, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsprintf(buf, fmt, args);
	va_end(args);
	return len;
}

void perror(const char *what)
{
	const char *why = strerror(errno);

	if (what && *what)
		fprintf(stderr, "%s: %s\n", what, why);
	else
		fprintf(stderr, "%s\n", why);
}
