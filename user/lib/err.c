/*
 * Messages that begin with the name of the program: the last part of what AT_EXECFN says it
 * was started by.
 */
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

static void message(int error, const char *fmt, va_list args)
{
	const char *path = (const char *)getauxval(AT_EXECFN);
	const char *name = path ? strrchr(path, '/') : NULL;

	fflush(stdout);
	fprintf(stderr, "%s: ", name ? name + 1 : path ? path : "?");
	vfprintf(stderr, fmt, args);
	fprintf(stderr, error ? ": %s\n" : "\n", strerror(error));
}

#define MESSAGE(error)                      \
	do {                                \
		int number = (error);       \
		va_list args;               \
		va_start(args, fmt);        \
		message(number, fmt, args); \
		va_end(args);               \
	} while (0)

void warn(const char *fmt, ...)
{
	MESSAGE(errno);
}

void warnx(const char *fmt, ...)
{
	MESSAGE(0);
}

void err(int status, const char *fmt, ...)
{
	MESSAGE(errno);
	exit(status);
}

void errx(int status, const char *fmt, ...)
{
	MESSAGE(0);
	exit(status);
}
