/* What the files of the library share and programs do not see. */
#ifndef _LIBC_INTERNAL_H
#define _LIBC_INTERNAL_H

#include <stdarg.h>
#include <stddef.h>

/* Writes what stdio still holds; exit() calls it. */
void __stdio_flush(void);

/* Where formatted text goes, piece by piece. */
struct sink {
	void (*put)(struct sink *sink, const char *s, size_t len);
};

/* printf's engine: returns the length of the whole text. */
int __format(struct sink *sink, const char *fmt, va_list args);

#endif
