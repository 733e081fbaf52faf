/* kernel/lib/math64.h and prng.h against the compiler's own 64-bit arithmetic. */
#include "tests/host/host.h"

#include "kernel/lib/hash.h"
#include "kernel/lib/math64.h"

/* Numbers of every length, with the ends of the range and of each word as likely as others. */
static u64 number(struct prng *rng)
{
	u64 n = (u64)prng_next(rng) << 32 | prng_next(rng);

	n >>= prng_below(rng, 64);
	switch (prng_below(rng, 6)) {
	case 0:
		return ~n;
	case 1:
		return (n & ~0xffffffffull) - 1;
	case 2:
		return n | 0xffffffffu;
	default:
		return n;
	}
}

HOST_TEST(divide, "200,000 random divisions are exact")
{
	struct prng rng;
	unsigned int step;

	host_seed(&rng);
	for (step = 0; step < 200000; step++) {
		u64 n = number(&rng), d = number(&rng), copy = n;
		u32 d32 = (u32)d, rem;

		if (d32) {
			check(div_u64(n, d32) == n / d32);
			check(div_u64_rem(n, d32, &rem) == n / d32 && rem == n % d32);
			check_eq(do_div(copy, d32), n % d32);
			check(copy == n / d32);
		}
		if (d)
			check(div64_u64(n, d) == n / d);
	}
}

HOST_TEST(edges, "division at the edges of the range")
{
	static const u64 edges[] = {1,
				    2,
				    0x7fffffff,
				    0x80000000,
				    0xfffffffe,
				    0xffffffff,
				    0x100000000ull,
				    0x100000001ull,
				    0x1ffffffffull,
				    0x200000000ull,
				    0x7fffffffffffffffull,
				    0x8000000000000000ull,
				    ~0ull - 1,
				    ~0ull};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(edges); i++) {
		for (j = 0; j < ARRAY_SIZE(edges); j++)
			check(div64_u64(edges[i], edges[j]) == edges[i] / edges[j]);
		check_eq(div64_u64(0, edges[i]), 0);
	}
}

HOST_TEST(scale, "mul_u64_u32_div keeps the whole product")
{
	struct prng rng;
	unsigned int step;

	host_seed(&rng);
	for (step = 0; step < 50000; step++) {
		/* Quotient and remainder are chosen first, so that the product is known. */
		u32 d = prng_next(&rng), b = d;
		u64 a = number(&rng);

		check(mul_u64_u32_div(a, b, d) == a);
		a = prng_next(&rng);
		b = prng_next(&rng);
		check(mul_u64_u32_div(a, b, d) == a * b / d);
	}
	check(mul_u64_u32_div(2600000000ull * 86400, 1000000000u, 2600000000u) ==
	      86400ull * 1000000000u);
}

HOST_TEST(spread, "prng_below is even and hash_long spreads page addresses")
{
	unsigned int buckets[64] = {0}, hashed[64] = {0}, i;
	struct prng rng;

	host_seed(&rng);
	for (i = 0; i < 64000; i++) {
		buckets[prng_below(&rng, 64)]++;
		hashed[hash_long(0xc0000000ul + i * 4096ul, 6)]++;
	}
	for (i = 0; i < 64; i++) {
		check(buckets[i] > 800 && buckets[i] < 1200);
		check(hashed[i] > 800 && hashed[i] < 1200);
	}
}
