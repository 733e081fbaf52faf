/* Kernel stacks: guards, the cache of free ones, and the end of the region. */
#include "mm/kstack.h"

#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/page_alloc.h"
#include "mm/shrinker.h"
#include "tests/kernel/mm_test.h"

#define CACHED 16 /* free stacks that stay mapped at most */

static void drain(void)
{
	while (shrink_all(GFP_KERNEL))
		;
}

static void test_guards(struct ktest *t)
{
	char *stack = kstack_alloc();

	KT_ASSERT(t, stack != NULL);
	KT_EXPECT(t, (unsigned long)stack >= KSTACK_START);
	KT_EXPECT(t, (unsigned long)stack + KSTACK_SIZE <= KSTACK_END);
	memset(stack, 0x3c, KSTACK_SIZE);
	KT_EXPECT(t, !memchr_inv(stack, 0x3c, KSTACK_SIZE));
	/* Below it the guard; above it the guard of the next, or the end of the region. */
	KT_EXPECT(t, !can_read(stack - 4));
	KT_EXPECT(t, !can_read(stack - PAGE_SIZE));
	KT_EXPECT(t, !can_read(stack + KSTACK_SIZE));
	kstack_free(stack);
	kstack_free(NULL);
}

/* The stack that this runs on is one of them. */
static void test_own_stack(struct ktest *t)
{
	char *stack = current->stack;

	KT_EXPECT(t, (char *)&stack > stack && (char *)&stack < stack + KSTACK_SIZE);
	KT_EXPECT_EQ(t, (int)kstack_describe((unsigned long)&stack), (int)KSTACK_INSIDE);
	KT_EXPECT(t, !can_read(stack - 4));
	KT_EXPECT_GE(t, kstacks_in_use(), 1u);
}

static void test_describe(struct ktest *t)
{
	unsigned long stack = (unsigned long)kstack_alloc();

	KT_ASSERT(t, stack != 0);
	KT_EXPECT_EQ(t, (int)kstack_describe(stack), (int)KSTACK_INSIDE);
	KT_EXPECT_EQ(t, (int)kstack_describe(stack + KSTACK_SIZE - 1), (int)KSTACK_INSIDE);
	KT_EXPECT_EQ(t, (int)kstack_describe(stack - 1), (int)KSTACK_GUARD);
	KT_EXPECT_EQ(t, (int)kstack_describe(stack - PAGE_SIZE), (int)KSTACK_GUARD);
	KT_EXPECT_EQ(t, (int)kstack_describe(KSTACK_START - 1), (int)KSTACK_NONE);
	KT_EXPECT_EQ(t, (int)kstack_describe(KSTACK_END), (int)KSTACK_NONE);
	KT_EXPECT_EQ(t, (int)kstack_describe((unsigned long)t->suite), (int)KSTACK_NONE);
	kstack_free((void *)stack);
}

/* What is freed is used first; only so many are kept, and none when memory is short. */
static void test_cache(struct ktest *t)
{
	void *stacks[CACHED + 4];
	unsigned int in_use, mapped = 0;
	unsigned long free;

	drain();
	in_use = kstacks_in_use();
	drain_hot_pages();
	free = nr_free_pages();
	for (unsigned int i = 0; i < ARRAY_SIZE(stacks); i++) {
		stacks[i] = kstack_alloc();
		KT_ASSERT(t, stacks[i] != NULL);
	}
	KT_EXPECT_EQ(t, kstacks_in_use(), in_use + ARRAY_SIZE(stacks));
	KT_EXPECT_EQ(t, nr_free_pages(), free - 2 * ARRAY_SIZE(stacks));
	for (unsigned int i = 0; i < ARRAY_SIZE(stacks); i++)
		kstack_free(stacks[i]);
	KT_EXPECT_EQ(t, kstacks_in_use(), in_use);
	KT_EXPECT_EQ(t, nr_free_pages(), free - 2 * CACHED);
	for (unsigned int i = 0; i < ARRAY_SIZE(stacks); i++)
		mapped += can_read(stacks[i]);
	KT_EXPECT_EQ(t, mapped, 0u + CACHED);
	stacks[0] = kstack_alloc();
	KT_EXPECT_EQ(t, stacks[0], stacks[CACHED - 1]);
	kstack_free(stacks[0]);
	drain();
	KT_EXPECT_EQ(t, nr_free_pages(), free);
	KT_EXPECT(t, !can_read(stacks[0]));
}

/* Stacks until there are no more: of memory on a small machine, of places on a large one. */
static void test_exhaustion(struct ktest *t)
{
	const unsigned int places = (KSTACK_END - KSTACK_START) / (KSTACK_SIZE + PAGE_SIZE);
	unsigned int before = kstacks_in_use(), n = 0;
	unsigned long free;
	void *last = NULL, **stack;

	drain();
	drain_hot_pages();
	free = nr_free_pages();
	log_hush();
	/* Each stack's first word leads to the one before it. */
	while ((stack = kstack_alloc())) {
		*stack = last;
		last = stack;
		n++;
	}
	log_unhush();
	KT_EXPECT(t, before + n == places || nr_free_pages() < 1000);
	if (free > 3ul * places)
		KT_EXPECT_EQ(t, before + n, places);
	while (last) {
		stack = last;
		last = *stack;
		kstack_free(stack);
	}
	KT_EXPECT_EQ(t, kstacks_in_use(), before);
}

static const struct ktest_case cases[] = {
	KTEST(test_guards),
	KTEST(test_own_stack),
	KTEST(test_describe),
	KTEST(test_cache),
};
KTEST_SUITE(kstack, KTEST_QUICK, cases);

static const struct ktest_case exhaust_cases[] = {
	KTEST(test_exhaustion),
};
KTEST_SUITE(kstack_exhaust, 0, exhaust_cases);
