/*
 * Copying to and from user memory.
 *
 * The bulk goes by words. When a word faults, the fixup tries the rest byte by byte,
 * so that the result is exact: the faulting byte is the first one not copied.
 */
#include "kernel/cpu/uaccess.h"

#include "kernel/lib/string.h"

/* Copy; returns the number of bytes that are missing at the end. */
static unsigned long copy_user(void *to, const void *from, unsigned long n)
{
	unsigned long words = n / 4;

	__asm__ volatile("1: rep; movsl\n\t"
			 "movl %3,%0\n"
			 "2: rep; movsb\n"
			 "3:\n"
			 ".pushsection .text.fixup,\"ax\"\n"
			 "4: leal (%3,%0,4),%0\n"
			 "5: rep; movsb\n\t"
			 "jmp 3b\n"
			 ".popsection\n" EXTABLE(1b, 4b) EXTABLE(2b, 3b) EXTABLE(5b, 3b)
			 : "+&c"(words), "+&D"(to), "+&S"(from)
			 : "r"(n % 4)
			 : "memory");
	return words;
}

static unsigned long clear_bytes(void *to, unsigned long n)
{
	unsigned long words = n / 4;

	__asm__ volatile("1: rep; stosl\n\t"
			 "movl %2,%0\n"
			 "2: rep; stosb\n"
			 "3:\n"
			 ".pushsection .text.fixup,\"ax\"\n"
			 "4: leal (%2,%0,4),%0\n"
			 "5: rep; stosb\n\t"
			 "jmp 3b\n"
			 ".popsection\n" EXTABLE(1b, 4b) EXTABLE(2b, 3b) EXTABLE(5b, 3b)
			 : "+&c"(words), "+&D"(to)
			 : "r"(n % 4), "a"(0)
			 : "memory");
	return words;
}

unsigned long __copy_from_user(void *to, const void __user *from, unsigned long n)
{
	unsigned long missing = copy_user(to, from, n);

	if (unlikely(missing))
		memset((char *)to + n - missing, 0, missing);
	return missing;
}

unsigned long __copy_from_user_inatomic(void *to, const void __user *from, unsigned long n)
{
	return copy_user(to, from, n);
}

unsigned long __copy_to_user(void __user *to, const void *from, unsigned long n)
{
	return copy_user(to, from, n);
}

unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
	if (unlikely(!access_ok(from, n))) {
		memset(to, 0, n);
		return n;
	}
	return __copy_from_user(to, from, n);
}

unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)
{
	return likely(access_ok(to, n)) ? copy_user(to, from, n) : n;
}

unsigned long clear_user(void __user *to, unsigned long n)
{
	return likely(access_ok(to, n)) ? clear_bytes(to, n) : n;
}

/* How many bytes a string at `s` may have before it leaves user space, up to `n`. */
static unsigned long string_room(const char __user *s, unsigned long n)
{
	unsigned long addr = (unsigned long)s;

	return addr < TASK_SIZE ? min(n, TASK_SIZE - addr) : 0;
}

long strncpy_from_user(char *dst, const char __user *src, long count)
{
	unsigned long room, len;
	char c;

	if (count <= 0)
		return 0;
	room = string_room(src, (unsigned long)count);
	for (len = 0; len < room; len++) {
		if (unlikely(__get_user(c, src + len)))
			return -EFAULT;
		dst[len] = c;
		if (!c)
			return (long)len;
	}
	return len == (unsigned long)count ? count : -EFAULT;
}

long strnlen_user(const char __user *s, long n)
{
	unsigned long room, len;
	char c;

	if (n <= 0)
		return 0;
	room = string_room(s, (unsigned long)n);
	for (len = 0; len < room; len++) {
		if (unlikely(__get_user(c, s + len)))
			return 0;
		if (!c)
			return (long)len + 1;
	}
	return len == (unsigned long)n ? n + 1 : 0;
}
