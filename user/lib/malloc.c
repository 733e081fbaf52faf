/*
 * The heap: malloc() and its family.
 *
 * A small block comes from the heap proper, which the break bounds; a block of MAP_MIN bytes
 * or more is a mapping of its own, which goes back to the kernel the moment it is freed.
 *
 * The heap is a row of chunks without gaps. A chunk begins with a word that holds its size and
 * three flags; a free one also ends with its size, so that its right neighbour finds where it
 * begins (Knuth's boundary tags). Neighbours that are both free become one at once:
 *
 *	used                       free                                top
 *	+------+-----------------+------+------+------+-------+------+------+-------------+
 *	| head | the user's bytes| head | next | prev |  ...  | foot | head |     ...     |
 *	+------+-----------------+------+------+------+-------+------+------+-------------+
 *	        ^ 8-aligned: what malloc() returns                                  break ^
 *
 * The last chunk, the top, is always free and in no list: it is cut from when the lists have
 * nothing, grows by the break when it is too small, and shrinks when it has become large.
 * Free chunks hang in bins: one for each size below BIG, one for each power of two above.
 *
 * Left out: threads, so there are no locks; and no chunk moves, so a heap with holes keeps them.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define USED	  1u /* this chunk is in use */
#define PREV_USED 2u /* the one on the left is in use: it has no foot */
#define MAPPED	  4u /* a mapping of its own; the size is the mapping's */
#define FLAGS	  7u

#define WORD	  sizeof(size_t)
#define MIN_CHUNK 16u
#define BIG	  512u
#define BINS	  (BIG / 8 + 32 - 9)
#define MAP_MIN	  (128u * 1024)
#define GROW	  (64u * 1024)	/* the break moves by multiples of this */
#define TRIM_MIN  (128u * 1024) /* a top of this size gives all but GROW back */

struct chunk {
	size_t head;
	struct chunk *next, *prev; /* in its bin, while it is free */
};

static struct chunk *bins[BINS];
static struct chunk *top;
static char *heap_end; /* the break as we know it: where the top ends */

static size_t size_of(const struct chunk *c)
{
	return c->head & ~FLAGS;
}

static struct chunk *at(void *p, size_t offset)
{
	return (struct chunk *)((char *)p + offset);
}

static struct chunk *right_of(struct chunk *c)
{
	return at(c, size_of(c));
}

static size_t *foot_of(struct chunk *c)
{
	return (size_t *)right_of(c) - 1;
}

static void *bytes_of(struct chunk *c)
{
	return (char *)c + WORD;
}

static struct chunk *chunk_of(void *p)
{
	return (struct chunk *)((char *)p - WORD);
}

/* The chunk that n bytes need. */
static size_t chunk_size(size_t n)
{
	size_t size = (n + WORD + 7) & ~(size_t)7;

	return size < MIN_CHUNK ? MIN_CHUNK : size;
}

/* ---------------------------------------------------------------- bins */

static unsigned int bin_of(size_t size)
{
	if (size < BIG)
		return (unsigned int)(size / 8);
	return BIG / 8 + 31 - (unsigned int)__builtin_clz((unsigned int)size) - 9;
}

/* A chunk becomes free: tags on both ends, a word to the right neighbour, into its bin. */
static void put_in_bin(struct chunk *c, size_t size)
{
	struct chunk **bin = &bins[bin_of(size)];

	c->head = size | (c->head & PREV_USED);
	*foot_of(c) = size;
	right_of(c)->head &= ~PREV_USED;
	c->prev = NULL;
	c->next = *bin;
	if (c->next)
		c->next->prev = c;
	*bin = c;
}

static void take_from_bin(struct chunk *c)
{
	if (c->prev)
		c->prev->next = c->next;
	else
		bins[bin_of(size_of(c))] = c->next;
	if (c->next)
		c->next->prev = c->prev;
}

/* The first free chunk of at least this size, out of its bin; or NULL. */
static struct chunk *find_free(size_t size)
{
	for (unsigned int bin = bin_of(size); bin < BINS; bin++) {
		for (struct chunk *c = bins[bin]; c; c = c->next) {
			if (size_of(c) >= size) {
				take_from_bin(c);
				return c;
			}
		}
	}
	return NULL;
}

/* ---------------------------------------------------------------- the top */

/* The break was moved by somebody else: close the old heap with a chunk that is never freed. */
static void abandon_top(void)
{
	size_t size = size_of(top) - WORD;
	struct chunk *fence = at(top, size & ~(size_t)7);

	if (fence != top) {
		fence->head = 8 | USED;
		put_in_bin(top, (size_t)((char *)fence - (char *)top));
	}
}

/* Makes the top at least `size` large, and something more for the next top. */
static bool grow_top(size_t size)
{
	size_t have = top && sbrk(0) == heap_end ? size_of(top) : 0;
	size_t more = (size + 2 * MIN_CHUNK - have + GROW - 1) & ~(size_t)(GROW - 1);
	char *old;

	old = sbrk((intptr_t)more);
	if (old == (char *)-1)
		return false;
	if (have) {
		top->head += more;
	} else {
		size_t skip = (WORD - (uintptr_t)old) & 7;

		if (top)
			abandon_top();
		top = at(old, skip);
		top->head = ((more - skip) & ~(size_t)7) | PREV_USED;
	}
	heap_end = old + more;
	return true;
}

static struct chunk *cut_from_top(size_t size)
{
	struct chunk *c = top;

	if ((!top || size_of(top) < size + MIN_CHUNK)) {
		if (!grow_top(size))
			return NULL;
		c = top;
	}
	top = at(c, size);
	top->head = (size_of(c) - size) | PREV_USED;
	c->head = size | USED | (c->head & PREV_USED);
	return c;
}

/* A large top gives whole pages back, if the break is still ours. */
static void trim_top(void)
{
	size_t back;

	if (size_of(top) < TRIM_MIN || sbrk(0) != heap_end)
		return;
	back = (size_of(top) - GROW) & ~(size_t)4095;
	if (sbrk(-(intptr_t)back) == (void *)-1)
		return;
	heap_end -= back;
	top->head -= back;
}

/* ---------------------------------------------------------------- chunks in use */

/* A chunk goes: joined with free neighbours, into the top or a bin. */
static void release(struct chunk *c)
{
	struct chunk *right = right_of(c);
	size_t size = size_of(c);

	if (!(c->head & PREV_USED)) {
		size_t left = ((size_t *)c)[-1];

		c = (struct chunk *)((char *)c - left);
		take_from_bin(c);
		size += left;
	}
	if (right == top) {
		c->head = (size + size_of(top)) | (c->head & PREV_USED);
		top = c;
		trim_top();
		return;
	}
	if (!(right->head & USED)) {
		take_from_bin(right);
		size += size_of(right);
	}
	put_in_bin(c, size);
}

/* A chunk in use keeps `size`; what is behind it goes, if that is a chunk. */
static void cut(struct chunk *c, size_t size)
{
	size_t rest = size_of(c) - size;

	if (rest < MIN_CHUNK)
		return;
	c->head -= rest;
	at(c, size)->head = rest | USED | PREV_USED;
	release(at(c, size));
}

/* Marks a whole free chunk, which is in no bin, as used. */
static void take(struct chunk *c)
{
	c->head |= USED;
	right_of(c)->head |= PREV_USED;
}

static struct chunk *heap_chunk(size_t size)
{
	struct chunk *c = find_free(size);

	if (!c)
		return cut_from_top(size);
	take(c);
	cut(c, size);
	return c;
}

/* The chunk takes in what is free on its right until it has `size`, if that is enough. */
static bool extend(struct chunk *c, size_t size)
{
	struct chunk *right = right_of(c);
	size_t missing = size - size_of(c);

	if (right == top) {
		if (size_of(top) < missing + MIN_CHUNK)
			return false;
		cut_from_top(missing);
		c->head += missing;
		return true;
	}
	if (right->head & USED || size_of(right) < missing)
		return false;
	take_from_bin(right);
	take(right);
	c->head += size_of(right);
	cut(c, size);
	return true;
}

/* ---------------------------------------------------------------- mappings */

static size_t map_size(size_t n)
{
	return (n + 2 * WORD + 4095) & ~(size_t)4095;
}

/* The chunk stands in the second word of the mapping, so that the bytes are 8-aligned. */
static struct chunk *map_chunk(size_t n)
{
	size_t size = map_size(n);
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct chunk *c;

	if (map == MAP_FAILED)
		return NULL;
	c = at(map, WORD);
	c->head = size | USED | MAPPED;
	return c;
}

static void *remap(struct chunk *c, size_t n)
{
	size_t size = map_size(n);
	void *map = mremap((char *)c - WORD, size_of(c), size, MREMAP_MAYMOVE);

	if (map == MAP_FAILED)
		return NULL;
	c = at(map, WORD);
	c->head = size | USED | MAPPED;
	return bytes_of(c);
}

/* ---------------------------------------------------------------- what programs call */

static void *out_of_memory(void)
{
	errno = ENOMEM;
	return NULL;
}

void *malloc(size_t n)
{
	struct chunk *c = NULL;

	if (n > INT_MAX)
		return out_of_memory();
	if (n < MAP_MIN)
		c = heap_chunk(chunk_size(n));
	if (!c)
		c = map_chunk(n); /* large, or the break cannot move */
	return c ? bytes_of(c) : out_of_memory();
}

void free(void *p)
{
	struct chunk *c = chunk_of(p);
	int saved = errno;

	if (!p)
		return;
	if (!(c->head & USED))
		abort(); /* freed twice, or written over */
	if (c->head & MAPPED)
		munmap((char *)c - WORD, size_of(c));
	else
		release(c);
	errno = saved;
}

void *calloc(size_t count, size_t size)
{
	size_t n;
	void *p;

	if (__builtin_mul_overflow(count, size, &n))
		return out_of_memory();
	p = malloc(n);
	if (p && !(chunk_of(p)->head & MAPPED)) /* a new mapping is zero */
		memset(p, 0, n);
	return p;
}

size_t malloc_usable_size(void *p)
{
	struct chunk *c = chunk_of(p);

	return p ? size_of(c) - (c->head & MAPPED ? 2 * WORD : WORD) : 0;
}

static void *move(void *p, size_t n)
{
	size_t old = malloc_usable_size(p);
	void *new = malloc(n);

	if (new) {
		memcpy(new, p, old < n ? old : n);
		free(p);
	}
	return new;
}

void *realloc(void *p, size_t n)
{
	struct chunk *c = chunk_of(p);
	size_t size;

	if (!p)
		return malloc(n);
	if (!n) {
		free(p);
		return NULL;
	}
	if (n > INT_MAX)
		return out_of_memory();
	if (c->head & MAPPED) {
		void *new = n >= MAP_MIN ? remap(c, n) : NULL;

		return new ? new : move(p, n);
	}
	size = chunk_size(n);
	if (size <= size_of(c)) {
		cut(c, size);
		return p;
	}
	return extend(c, size) ? p : move(p, n);
}

void *reallocarray(void *p, size_t count, size_t size)
{
	size_t n;

	return __builtin_mul_overflow(count, size, &n) ? out_of_memory() : realloc(p, n);
}

/* A chunk that is too large; what is before the first aligned address goes. */
void *memalign(size_t alignment, size_t n)
{
	struct chunk *c, *aligned;
	uintptr_t p;

	if (alignment <= 8)
		return malloc(n);
	if (n > INT_MAX || alignment > INT_MAX / 2)
		return out_of_memory();
	c = heap_chunk(chunk_size(n) + alignment + MIN_CHUNK);
	if (!c)
		return out_of_memory();
	p = ((uintptr_t)bytes_of(c) + alignment - 1) & ~(uintptr_t)(alignment - 1);
	if (p != (uintptr_t)bytes_of(c) && p - (uintptr_t)bytes_of(c) < MIN_CHUNK)
		p += alignment;
	aligned = chunk_of((void *)p);
	if (aligned != c) {
		size_t before = (size_t)((char *)aligned - (char *)c);

		aligned->head = (size_of(c) - before) | USED | PREV_USED;
		c->head -= size_of(aligned);
		release(c);
	}
	cut(aligned, chunk_size(n));
	return bytes_of(aligned);
}

void *aligned_alloc(size_t alignment, size_t n)
{
	return memalign(alignment, n);
}

int posix_memalign(void **result, size_t alignment, size_t n)
{
	int saved = errno;
	void *p;

	if (alignment < sizeof(void *) || alignment & (alignment - 1))
		return EINVAL;
	p = memalign(alignment, n);
	errno = saved;
	if (!p)
		return ENOMEM;
	*result = p;
	return 0;
}
