/*
 * The slab allocator: objects that are smaller than a page, or want to stay
 * what they are between two uses.
 *
 * The idea (Jeff Bonwick, "The Slab Allocator", USENIX 1994): a cache hands out
 * objects of one size. It takes pages in blocks, the slabs, and cuts each into
 * equal places. Nothing is searched for, nothing fragments inside a slab, and an
 * object comes back in the state in which it was freed, so that a constructor
 * runs once per slab and not once per use. On top of that (Bonwick and Adams,
 * "Magazines and Vmem", USENIX 2001) each processor keeps a small stack of free
 * objects, the magazine, so that most calls touch no slab at all:
 *
 *	kmem_cache_alloc        kmem_cache_free
 *	       ^                       |
 *	       | pop                   | push
 *	   +---------------------------------+
 *	   | magazine (struct array_cache)   |   interrupts off, no lock
 *	   +---------------------------------+
 *	       ^ batch                 | batch, from the cold end
 *	       |                       v
 *	   partial slabs <-> full slabs          cache->lock
 *	       ^                       |
 *	   free slabs <----------------+
 *	       ^                       | too many, or reclaim
 *	       | alloc_pages           v __free_pages
 *
 * All that a slab needs is in struct page (mm/page.h):
 *
 *	head page   slab_mem       the first object's place
 *	            slab_inuse     objects taken out of the slab: n
 *	            slab_freelist  array of object indexes; [n .. num-1] are free
 *	            lru            link in partial, full or free
 *	every page  slab_cache     the cache, so that kfree() finds it at once
 *
 * The array is used as a stack: taking an object reads entry n and increments
 * n, giving one back decrements n and writes there.
 *
 *	 colour  object 0   object 1         object num-1   rest   free indexes
 *	|------|----------|----------|- ... -|------------|------|--------------|
 *	page   slab_mem                                          slab_freelist
 *
 * The array lies at the end of the slab, or, when objects are so large that it
 * would cost one of them, outside (off-slab) in a small cache of its own.
 * Successive slabs begin at different colours, multiples of the cache line
 * within the space that is left over, so that equal fields of objects in
 * different slabs do not all fall on the same lines of the processor's cache.
 *
 * Locks: a magazine belongs to its processor and is guarded by disabling
 * interrupts, since interrupt handlers allocate and free too. cache->lock guards
 * the three lists and the counters. Pages are taken and given back without it.
 * The page allocator's locks are never needed inside.
 *
 * Everything unusual is on the slow path: with debug flags (slab_debug.c) or
 * under fault injection (fault_inject.c) a cache has no magazine, so that the
 * fast path misses and costs what it always costs.
 *
 * Left out: the array shared by processors and the alien caches of NUMA nodes
 * (there is one processor), and destructors (nobody used them; Linux removed
 * them). Making and ending caches is in slab_cache.c, kmalloc in kmalloc.c.
 */
#include "mm/slab_internal.h"
#include "kernel/lib/bitops.h"
#include "mm/fault_inject.h"
#include "mm/page_alloc.h"

bool slab_slow;

/* A slab of one object needs no array of its own: its one entry is always 0. */
static u8 single_index[1];

/*
 * Taking objects out of slabs.
 */

/* A slab with a free object, or NULL. Partial ones first: it keeps the others empty. */
static struct page *slab_with_room(struct kmem_cache *cache)
{
	struct page *slab = list_first_entry_or_null(&cache->partial, struct page, lru);

	if (!slab) {
		slab = list_first_entry_or_null(&cache->free, struct page, lru);
		if (slab)
			cache->nr_free_slabs--;
	}
	return slab;
}

/* Move up to @want objects to @to; returns how many there were. Under cache->lock. */
static unsigned int take_objects(struct kmem_cache *cache, void **to, unsigned int want)
{
	unsigned int got = 0;
	struct page *slab;

	while (got < want && (slab = slab_with_room(cache))) {
		while (got < want && slab->slab_inuse < cache->num) {
			unsigned int index = slab_get_free(cache, slab, slab->slab_inuse++);

			to[got++] = slab_object(cache, slab, index);
		}
		list_move(&slab->lru,
			  slab->slab_inuse == cache->num ? &cache->full : &cache->partial);
	}
	cache->nr_taken += got;
	return got;
}

/* One object from the magazine, which is filled if it is empty; NULL: no slab has any. */
static void *refill(struct kmem_cache *cache)
{
	void *obj = NULL;
	unsigned long flags;
	struct array_cache *ac;

	spin_lock_irqsave(&cache->lock, flags);
	ac = &cache->array[cpu_id()];
	if (ac->end == ac->entry) {
		take_objects(cache, &obj, 1);
	} else {
		if (ac->top == ac->entry)
			ac->top += take_objects(cache, ac->entry, ac->batch);
		if (ac->top != ac->entry)
			obj = *--ac->top;
	}
	spin_unlock_irqrestore(&cache->lock, flags);
	return obj;
}

/*
 * Making slabs and ending them.
 */

static size_t slab_bytes(const struct kmem_cache *cache)
{
	return PAGE_SIZE << cache->order;
}

/* The array of free indexes for a new slab, or NULL. */
static void *new_freelist(struct kmem_cache *cache, struct page *slab, gfp_t gfp)
{
	if (cache->num == 1)
		return single_index;
	if (cache->flags & SLAB_OFF_SLAB)
		return kmem_cache_alloc(slab_index_cache, gfp);
	return (char *)lowmem_page_address(slab) + slab_bytes(cache) -
	       cache->num * (cache->num <= 256 ? sizeof(u8) : sizeof(u16));
}

static void slab_mark_pages(struct kmem_cache *cache, struct page *slab)
{
	for (struct page *page = slab; page < slab + BIT(cache->order); page++) {
		SetPageSlab(page);
		page->slab_cache = cache;
	}
}

/* Make the frames what the page allocator gave us. */
static void slab_unmark_pages(struct kmem_cache *cache, struct page *slab)
{
	for (struct page *page = slab; page < slab + BIT(cache->order); page++) {
		ClearPageSlab(page);
		page->slab_cache = NULL;
	}
	slab->slab_inuse = 0;
	slab->slab_freelist = NULL;
	slab->slab_mem = NULL;
}

static unsigned int next_colour(struct kmem_cache *cache)
{
	unsigned int colour = cache->colour_next;

	cache->colour_next = colour + 1 < cache->colours ? colour + 1 : 0;
	return colour * cache->colour_off;
}

static void slab_init_objects(struct kmem_cache *cache, struct page *slab)
{
	for (unsigned int i = 0; i < cache->num; i++) {
		void *obj = slab_object(cache, slab, i);

		slab_set_free(cache, slab, i, i);
		if (cache->flags & SLAB_DEBUG)
			slab_debug_new_object(cache, obj);
		else if (cache->ctor)
			cache->ctor(obj);
	}
}

/* One more slab for the cache; false: no memory. Called without locks, sleeps if @gfp lets it. */
static bool cache_grow(struct kmem_cache *cache, gfp_t gfp)
{
	unsigned long flags;
	struct page *slab;
	void *freelist;

	gfp &= ~(GFP_ZONEMASK | __GFP_ZERO);
	slab = alloc_pages(gfp | cache->gfp, cache->order);
	if (!slab)
		return false;
	freelist = new_freelist(cache, slab, gfp);
	if (!freelist) {
		__free_pages(slab, cache->order);
		return false;
	}

	spin_lock_irqsave(&cache->lock, flags);
	slab->slab_mem = (char *)lowmem_page_address(slab) + next_colour(cache);
	spin_unlock_irqrestore(&cache->lock, flags);
	slab->slab_freelist = freelist;
	slab->slab_inuse = 0;
	slab_mark_pages(cache, slab);
	slab_init_objects(cache, slab);

	spin_lock_irqsave(&cache->lock, flags);
	list_add_tail(&slab->lru, &cache->free);
	cache->nr_slabs++;
	cache->nr_free_slabs++;
	spin_unlock_irqrestore(&cache->lock, flags);
	return true;
}

/* Give the slabs of the list, which no cache list holds any more, back. Without locks. */
static unsigned long slabs_destroy(struct kmem_cache *cache, struct list_head *slabs)
{
	unsigned long pages = 0;

	while (!list_empty(slabs)) {
		struct page *slab = list_first_entry(slabs, struct page, lru);
		void *freelist = slab->slab_freelist;

		list_del(&slab->lru);
		if (cache->flags & SLAB_DEBUG)
			for (unsigned int i = 0; i < cache->num; i++)
				slab_debug_check_free_object(cache, slab_object(cache, slab, i));
		slab_unmark_pages(cache, slab);
		__free_pages(slab, cache->order);
		if ((cache->flags & SLAB_OFF_SLAB) && cache->num > 1)
			kmem_cache_free(slab_index_cache, freelist);
		pages += BIT(cache->order);
	}
	return pages;
}

/*
 * Putting objects back into slabs.
 */

/* The slab that @obj is an object of, or NULL after a report. */
struct page *slab_of_object(struct kmem_cache *cache, void *obj, unsigned long caller)
{
	struct page *page = slab_page_of(obj);
	unsigned int index;

	if (page && page->slab_cache != cache) {
		slab_report(SLAB_WRONG_CACHE, cache, obj, 0, caller);
		return NULL;
	}
	if (page) {
		page = slab_head(cache, page);
		index = slab_index(cache, page, obj);
		if (index < cache->num && slab_object(cache, page, index) == obj)
			return page;
	}
	slab_report(SLAB_BAD_POINTER, cache, obj, 0, caller);
	return NULL;
}

/*
 * Put @n objects back into their slabs, under cache->lock. Slabs that are empty
 * then and not wanted go to @surplus, for slabs_destroy(). What is no object of
 * this cache is reported and forgotten.
 */
static void put_objects(struct kmem_cache *cache, void **from, unsigned int n,
			struct list_head *surplus, unsigned long caller)
{
	for (unsigned int i = 0; i < n; i++) {
		struct page *slab = slab_of_object(cache, from[i], caller);

		if (!slab)
			continue;
		if (!slab->slab_inuse) {
			slab_report(SLAB_DOUBLE_FREE, cache, from[i], 0, caller);
			continue;
		}
		slab_set_free(cache, slab, --slab->slab_inuse, slab_index(cache, slab, from[i]));
		cache->nr_taken--;
		if (slab->slab_inuse) {
			list_move_tail(&slab->lru, &cache->partial);
		} else if (cache->nr_free_slabs < cache->free_slabs_limit) {
			list_move(&slab->lru, &cache->free);
			cache->nr_free_slabs++;
		} else {
			list_move(&slab->lru, surplus);
			cache->nr_slabs--;
		}
	}
}

/* Put the @n coldest objects of the magazine back. Interrupts off, under cache->lock. */
static void flush(struct kmem_cache *cache, struct array_cache *ac, unsigned int n,
		  struct list_head *surplus)
{
	if (!n)
		return;
	put_objects(cache, ac->entry, n, surplus, 0);
	ac->top -= n;
	memmove(ac->entry, ac->entry + n, magazine_avail(ac) * sizeof(ac->entry[0]));
}

/* kfree() and kmem_cache_free() with the magazine full, or without one. */
void cache_free_slow(struct kmem_cache *cache, void *obj, unsigned long caller)
{
	LIST_HEAD(surplus);
	unsigned long flags;
	struct array_cache *ac;

	if ((cache->flags & SLAB_DEBUG) && !slab_debug_free(cache, obj, caller))
		return;
	spin_lock_irqsave(&cache->lock, flags);
	ac = &cache->array[cpu_id()];
	if (ac->end == ac->entry) {
		put_objects(cache, &obj, 1, &surplus, caller);
	} else if (slab_of_object(cache, obj, caller)) {
		if (ac->top == ac->end)
			flush(cache, ac, ac->batch, &surplus);
		*ac->top++ = obj;
	}
	spin_unlock_irqrestore(&cache->lock, flags);
	slabs_destroy(cache, &surplus);
}

/* kmalloc() and kmem_cache_alloc() with the magazine empty, or without one. */
void *cache_alloc_slow(struct kmem_cache *cache, gfp_t gfp, unsigned long caller)
{
	void *obj;

	if (unlikely(slab_slow) && should_failslab(cache->object_size, gfp))
		return NULL;
	do
		obj = refill(cache);
	while (!obj && cache_grow(cache, gfp));
	if (obj && (cache->flags & SLAB_DEBUG))
		slab_debug_alloc(cache, obj, caller);
	return obj;
}

/* What cache_alloc() does, as far as it is quick; NULL: the magazine is empty. */
static void *magazine_pop(struct kmem_cache *cache)
{
	unsigned long flags = local_irq_save();
	struct array_cache *ac = &cache->array[cpu_id()];
	void *obj = ac->top != ac->entry ? *--ac->top : NULL;

	local_irq_restore(flags);
	return obj;
}

/* An allocation from the magazine or past it, with the object cleared if that is asked for. */
void *cache_alloc_any(struct kmem_cache *cache, gfp_t gfp, unsigned long caller)
{
	void *obj;

	might_sleep_if(gfp & __GFP_WAIT);
	obj = magazine_pop(cache);
	if (!obj)
		obj = cache_alloc_slow(cache, gfp, caller);
	if (obj && (gfp & __GFP_ZERO))
		memset(obj, 0, cache->object_size);
	return obj;
}

__noinline void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	if (unlikely(gfp & __GFP_ZERO))
		return cache_alloc_any(cache, gfp, RETURN_ADDRESS);
	return cache_alloc(cache, gfp);
}

__noinline void kmem_cache_free(struct kmem_cache *cache, void *obj)
{
	if (likely(obj))
		cache_free(cache, obj);
}

/*
 * Giving memory back.
 */

void cache_use_magazine(struct kmem_cache *cache, bool use)
{
	LIST_HEAD(surplus);
	unsigned long flags;
	struct array_cache *ac;

	spin_lock_irqsave(&cache->lock, flags);
	ac = &cache->array[cpu_id()];
	if (!use)
		flush(cache, ac, magazine_avail(ac), &surplus);
	ac->end = ac->entry + (use ? ac->size : 0);
	spin_unlock_irqrestore(&cache->lock, flags);
	slabs_destroy(cache, &surplus);
}

unsigned long kmem_cache_shrink(struct kmem_cache *cache)
{
	LIST_HEAD(surplus);
	unsigned long flags;
	struct array_cache *ac;

	spin_lock_irqsave(&cache->lock, flags);
	ac = &cache->array[cpu_id()];
	flush(cache, ac, magazine_avail(ac), &surplus);
	list_splice_init(&cache->free, &surplus);
	cache->nr_slabs -= cache->nr_free_slabs;
	cache->nr_free_slabs = 0;
	spin_unlock_irqrestore(&cache->lock, flags);
	return slabs_destroy(cache, &surplus);
}

/*
 * The caches of the allocator itself are the oldest and come last, when the
 * others have given back what they had of them.
 */
unsigned long kmem_cache_reap(void)
{
	unsigned long flags, pages = 0;
	struct kmem_cache *cache;

	spin_lock_irqsave(&cache_chain_lock, flags);
	list_for_each_entry (cache, &cache_chain, list)
		pages += kmem_cache_shrink(cache);
	spin_unlock_irqrestore(&cache_chain_lock, flags);
	return pages;
}

void slab_set_slow(bool slow)
{
	struct kmem_cache *cache;
	unsigned long flags;

	spin_lock_irqsave(&cache_chain_lock, flags);
	slab_slow = slow;
	list_for_each_entry (cache, &cache_chain, list)
		cache_use_magazine(cache, !slow);
	spin_unlock_irqrestore(&cache_chain_lock, flags);
}
