/*
 * Object caches and kmalloc.
 */
#ifndef FOLIO_MM_SLAB_H
#define FOLIO_MM_SLAB_H

#include "mm/gfp.h"

struct kmem_cache;

/* Flags of kmem_cache_create(). */
#define SLAB_HWCACHE_ALIGN 0x0001u /* objects begin on cache lines */
#define SLAB_CACHE_DMA	   0x0002u /* pages from ZONE_DMA */
#define SLAB_PANIC	   0x0004u /* a failure to create the cache panics */
#define SLAB_POISON	   0x0100u /* fill free objects with a pattern */
#define SLAB_RED_ZONE	   0x0200u /* guard words around objects */
#define SLAB_STORE_USER	   0x0400u /* remember the last caller */
#define SLAB_DEBUG	   (SLAB_POISON | SLAB_RED_ZONE | SLAB_STORE_USER)

#define KMALLOC_MIN_SIZE   32ul
#define KMALLOC_MAX_SIZE   131072ul

/*
 * kmem_cache_create - make a cache of objects of one size.
 * @name: not copied; must live as long as the cache
 * @size: of an object, in bytes, 1..KMALLOC_MAX_SIZE
 * @align: power of two, or 0 for the natural one
 * @ctor: called for each object when its slab is made; objects are freed in
 *	constructed state. NULL: none
 * Returns the cache, or NULL (bad arguments, no memory). May sleep.
 */
struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
				     unsigned int flags, void (*ctor)(void *));

/*
 * kmem_cache_alloc - one object, or NULL. Sleeps only with __GFP_WAIT. With
 * __GFP_ZERO the object is cleared (not for caches with a constructor).
 */
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp);

/* kmem_cache_free - give back an object of this cache; NULL is ignored. Any context. */
void kmem_cache_free(struct kmem_cache *cache, void *obj);

/* kmem_cache_shrink - free the empty slabs and magazines; returns pages freed. May not sleep. */
unsigned long kmem_cache_shrink(struct kmem_cache *cache);

/* kmem_cache_destroy - end a cache. -EBUSY, and a report, when objects are in use. May sleep. */
int kmem_cache_destroy(struct kmem_cache *cache);

/* kmem_cache_reap - shrink every cache; returns pages freed. The page allocator's first resort. */
unsigned long kmem_cache_reap(void);

/*
 * kmalloc - `size` bytes of physically contiguous low memory, aligned to 32 bytes at
 * least. NULL when there is none, or for a size above KMALLOC_MAX_SIZE; size 0 gives a
 * minimal object. kfree() ignores NULL. ksize() tells the usable bytes of an object.
 * krealloc() keeps the old object when it fails.
 */
void *kmalloc(size_t size, gfp_t gfp);
void *kzalloc(size_t size, gfp_t gfp);
void *krealloc(void *obj, size_t size, gfp_t gfp);
void kfree(const void *obj);
size_t ksize(const void *obj);

#endif
