/* Errors in pointers: the last page of the address space holds no object. */
#ifndef FOLIO_LIB_ERR_H
#define FOLIO_LIB_ERR_H

#include "kernel/lib/compiler.h"
#include "kernel/lib/errno.h"

#define MAX_ERRNO 4095

/* True for a value in [-MAX_ERRNO, -1], seen as an unsigned long. */
#define IS_ERR_VALUE(x) unlikely((unsigned long)(x) >= (unsigned long)-MAX_ERRNO)

static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline long PTR_ERR(const void *ptr)
{
	return (long)ptr;
}

static inline bool IS_ERR(const void *ptr)
{
	return IS_ERR_VALUE(ptr);
}

#endif
