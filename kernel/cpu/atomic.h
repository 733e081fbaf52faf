/*
 * Counters and bits that an interrupt may not tear. On one processor a single
 * read-modify-write instruction is atomic against interrupts; with more than
 * one it would carry the lock prefix.
 */
#ifndef FOLIO_CPU_ATOMIC_H
#define FOLIO_CPU_ATOMIC_H

#include "kernel/cpu/percpu.h"

#if NR_CPUS > 1
#define LOCK_PREFIX "lock; "
#else
#define LOCK_PREFIX ""
#endif

typedef struct {
	int counter;
} atomic_t;

#define ATOMIC_INIT(n) \
	{              \
		(n)    \
	}

static __always_inline int atomic_read(const atomic_t *v)
{
	return READ_ONCE(v->counter);
}

static __always_inline void atomic_set(atomic_t *v, int n)
{
	WRITE_ONCE(v->counter, n);
}

static __always_inline void atomic_add(int n, atomic_t *v)
{
	__asm__ volatile(LOCK_PREFIX "addl %1,%0" : "+m"(v->counter) : "ir"(n) : "cc");
}

static __always_inline void atomic_sub(int n, atomic_t *v)
{
	__asm__ volatile(LOCK_PREFIX "subl %1,%0" : "+m"(v->counter) : "ir"(n) : "cc");
}

static __always_inline void atomic_inc(atomic_t *v)
{
	__asm__ volatile(LOCK_PREFIX "incl %0" : "+m"(v->counter)::"cc");
}

static __always_inline void atomic_dec(atomic_t *v)
{
	__asm__ volatile(LOCK_PREFIX "decl %0" : "+m"(v->counter)::"cc");
}

/* Increment; returns the new value. */
static __always_inline int atomic_inc_return(atomic_t *v)
{
	int old = 1;

	__asm__ volatile(LOCK_PREFIX "xaddl %0,%1" : "+r"(old), "+m"(v->counter)::"memory", "cc");
	return old + 1;
}

/* Decrement; true when the counter is now zero. */
static __always_inline bool atomic_dec_and_test(atomic_t *v)
{
	bool zero;

	__asm__ volatile(LOCK_PREFIX "decl %0" : "+m"(v->counter), "=@ccz"(zero)::"memory");
	return zero;
}

/* Decrement; true when the counter is now negative. */
static __always_inline bool atomic_dec_is_negative(atomic_t *v)
{
	bool negative;

	__asm__ volatile(LOCK_PREFIX "decl %0" : "+m"(v->counter), "=@ccs"(negative)::"memory");
	return negative;
}

/* Set or clear the bits of `mask` in a word. */
static __always_inline void atomic_or_mask(unsigned long mask, unsigned long *word)
{
	__asm__ volatile(LOCK_PREFIX "orl %1,%0" : "+m"(*word) : "ir"(mask) : "cc");
}

static __always_inline void atomic_and_mask(unsigned long mask, unsigned long *word)
{
	__asm__ volatile(LOCK_PREFIX "andl %1,%0" : "+m"(*word) : "ir"(mask) : "cc");
}

/* Set one bit of a word; true when it was set before. */
static __always_inline bool atomic_test_and_set_bit(unsigned int bit, unsigned long *word)
{
	bool old;

	__asm__ volatile(LOCK_PREFIX "btsl %2,%0"
			 : "+m"(*word), "=@ccc"(old)
			 : "ir"(bit)
			 : "memory");
	return old;
}

/* Clear one bit of a word; true when it was set before. */
static __always_inline bool atomic_test_and_clear_bit(unsigned int bit, unsigned long *word)
{
	bool old;

	__asm__ volatile(LOCK_PREFIX "btrl %2,%0"
			 : "+m"(*word), "=@ccc"(old)
			 : "ir"(bit)
			 : "memory");
	return old;
}

/* Replace a word that is `old` by `new`; returns what it was: `old` means done. */
static __always_inline unsigned long atomic_cmpxchg_word(unsigned long *word, unsigned long old,
							 unsigned long new)
{
	unsigned long was;

	__asm__ volatile(LOCK_PREFIX "cmpxchgl %2,%1"
			 : "=a"(was), "+m"(*word)
			 : "r"(new), "0"(old)
			 : "memory", "cc");
	return was;
}

/* Decrement, unless that would take away the last one: true when done. */
static __always_inline bool atomic_dec_unless_one(atomic_t *v)
{
	unsigned long old;

	while ((old = (unsigned long)atomic_read(v)) > 1)
		if (atomic_cmpxchg_word((unsigned long *)&v->counter, old, old - 1) == old)
			return true;
	return false;
}

/* Add to a word; returns what it was. */
static __always_inline unsigned long atomic_fetch_add_word(unsigned long n, unsigned long *word)
{
	__asm__ volatile(LOCK_PREFIX "xaddl %0,%1" : "+r"(n), "+m"(*word)::"memory", "cc");
	return n;
}

#endif
