/* The names of files that fit a pattern. */
#ifndef _GLOB_H
#define _GLOB_H

#include <stddef.h>

typedef struct {
	size_t gl_pathc;
	char **gl_pathv;
} glob_t;

#define GLOB_NOSPACE 1
#define GLOB_NOMATCH 3

/* Sorted, in malloc'ed memory for globfree(). Neither flags nor the error function are served. */
int glob(const char *pattern, int flags, int (*error)(const char *, int), glob_t *result);
void globfree(glob_t *result);

#endif
