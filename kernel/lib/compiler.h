/* Words for the compiler: attributes, branch hints, alignment, container_of. */
#ifndef FOLIO_LIB_COMPILER_H
#define FOLIO_LIB_COMPILER_H

#include "kernel/lib/types.h"

#define likely(x)	  __builtin_expect(!!(x), 1)
#define unlikely(x)	  __builtin_expect(!!(x), 0)

#define __packed	  __attribute__((packed))
#define __aligned(n)	  __attribute__((aligned(n)))
#define __noreturn	  __attribute__((noreturn))
#define __printf(fmt, va) __attribute__((format(printf, fmt, va)))
#define __section(name)	  __attribute__((section(name)))
#define __used		  __attribute__((used))
#define __unused	  __attribute__((unused))
#define __must_check	  __attribute__((warn_unused_result))
#define __noinline	  __attribute__((noinline))
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#define __cold		__attribute__((cold))

/* A pointer into user space: never dereferenced, only handed to kernel/cpu/uaccess.h. */
#define __user

#define barrier()	   __asm__ volatile("" ::: "memory")
#define READ_ONCE(x)	   (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, val) (*(volatile __typeof__(x) *)&(x) = (val))

#define ARRAY_SIZE(a)	   (sizeof(a) / sizeof((a)[0]))
#define ALIGN_UP(x, a)	   (((x) + ((__typeof__(x))(a)-1)) & ~((__typeof__(x))(a)-1))
#define ALIGN_DOWN(x, a)   ((x) & ~((__typeof__(x))(a)-1))
#define IS_ALIGNED(x, a)   (((x) & ((__typeof__(x))(a)-1)) == 0)
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#define BIT(n)		   (1ul << (n))
#define is_power_of_2(n)   ((n) != 0 && ((n) & ((n)-1)) == 0)
#define RETURN_ADDRESS	   ((unsigned long)__builtin_return_address(0))

#define min(a, b)                                  \
	({                                         \
		__typeof__(a) _min_a = (a);        \
		__typeof__(b) _min_b = (b);        \
		(void)(&_min_a == &_min_b);        \
		_min_a < _min_b ? _min_a : _min_b; \
	})
#define max(a, b)                                  \
	({                                         \
		__typeof__(a) _max_a = (a);        \
		__typeof__(b) _max_b = (b);        \
		(void)(&_max_a == &_max_b);        \
		_max_a > _max_b ? _max_a : _max_b; \
	})
#define swap(a, b)                           \
	do {                                 \
		__typeof__(a) _swap_t = (a); \
		(a) = (b);                   \
		(b) = _swap_t;               \
	} while (0)

#define container_of(ptr, type, member) \
	((type *)((char *)(1 ? (ptr) : &((type *)0)->member) - offsetof(type, member)))

#endif
