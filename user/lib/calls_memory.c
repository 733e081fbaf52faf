/* System calls on the address space. */
#include <errno.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

#define PAGE_SHIFT 12

/* The call counts the offset in pages, so that 32 bits reach 16 TiB. */
void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	if (offset & ((1 << PAGE_SHIFT) - 1) || offset < 0 || offset >> PAGE_SHIFT >> 32) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	return (void *)syscall(SYS_mmap2, addr, len, prot, flags, fd,
			       (unsigned long)(offset >> PAGE_SHIFT));
}

int munmap(void *addr, size_t len)
{
	return (int)syscall(SYS_munmap, addr, len);
}

int mprotect(void *addr, size_t len, int prot)
{
	return (int)syscall(SYS_mprotect, addr, len, prot);
}

void *mremap(void *addr, size_t old_len, size_t new_len, int flags, ...)
{
	va_list args;
	void *to;

	va_start(args, flags);
	to = va_arg(args, void *);
	va_end(args);
	return (void *)syscall(SYS_mremap, addr, old_len, new_len, flags, to);
}

int msync(void *addr, size_t len, int flags)
{
	return (int)syscall(SYS_msync, addr, len, flags);
}

int madvise(void *addr, size_t len, int advice)
{
	return (int)syscall(SYS_madvise, addr, len, advice);
}

int mincore(void *addr, size_t len, unsigned char *vec)
{
	return (int)syscall(SYS_mincore, addr, len, vec);
}

int mlock(const void *addr, size_t len)
{
	return (int)syscall(SYS_mlock, addr, len);
}

int mlock2(const void *addr, size_t len, unsigned int flags)
{
	return (int)syscall(SYS_mlock2, addr, len, flags);
}

int munlock(const void *addr, size_t len)
{
	return (int)syscall(SYS_munlock, addr, len);
}

int mlockall(int flags)
{
	return (int)syscall(SYS_mlockall, flags);
}

int munlockall(void)
{
	return (int)syscall(SYS_munlockall);
}

/*
 * The call answers with the break as it then stands: where it was, if it could
 * not be moved. brk(0) therefore only asks.
 */
int brk(void *end)
{
	if ((void *)__int80(SYS_brk, end) == end)
		return 0;
	errno = ENOMEM;
	return -1;
}

void *sbrk(intptr_t increment)
{
	char *old = (char *)__int80(SYS_brk, 0);

	if (increment && brk(old + increment) < 0)
		return (void *)-1;
	return old;
}
