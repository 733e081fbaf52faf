/*
 * kmalloc: memory by size, from object caches of the powers of two.
 *
 *	size     1..32  ..64  ..128  ...  ..131072
 *	cache    size-32 size-64 size-128 ... size-131072   and the same with (DMA)
 *
 * A power of two wastes up to half of an object, a quarter on average for
 * arbitrary sizes; a structure that is allocated often has a cache of its own.
 * The cache for a size is found in a table by the number of 32-byte steps, the
 * few large ones by the number of the highest bit. kfree() gets an address only:
 * the struct page of the address names the cache.
 *
 * Locks: those of slab.c.
 */
#include "kernel/lib/bitops.h"
#include "mm/slab_internal.h"

#define STEP_SHIFT  5 /* KMALLOC_MIN_SIZE */
#define TABLE_MAX   4096ul
#define FIRST_ORDER 5  /* log2(KMALLOC_MIN_SIZE) */
#define LAST_ORDER  17 /* log2(KMALLOC_MAX_SIZE) */

/* [][0]: normal memory, [][1]: memory that ISA DMA reaches; __GFP_DMA is the index. */
static struct kmem_cache *cache_by_step[(TABLE_MAX >> STEP_SHIFT) + 1][2];
static struct kmem_cache *cache_by_order[LAST_ORDER + 1][2];

#define KMALLOC_CACHE(n)                       \
	{                                      \
		"size-" #n, "size-" #n "(DMA)" \
	}
static const char *const cache_names[][2] = {
	KMALLOC_CACHE(32),     KMALLOC_CACHE(64),    KMALLOC_CACHE(128),   KMALLOC_CACHE(256),
	KMALLOC_CACHE(512),    KMALLOC_CACHE(1024),  KMALLOC_CACHE(2048),  KMALLOC_CACHE(4096),
	KMALLOC_CACHE(8192),   KMALLOC_CACHE(16384), KMALLOC_CACHE(32768), KMALLOC_CACHE(65536),
	KMALLOC_CACHE(131072),
};
_Static_assert(ARRAY_SIZE(cache_names) == LAST_ORDER - FIRST_ORDER + 1, "a size has no name");
_Static_assert(__GFP_DMA == 1, "__GFP_DMA is an index");

void kmalloc_init(void)
{
	static const unsigned int flags[2] = {SLAB_PANIC, SLAB_PANIC | SLAB_CACHE_DMA};

	for (unsigned int order = FIRST_ORDER; order <= LAST_ORDER; order++)
		for (unsigned int dma = 0; dma < 2; dma++)
			cache_by_order[order][dma] =
				kmem_cache_create(cache_names[order - FIRST_ORDER][dma], BIT(order),
						  KMALLOC_MIN_SIZE, flags[dma], NULL);
	for (unsigned long size = 0; size <= TABLE_MAX; size += KMALLOC_MIN_SIZE)
		for (unsigned int dma = 0; dma < 2; dma++)
			cache_by_step[size >> STEP_SHIFT][dma] =
				cache_by_order[max(order_base_2(size), FIRST_ORDER + 0u)][dma];
}

/* The cache for a size, or NULL. */
static struct kmem_cache *kmalloc_cache(size_t size, gfp_t gfp)
{
	if (size <= TABLE_MAX)
		return cache_by_step[(size + KMALLOC_MIN_SIZE - 1) >> STEP_SHIFT][gfp & __GFP_DMA];
	if (size <= KMALLOC_MAX_SIZE)
		return cache_by_order[order_base_2(size)][gfp & __GFP_DMA];
	return NULL;
}

static __noinline void *kmalloc_any(size_t size, gfp_t gfp, unsigned long caller)
{
	struct kmem_cache *cache = kmalloc_cache(size, gfp);

	return cache ? cache_alloc_any(cache, gfp, caller) : NULL;
}

__noinline void *kmalloc(size_t size, gfp_t gfp)
{
	if (unlikely(size > TABLE_MAX || gfp & (__GFP_DMA | __GFP_ZERO)))
		return kmalloc_any(size, gfp, RETURN_ADDRESS);
	return cache_alloc(cache_by_step[(size + KMALLOC_MIN_SIZE - 1) >> STEP_SHIFT][0], gfp);
}

void *kzalloc(size_t size, gfp_t gfp)
{
	return kmalloc_any(size, gfp | __GFP_ZERO, RETURN_ADDRESS);
}

static __noinline __cold void kfree_no_object(const void *obj, unsigned long caller)
{
	if (obj)
		slab_report(SLAB_BAD_POINTER, NULL, obj, 0, caller);
}

__noinline void kfree(const void *obj)
{
	struct page *page = slab_page_of(obj);

	if (likely(page))
		cache_free(page->slab_cache, (void *)obj);
	else
		kfree_no_object(obj, RETURN_ADDRESS);
}

size_t ksize(const void *obj)
{
	struct page *page = slab_page_of(obj);

	if (page)
		return page->slab_cache->object_size;
	kfree_no_object(obj, RETURN_ADDRESS);
	return 0;
}

void *krealloc(void *obj, size_t size, gfp_t gfp)
{
	size_t old = obj ? ksize(obj) : 0;
	void *moved;

	if (obj && size <= old)
		return obj;
	if (obj && !old) /* no object, as ksize() has said */
		return NULL;
	moved = kmalloc_any(size, gfp, RETURN_ADDRESS);
	if (moved && obj) {
		memcpy(moved, obj, old);
		cache_free(slab_page_of(obj)->slab_cache, obj);
	}
	return moved;
}
