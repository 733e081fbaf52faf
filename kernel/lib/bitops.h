/*
 * Single bits and powers of two.
 *
 * The compiler's builtins become one bsf or bsr (Intel SDM vol. 2), which exist
 * since the 386; their result for zero is undefined, so each function says
 * what it does about zero.
 *
 * Operations on arrays of words number bits from 0, least significant first,
 * 32 to a word. Those with two leading underscores are plain C: the caller
 * holds a lock. The others are a single read-modify-write instruction, which an
 * interrupt cannot split; with more than one processor they would carry a lock
 * prefix.
 */
#ifndef FOLIO_LIB_BITOPS_H
#define FOLIO_LIB_BITOPS_H

#include "kernel/lib/compiler.h"

#define BITS_PER_BYTE	  8
#define BITS_PER_LONG	  32
#define BIT_WORD(nr)	  ((unsigned long)(nr) / BITS_PER_LONG)
#define BIT_MASK(nr)	  (1ul << ((unsigned long)(nr) % BITS_PER_LONG))
#define BITS_TO_LONGS(nr) DIV_ROUND_UP(nr, BITS_PER_LONG)

/* The number of the lowest set bit, from 0; @word is not 0. */
static __always_inline unsigned int __ffs(unsigned long word)
{
	return (unsigned int)__builtin_ctzl(word);
}

/* The number of the highest set bit, from 0; @word is not 0. */
static __always_inline unsigned int __fls(unsigned long word)
{
	return (unsigned int)__builtin_clzl(word) ^ (BITS_PER_LONG - 1);
}

/* The number of the lowest clear bit, from 0; @word is not all ones. */
static __always_inline unsigned int ffz(unsigned long word)
{
	return __ffs(~word);
}

/* The lowest set bit counted from 1, as ffs(3); 0 if there is none. */
static __always_inline int kffs(unsigned long word)
{
	return word ? (int)__ffs(word) + 1 : 0;
}

/* The highest set bit counted from 1; 0 if there is none. */
static __always_inline int fls(unsigned long word)
{
	return word ? (int)__fls(word) + 1 : 0;
}

/* As fls(), of 64 bits. */
static __always_inline int fls64(u64 word)
{
	unsigned long high = (unsigned long)(word >> 32);

	return high ? fls(high) + 32 : fls((unsigned long)word);
}

/* floor(log2(@n)); @n is not 0. */
static __always_inline unsigned int ilog2(unsigned long n)
{
	return __fls(n);
}

/* The smallest order with 2^order >= @n: 0 for 0 and 1. */
static __always_inline unsigned int order_base_2(unsigned long n)
{
	return n > 1 ? __fls(n - 1) + 1 : 0;
}

/* The smallest power of two that is >= @n; @n is in 1..2^31. */
static __always_inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return 1ul << order_base_2(n);
}

/* The largest power of two that is <= @n; @n is not 0. */
static __always_inline unsigned long rounddown_pow_of_two(unsigned long n)
{
	return 1ul << __fls(n);
}

/* The number of set bits (no popcnt on the processors we are built for). */
static inline unsigned int hweight32(u32 w)
{
	w -= (w >> 1) & 0x55555555u;
	w = (w & 0x33333333u) + ((w >> 2) & 0x33333333u);
	w = (w + (w >> 4)) & 0x0f0f0f0fu;
	return (w * 0x01010101u) >> 24;
}

static __always_inline bool test_bit(unsigned long nr, const volatile unsigned long *addr)
{
	return (addr[BIT_WORD(nr)] & BIT_MASK(nr)) != 0;
}

static __always_inline void __set_bit(unsigned long nr, unsigned long *addr)
{
	addr[BIT_WORD(nr)] |= BIT_MASK(nr);
}

static __always_inline void __clear_bit(unsigned long nr, unsigned long *addr)
{
	addr[BIT_WORD(nr)] &= ~BIT_MASK(nr);
}

static __always_inline bool __test_and_set_bit(unsigned long nr, unsigned long *addr)
{
	bool old = test_bit(nr, addr);

	__set_bit(nr, addr);
	return old;
}

static __always_inline bool __test_and_clear_bit(unsigned long nr, unsigned long *addr)
{
	bool old = test_bit(nr, addr);

	__clear_bit(nr, addr);
	return old;
}

static __always_inline void set_bit(unsigned long nr, volatile unsigned long *addr)
{
	__asm__ volatile("orl %1, %0"
			 : "+m"(addr[BIT_WORD(nr)])
			 : "ir"(BIT_MASK(nr))
			 : "cc", "memory");
}

static __always_inline void clear_bit(unsigned long nr, volatile unsigned long *addr)
{
	__asm__ volatile("andl %1, %0"
			 : "+m"(addr[BIT_WORD(nr)])
			 : "ir"(~BIT_MASK(nr))
			 : "cc", "memory");
}

/* Sets the bit; returns what it was. */
static __always_inline bool test_and_set_bit(unsigned long nr, volatile unsigned long *addr)
{
	bool old;

	__asm__ volatile("btsl %2, %0\n\tsetc %1"
			 : "+m"(addr[BIT_WORD(nr)]), "=q"(old)
			 : "Ir"(nr % BITS_PER_LONG)
			 : "cc", "memory");
	return old;
}

/* Clears the bit; returns what it was. */
static __always_inline bool test_and_clear_bit(unsigned long nr, volatile unsigned long *addr)
{
	bool old;

	__asm__ volatile("btrl %2, %0\n\tsetc %1"
			 : "+m"(addr[BIT_WORD(nr)]), "=q"(old)
			 : "Ir"(nr % BITS_PER_LONG)
			 : "cc", "memory");
	return old;
}

#endif
