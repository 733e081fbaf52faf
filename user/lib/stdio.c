/*
 * Output files: each a descriptor with a buffer. stdout writes its buffer when a
 * line ends or the buffer is full, stderr after every call.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

enum buffering { LINE_BUFFERED, UNBUFFERED };

struct _FILE {
	int fd;
	enum buffering buffering;
	int error; /* a write failed; what was buffered then is gone */
	size_t len;
	char buf[BUFSIZ];
};

static FILE stdout_file = {.fd = STDOUT_FILENO, .buffering = LINE_BUFFERED};
static FILE stderr_file = {.fd = STDERR_FILENO, .buffering = UNBUFFERED};

FILE *const stdout = &stdout_file;
FILE *const stderr = &stderr_file;

static int flush_file(FILE *file)
{
	size_t done = 0;

	while (done < file->len) {
		ssize_t n = write(file->fd, file->buf + done, file->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			file->error = 1;
			break;
		}
		done += (size_t)n;
	}
	file->len = 0;
	return file->error ? EOF : 0;
}

int fflush(FILE *file)
{
	if (file)
		return flush_file(file);
	return flush_file(stdout) | flush_file(stderr);
}

void __stdio_flush(void)
{
	fflush(NULL);
}

int ferror(FILE *file)
{
	return file->error;
}

/* Into the buffer, writing it out whenever it is full. */
static void put_bytes(FILE *file, const char *s, size_t len)
{
	while (len) {
		size_t room = sizeof(file->buf) - file->len;
		size_t n = len < room ? len : room;

		memcpy(file->buf + file->len, s, n);
		file->len += n;
		s += n;
		len -= n;
		if (file->len == sizeof(file->buf))
			flush_file(file);
	}
}

/* At the end of a call: write what the way of buffering does not keep. */
static int settle(FILE *file)
{
	if (file->buffering == UNBUFFERED || memchr(file->buf, '\n', file->len))
		flush_file(file);
	return file->error ? EOF : 0;
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *file)
{
	put_bytes(file, data, size * count);
	return settle(file) ? 0 : count;
}

int fputc(int c, FILE *file)
{
	char byte = (char)c;

	return fwrite(&byte, 1, 1, file) ? (unsigned char)c : EOF;
}

int putc(int c, FILE *file)
{
	return fputc(c, file);
}

int putchar(int c)
{
	return fputc(c, stdout);
}

int fputs(const char *s, FILE *file)
{
	put_bytes(file, s, strlen(s));
	return settle(file);
}

int puts(const char *s)
{
	put_bytes(stdout, s, strlen(s));
	put_bytes(stdout, "\n", 1);
	return settle(stdout);
}

struct file_sink {
	struct sink sink; /* first: the engine hands back a pointer to it */
	FILE *file;
};

static void put_to_file(struct sink *sink, const char *s, size_t len)
{
	put_bytes(((struct file_sink *)sink)->file, s, len);
}

int vfprintf(FILE *file, const char *fmt, va_list args)
{
	struct file_sink sink = {{put_to_file}, file};
	int len = __format(&sink.sink, fmt, args);

	return settle(file) ? -1 : len;
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
	len = vsnprintf(buf, (size_t)-1 >> 1, fmt, args);
	va_end(args);
	return len;
}

void perror(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
}
