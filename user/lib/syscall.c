/*
 * System calls. The number goes into eax, up to six arguments into ebx, ecx,
 * edx, esi, edi and ebp; int 0x80 enters the kernel, the result comes back in
 * eax, and -4095..-1 is an error number. All other registers survive.
 *
 * The functions of unistd.h and its friends are in the files calls_*.c.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

int errno;

/* long __int80(long number, long a, long b, long c, long d, long e, long f) */
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

/*
 * An error number becomes errno and -1. Six words are passed on whatever the caller gave:
 * the kernel looks only at those that the call has.
 */
long syscall(long number, ...)
{
	va_list args;
	long a[6], ret;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	ret = __int80(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if ((unsigned long)ret >= -4095ul) {
		errno = (int)-ret;
		return -1;
	}
	return ret;
}

void _exit(int status)
{
	for (;;)
		__int80(SYS_exit_group, status);
}

void _Exit(int status)
{
	_exit(status);
}
