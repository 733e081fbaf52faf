/*
 * System calls. The number goes into eax, up to six arguments into ebx, ecx,
 * edx, esi, edi and ebp; int 0x80 enters the kernel, the result comes back in
 * eax, and -4095..-1 is an error number. All other registers survive.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int errno;

/* long __int80(long number, long a, long b, long c, long d, long e, long f) */
long __int80(long number, ...);
__asm__(".section .text\n"
	".globl __int80\n"
	".type __int80, @function\n"
	"__int80:\n"
	"	pushl %ebp\n"
	"	pushl %edi\n"
	"	pushl %esi\n"
	"	pushl %ebx\n"
	"	movl 20(%esp), %eax\n"
	"	movl 24(%esp), %ebx\n"
	"	movl 28(%esp), %ecx\n"
	"	movl 32(%esp), %edx\n"
	"	movl 36(%esp), %esi\n"
	"	movl 40(%esp), %edi\n"
	"	movl 44(%esp), %ebp\n"
	"	int $0x80\n"
	"	popl %ebx\n"
	"	popl %esi\n"
	"	popl %edi\n"
	"	popl %ebp\n"
	"	ret\n"
	".size __int80, . - __int80\n");

/* An error number becomes errno and -1. */
static long result(long ret)
{
	if ((unsigned long)ret >= -4095ul) {
		errno = (int)-ret;
		return -1;
	}
	return ret;
}

long syscall(long number, ...)
{
	va_list args;
	long a[6];

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	return result(__int80(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}

void _exit(int status)
{
	for (;;)
		__int80(SYS_exit_group, status, 0, 0, 0, 0, 0);
}

/* ud2: the kernel ends the program for it. */
void abort(void)
{
	for (;;)
		__asm__ volatile("ud2");
}

ssize_t read(int fd, void *buf, size_t count)
{
	return syscall(SYS_read, fd, buf, count, 0, 0, 0);
}

ssize_t write(int fd, const void *buf, size_t count)
{
	return syscall(SYS_write, fd, buf, count, 0, 0, 0);
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	return syscall(SYS_writev, fd, iov, count, 0, 0, 0);
}

int open(const char *path, int flags, ...)
{
	return (int)syscall(SYS_open, path, flags, 0, 0, 0, 0);
}

int close(int fd)
{
	return (int)syscall(SYS_close, fd, 0, 0, 0, 0, 0);
}

pid_t getpid(void)
{
	return (pid_t)syscall(SYS_getpid, 0, 0, 0, 0, 0, 0);
}

/* The call counts the offset in pages, so that 32 bits reach 16 TiB. */
void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	if (offset & 4095) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	return (void *)syscall(SYS_mmap2, addr, len, prot, flags, fd, (unsigned long)offset >> 12);
}

int munmap(void *addr, size_t len)
{
	return (int)syscall(SYS_munmap, addr, len, 0, 0, 0, 0);
}

/*
 * The call answers with the break as it then stands: where it was, if it could
 * not be moved. brk(0) therefore only asks.
 */
int brk(void *end)
{
	if ((void *)__int80(SYS_brk, end, 0, 0, 0, 0, 0) == end)
		return 0;
	errno = ENOMEM;
	return -1;
}

void *sbrk(intptr_t increment)
{
	char *old = (char *)__int80(SYS_brk, 0, 0, 0, 0, 0, 0);

	if (increment && brk(old + increment) < 0)
		return (void *)-1;
	return old;
}
