/* Ending the program, memory, numbers from text, the environment, sorting. */
#ifndef _STDLIB_H
#define _STDLIB_H

#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX     0x7fffffff
#define MB_CUR_MAX   1

/* End with a status of 0..255: the functions of atexit(), then the buffers of stdio. */
void exit(int status) __attribute__((noreturn));
void _Exit(int status) __attribute__((noreturn));
int atexit(void (*function)(void));

/* End by SIGABRT: nothing is written. */
void abort(void) __attribute__((noreturn));

/* Small blocks come from the break, large ones from mmap: see user/lib/malloc.c. */
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *p, size_t size);
void *reallocarray(void *p, size_t count, size_t size);
void free(void *p);
void *memalign(size_t alignment, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void **p, size_t alignment, size_t size);
size_t malloc_usable_size(void *p);

char *getenv(const char *name);
int setenv(const char *name, const char *value, int overwrite);
int unsetenv(const char *name);
int putenv(char *definition);
int clearenv(void);

/* Runs a command by /bin/sh; its status as waitpid() gives it. */
int system(const char *command);

int abs(int n);
long labs(long n);
long long llabs(long long n);
typedef struct {
	int quot, rem;
} div_t;
div_t div(int n, int by);

int atoi(const char *s);
long atol(const char *s);
long long atoll(const char *s);
/* Base 2..36, or 0: decimal, 0x hexadecimal or 0 octal by prefix. ERANGE when it does not fit. */
long strtol(const char *s, char **end, int base);
unsigned long strtoul(const char *s, char **end, int base);
long long strtoll(const char *s, char **end, int base);
unsigned long long strtoull(const char *s, char **end, int base);

void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *));
void *bsearch(const void *key, const void *base, size_t count, size_t size,
	      int (*compare)(const void *, const void *));

/* Numbers from 0 to RAND_MAX that look random; the same seed gives the same ones. */
int rand(void);
void srand(unsigned int seed);
int rand_r(unsigned int *seed);
long random(void);
void srandom(unsigned int seed);

/* Makes and opens a new file; the template ends in XXXXXX, which is replaced. */
int mkstemp(char *template);
char *mkdtemp(char *template);
/* The path without links, . and ..; in malloc'ed memory if buf is NULL. */
char *realpath(const char *path, char *buf);

#endif
