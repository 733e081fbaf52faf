/*
 * Formatted output into memory.
 *
 *	%[flags][width][.precision][length]conversion
 *
 * flags - + space # 0; width and precision a number or *; lengths hh h l ll z t j;
 * conversions d i u x X o c s p %. As in C, with these differences:
 *   %s  with NULL prints (null)
 *   %p  prints 0x and eight hexadecimal digits
 *   %pS prints symbol+offset/size of a code address (see vsprintf_set_symbols)
 * There is no floating point and no %n. An unknown conversion is printed as it
 * stands, so that the mistake can be seen, and takes no argument.
 *
 * Any context, interrupts included; nothing is allocated, nothing sleeps.
 */
#ifndef FOLIO_LIB_VSPRINTF_H
#define FOLIO_LIB_VSPRINTF_H

#include "kernel/lib/compiler.h"

/*
 * Prints into @buf, at most @size bytes with the ending 0 (always there if
 * @size > 0). Returns the length that the whole output has, which is >= @size
 * if it was cut.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

/* The same, but returns what really is in @buf: at most @size-1 (0 if @size is 0). */
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

/*
 * Tells %pS how to name an address: @fn writes text such as "kmalloc+0x1c/0x60"
 * for @addr into @buf (never more than @size bytes with the ending 0) and
 * returns its length, or 0 if it knows no name. Without @fn, %pS prints as %p.
 */
void vsprintf_set_symbols(int (*fn)(char *buf, size_t size, unsigned long addr));

#endif
