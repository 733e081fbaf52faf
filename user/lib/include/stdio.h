/*
 * Formatted and buffered output. stdout is written line by line, stderr at
 * once. %d %i %u %x %X %o %c %s %p %% with flags, width, precision and the
 * lengths hh h l ll z t j; no floating point.
 */
#ifndef _STDIO_H
#define _STDIO_H

#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>

#define EOF    (-1)
#define BUFSIZ 1024

typedef struct _FILE FILE;

extern FILE *const stdout;
extern FILE *const stderr;
#define stdout stdout
#define stderr stderr

int fputc(int c, FILE *file);
int putc(int c, FILE *file);
int putchar(int c);
int fputs(const char *s, FILE *file);
int puts(const char *s);
size_t fwrite(const void *data, size_t size, size_t count, FILE *file);
int fflush(FILE *file); /* NULL: all */
int ferror(FILE *file);

int printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *file, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int sprintf(char *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int vprintf(const char *fmt, va_list args) __attribute__((format(printf, 1, 0)));
int vfprintf(FILE *file, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
	__attribute__((format(printf, 3, 0)));

/* "what: sentence of errno" on stderr. */
void perror(const char *what);

#endif
