/*
 * heap - the heap of user/lib under a long random mixture of malloc, calloc, realloc, memalign
 * and free. Every block holds a pattern of its own, which must be there whenever it is looked
 * at; blocks must not overlap, and at the end the break must be near where it began.
 *
 *	heap [SEED]
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCKS 400
#define ROUNDS 200000

struct block {
	unsigned char *p;
	size_t size;
	unsigned char byte;
};

static struct block blocks[BLOCKS];
static unsigned int seed;

static unsigned int any(unsigned int below)
{
	return (unsigned int)rand() % below;
}

static void fail(const char *what)
{
	printf("heap: seed %u: %s\n", seed, what);
	exit(1);
}

/* Mostly small, sometimes large enough for a mapping. */
static size_t any_size(void)
{
	unsigned int kind = any(100);

	return kind < 70 ? any(200) : kind < 95 ? any(5000) : kind < 99 ? any(60000) : any(400000);
}

static void check(const struct block *b, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (b->p[i] != b->byte)
			fail("a block was written over");
	}
}

static void fill(struct block *b, unsigned char *p, size_t size)
{
	if (!p)
		fail("no memory");
	if (malloc_usable_size(p) < size)
		fail("a block is too small");
	b->p = p;
	b->size = size;
	b->byte = (unsigned char)any(256);
	memset(p, b->byte, size);
}

static void make(struct block *b)
{
	size_t size = any_size(), alignment = 16u << any(8);

	switch (any(4)) {
	case 0:
		fill(b, calloc(1, size), 0);
		b->byte = 0;
		b->size = size;
		check(b, size);
		break;
	case 1:
		fill(b, memalign(alignment, size), size);
		if ((uintptr_t)b->p % alignment)
			fail("not aligned");
		break;
	default:
		fill(b, malloc(size), size);
	}
	if ((uintptr_t)b->p % 8)
		fail("not aligned by 8");
}

static void change(struct block *b)
{
	size_t size = any_size() + 1;
	unsigned char *p = realloc(b->p, size);

	b->p = p;
	check(b, size < b->size ? size : b->size);
	fill(b, p, size);
}

int main(int argc, char **argv)
{
	char *begin;

	seed = argc > 1 ? (unsigned int)atoi(argv[1]) : (unsigned int)getpid();
	srand(seed);
	free(malloc(1));
	begin = sbrk(0);
	for (int i = 0; i < ROUNDS; i++) {
		struct block *b = &blocks[any(BLOCKS)];

		if (!b->p) {
			make(b);
		} else if (any(3)) {
			check(b, b->size);
			free(b->p);
			b->p = NULL;
		} else {
			change(b);
		}
	}
	for (int i = 0; i < BLOCKS; i++) {
		if (blocks[i].p)
			check(&blocks[i], blocks[i].size);
		free(blocks[i].p);
	}
	if ((char *)sbrk(0) > begin + 256 * 1024)
		fail("the break did not come down again");
	if (malloc(0x7fffffffu + 1u) || malloc((size_t)-1) || calloc(65536, 65536))
		fail("an impossible size was given");
	printf("heap: seed %u: good\n", seed);
	return 0;
}
