/* What the files of the library share and programs do not see. */
#ifndef _LIBC_INTERNAL_H
#define _LIBC_INTERNAL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* The bare call: the kernel's answer, -4095..-1 for an error number (syscall.c). */
long __int80(long number, ...);

/* Writes what stdio still holds; exit() calls it if the program has stdio at all. */
void __stdio_flush(void) __attribute__((weak));

/* Where formatted text goes, piece by piece. */
struct sink {
	void (*put)(struct sink *sink, const char *s, size_t len);
};

/* printf's engine: returns the length of the whole text. */
int __format(struct sink *sink, const char *fmt, va_list args);

/* The digits of a double with `precision` places behind the point; its length (decimal.c). */
size_t __decimal(char *buf, double x, int precision);
#define DECIMAL_MAX 48

/* Where scanf's characters come from; get returns EOF at the end, unget takes one back. */
struct source {
	int (*get)(struct source *source);
	void (*unget)(struct source *source, int c);
};

/* scanf's engine: the number of conversions stored, or EOF. */
int __scan(struct source *source, const char *fmt, va_list args);

/* A file with a buffer. Its bytes [pos, end) are to be read, or [0, end) to be written. */
struct _FILE {
	int fd;
	int mode; /* _IOFBF, _IOLBF, _IONBF */
	bool readable, writable;
	bool dirty; /* the buffer holds bytes to write */
	bool error; /* a call failed; what was buffered then is gone */
	bool eof;
	bool own_buf;  /* the buffer, and the file itself, came from malloc() */
	int pushed[2]; /* what ungetc() gave back, the last one on top */
	int pushed_count;
	pid_t child; /* of popen() */
	char *buf;
	size_t size, pos, end;
	struct _FILE *next;
};

/* All open files: the three standard ones first (stdio.c). */
extern FILE *__files;

/* Into the buffer, writing it out whenever it is full; then __settle() at the end of a call. */
void __put_bytes(FILE *file, const char *s, size_t len);
int __settle(FILE *file);
int __flush_file(FILE *file);
/* A new FILE for the descriptor; NULL without memory. fopen()'s mode as flags of open(), or -1. */
FILE *__new_file(int fd, int flags);
int __mode_flags(const char *mode);

#endif
