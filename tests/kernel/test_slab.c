/* Object caches: geometry, constructors, colouring, reaping, and every report provoked. */
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/prng.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "mm/page_alloc.h"
#include "mm/shrinker.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/ktest.h"

static struct kmem_cache *cache; /* of the case that runs */

static struct kmem_cache *make_cache(struct ktest *t, size_t size, size_t align, unsigned int flags,
				     void (*ctor)(void *))
{
	cache = kmem_cache_create("test", size, align, flags, ctor);
	KT_ASSERT(t, cache != NULL);
	return cache;
}

static void end_cache(struct ktest *t)
{
	KT_EXPECT_EQ(t, kmem_cache_destroy(cache), 0);
}

static void *take(struct ktest *t)
{
	void *obj = kmem_cache_alloc(cache, GFP_KERNEL);

	KT_ASSERT(t, obj != NULL);
	return obj;
}

static struct slabinfo look(void)
{
	struct slabinfo info;

	kmem_cache_info(cache, &info);
	return info;
}

/* Is the cache a debugged one, though its test did not ask for that (option slab_debug)? */
static bool debugged(void)
{
	return look().flags & SLAB_DEBUG;
}

static void test_bad_arguments(struct ktest *t)
{
	KT_EXPECT(t, !kmem_cache_create(NULL, 8, 0, 0, NULL));
	KT_EXPECT(t, !kmem_cache_create("test", 0, 0, 0, NULL));
	KT_EXPECT(t, !kmem_cache_create("test", KMALLOC_MAX_SIZE + 1, 0, 0, NULL));
	KT_EXPECT(t, !kmem_cache_create("test", 8, 3, 0, NULL));
}

static void test_geometry(struct ktest *t)
{
	static const struct {
		size_t size, align;
	} shapes[] = {{1, 0},	 {4, 4},      {24, 0},	    {61, 32},  {511, 0},    {512, 0},
		      {1000, 0}, {1365, 256}, {4096, 4096}, {5000, 0}, {20000, 32}, {131072, 0}};

	for (unsigned int i = 0; i < ARRAY_SIZE(shapes); i++) {
		unsigned long mask = max(shapes[i].align, sizeof(void *)) - 1;
		struct slabinfo info;
		char *a, *b;

		make_cache(t, shapes[i].size, shapes[i].align, 0, NULL);
		info = look();
		KT_EXPECT_LE(t, info.size * info.obj_per_slab, PAGE_SIZE << info.order);
		KT_EXPECT_GE(t, info.size, info.object_size);
		a = take(t);
		b = take(t);
		KT_EXPECT_EQ(t, ((unsigned long)a | (unsigned long)b) & mask, 0ul);
		KT_EXPECT(t, a + shapes[i].size <= b || b + shapes[i].size <= a);
		memset(a, 0x11, shapes[i].size);
		memset(b, 0x22, shapes[i].size);
		KT_EXPECT(t, !memchr_inv(a, 0x11, shapes[i].size));
		kmem_cache_free(cache, a);
		kmem_cache_free(cache, b);
		end_cache(t);
	}
}

/* Free indexes: with small objects in the slab, with large ones outside, for one object none. */
static void test_management(struct ktest *t)
{
	make_cache(t, 64, 0, 0, NULL);
	KT_EXPECT(t, !look().off_slab);
	end_cache(t);
	make_cache(t, 600, 0, 0, NULL); /* large, but six leave room for their indexes */
	KT_EXPECT(t, !look().off_slab);
	end_cache(t);
	make_cache(t, 1024, 0, 0, NULL);
	KT_EXPECT(t, look().off_slab || debugged());
	KT_EXPECT(t, look().obj_per_slab == 4 || debugged());
	end_cache(t);
}

static void test_magazine(struct ktest *t)
{
	void *a, *b;

	make_cache(t, 64, 0, 0, NULL);
	a = take(t);
	b = take(t);
	KT_EXPECT_EQ(t, look().active_objs, 2ul);
	kmem_cache_free(cache, a);
	kmem_cache_free(cache, b);
	KT_EXPECT_EQ(t, look().active_objs, 0ul);
	KT_EXPECT(t, look().cached_objs >= 2 || debugged());
	KT_EXPECT(t, take(t) == b); /* the warm one first */
	KT_EXPECT(t, take(t) == a);
	kmem_cache_free(cache, a);
	kmem_cache_free(cache, b);
	slab_set_slow(true);
	KT_EXPECT_EQ(t, look().limit, 0u);
	KT_EXPECT_EQ(t, look().cached_objs, 0ul);
	slab_set_slow(false);
	KT_EXPECT(t, look().limit > 0 || debugged());
	end_cache(t);
}

#define MANY 500
static void *objects[MANY];

static void take_many(struct ktest *t, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		objects[i] = take(t);
}

static void free_many(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		kmem_cache_free(cache, objects[i]);
}

static void test_reaping(struct ktest *t)
{
	struct mm_account before;
	struct slabinfo info;

	mm_account(&before);
	make_cache(t, 256, 0, 0, NULL);
	take_many(t, MANY);
	info = look();
	KT_EXPECT_EQ(t, info.active_objs, (unsigned long)MANY);
	KT_EXPECT_GE(t, info.num_objs, (unsigned long)MANY);
	KT_EXPECT_EQ(t, info.num_objs, info.num_slabs * info.obj_per_slab);
	free_many(MANY);
	info = look();
	KT_EXPECT_EQ(t, info.active_objs, 0ul);
	/* Some empty slabs are kept, not all of them. */
	KT_EXPECT_LE(t, info.num_slabs, (MANY / 2) / info.obj_per_slab + 2ul);
	KT_EXPECT_EQ(t, kmem_cache_shrink(cache), info.num_slabs << info.order);
	KT_EXPECT_EQ(t, look().num_slabs, 0ul);
	KT_EXPECT_EQ(t, kmem_cache_shrink(cache), 0ul);
	/* The same when the page allocator is short of memory. */
	take_many(t, MANY);
	free_many(MANY);
	KT_EXPECT_GE(t, shrink_all(GFP_KERNEL), look().num_slabs);
	KT_EXPECT_EQ(t, look().num_slabs, 0ul);
	end_cache(t);
	mm_account_same(t, &before);
}

#define CONSTRUCTED 0x600dc0deu
static unsigned int ctor_calls;

static void ctor(void *obj)
{
	*(u32 *)obj = CONSTRUCTED;
	ctor_calls++;
}

static void check_constructed(struct ktest *t, unsigned int flags)
{
	ctor_calls = 0;
	make_cache(t, 40, 0, flags, ctor);
	for (int round = 0; round < 4; round++) {
		take_many(t, 200);
		for (unsigned int i = 0; i < 200; i++)
			KT_EXPECT_EQ(t, *(u32 *)objects[i], CONSTRUCTED);
		free_many(200);
	}
}

static void test_constructor(struct ktest *t)
{
	check_constructed(t, 0);
	if (!debugged())
		KT_EXPECT_EQ(t, (unsigned long)ctor_calls, look().num_objs);
	end_cache(t);
	check_constructed(t, SLAB_DEBUG); /* at each use, since poison takes the object's state */
	KT_EXPECT_EQ(t, ctor_calls, 800u);
	end_cache(t);
}

static void test_colours(struct ktest *t)
{
	unsigned long offsets = 0;

	make_cache(t, 1300, 0, SLAB_HWCACHE_ALIGN, NULL);
	KT_EXPECT(t, look().colours > 1);
	take_many(t, 60);
	for (unsigned int i = 0; i < 60; i++)
		offsets |= BIT(((unsigned long)objects[i] % PAGE_SIZE % look().size) / 32 % 32);
	KT_EXPECT(t, !is_power_of_2(offsets)); /* more than one offset was seen */
	free_many(60);
	end_cache(t);
}

static void test_interrupts_off(struct ktest *t)
{
	unsigned long flags;
	void *obj;

	make_cache(t, 128, 0, 0, NULL);
	flags = local_irq_save();
	obj = kmem_cache_alloc(cache, GFP_ATOMIC);
	KT_EXPECT(t, irqs_disabled());
	kmem_cache_free(cache, obj);
	KT_EXPECT(t, irqs_disabled());
	local_irq_restore(flags);
	KT_EXPECT(t, obj != NULL);
	end_cache(t);
}

static void test_zeroed(struct ktest *t)
{
	make_cache(t, 100, 0, 0, NULL);
	for (int round = 0; round < 3; round++) {
		void *obj = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_ZERO);

		KT_ASSERT(t, obj != NULL);
		KT_EXPECT(t, !memchr_inv(obj, 0, 100));
		memset(obj, 0xff, 100);
		kmem_cache_free(cache, obj);
	}
	end_cache(t);
}

/* Objects at random, each filled with a byte of its own. */
static void test_random(struct ktest *t)
{
	static const size_t sizes[] = {12, 61, 200, 513, 1500};
	struct kmem_cache *caches[ARRAY_SIZE(sizes)];
	struct prng rng;

	ktest_log(t, "seed 1");
	prng_seed(&rng, 1);
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++)
		caches[i] = make_cache(t, sizes[i], 0, i % 2 ? SLAB_DEBUG : 0, NULL);
	memset(objects, 0, sizeof(objects));
	for (unsigned int i = 0; i < 10000; i++) {
		unsigned int n = prng_below(&rng, MANY), c = n % ARRAY_SIZE(sizes);

		cache = caches[c];
		if (objects[n]) {
			KT_EXPECT(t, !memchr_inv(objects[n], (u8)n, sizes[c]));
			kmem_cache_free(cache, objects[n]);
			objects[n] = NULL;
		} else {
			objects[n] = take(t);
			memset(objects[n], (u8)n, sizes[c]);
		}
	}
	for (unsigned int n = 0; n < MANY; n++)
		kmem_cache_free(caches[n % ARRAY_SIZE(sizes)], objects[n]);
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++)
		KT_EXPECT_EQ(t, kmem_cache_destroy(caches[i]), 0);
}

/*
 * Reports. They go into the log and not onto the console, where they would look
 * like trouble.
 */
static unsigned int reports;
static int loglevel;

static void expect_reports(void)
{
	loglevel = console_loglevel;
	console_loglevel = 0;
	reports = slab_report_count();
}

/* One more report, of that kind, about that object, at that offset. */
static void expect_report(struct ktest *t, enum slab_report_kind kind, const void *obj, long offset)
{
	const struct slab_report *last = slab_last_report();

	KT_EXPECT_EQ(t, slab_report_count(), ++reports);
	KT_EXPECT_EQ(t, (int)last->kind, (int)kind);
	KT_EXPECT_EQ(t, last->object, obj);
	KT_EXPECT_EQ(t, last->offset, offset);
}

static void no_more_reports(struct ktest *t)
{
	console_loglevel = loglevel;
	KT_EXPECT_EQ(t, slab_report_count(), reports);
}

static bool called_from(unsigned long caller, unsigned long fn)
{
	return caller > fn && caller < fn + 0x400;
}

static __noinline void *debug_alloc(struct ktest *t)
{
	void *obj = kmem_cache_alloc(cache, GFP_KERNEL);

	KT_ASSERT(t, obj != NULL);
	return obj;
}

static __noinline void debug_free(void *obj)
{
	kmem_cache_free(cache, obj);
	barrier();
}

/* Both callers are in the report. */
static void expect_callers(struct ktest *t)
{
	const struct slab_report *last = slab_last_report();

	KT_EXPECT(t, called_from(last->alloc_by, (unsigned long)debug_alloc));
	KT_EXPECT(t, called_from(last->free_by, (unsigned long)debug_free));
	KT_EXPECT_STREQ(t, last->cache, "test");
}

static void test_overrun(struct ktest *t)
{
	u8 *obj;

	expect_reports();
	make_cache(t, 61, 0, SLAB_DEBUG, NULL);
	debug_free(debug_alloc(t));
	obj = debug_alloc(t);
	obj[61] = 0;
	debug_free(obj);
	expect_report(t, SLAB_OVERRUN, obj, 61);
	expect_callers(t);
	debug_free(debug_alloc(t));
	end_cache(t);
	no_more_reports(t);
}

static void test_underrun(struct ktest *t)
{
	u8 *obj;

	expect_reports();
	make_cache(t, 64, 0, SLAB_DEBUG, NULL);
	debug_free(debug_alloc(t));
	obj = debug_alloc(t);
	obj[-2] = 0;
	debug_free(obj);
	expect_report(t, SLAB_UNDERRUN, obj, -2);
	expect_callers(t);
	end_cache(t);
	no_more_reports(t);
}

static void test_use_after_free(struct ktest *t)
{
	u8 *obj;

	expect_reports();
	make_cache(t, 64, 0, SLAB_DEBUG, NULL);
	obj = debug_alloc(t);
	KT_EXPECT_EQ(t, obj[63], 0x5a);
	debug_free(obj);
	obj[13] = 0;
	KT_EXPECT(t, debug_alloc(t) == obj); /* found at the next allocation */
	expect_report(t, SLAB_USE_AFTER_FREE, obj, 13);
	expect_callers(t);
	debug_free(obj);
	obj[63] = 0;
	kmem_cache_shrink(cache); /* found when the slab is given back */
	expect_report(t, SLAB_USE_AFTER_FREE, obj, 63);
	KT_EXPECT_EQ(t, slab_last_report()->caller, 0ul);
	end_cache(t);
	no_more_reports(t);
}

static void test_double_free(struct ktest *t)
{
	void *a, *b;

	expect_reports();
	make_cache(t, 64, 0, SLAB_DEBUG, NULL);
	a = debug_alloc(t);
	debug_free(a);
	debug_free(a);
	expect_report(t, SLAB_DOUBLE_FREE, a, 0);
	expect_callers(t);
	KT_EXPECT(t, called_from(slab_last_report()->caller, (unsigned long)debug_free));
	a = debug_alloc(t);
	b = debug_alloc(t);
	KT_EXPECT(t, a != b);
	debug_free(a);
	debug_free(b);
	end_cache(t);
	no_more_reports(t);
}

/* These three are found in every cache. */
static void test_wrong_cache(struct ktest *t)
{
	struct kmem_cache *other;
	void *obj;

	expect_reports();
	other = make_cache(t, 64, 0, 0, NULL);
	make_cache(t, 64, 0, 0, NULL);
	obj = take(t);
	slab_set_slow(true);
	kmem_cache_free(other, obj);
	slab_set_slow(false);
	expect_report(t, SLAB_WRONG_CACHE, obj, 0);
	kmem_cache_free(cache, obj);
	end_cache(t);
	KT_EXPECT_EQ(t, kmem_cache_destroy(other), 0);
	no_more_reports(t);
}

static void test_bad_pointer(struct ktest *t)
{
	static char no_object[8];
	unsigned long page;
	char *obj;

	expect_reports();
	make_cache(t, 64, 0, 0, NULL);
	obj = take(t);
	slab_set_slow(true);
	kmem_cache_free(cache, obj + 8);
	slab_set_slow(false);
	expect_report(t, SLAB_BAD_POINTER, obj + 8, 0);
	kfree(no_object);
	expect_report(t, SLAB_BAD_POINTER, no_object, 0);
	KT_EXPECT(t, !krealloc(no_object, 100, GFP_KERNEL));
	expect_report(t, SLAB_BAD_POINTER, no_object, 0);
	page = get_free_page(GFP_KERNEL);
	kfree((void *)page);
	expect_report(t, SLAB_BAD_POINTER, (void *)page, 0);
	free_page(page);
	kfree((void *)0xff000000ul);
	expect_report(t, SLAB_BAD_POINTER, (void *)0xff000000ul, 0);
	kfree(obj); /* any object, kmalloc's or not */
	end_cache(t);
	no_more_reports(t);
}

static void test_destroy_busy(struct ktest *t)
{
	void *obj;

	expect_reports();
	make_cache(t, 64, 0, 0, NULL);
	obj = take(t);
	KT_EXPECT_EQ(t, kmem_cache_destroy(cache), -EBUSY);
	expect_report(t, SLAB_LEAK, NULL, 0);
	kmem_cache_free(cache, obj);
	end_cache(t);
	no_more_reports(t);
}

static int create_and_use(void *ctx __unused)
{
	struct kmem_cache *c = kmem_cache_create("test", 600, 0, 0, NULL);
	void *obj;

	if (!c)
		return -ENOMEM;
	obj = kmem_cache_alloc(c, GFP_KERNEL | __GFP_NOWARN);
	kmem_cache_free(c, obj);
	kmem_cache_destroy(c);
	return obj ? 0 : -ENOMEM;
}

static void test_allocation_failures(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, create_and_use, NULL), 3u);
}

static const struct ktest_case cases[] = {
	KTEST(test_bad_arguments),  KTEST(test_geometry),	KTEST(test_management),
	KTEST(test_magazine),	    KTEST(test_reaping),	KTEST(test_constructor),
	KTEST(test_colours),	    KTEST(test_interrupts_off), KTEST(test_zeroed),
	KTEST(test_random),	    KTEST(test_overrun),	KTEST(test_underrun),
	KTEST(test_use_after_free), KTEST(test_double_free),	KTEST(test_wrong_cache),
	KTEST(test_bad_pointer),    KTEST(test_destroy_busy),	KTEST(test_allocation_failures),
};
KTEST_SUITE(slab, KTEST_QUICK, cases);
