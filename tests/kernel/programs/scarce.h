/* For programs one of whose allocations fails: what it was to do can be done by trying again. */
#ifndef FOLIO_TESTS_PROGRAMS_SCARCE_H
#define FOLIO_TESTS_PROGRAMS_SCARCE_H

#include <sys/mman.h>

#include "check.h"

/* One allocation fails, once: a second try must get through. */
#define TRY(call)                               \
	({                                      \
		long _r = (call);               \
                                                \
		if (_r == -1) {                 \
			CHECK(errno == ENOMEM); \
			_r = (call);            \
		}                               \
		CHECK(_r != -1);                \
		_r;                             \
	})

/* The same for a shared mapping of a page of a file. MAP_FAILED is -1, as an address. */
static inline char *try_mmap(int fd, off_t pos)
{
	return (char *)TRY((long)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, pos));
}

#endif
