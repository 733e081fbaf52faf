/*
 * Random bytes for everybody: /dev/random, getrandom(2), AT_RANDOM, address-space randomisation.
 */
#ifndef FOLIO_RANDOM_H
#define FOLIO_RANDOM_H

#include "kernel/lib/types.h"

/* get_random_bytes - fill a buffer. Any context. */
void get_random_bytes(void *buf, size_t len);

/* get_random_u32 - one word. Any context. */
u32 get_random_u32(void);

/*
 * add_randomness - something that an attacker would find hard to foresee (the time of a
 * key, a disk's answer, what a program wrote to /dev/random). Any context.
 */
void add_randomness(const void *data, size_t len);

/* random_init - the first key. Boot, after the clock. */
void random_init(void);

#endif
