/*
 * What the programs that test file systems share: numbers that follow from a seed, and the check
 * sum that the host's zlib.crc32() computes.
 */
#ifndef FOLIO_TESTS_USER_SEEDED_H
#define FOLIO_TESTS_USER_SEEDED_H

#include <stddef.h>
#include <stdint.h>

/* Marsaglia's xorshift with 32 bits; the state must not be 0. */
static inline uint32_t seeded_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* A state for a seed and one of its users: neighbours do not resemble each other. */
static inline uint32_t seeded_state(uint32_t seed, uint32_t user)
{
	uint32_t state = (seed + 1) * 2654435761u ^ (user + 1) * 40503u;

	state = state ? state : 1;
	for (int i = 0; i < 8; i++)
		seeded_next(&state);
	return state;
}

/* From 0 to n - 1. */
static inline uint32_t seeded_below(uint32_t *state, uint32_t n)
{
	return (uint32_t)((uint64_t)seeded_next(state) * n >> 32);
}

/* CRC-32 (reflected, polynomial 0xedb88320) of more bytes; the first call begins with 0. */
static inline uint32_t seeded_crc(uint32_t crc, const void *data, size_t size)
{
	static uint32_t table[256];
	const unsigned char *p = data;

	for (uint32_t i = 0; !table[255] && i < 256; i++) {
		uint32_t entry = i;

		for (int bit = 0; bit < 8; bit++)
			entry = entry & 1 ? entry >> 1 ^ 0xedb88320u : entry >> 1;
		table[i] = entry;
	}
	crc = ~crc;
	while (size--)
		crc = crc >> 8 ^ table[(crc ^ *p++) & 255];
	return ~crc;
}

#endif
