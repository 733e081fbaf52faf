/*
 * The inside of the slab allocator, shared by slab.c, slab_cache.c,
 * slab_debug.c and kmalloc.c and by nobody else.
 */
#ifndef FOLIO_MM_SLAB_INTERNAL_H
#define FOLIO_MM_SLAB_INTERNAL_H

#include "kernel/cpu/irqflags.h"
#include "kernel/cpu/percpu.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/lib/list.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/page.h"
#include "mm/slab.h"

#define SLAB_OFF_SLAB	0x10000u /* internal flag: free indexes outside the slab */

#define L1_CACHE_BYTES	32 /* of the i586; longer lines are multiples of it */
#define SLAB_MAX_ORDER	1  /* no larger slabs just to save space */
#define INDEX_ARRAY_LEN 16 /* free indexes of an off-slab slab, one byte each */

/*
 * A magazine: a stack of objects ready for use, the last one put in comes out first.
 *
 *	entry           top          end
 *	  | cold ... hot | (empty)    |
 *
 * Switched off, or without memory of its own, it is empty and full at once
 * (entry == top == end), and both fast paths miss.
 */
struct array_cache {
	void **top;
	void **entry;
	void **end;
	unsigned int batch; /* how many objects are moved at once */
	unsigned int size;  /* of the stack, in objects */
};

static __always_inline unsigned int magazine_avail(const struct array_cache *ac)
{
	return (unsigned int)(ac->top - ac->entry);
}

struct kmem_cache {
	struct array_cache array[NR_CPUS];
	unsigned int object_size; /* what the user sees, bytes */
	unsigned int size;	  /* distance of two objects, bytes */
	u32 reciprocal;		  /* 2^32 / size, rounded up */
	unsigned int num;	  /* objects in a slab */
	unsigned int order;	  /* a slab has 2^order pages */
	unsigned int flags;
	gfp_t gfp; /* zone of the slabs */

	spinlock_t lock; /* guards what follows, up to `name` */
	struct list_head partial;
	struct list_head full;
	struct list_head free;
	unsigned long nr_slabs;
	unsigned long nr_free_slabs;
	unsigned long nr_taken;	       /* objects out of their slabs: in use or in a magazine */
	unsigned int free_slabs_limit; /* more empty slabs than this are given back at once */
	unsigned int colour_next;

	const char *name;
	struct list_head list;	 /* in cache_chain */
	unsigned int colours;	 /* different offsets of the first object ... */
	unsigned int colour_off; /* ... this far apart, bytes */
	unsigned int align;
	unsigned int obj_offset; /* from the object's place to what the user sees, bytes */
	void (*ctor)(void *);
};

extern struct list_head cache_chain;	    /* all caches, newest first */
extern spinlock_t cache_chain_lock;	    /* guards it; taken before cache->lock */
extern struct kmem_cache *slab_index_cache; /* free indexes that lie off-slab */
extern bool slab_slow;			    /* slab_set_slow() */

/* The paths behind the magazine (slab.c). */
void *cache_alloc_slow(struct kmem_cache *cache, gfp_t gfp, unsigned long caller);
void *cache_alloc_any(struct kmem_cache *cache, gfp_t gfp, unsigned long caller);
void cache_free_slow(struct kmem_cache *cache, void *obj, unsigned long caller);

/* The slab that @obj is an object of, or NULL after a report (slab.c). Any context. */
struct page *slab_of_object(struct kmem_cache *cache, void *obj, unsigned long caller);

/* Put the magazine to use, or empty it and set it aside (slab.c). Any context. */
void cache_use_magazine(struct kmem_cache *cache, bool use);

/* Make the caches of kmalloc (kmalloc.c). */
void kmalloc_init(void);

/* slab_debug.c: called for caches with a flag of SLAB_DEBUG. */
extern unsigned int slab_debug_flags; /* for every new cache */
void slab_debug_layout(struct kmem_cache *cache);
void slab_debug_new_object(struct kmem_cache *cache, void *obj);
void slab_debug_alloc(struct kmem_cache *cache, void *obj, unsigned long caller);
bool slab_debug_free(struct kmem_cache *cache, void *obj, unsigned long caller);
void slab_debug_check_free_object(struct kmem_cache *cache, void *obj);

/* slab_debug.c: for every cache. */
void slab_report(enum slab_report_kind kind, const struct kmem_cache *cache, const void *obj,
		 long offset, unsigned long caller);

static __always_inline struct page *slab_head(const struct kmem_cache *cache, struct page *page)
{
	return page - (page_to_pfn(page) & (BIT(cache->order) - 1));
}

static __always_inline void *slab_object(const struct kmem_cache *cache, const struct page *slab,
					 unsigned int index)
{
	return (char *)slab->slab_mem + index * cache->size + cache->obj_offset;
}

/*
 * The index of the object at @obj, by a multiplication instead of a division:
 * exact for the start of an object (offset < 2^22 and size <= 2^18 keep the
 * error of the rounded reciprocal below one). Any other address gives a number
 * that slab_object() does not map back to it, which is how such addresses are
 * found out.
 */
static __always_inline unsigned int slab_index(const struct kmem_cache *cache,
					       const struct page *slab, const void *obj)
{
	u32 offset = (u32)((const char *)obj - (const char *)slab->slab_mem) - cache->obj_offset;

	return (unsigned int)((u64)offset * cache->reciprocal >> 32);
}

/* The free indexes are bytes as long as that is enough. */
static __always_inline unsigned int slab_get_free(const struct kmem_cache *cache,
						  const struct page *slab, unsigned int i)
{
	return cache->num <= 256 ? ((const u8 *)slab->slab_freelist)[i]
				 : ((const u16 *)slab->slab_freelist)[i];
}

static __always_inline void slab_set_free(const struct kmem_cache *cache, struct page *slab,
					  unsigned int i, unsigned int index)
{
	if (cache->num <= 256)
		((u8 *)slab->slab_freelist)[i] = (u8)index;
	else
		((u16 *)slab->slab_freelist)[i] = (u16)index;
}

/* The page of an object by its address, or NULL when no slab lies there. */
static __always_inline struct page *slab_page_of(const void *obj)
{
	unsigned long pfn = PFN_DOWN(__pa(obj));
	struct page *page;

	if (unlikely(pfn >= max_low_pfn)) /* user and vmalloc addresses and NULL, too */
		return NULL;
	page = pfn_to_page(pfn);
	return likely(PageSlab(page)) ? page : NULL;
}

/*
 * The hot paths, put into kmem_cache_alloc(), kmalloc() and their like. What is
 * not the common case is a call at the very end, so that the compiler hardly
 * needs registers that a function must save.
 */
static __always_inline void *cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	struct array_cache *ac;
	unsigned long flags;
	void **top, *obj;

	might_sleep_if(gfp & __GFP_WAIT);
	flags = local_irq_save();
	ac = &cache->array[cpu_id()];
	top = ac->top;
	if (unlikely(top == ac->entry)) {
		local_irq_restore(flags);
		return cache_alloc_slow(cache, gfp, RETURN_ADDRESS);
	}
	ac->top = --top;
	obj = *top;
	local_irq_restore(flags);
	return obj;
}

static __always_inline void cache_free(struct kmem_cache *cache, void *obj)
{
	unsigned long flags = local_irq_save();
	struct array_cache *ac = &cache->array[cpu_id()];
	void **top = ac->top;

	if (unlikely(top == ac->end)) {
		local_irq_restore(flags);
		cache_free_slow(cache, obj, RETURN_ADDRESS);
		return;
	}
	*top = obj;
	ac->top = top + 1;
	local_irq_restore(flags);
}

#endif
