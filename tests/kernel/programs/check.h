/*
 * What test programs check with: the first mistake is printed with its line, and ends the
 * program with a status that tells the line, modulo 251, plus 1.
 */
#ifndef FOLIO_TESTS_PROGRAMS_CHECK_H
#define FOLIO_TESTS_PROGRAMS_CHECK_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                                       \
	do {                                                                                   \
		if (!(condition)) {                                                            \
			printf("%s: line %d: %s (errno %d)\n", __FILE__, __LINE__, #condition, \
			       errno);                                                         \
			exit(1 + __LINE__ % 251);                                              \
		}                                                                              \
	} while (0)

#define CHECK_ERRNO(call, number)                      \
	do {                                           \
		errno = 0;                             \
		CHECK((call) == (__typeof__(call))-1); \
		CHECK(errno == (number));              \
	} while (0)

#endif
