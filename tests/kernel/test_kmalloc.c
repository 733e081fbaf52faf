/* kmalloc and its family: every size, both sets, and the edges. */
#include "kernel/lib/errno.h"
#include "kernel/lib/prng.h"
#include "kernel/lib/string.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/ktest.h"

/* Every size class, at its lower end, upper end, and one more; filled to the end. */
static void check_size(struct ktest *t, size_t size, gfp_t gfp)
{
	u8 *obj = kmalloc(size, gfp);
	size_t usable;

	if (!KT_EXPECT(t, obj != NULL)) {
		ktest_log(t, "no memory for %zu bytes", size);
		return;
	}
	usable = ksize(obj);
	KT_EXPECT_GE(t, usable, size);
	KT_EXPECT(t, usable < 2 * size || usable == KMALLOC_MIN_SIZE);
	KT_EXPECT(t, IS_ALIGNED((unsigned long)obj, KMALLOC_MIN_SIZE));
	if (gfp & __GFP_DMA)
		KT_EXPECT_LE(t, virt_to_phys(obj) + usable, 16ul << 20);
	memset(obj, 0xa7, usable);
	kfree(obj);
}

static void test_sizes(struct ktest *t)
{
	for (size_t size = KMALLOC_MIN_SIZE; size <= KMALLOC_MAX_SIZE; size *= 2) {
		check_size(t, size, GFP_KERNEL);
		check_size(t, size - 1, GFP_KERNEL);
		check_size(t, size / 2 + 1, GFP_KERNEL);
	}
	for (size_t size = 1; size <= 5000; size += 7)
		check_size(t, size, GFP_KERNEL);
}

static void test_dma_sizes(struct ktest *t)
{
	for (size_t size = KMALLOC_MIN_SIZE; size <= KMALLOC_MAX_SIZE; size *= 2)
		check_size(t, size, GFP_KERNEL | GFP_DMA);
}

static void test_edges(struct ktest *t)
{
	void *obj = kmalloc(0, GFP_KERNEL);

	KT_EXPECT(t, obj != NULL);
	KT_EXPECT_EQ(t, ksize(obj), (size_t)KMALLOC_MIN_SIZE);
	kfree(obj);
	KT_EXPECT(t, !kmalloc(KMALLOC_MAX_SIZE + 1, GFP_KERNEL));
	KT_EXPECT(t, !kmalloc(~(size_t)0, GFP_KERNEL));
	kfree(NULL);
}

static void test_zeroed(struct ktest *t)
{
	static const size_t sizes[] = {1, 100, 4096, 5000, 70000};

	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++)
		for (int round = 0; round < 2; round++) {
			void *obj = kzalloc(sizes[i], GFP_KERNEL);

			KT_ASSERT(t, obj != NULL);
			KT_EXPECT(t, !memchr_inv(obj, 0, sizes[i]));
			memset(obj, 0xff, sizes[i]);
			kfree(obj);
		}
}

static void test_krealloc(struct ktest *t)
{
	u8 *obj = krealloc(NULL, 30, GFP_KERNEL), *same, *moved;

	KT_ASSERT(t, obj != NULL);
	memset(obj, 0x3c, 32);
	same = krealloc(obj, 32, GFP_KERNEL);
	KT_EXPECT(t, same == obj);
	moved = krealloc(obj, 1000, GFP_KERNEL);
	KT_ASSERT(t, moved != NULL);
	KT_EXPECT_GE(t, ksize(moved), (size_t)1000);
	KT_EXPECT(t, !memchr_inv(moved, 0x3c, 32));
	same = krealloc(moved, 1, GFP_KERNEL);
	KT_EXPECT(t, same == moved);
	KT_EXPECT(t, !krealloc(moved, KMALLOC_MAX_SIZE + 1, GFP_KERNEL)); /* and `moved` lives */
	KT_EXPECT(t, !memchr_inv(moved, 0x3c, 32));
	kfree(moved);
}

#define MANY 400
static void *objects[MANY];
static size_t sizes[MANY];

static void test_random(struct ktest *t)
{
	struct prng rng;

	ktest_log(t, "seed 2");
	prng_seed(&rng, 2);
	for (unsigned int i = 0; i < 8000; i++) {
		unsigned int n = prng_below(&rng, MANY);

		if (objects[n]) {
			KT_EXPECT(t, !memchr_inv(objects[n], (u8)n, sizes[n]));
			kfree(objects[n]);
			objects[n] = NULL;
			continue;
		}
		sizes[n] = 1 + prng_below(&rng, 1u << prng_below(&rng, 13));
		objects[n] = kmalloc(sizes[n], GFP_KERNEL);
		KT_ASSERT(t, objects[n] != NULL);
		memset(objects[n], (u8)n, sizes[n]);
	}
	for (unsigned int n = 0; n < MANY; n++) {
		kfree(objects[n]);
		objects[n] = NULL;
	}
}

static int alloc_and_free(void *ctx)
{
	void *obj = kmalloc(*(size_t *)ctx, GFP_KERNEL | __GFP_NOWARN);

	kfree(obj);
	return obj ? 0 : -ENOMEM;
}

static int grow(void *ctx __unused)
{
	void *obj = kmalloc(100, GFP_KERNEL | __GFP_NOWARN), *larger;

	if (!obj)
		return -ENOMEM;
	larger = krealloc(obj, 3000, GFP_KERNEL | __GFP_NOWARN);
	kfree(larger ? larger : obj);
	return larger ? 0 : -ENOMEM;
}

static void test_allocation_failures(struct ktest *t)
{
	for (size_t size = KMALLOC_MIN_SIZE; size <= KMALLOC_MAX_SIZE; size *= 2)
		KT_EXPECT_GE(t, fail_each(t, alloc_and_free, &size), 1u);
	KT_EXPECT_GE(t, fail_each(t, grow, NULL), 2u);
}

static const struct ktest_case cases[] = {
	KTEST(test_sizes),
	KTEST(test_dma_sizes),
	KTEST(test_edges),
	KTEST(test_zeroed),
	KTEST(test_krealloc),
	KTEST(test_random),
	KTEST(test_allocation_failures),
};
KTEST_SUITE(kmalloc, KTEST_QUICK, cases);
