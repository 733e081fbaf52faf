/*
 * Access to user memory. A pointer from a program may be anything; these
 * routines check that it lies below TASK_SIZE, and the exception table turns a
 * fault that mm/ cannot satisfy into a result instead of a kernel panic.
 *
 * All of them may sleep (they may fault pages in): process context, no spinlock
 * held. CR0.WP is set, so a write into a read-only user page faults as the
 * program's own would.
 */
#ifndef FOLIO_CPU_UACCESS_H
#define FOLIO_CPU_UACCESS_H

#include "kernel/cpu/traps.h"
#include "kernel/lib/errno.h"
#include "mm/layout.h"

/* access_ok - do `size` bytes at `addr` lie in user space? Says nothing about what is mapped. */
static __always_inline bool access_ok(const void __user *addr, unsigned long size)
{
	return size <= TASK_SIZE && (unsigned long)addr <= TASK_SIZE - size;
}

/*
 * copy_from_user, copy_to_user - copy `n` bytes. Return how many could NOT be
 * copied: 0 on success, exact to the byte. copy_from_user() fills with zeros what it
 * could not read, so that the kernel never uses what the stack held before.
 */
unsigned long __must_check copy_from_user(void *to, const void __user *from, unsigned long n);
unsigned long __must_check copy_to_user(void __user *to, const void *from, unsigned long n);

/* The same without the check of access_ok(), which the caller has made. */
unsigned long __must_check __copy_from_user(void *to, const void __user *from, unsigned long n);
unsigned long __must_check __copy_to_user(void __user *to, const void *from, unsigned long n);

/*
 * __copy_from_user_inatomic - as __copy_from_user(), but what could not be read leaves `to` as it
 * was. It does not sleep between pagefault_disable() and pagefault_enable() (mm/fault.h).
 */
unsigned long __must_check __copy_from_user_inatomic(void *to, const void __user *from,
						     unsigned long n);

/* clear_user - zero `n` bytes; returns how many could not be. */
unsigned long __must_check clear_user(void __user *to, unsigned long n);

/*
 * strncpy_from_user - copy a string of at most `count` bytes, with its ending 0
 * if that comes within them. Returns its length without the 0; `count` if there
 * was none; -EFAULT.
 */
long __must_check strncpy_from_user(char *dst, const char __user *src, long count);

/*
 * strnlen_user - the length of a string with its ending 0; a number above `n` if
 * it is longer than that; 0 on a fault.
 */
long __must_check strnlen_user(const char __user *s, long n);

/* Not defined: a size that is no machine word does not link. */
void __get_user_bad_size(void);

#define __user_cast(val, type_of) \
	(__typeof__(type_of))__builtin_choose_expr(sizeof(type_of) == 8, val, (unsigned long)(val))

/* One load of up to 4 bytes; the fixup leaves the value at 0. */
#define __get_user_asm(val, ptr, insn, err)                  \
	__asm__ volatile("1: " insn " %2,%1\n"               \
			 "2:\n"                              \
			 ".pushsection .text.fixup,\"ax\"\n" \
			 "3: movl %3,%0\n\t"                 \
			 "xorl %1,%1\n\t"                    \
			 "jmp 2b\n"                          \
			 ".popsection\n" EXTABLE(1b, 3b)     \
			 : "+r"(err), "=r"(val)              \
			 : "m"(*(ptr)), "i"(-EFAULT))

#define __put_user_asm(val, ptr, insn, modifier, err)          \
	__asm__ volatile("1: " insn " %" modifier "1,%2\n"     \
			 "2:\n"                                \
			 ".pushsection .text.fixup,\"ax\"\n"   \
			 "3: movl %3,%0\n\t"                   \
			 "jmp 2b\n"                            \
			 ".popsection\n" EXTABLE(1b, 3b)       \
			 : "+r"(err)                           \
			 : "q"(val), "m"(*(ptr)), "i"(-EFAULT) \
			 : "memory")

/* Fold to one or two instructions: the size is a constant. */
static __always_inline int __get_user_size(u64 *val, const void __user *ptr, size_t size)
{
	int err = 0;
	u32 low = 0, high = 0;

	switch (size) {
	case 1:
		__get_user_asm(low, (const u8 *)ptr, "movzbl", err);
		break;
	case 2:
		__get_user_asm(low, (const u16 *)ptr, "movzwl", err);
		break;
	case 4:
		__get_user_asm(low, (const u32 *)ptr, "movl", err);
		break;
	case 8:
		__get_user_asm(low, (const u32 *)ptr, "movl", err);
		if (likely(!err))
			__get_user_asm(high, (const u32 *)ptr + 1, "movl", err);
		if (unlikely(err))
			low = 0;
		break;
	default:
		__get_user_bad_size();
	}
	*val = (u64)high << 32 | low;
	return err;
}

static __always_inline int __put_user_size(const void *val, void __user *ptr, size_t size)
{
	int err = 0;

	switch (size) {
	case 1:
		__put_user_asm(*(const u8 *)val, (u8 *)ptr, "movb", "b", err);
		break;
	case 2:
		__put_user_asm(*(const u16 *)val, (u16 *)ptr, "movw", "w", err);
		break;
	case 4:
		__put_user_asm(*(const u32 *)val, (u32 *)ptr, "movl", "k", err);
		break;
	case 8:
		__put_user_asm(*(const u32 *)val, (u32 *)ptr, "movl", "k", err);
		if (likely(!err))
			__put_user_asm(*((const u32 *)val + 1), (u32 *)ptr + 1, "movl", "k", err);
		break;
	default:
		__get_user_bad_size();
	}
	return err;
}

/*
 * get_user, put_user - one object of 1, 2, 4 or 8 bytes, of the type that `ptr`
 * points to. 0 or -EFAULT; get_user() sets x to 0 on failure. With two
 * underscores: the caller has checked access_ok().
 */
#define get_user(x, ptr)                                        \
	({                                                      \
		const __typeof__(*(ptr)) __user *_gu_p = (ptr); \
		int _gu_r = -EFAULT;                            \
                                                                \
		if (access_ok(_gu_p, sizeof(*_gu_p)))           \
			_gu_r = __get_user(x, _gu_p);           \
		else                                            \
			(x) = (__typeof__(*(ptr)))0;            \
		_gu_r;                                          \
	})

#define put_user(x, ptr)                                                           \
	({                                                                         \
		__typeof__(*(ptr)) __user *_pu_p = (ptr);                          \
                                                                                   \
		access_ok(_pu_p, sizeof(*_pu_p)) ? __put_user(x, _pu_p) : -EFAULT; \
	})

#define __get_user(x, ptr)                                                    \
	({                                                                    \
		u64 _gu_val = 0;                                              \
		int _gu_err = __get_user_size(&_gu_val, ptr, sizeof(*(ptr))); \
                                                                              \
		(x) = __user_cast(_gu_val, *(ptr));                           \
		_gu_err;                                                      \
	})

#define __put_user(x, ptr)                                       \
	({                                                       \
		__typeof__(*(ptr)) _pu_val = (x);                \
                                                                 \
		__put_user_size(&_pu_val, ptr, sizeof(_pu_val)); \
	})

#endif
