/*
 * 64-bit division on a 32-bit machine.
 *
 * C's own / and % on 64 bits call libgcc; these spell out the one or two divl
 * that are needed (Intel SDM vol. 2, DIV: 64 by 32 bits, #DE if the quotient
 * does not fit, which splitting the dividend rules out).
 */
#ifndef FOLIO_LIB_MATH64_H
#define FOLIO_LIB_MATH64_H

#include "kernel/lib/bitops.h"

/* @n / @d, the remainder in *@rem; @d is not 0. */
static inline u64 div_u64_rem(u64 n, u32 d, u32 *rem)
{
	u32 high = (u32)(n >> 32), low = (u32)n, qhigh = 0, r = high;

	if (high >= d) {
		qhigh = high / d;
		r = high % d;
	}
	__asm__("divl %4" : "=a"(low), "=d"(r) : "0"(low), "1"(r), "rm"(d) : "cc");
	*rem = r;
	return (u64)qhigh << 32 | low;
}

/* @n / @d; @d is not 0. */
static inline u64 div_u64(u64 n, u32 d)
{
	u32 rem;

	return div_u64_rem(n, d, &rem);
}

/*
 * @n / @d, both 64 bits wide; @d is not 0. Shifting both so that the divisor has
 * 32 bits gives an estimate that is exact or one too large once the halved
 * dividend keeps it from overflowing (Warren, Hacker's Delight, 9-5).
 */
static inline u64 div64_u64(u64 n, u64 d)
{
	unsigned int shift;
	u64 q;

	if (!(d >> 32))
		return div_u64(n, (u32)d);
	shift = (unsigned int)fls((unsigned long)(d >> 32));
	q = div_u64(n >> shift, (u32)(d >> shift));
	if (q != 0)
		q--;
	return n - q * d >= d ? q + 1 : q;
}

/* @a * @b / @d with the product kept at 96 bits, rounded down; the result must fit 64 bits. */
static inline u64 mul_u64_u32_div(u64 a, u32 b, u32 d)
{
	u64 low = (a & 0xffffffffu) * b, high = (a >> 32) * b + (low >> 32);
	u32 rem;
	u64 qhigh = div_u64_rem(high, d, &rem);

	return (qhigh << 32) + div_u64((u64)rem << 32 | (u32)low, d);
}

/* Divides the u64 variable @n in place by the 32-bit @base; the value is the remainder. */
#define do_div(n, base)                                   \
	({                                                \
		u32 _do_div_rem;                          \
		(n) = div_u64_rem(n, base, &_do_div_rem); \
		_do_div_rem;                              \
	})

#endif
