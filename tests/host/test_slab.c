/*
 * mm/slab*.c and mm/kmalloc.c against a naive model, on a machine of 32 MiB: a mapping
 * at PAGE_OFFSET with a mem_map, and the buddy system handing out its pages.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/host/host.h"

#include "kernel/cpu/irqflags.h"
#include "mm/buddy.h"
#include "mm/fault_inject.h"
#include "mm/page_alloc.h"
#include "mm/shrinker.h"
#include "mm/slab.h"

#define NR_FRAMES 8192u

static struct page frames[NR_FRAMES];
struct page *mem_map = frames;
unsigned long max_pfn = NR_FRAMES;
unsigned long max_low_pfn = NR_FRAMES;

static struct buddy buddy;
static int fail_after = -1; /* so many page allocations succeed; -1: all */
static int slab_fail_after = -1;

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	struct page *page;

	check(!irqs_disabled() || !(gfp & __GFP_WAIT));
	if (!fail_after)
		return NULL;
	if (fail_after > 0)
		fail_after--;
	page = buddy_alloc(&buddy, order);
	if (page)
		atomic_set(&page->_count, 1);
	if (page && order) {
		SetPageHead(page);
		page[1].index = order;
	}
	return page;
}

void __free_pages(struct page *page, unsigned int order)
{
	check(atomic_dec_and_test(&page->_count));
	check_eq(PageHead(page), order != 0);
	check(!order || page[1].index == order);
	for (unsigned int i = 0; i < 1u << order; i++) {
		check(!PageSlab(page + i));
		check(!page[i].mapping);
		check_eq(atomic_read(&page[i]._mapcount), 0);
	}
	page->flags = 0;
	page[order ? 1 : 0].index = 0;
	buddy_free(&buddy, page, order);
}

bool should_failslab(size_t size __unused, gfp_t gfp __unused)
{
	return slab_fail_after >= 0 && slab_fail_after-- == 0;
}

void register_shrinker(struct shrinker *shrinker __unused)
{
}

static void machine_start(void)
{
	void *want = (void *)PAGE_OFFSET;
	void *got = mmap(want, NR_FRAMES * PAGE_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	check(got == want);
	buddy_init(&buddy, mem_map, 0, NR_FRAMES);
	buddy_free_range(&buddy, 256, NR_FRAMES);
	kmem_cache_init();
}

static unsigned long free_after_reap(void)
{
	kmem_cache_reap();
	check(!irqs_disabled());
	return buddy.free_pages;
}

/*
 * The model: every live object with its size and a byte that fills it. Objects that
 * overlapped would overwrite each other's bytes.
 */
#define MAX_LIVE 3000

struct live {
	u8 *obj;
	size_t size;
	struct kmem_cache *cache; /* NULL: from kmalloc */
	u8 fill;
};

static struct live live[MAX_LIVE];
static unsigned int nr_live;

static void live_add(void *obj, size_t size, struct kmem_cache *cache, u8 fill)
{
	check(obj != NULL);
	memset(obj, fill, size);
	live[nr_live++] = (struct live){obj, size, cache, fill};
}

static void live_free(unsigned int i)
{
	struct live *l = &live[i];

	for (size_t n = 0; n < l->size; n++)
		if (l->obj[n] != l->fill)
			host_fail(__FILE__, __LINE__, "object of %zu bytes damaged at %zu", l->size,
				  n);
	if (l->cache)
		kmem_cache_free(l->cache, l->obj);
	else
		kfree(l->obj);
	*l = live[--nr_live];
}

static size_t random_size(struct prng *rng)
{
	u32 limit = 1u << (1 + prng_below(rng, 15));

	return 1 + prng_below(rng, limit);
}

HOST_TEST(kmalloc_model, "kmalloc of any size gives memory that nobody else has")
{
	unsigned long before;
	struct prng rng;

	machine_start();
	before = free_after_reap();
	host_seed(&rng);
	for (int i = 0; i < 60000; i++) {
		size_t size = random_size(&rng);
		void *obj;

		if (nr_live && (nr_live == MAX_LIVE || prng_below(&rng, 100) < 48)) {
			live_free(prng_below(&rng, nr_live));
			continue;
		}
		obj = kmalloc(size, prng_below(&rng, 8) ? GFP_KERNEL : GFP_KERNEL | __GFP_DMA);
		if (!obj)
			continue; /* the machine is full */
		check(IS_ALIGNED((unsigned long)obj, 32));
		check(ksize(obj) >= size);
		live_add(obj, ksize(obj), NULL, (u8)i);
		if (!prng_below(&rng, 5000))
			kmem_cache_reap();
		if (!prng_below(&rng, 2000))
			slab_set_slow(prng_below(&rng, 2));
	}
	slab_set_slow(false);
	while (nr_live)
		live_free(nr_live - 1);
	check_eq(free_after_reap(), before);
	check_eq(slab_report_count(), 0);
}

/* Caches of all kinds of shape. */
static const struct shape {
	size_t size, align;
	unsigned int flags;
} shapes[] = {
	{1, 0, 0},
	{8, 0, 0},
	{12, 4, 0},
	{20, 16, 0},
	{24, 0, SLAB_HWCACHE_ALIGN},
	{60, 0, SLAB_HWCACHE_ALIGN},
	{100, 64, SLAB_CACHE_DMA},
	{511, 0, 0},
	{512, 0, 0},
	{700, 0, 0},
	{1365, 0, 0},
	{3000, 0, 0},
	{4096, 4096, 0},
	{5000, 0, 0},
	{9000, 128, 0},
	{24, 0, SLAB_DEBUG},
	{61, 32, SLAB_DEBUG},
	{500, 0, SLAB_RED_ZONE},
	{512, 0, SLAB_POISON},
	{1000, 0, SLAB_STORE_USER},
	{4096, 0, SLAB_DEBUG},
};

static void check_geometry(const struct shape *shape, struct kmem_cache *cache)
{
	struct slabinfo info;
	size_t used;

	kmem_cache_info(cache, &info);
	used = (size_t)info.size * info.obj_per_slab;
	check_eq(info.object_size, shape->size);
	check(info.size >= shape->size);
	check(info.obj_per_slab >= 1);
	check(used <= PAGE_SIZE << info.order);
	check(info.align >= shape->align);
	check(used + (info.colours - 1) * 32 <= PAGE_SIZE << info.order);
}

HOST_TEST(cache_model, "objects of many caches at once keep apart, aligned and counted")
{
	struct kmem_cache *caches[ARRAY_SIZE(shapes)];
	unsigned long counts[ARRAY_SIZE(shapes)] = {0};
	unsigned long before, active;
	struct prng rng;

	machine_start();
	before = free_after_reap();
	active = kmem_cache_total_active();
	host_seed(&rng);
	for (unsigned int i = 0; i < ARRAY_SIZE(shapes); i++) {
		caches[i] = kmem_cache_create("test", shapes[i].size, shapes[i].align,
					      shapes[i].flags, NULL);
		check_geometry(&shapes[i], caches[i]);
	}
	for (int i = 0; i < 100000; i++) {
		unsigned int c = prng_below(&rng, ARRAY_SIZE(shapes));
		void *obj;

		if (nr_live && (nr_live == MAX_LIVE || prng_below(&rng, 100) < 49)) {
			unsigned int victim = prng_below(&rng, nr_live);

			for (c = 0; caches[c] != live[victim].cache; c++)
				;
			counts[c]--;
			live_free(victim);
			continue;
		}
		obj = kmem_cache_alloc(caches[c], GFP_KERNEL);
		check(!shapes[c].align || IS_ALIGNED((unsigned long)obj, shapes[c].align));
		live_add(obj, shapes[c].size, caches[c], (u8)i);
		counts[c]++;
		if (!prng_below(&rng, 1000))
			kmem_cache_shrink(caches[c]);
		if (!prng_below(&rng, 1000)) {
			struct slabinfo info;

			kmem_cache_info(caches[c], &info);
			check_eq(info.active_objs, counts[c]);
		}
	}
	while (nr_live)
		live_free(nr_live - 1);
	for (unsigned int i = 0; i < ARRAY_SIZE(shapes); i++)
		check_eq(kmem_cache_destroy(caches[i]), 0);
	check_eq(slab_report_count(), 0);
	check_eq(kmem_cache_total_active(), active);
	check_eq(free_after_reap(), before);
}

#define CTOR_MAGIC 0x600dc0deu
static unsigned int constructed;

static void ctor(void *obj)
{
	*(u32 *)obj = CTOR_MAGIC;
	constructed++;
}

HOST_TEST(constructor, "an object comes constructed, once per slab and not once per use")
{
	struct kmem_cache *cache;
	struct slabinfo info;
	void *obj[200];

	machine_start();
	cache = kmem_cache_create("ctor", 40, 0, 0, ctor);
	for (int round = 0; round < 10; round++) {
		for (int i = 0; i < 200; i++) {
			obj[i] = kmem_cache_alloc(cache, GFP_KERNEL);
			check_eq(*(u32 *)obj[i], CTOR_MAGIC);
		}
		for (int i = 0; i < 200; i++)
			kmem_cache_free(cache, obj[i]);
	}
	kmem_cache_info(cache, &info);
	check_eq(constructed, info.num_objs);
	check_eq(kmem_cache_destroy(cache), 0);
}

HOST_TEST(colours, "successive slabs begin at different offsets")
{
	struct kmem_cache *cache;
	struct slabinfo info;
	unsigned int seen = 0, distinct = 0;

	machine_start();
	cache = kmem_cache_create("colour", 1300, 0, SLAB_HWCACHE_ALIGN, NULL);
	kmem_cache_info(cache, &info);
	check(info.colours > 1);
	for (unsigned int i = 0; i < 40 * info.obj_per_slab; i++) {
		unsigned long at = (unsigned long)kmem_cache_alloc(cache, GFP_KERNEL);
		unsigned int colour = at % PAGE_SIZE % info.size / 32;

		if (colour < 32 && !(seen & 1u << colour)) {
			seen |= 1u << colour;
			distinct++;
		}
	}
	check(distinct >= info.colours);
}

/* Takes objects until there are none, gives them back, and returns how many there were. */
static unsigned int exhaust(size_t size)
{
	unsigned int n = 0;
	void **chain = NULL, **obj;

	while ((obj = kmalloc(size, GFP_KERNEL))) {
		*obj = chain;
		chain = obj;
		n++;
	}
	while (chain) {
		obj = *chain;
		kfree(chain);
		chain = obj;
	}
	return n;
}

HOST_TEST(out_of_memory, "growing may fail at either allocation; nothing is lost")
{
	static const size_t sizes[] = {24, 512, 700, 4096, 40000, 131072};
	unsigned long before;

	machine_start();
	before = free_after_reap();
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		slab_set_slow(true);
		for (int n = 0;; n++) {
			void *obj;

			slab_fail_after = n;
			obj = kmalloc(sizes[i], GFP_KERNEL);
			slab_fail_after = -1;
			if (obj) {
				kfree(obj);
				check(n >= 1);
				break;
			}
			check_eq(free_after_reap(), before);
		}
		slab_set_slow(false);
		kmem_cache_reap();
		fail_after = 0;
		check(exhaust(sizes[i]) < 128);
		fail_after = -1;
		check_eq(free_after_reap(), before);
	}
}

/* Reports: the kind, the object and the place are right, and life goes on afterwards. */
static void check_report(enum slab_report_kind kind, const void *obj, long offset)
{
	check_eq(slab_last_report()->kind, kind);
	check(slab_last_report()->object == obj);
	check_eq(slab_last_report()->offset, offset);
}

HOST_TEST(reports, "each misuse is reported and leaves the allocator consistent")
{
	struct kmem_cache *cache, *other;
	unsigned long before;
	u8 *obj;

	machine_start();
	before = free_after_reap();
	cache = kmem_cache_create("victim", 61, 0, SLAB_DEBUG, NULL);
	other = kmem_cache_create("other", 61, 0, SLAB_DEBUG, NULL);

	obj = kmem_cache_alloc(cache, GFP_KERNEL);
	check_eq(obj[0], 0x5a);
	obj[61] = 1;
	kmem_cache_free(cache, obj);
	check_eq(slab_report_count(), 1);
	check_report(SLAB_OVERRUN, obj, 61);

	obj = kmem_cache_alloc(cache, GFP_KERNEL);
	obj[-1] = 1;
	kmem_cache_free(cache, obj);
	check_eq(slab_report_count(), 2);
	check_report(SLAB_UNDERRUN, obj, -1);

	obj[60] = 7;
	check(kmem_cache_alloc(cache, GFP_KERNEL) == obj);
	check_eq(slab_report_count(), 3);
	check_report(SLAB_USE_AFTER_FREE, obj, 60);

	kmem_cache_free(cache, obj);
	kmem_cache_free(cache, obj);
	check_eq(slab_report_count(), 4);
	check_report(SLAB_DOUBLE_FREE, obj, 0);
	check(slab_last_report()->alloc_by && slab_last_report()->free_by);

	obj = kmem_cache_alloc(cache, GFP_KERNEL);
	kmem_cache_free(other, obj);
	check_eq(slab_report_count(), 5);
	check_report(SLAB_WRONG_CACHE, obj, 0);
	kmem_cache_free(cache, obj + 4);
	check_eq(slab_report_count(), 6);
	check_report(SLAB_BAD_POINTER, obj + 4, 0);
	check_eq(kmem_cache_destroy(cache), -EBUSY);
	check_eq(slab_report_count(), 7);
	check_eq(slab_last_report()->kind, SLAB_LEAK);

	kmem_cache_free(cache, obj);
	obj[3] = 3;
	kmem_cache_shrink(cache);
	check_eq(slab_report_count(), 8);
	check_report(SLAB_USE_AFTER_FREE, obj, 3);

	kfree((void *)0x1234);
	check_eq(slab_report_count(), 9);
	check_report(SLAB_BAD_POINTER, (void *)0x1234, 0);
	kfree(NULL);
	check_eq(slab_report_count(), 9);

	check_eq(kmem_cache_destroy(cache), 0);
	check_eq(kmem_cache_destroy(other), 0);
	check_eq(free_after_reap(), before);
	check_log("victim");
}
