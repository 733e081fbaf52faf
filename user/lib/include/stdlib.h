/* Ending the program, numbers from text. */
#ifndef _STDLIB_H
#define _STDLIB_H

#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1

/* End with a status of 0..255, after the buffers of stdio are written. */
void exit(int status) __attribute__((noreturn));

/* End at once, as by a fatal signal: nothing is written. */
void abort(void) __attribute__((noreturn));

char *getenv(const char *name);

int abs(int n);
int atoi(const char *s);
/* Base 2..36, or 0: decimal, 0x hexadecimal or 0 octal by prefix. ERANGE when it does not fit. */
long strtol(const char *s, char **end, int base);
unsigned long strtoul(const char *s, char **end, int base);

#endif
