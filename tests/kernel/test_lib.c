/*
 * The library as the kernel's compiler made it: what the host tests cannot see,
 * since they compile it for another processor, with other options and against
 * another C library.
 */
#include "kernel/lib/bitmap.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/kstrtox.h"
#include "kernel/lib/list.h"
#include "kernel/lib/math64.h"
#include "kernel/lib/prng.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "tests/kernel/ktest.h"

#define AREA 96

static u8 area[AREA], model[AREA];

static void fill(struct prng *rng)
{
	for (unsigned int i = 0; i < AREA; i++)
		area[i] = model[i] = (u8)prng_next(rng);
}

/* What memmove must do, one byte at a time through a third place. */
static void model_move(unsigned int to, unsigned int from, unsigned int n)
{
	u8 between[AREA];

	for (unsigned int i = 0; i < n; i++)
		between[i] = model[from + i];
	for (unsigned int i = 0; i < n; i++)
		model[to + i] = between[i];
}

static bool same(void)
{
	for (unsigned int i = 0; i < AREA; i++) {
		if (area[i] != model[i])
			return false;
	}
	return true;
}

/* Lengths known only at run time, so that the functions are called and not inlined. */
static void test_memory(struct ktest *t)
{
	struct prng rng;

	prng_seed(&rng, 7);
	for (unsigned int i = 0; i < 3000; i++) {
		unsigned int n = prng_below(&rng, AREA / 2), from = prng_below(&rng, AREA - n + 1);
		unsigned int to = prng_below(&rng, AREA - n + 1);

		fill(&rng);
		if (from + n <= to || to + n <= from)
			memcpy(area + to, area + from, n);
		else
			memmove(area + to, area + from, n);
		model_move(to, from, n);
		KT_ASSERT(t, same());
		memset(area + from, (int)i, n);
		for (unsigned int k = 0; k < n; k++)
			model[from + k] = (u8)i;
		KT_ASSERT(t, same());
		KT_ASSERT(t, memcmp(area, model, AREA) == 0);
	}
}

/* Copies of a size known to the compiler, which it may expand by itself. */
static void test_known_sizes(struct ktest *t)
{
	struct prng rng;

	prng_seed(&rng, 8);
#define COPY(n)                              \
	do {                                 \
		fill(&rng);                  \
		memcpy(area + 50, area, n);  \
		model_move(50, 0, n);        \
		KT_EXPECT(t, same());        \
		memset(area + 3, 0x5a, n);   \
		for (int i = 0; i < n; i++)  \
			model[3 + i] = 0x5a; \
		KT_EXPECT(t, same());        \
	} while (0)
	COPY(1);
	COPY(2);
	COPY(3);
	COPY(4);
	COPY(7);
	COPY(8);
	COPY(15);
	COPY(16);
	COPY(31);
	COPY(44);
#undef COPY
}

static void test_strings(struct ktest *t)
{
	char buf[8], text[] = "one,two", *rest = text;

	KT_EXPECT_EQ(t, strlcpy(buf, "longer than that", sizeof(buf)), 16u);
	KT_EXPECT_STREQ(t, buf, "longer ");
	KT_EXPECT_EQ(t, strscpy(buf, "longer than that", sizeof(buf)), -E2BIG);
	KT_EXPECT_EQ(t, strscpy(buf, "short", sizeof(buf)), 5);
	KT_EXPECT_STREQ(t, buf, "short");
	KT_EXPECT_STREQ(t, strsep(&rest, ","), "one");
	KT_EXPECT_STREQ(t, strsep(&rest, ","), "two");
	KT_EXPECT(t, strsep(&rest, ",") == NULL);
	KT_EXPECT(t, strstr("needle in hay", "in") != NULL);
	KT_EXPECT_LT(t, strcmp("a", "\xff"), 0);
}

static void test_printf(struct ktest *t)
{
	static const struct {
		const char *want, *fmt;
		unsigned long long value;
	} numbers[] = {
		{"0", "%llu", 0},
		{"18446744073709551615", "%llu", ~0ull},
		{"-1", "%lld", ~0ull},
		{"-9223372036854775808", "%lld", 1ull << 63},
		{"0x00c0de", "%#08llx", 0xc0de},
		{"C0DE    ", "%-8llX", 0xc0de},
		{"    0644", "%#8llo", 0644},
		{"  000042", "%8.6llu", 42},
		{"+7", "%+lld", 7},
	};
	char buf[40];

	for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++) {
		int len = snprintf(buf, sizeof(buf), numbers[i].fmt, numbers[i].value);

		KT_EXPECT_EQ(t, (unsigned int)len, strlen(numbers[i].want));
		KT_EXPECT_STREQ(t, buf, numbers[i].want);
	}
	KT_EXPECT_EQ(t, snprintf(buf, 6, "%s and %s", "this", "that"), 13);
	KT_EXPECT_STREQ(t, buf, "this ");
	KT_EXPECT_EQ(t, scnprintf(buf, 6, "%s and %s", "this", "that"), 5);
}

/* %pS knows the names of the running kernel. */
static void test_symbols(struct ktest *t)
{
	char buf[80], plain[16];

	snprintf(buf, sizeof(buf), "%pS", (void *)((unsigned long)test_symbols + 1));
	snprintf(plain, sizeof(plain), "%p", (void *)((unsigned long)test_symbols + 1));
	if (strcmp(buf, plain) == 0)
		ktest_skip(t, "the kernel has no table of symbols");
	KT_EXPECT(t, strncmp(buf, "test_symbols+0x1/", 17) == 0);
}

static void test_numbers(struct ktest *t)
{
	unsigned long value = 0;
	char *end;

	KT_EXPECT_EQ(t, kstrtoul("0xffffffff", 0, &value), 0);
	KT_EXPECT_EQ(t, value, 0xfffffffful);
	KT_EXPECT_EQ(t, kstrtoul("0x100000000", 0, &value), -ERANGE);
	KT_EXPECT_EQ(t, kstrtoul("12x", 0, &value), -EINVAL);
	KT_EXPECT_EQ(t, memparse("64M,", &end), 64ull << 20);
	KT_EXPECT_EQ(t, *end, ',');
}

/* Quotient times divisor plus remainder gives the dividend back. */
static void test_division(struct ktest *t)
{
	struct prng rng;

	prng_seed(&rng, 9);
	for (unsigned int i = 0; i < 5000; i++) {
		u64 n = ((u64)prng_next(&rng) << 32 | prng_next(&rng)) >> prng_below(&rng, 64);
		u64 d = ((u64)prng_next(&rng) << 32 | prng_next(&rng)) >> prng_below(&rng, 64);
		u32 d32 = prng_next(&rng) >> prng_below(&rng, 32), rem;
		u64 q;

		d32 = d32 ? d32 : 1;
		d = d ? d : 1;
		q = div_u64_rem(n, d32, &rem);
		KT_ASSERT(t, rem < d32 && q * d32 + rem == n);
		q = div64_u64(n, d);
		KT_ASSERT(t, q * d <= n && n - q * d < d);
	}
}

static void test_bits(struct ktest *t)
{
	DECLARE_BITMAP(map, 70) = {0};
	unsigned long bit;

	for (bit = 0; bit < 70; bit++) {
		KT_EXPECT(t, !test_and_set_bit(bit, map));
		KT_EXPECT(t, test_and_set_bit(bit, map));
		KT_EXPECT_EQ(t, find_first_bit(map, 70), bit);
		KT_EXPECT_EQ(t, bitmap_weight(map, 70), 1ul);
		KT_EXPECT(t, test_and_clear_bit(bit, map));
		KT_EXPECT(t, bitmap_empty(map, 70));
	}
	for (bit = 0; bit < 32; bit++) {
		KT_EXPECT_EQ(t, __ffs(1ul << bit), (unsigned int)bit);
		KT_EXPECT_EQ(t, __fls(1ul << bit), (unsigned int)bit);
	}
	bitmap_set(map, 5, 60);
	KT_EXPECT_EQ(t, bitmap_find_next_zero_area(map, 70, 0, 5, 1), 0ul);
	KT_EXPECT_EQ(t, bitmap_find_next_zero_area(map, 70, 1, 5, 1), 65ul);
	KT_EXPECT_EQ(t, bitmap_find_next_zero_area(map, 70, 0, 6, 1), 70ul);
}

#ifdef CONFIG_DEBUG
static void test_list_poison(struct ktest *t)
{
	struct list_head head, entry;

	INIT_LIST_HEAD(&head);
	list_add(&entry, &head);
	list_del(&entry);
	KT_EXPECT(t, entry.next == LIST_POISON1);
	KT_EXPECT(t, entry.prev == LIST_POISON2);
	KT_EXPECT(t, list_empty(&head));
}
#endif

static const struct ktest_case cases[] = {
	KTEST(test_memory),	 KTEST(test_known_sizes), KTEST(test_strings),	KTEST(test_printf),
	KTEST(test_symbols),	 KTEST(test_numbers),	  KTEST(test_division), KTEST(test_bits),
#ifdef CONFIG_DEBUG
	KTEST(test_list_poison),
#endif
};
KTEST_SUITE(lib, KTEST_QUICK, cases);
