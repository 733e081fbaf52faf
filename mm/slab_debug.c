/*
 * Finding the misuse of objects: boot option `slab_debug`, or SLAB_DEBUG for
 * one cache.
 *
 * A debugged object has a collar, and is filled with a pattern whenever its
 * contents mean nothing:
 *
 *	| left red zone | object          | right red zone | last alloc | last free |
 *	|  bb bb or     | 5a 5a 5a ...    |  bb bb or      |  caller    |  caller   |
 *	|  cc cc        | 6b 6b ... 6b a5 |  cc cc         |            |           |
 *	^ its place     ^ what the user sees
 *
 * 5a: allocated and not yet written; a pointer read from there is 0x5a5a5a5a.
 * 6b with a5 at the end: free. The red zones are cc around an object in use and
 * bb around a free one.
 *
 *	overrun, underrun   a red zone is not what it was: seen at free and alloc
 *	use after free      a free object is not 6b..a5: seen at its next alloc, or
 *			    when its slab is given back
 *	double free         its index is among the slab's free ones: exact, since a
 *			    debugged cache has no magazine
 *
 * A report goes to the log with the object, its cache, and the callers of its
 * last allocation and last free. Then the object is made right again and life
 * goes on: a report leaves the allocator as consistent as it was.
 *
 * Locks: cache->lock around the look at the free indexes; an object being
 * allocated or freed is its caller's own.
 */
#include "kernel/lib/bitops.h"
#include "kernel/lib/errno.h"
#include "kernel/options.h"
#include "kernel/printk.h"
#include "mm/slab_internal.h"

enum {
	POISON_ALLOC = 0x5a,
	POISON_FREE = 0x6b,
	POISON_END = 0xa5,
	RED_ACTIVE = 0xcc,
	RED_INACTIVE = 0xbb,
};

#define RED_ZONE_BYTES 4u /* at least; more where alignment leaves room */

unsigned int slab_debug_flags;

static struct slab_report last_report;
static unsigned int report_count;

/* The two callers, behind the right red zone. */
struct object_users {
	unsigned long alloc_by;
	unsigned long free_by;
};

static size_t right_red_zone_end(const struct kmem_cache *cache)
{
	size_t end = ALIGN_UP(cache->object_size, sizeof(long));

	return cache->flags & SLAB_RED_ZONE ? end + RED_ZONE_BYTES : end;
}

static struct object_users *object_users(const struct kmem_cache *cache, const void *obj)
{
	if (!(cache->flags & SLAB_STORE_USER))
		return NULL;
	return (struct object_users *)((char *)obj + right_red_zone_end(cache));
}

/* Widen the places of a new cache by what its flags need. */
void slab_debug_layout(struct kmem_cache *cache)
{
	size_t bytes;

	if (cache->flags & SLAB_RED_ZONE)
		cache->obj_offset = max(cache->align, RED_ZONE_BYTES);
	bytes = cache->obj_offset + right_red_zone_end(cache);
	if (cache->flags & SLAB_STORE_USER)
		bytes += sizeof(struct object_users);
	cache->size = ALIGN_UP((unsigned int)bytes, cache->align);
}

static int slab_debug_option(const char *value)
{
	if (value)
		return -EINVAL;
	slab_debug_flags = SLAB_DEBUG;
	return 0;
}
BOOT_OPTION("slab_debug", slab_debug_option);

const struct slab_report *slab_last_report(void)
{
	return &last_report;
}

unsigned int slab_report_count(void)
{
	return report_count;
}

static const char *const report_text[NR_SLAB_REPORTS] = {
	[SLAB_OVERRUN] = "written beyond its end",
	[SLAB_UNDERRUN] = "written before its start",
	[SLAB_USE_AFTER_FREE] = "written after it was freed",
	[SLAB_DOUBLE_FREE] = "freed twice",
	[SLAB_BAD_POINTER] = "freed, but no object begins there",
	[SLAB_WRONG_CACHE] = "freed to a cache that it does not belong to",
	[SLAB_LEAK] = "cache destroyed with objects in use",
};

/*
 * slab_report - put a report on the console and remember it.
 * @kind: what is wrong
 * @cache: NULL when no cache is known
 * @obj: for the kinds found by a debugged cache an object of @cache
 * @offset: of the first wrong byte, from @obj
 * @caller: a return address, or 0
 */
void slab_report(enum slab_report_kind kind, const struct kmem_cache *cache, const void *obj,
		 long offset, unsigned long caller)
{
	bool in_cache = kind <= SLAB_DOUBLE_FREE;
	struct object_users *users = in_cache ? object_users(cache, obj) : NULL;

	last_report = (struct slab_report){
		.kind = kind,
		.cache = cache ? cache->name : NULL,
		.object = obj,
		.offset = offset,
		.caller = caller,
		.alloc_by = users ? users->alloc_by : 0,
		.free_by = users ? users->free_by : 0,
	};
	report_count++;
	pr_err("slab: object %p of cache %s: %s\n", obj, cache ? cache->name : "(none)",
	       report_text[kind]);
	if (in_cache && kind != SLAB_DOUBLE_FREE)
		pr_err("slab:   first wrong byte at offset %ld of %u: %02x\n", offset,
		       cache->object_size, ((const u8 *)obj)[offset]);
	if (users && users->alloc_by)
		pr_err("slab:   last allocated by %pS\n", (void *)users->alloc_by);
	if (users && users->free_by)
		pr_err("slab:   last freed by %pS\n", (void *)users->free_by);
	if (caller)
		pr_err("slab:   found when called by %pS\n", (void *)caller);
}

/*
 * Patterns.
 */

static void fill_red_zones(const struct kmem_cache *cache, void *obj, int byte)
{
	if (!(cache->flags & SLAB_RED_ZONE))
		return;
	memset((char *)obj - cache->obj_offset, byte, cache->obj_offset);
	memset((char *)obj + cache->object_size, byte,
	       right_red_zone_end(cache) - cache->object_size);
}

/* Report the red zone byte closest to the object that was overwritten, if one was. */
static void check_red_zones(const struct kmem_cache *cache, void *obj, int byte,
			    unsigned long caller)
{
	const u8 *start = obj, *left = start - cache->obj_offset, *bad;

	if (!(cache->flags & SLAB_RED_ZONE))
		return;
	bad = memchr_inv(left, byte, cache->obj_offset);
	if (bad)
		slab_report(SLAB_UNDERRUN, cache, obj, bad - start, caller);
	bad = memchr_inv(start + cache->object_size, byte,
			 right_red_zone_end(cache) - cache->object_size);
	if (bad)
		slab_report(SLAB_OVERRUN, cache, obj, bad - start, caller);
}

static void poison_free(const struct kmem_cache *cache, void *obj)
{
	if (!(cache->flags & SLAB_POISON))
		return;
	memset(obj, POISON_FREE, cache->object_size - 1);
	((u8 *)obj)[cache->object_size - 1] = POISON_END;
}

static void check_poison(const struct kmem_cache *cache, void *obj, unsigned long caller)
{
	size_t end = cache->object_size - 1;
	const u8 *start = obj, *bad;

	if (!(cache->flags & SLAB_POISON))
		return;
	bad = memchr_inv(start, POISON_FREE, end);
	if (!bad && start[end] != POISON_END)
		bad = start + end;
	if (bad)
		slab_report(SLAB_USE_AFTER_FREE, cache, obj, bad - start, caller);
}

/*
 * Hooks of slab.c.
 */

/* An object of a new slab: free, never used. */
void slab_debug_new_object(struct kmem_cache *cache, void *obj)
{
	struct object_users *users = object_users(cache, obj);

	if (users)
		*users = (struct object_users){0};
	fill_red_zones(cache, obj, RED_INACTIVE);
	if (cache->ctor && !(cache->flags & SLAB_POISON))
		cache->ctor(obj);
	poison_free(cache, obj);
}

/* A free object is about to be used or given back: is it as it was left? */
static void check_free_object(struct kmem_cache *cache, void *obj, unsigned long caller)
{
	check_poison(cache, obj, caller);
	check_red_zones(cache, obj, RED_INACTIVE, caller);
}

void slab_debug_check_free_object(struct kmem_cache *cache, void *obj)
{
	check_free_object(cache, obj, 0);
}

/* An object leaves for its user. A constructor runs again, since poison took its work. */
void slab_debug_alloc(struct kmem_cache *cache, void *obj, unsigned long caller)
{
	struct object_users *users = object_users(cache, obj);

	check_free_object(cache, obj, caller);
	fill_red_zones(cache, obj, RED_ACTIVE);
	if (cache->flags & SLAB_POISON) {
		memset(obj, POISON_ALLOC, cache->object_size);
		if (cache->ctor)
			cache->ctor(obj);
	}
	if (users)
		users->alloc_by = caller;
}

/* Is the object among the free ones of its slab? */
static bool object_is_free(struct kmem_cache *cache, const struct page *slab, const void *obj)
{
	unsigned int index = slab_index(cache, slab, obj);
	unsigned long flags;
	bool found = false;

	spin_lock_irqsave(&cache->lock, flags);
	for (unsigned int i = slab->slab_inuse; i < cache->num && !found; i++)
		found = slab_get_free(cache, slab, i) == index;
	spin_unlock_irqrestore(&cache->lock, flags);
	return found;
}

/* An object comes back. False: it was none, or was free already; nothing is to be done. */
bool slab_debug_free(struct kmem_cache *cache, void *obj, unsigned long caller)
{
	struct page *slab = slab_of_object(cache, obj, caller);
	struct object_users *users;

	if (!slab)
		return false;
	if (object_is_free(cache, slab, obj)) {
		slab_report(SLAB_DOUBLE_FREE, cache, obj, 0, caller);
		return false;
	}
	check_red_zones(cache, obj, RED_ACTIVE, caller);
	fill_red_zones(cache, obj, RED_INACTIVE);
	poison_free(cache, obj);
	users = object_users(cache, obj);
	if (users)
		users->free_by = caller;
	return true;
}
