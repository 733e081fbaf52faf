/*
 * Making, describing and ending object caches.
 *
 * The chicken and the egg: a struct kmem_cache is itself an object of a cache,
 * cache_cache, which is therefore static. Every cache begins with no magazine,
 * which is legal and merely slow, so that nothing has to be allocated to
 * allocate; when kmalloc works, magazines are allocated with it.
 */
#include "kernel/lib/bitops.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/math64.h"
#include "kernel/panic.h"
#include "mm/shrinker.h"
#include "mm/slab_internal.h"

LIST_HEAD(cache_chain);
DEFINE_SPINLOCK(cache_chain_lock);

static struct kmem_cache cache_cache;
static struct kmem_cache index_cache;
struct kmem_cache *slab_index_cache = &index_cache;

static bool magazines_possible; /* kmalloc works */

/*
 * How many objects a magazine holds, by their size: Linux's figures, but for
 * the largest, of which a magazine of 8 would keep a quarter of a small machine.
 */
static const struct {
	unsigned int size, limit;
} magazine_limits[] = {
	{256, 120}, {1024, 54}, {4096, 24}, {16384, 8}, {~0u, 1},
};

static unsigned int magazine_limit(unsigned int size)
{
	unsigned int i = 0;

	while (size > magazine_limits[i].size)
		i++;
	return magazine_limits[i].limit;
}

/*
 * Geometry.
 */

static unsigned int freelist_bytes(unsigned int num)
{
	return num == 1 ? 0 : num * (num <= 256 ? sizeof(u8) : sizeof(u16));
}

/* Objects that fit in a slab of that order, and the bytes left over. */
static unsigned int fit(const struct kmem_cache *cache, unsigned int order, bool off_slab,
			unsigned int *left)
{
	unsigned int bytes = PAGE_SIZE << order;
	unsigned int num = bytes / cache->size;

	if (!off_slab)
		while (num * cache->size + freelist_bytes(num) > bytes)
			num--;
	*left = bytes - num * cache->size - (off_slab ? 0 : freelist_bytes(num));
	return num;
}

/*
 * The smallest order that wastes at most an eighth of the slab, or
 * SLAB_MAX_ORDER, or the first one that holds an object at all: blocks of
 * several pages become rare when memory is fragmented.
 */
static void choose_geometry(struct kmem_cache *cache)
{
	bool off_slab = cache->size >= PAGE_SIZE / 8;
	unsigned int order, left;

	for (order = 0;; order++) {
		cache->num = fit(cache, order, off_slab, &left);
		if (cache->num && (order >= SLAB_MAX_ORDER || left <= (PAGE_SIZE << order) / 8))
			break;
	}
	if (off_slab && left >= freelist_bytes(cache->num)) { /* it costs no object after all */
		off_slab = false;
		left -= freelist_bytes(cache->num);
	}
	if (off_slab)
		cache->flags |= SLAB_OFF_SLAB;
	cache->order = order;
	cache->colour_off = max(cache->align, (unsigned int)L1_CACHE_BYTES);
	cache->colours = left / cache->colour_off + 1;
}

static unsigned int natural_align(size_t size, unsigned int flags)
{
	unsigned int line = L1_CACHE_BYTES;

	if (!(flags & SLAB_HWCACHE_ALIGN))
		return sizeof(void *);
	while (line > sizeof(void *) && size <= line / 2) /* several to a line, none across two */
		line /= 2;
	return line;
}

static void cache_setup(struct kmem_cache *cache, const char *name, size_t size, size_t align,
			unsigned int flags, void (*ctor)(void *))
{
	*cache = (struct kmem_cache){
		.name = name,
		.object_size = size,
		.align = max((unsigned int)align, natural_align(size, flags)),
		.flags = flags,
		.gfp = flags & SLAB_CACHE_DMA ? __GFP_DMA : 0,
		.ctor = ctor,
	};
	spin_lock_init_rank(&cache->lock, "kmem_cache", LOCK_RANK_SLAB);
	INIT_LIST_HEAD(&cache->partial);
	INIT_LIST_HEAD(&cache->full);
	INIT_LIST_HEAD(&cache->free);
	cache->size = ALIGN_UP(cache->object_size, cache->align);
	if (flags & SLAB_DEBUG)
		slab_debug_layout(cache);
	cache->reciprocal = (u32)div_u64((1ull << 32) + cache->size - 1, cache->size);
	choose_geometry(cache);
	cache->free_slabs_limit = DIV_ROUND_UP(magazine_limit(cache->size), cache->num);
}

static void cache_publish(struct kmem_cache *cache)
{
	unsigned long flags;

	spin_lock_irqsave(&cache_chain_lock, flags);
	list_add(&cache->list, &cache_chain);
	if (!slab_slow)
		cache_use_magazine(cache, true);
	spin_unlock_irqrestore(&cache_chain_lock, flags);
}

/* A magazine for each processor; false: no memory. Debugged caches go without. */
static bool cache_add_magazines(struct kmem_cache *cache)
{
	unsigned int limit = magazine_limit(cache->size);

	if (!magazines_possible || (cache->flags & SLAB_DEBUG))
		return true;
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++) {
		struct array_cache *ac = &cache->array[cpu];

		ac->entry = kmalloc(limit * sizeof(ac->entry[0]), GFP_KERNEL);
		if (!ac->entry)
			return false;
		ac->top = ac->entry;
		ac->end = ac->entry;
		ac->size = limit;
		ac->batch = (limit + 1) / 2;
	}
	return true;
}

static void cache_free_magazines(struct kmem_cache *cache)
{
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		kfree(cache->array[cpu].entry);
}

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
				     unsigned int flags, void (*ctor)(void *))
{
	struct kmem_cache *cache;

	if (!name || !size || size > KMALLOC_MAX_SIZE || (align && !is_power_of_2(align)) ||
	    align > PAGE_SIZE)
		goto fail;
	cache = kmem_cache_alloc(&cache_cache, GFP_KERNEL);
	if (!cache)
		goto fail;
	cache_setup(cache, name, size, align, flags | slab_debug_flags, ctor);
	if (!cache_add_magazines(cache))
		goto fail_free;
	cache_publish(cache);
	return cache;

fail_free:
	cache_free_magazines(cache);
	kmem_cache_free(&cache_cache, cache);
fail:
	if (flags & SLAB_PANIC)
		panic("cannot make the object cache %s", name ? name : "(no name)");
	return NULL;
}

int kmem_cache_destroy(struct kmem_cache *cache)
{
	unsigned long flags;

	spin_lock_irqsave(&cache_chain_lock, flags);
	kmem_cache_shrink(cache);
	if (cache->nr_slabs) {
		spin_unlock_irqrestore(&cache_chain_lock, flags);
		slab_report(SLAB_LEAK, cache, NULL, 0, RETURN_ADDRESS);
		return -EBUSY;
	}
	list_del(&cache->list);
	spin_unlock_irqrestore(&cache_chain_lock, flags);
	cache_free_magazines(cache);
	kmem_cache_free(&cache_cache, cache);
	return 0;
}

/*
 * What caches look like.
 */

void kmem_cache_info(struct kmem_cache *cache, struct slabinfo *info)
{
	unsigned long flags;
	struct array_cache *ac;

	spin_lock_irqsave(&cache->lock, flags);
	ac = &cache->array[cpu_id()];
	*info = (struct slabinfo){
		.name = cache->name,
		.object_size = cache->object_size,
		.size = cache->size,
		.align = cache->align,
		.obj_per_slab = cache->num,
		.order = cache->order,
		.limit = (unsigned int)(ac->end - ac->entry),
		.batch = ac->batch,
		.flags = cache->flags & ~SLAB_OFF_SLAB,
		.colours = cache->colours,
		.off_slab = cache->flags & SLAB_OFF_SLAB,
		.active_objs = cache->nr_taken - magazine_avail(ac),
		.cached_objs = magazine_avail(ac),
		.num_objs = cache->nr_slabs * cache->num,
		.num_slabs = cache->nr_slabs,
		.free_slabs = cache->nr_free_slabs,
	};
	spin_unlock_irqrestore(&cache->lock, flags);
}

int kmem_cache_for_each(int (*fn)(struct kmem_cache *cache, void *arg), void *arg)
{
	struct kmem_cache *cache;
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&cache_chain_lock, flags);
	list_for_each_entry (cache, &cache_chain, list) {
		ret = fn(cache, arg);
		if (ret)
			break;
	}
	spin_unlock_irqrestore(&cache_chain_lock, flags);
	return ret;
}

struct kmem_cache *kmem_cache_find(const char *name)
{
	struct kmem_cache *cache, *found = NULL;
	unsigned long flags;

	spin_lock_irqsave(&cache_chain_lock, flags);
	list_for_each_entry (cache, &cache_chain, list) {
		if (!strcmp(cache->name, name)) {
			found = cache;
			break;
		}
	}
	spin_unlock_irqrestore(&cache_chain_lock, flags);
	return found;
}

static int add_active(struct kmem_cache *cache, void *arg)
{
	unsigned long *total = arg;
	struct slabinfo info;

	if (cache != slab_index_cache) {
		kmem_cache_info(cache, &info);
		*total += info.active_objs;
	}
	return 0;
}

unsigned long kmem_cache_total_active(void)
{
	unsigned long total = 0;

	kmem_cache_for_each(add_active, &total);
	return total;
}

static unsigned long shrink_slabs(gfp_t gfp __unused)
{
	return kmem_cache_reap();
}

static struct shrinker slab_shrinker = {.name = "slab", .shrink = shrink_slabs};

void kmem_cache_init(void)
{
	struct kmem_cache *cache;

	cache_setup(&cache_cache, "kmem_cache", sizeof(struct kmem_cache), 0, SLAB_HWCACHE_ALIGN,
		    NULL);
	cache_publish(&cache_cache);
	cache_setup(&index_cache, "slab_index", INDEX_ARRAY_LEN, 0, 0, NULL);
	cache_publish(&index_cache);
	kmalloc_init();

	magazines_possible = true;
	list_for_each_entry (cache, &cache_chain, list) {
		if (!cache_add_magazines(cache))
			panic("no memory for the first object caches");
		cache_use_magazine(cache, true);
	}
	register_shrinker(&slab_shrinker);
}
