/*
 * Object caches and kmalloc.
 *
 * kmem_cache_init() runs once, after the page allocator is up and the boot
 * options are read. Until then nothing here may be called.
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

/* kmem_cache_init - make the first caches and kmalloc's; panics without memory. Boot only. */
void kmem_cache_init(void);

/*
 * kmem_cache_create - make a cache of objects of one size.
 * @name: not copied; must live as long as the cache
 * @size: of an object, in bytes, 1..KMALLOC_MAX_SIZE
 * @align: power of two, or 0 for the natural one
 * @ctor: called for each object when its slab is made; objects are freed in
 *	constructed state. It may not sleep. NULL: none
 * Returns the cache, or NULL (bad arguments, no memory). May sleep.
 */
struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
				     unsigned int flags, void (*ctor)(void *));

/*
 * kmem_cache_alloc - one object, or NULL. Sleeps only with __GFP_WAIT; without
 * it any context will do. With __GFP_ZERO the object is cleared (not for caches
 * with a constructor). Zone flags are ignored: the cache has its zone.
 */
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp);

/* kmem_cache_free - give back an object of this cache; NULL is ignored. Any context. */
void kmem_cache_free(struct kmem_cache *cache, void *obj);

/* kmem_cache_shrink - free the empty slabs and magazines; returns pages freed. May not sleep. */
unsigned long kmem_cache_shrink(struct kmem_cache *cache);

/* kmem_cache_destroy - end a cache. -EBUSY, and a report, when objects are in use. May sleep. */
int kmem_cache_destroy(struct kmem_cache *cache);

/*
 * kmem_cache_reap - shrink every cache; returns pages freed. The page
 * allocator's first resort. Any context but a constructor.
 */
unsigned long kmem_cache_reap(void);

/*
 * kmalloc - `size` bytes of physically contiguous low memory, aligned to 32 bytes at
 * least. NULL when there is none, or for a size above KMALLOC_MAX_SIZE; size 0 gives a
 * minimal object. kfree() ignores NULL. ksize() tells the usable bytes of an object.
 * krealloc() keeps the old object when it fails; it never moves an object to a smaller
 * one. What is no object is reported with the caller's name: kfree() does nothing to it,
 * krealloc() returns NULL and ksize() 0.
 */
void *kmalloc(size_t size, gfp_t gfp);
void *kzalloc(size_t size, gfp_t gfp);
void *krealloc(void *obj, size_t size, gfp_t gfp);
void kfree(const void *obj);
size_t ksize(const void *obj);

/*
 * What a cache looks like at one moment: for /proc/slabinfo, tests and gdb.
 */
struct slabinfo {
	const char *name;
	unsigned int object_size; /* as asked for, bytes */
	unsigned int size;	  /* from one object to the next, bytes */
	unsigned int align;	  /* bytes */
	unsigned int obj_per_slab;
	unsigned int order;	   /* a slab has 2^order pages */
	unsigned int limit;	   /* objects that a magazine holds; 0: none in use */
	unsigned int batch;	   /* objects moved at once between slabs and magazine */
	unsigned int flags;	   /* SLAB_* */
	unsigned int colours;	   /* how many different first offsets slabs have */
	bool off_slab;		   /* the free indexes lie outside the slab */
	unsigned long active_objs; /* in the hands of users */
	unsigned long cached_objs; /* in magazines */
	unsigned long num_objs;	   /* in all slabs, free ones too */
	unsigned long num_slabs;
	unsigned long free_slabs;
};

/* kmem_cache_info - fill in @info. Any context. */
void kmem_cache_info(struct kmem_cache *cache, struct slabinfo *info);

/*
 * kmem_cache_for_each - call @fn for every cache, newest first, until it
 * returns something other than 0, which is returned. @fn may not sleep, and may
 * not create or destroy caches.
 */
int kmem_cache_for_each(int (*fn)(struct kmem_cache *cache, void *arg), void *arg);

/* kmem_cache_find - the newest cache of that name, or NULL. Any context. */
struct kmem_cache *kmem_cache_find(const char *name);

/*
 * kmem_cache_total_active - objects in use in all caches, for exact accounting.
 * The allocator's own free lists are not counted: how many there are depends on
 * where objects happen to lie. Any context.
 */
unsigned long kmem_cache_total_active(void);

/*
 * slab_set_slow - send every allocation and free past the magazines (true) or
 * let them use these again. For fault injection, which is checked on the slow
 * path only and so costs nothing when off. Any context.
 */
void slab_set_slow(bool slow);

/*
 * What slab found to be wrong. The boot option `slab_debug` gives all caches made from then on,
 * kmalloc's included, the flags SLAB_DEBUG. Without debug flags only the last three kinds can be
 * found; the others need the flags named.
 */
enum slab_report_kind {
	SLAB_OVERRUN,	     /* SLAB_RED_ZONE: written behind the object */
	SLAB_UNDERRUN,	     /* SLAB_RED_ZONE: written before it */
	SLAB_USE_AFTER_FREE, /* SLAB_POISON: written while free */
	SLAB_DOUBLE_FREE,    /* any debug flag: freed twice */
	SLAB_BAD_POINTER,    /* freed what is no object */
	SLAB_WRONG_CACHE,    /* freed to another cache */
	SLAB_LEAK,	     /* cache destroyed with objects in use */
	NR_SLAB_REPORTS
};

struct slab_report {
	enum slab_report_kind kind;
	const char *cache; /* its name, or NULL */
	const void *object;
	long offset;		/* of the first wrong byte, from the object's start */
	unsigned long caller;	/* who ran into it; 0: found while reclaiming */
	unsigned long alloc_by; /* last allocation of the object; 0: not known */
	unsigned long free_by;	/* last free of the object; 0: not known */
};

/* slab_last_report - the newest report, and how many there were since boot. Any context. */
const struct slab_report *slab_last_report(void);
unsigned int slab_report_count(void);

#endif
