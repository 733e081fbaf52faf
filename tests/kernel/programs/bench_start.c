/*
 * The benchmark's first user instruction is this program's first: it reads the
 * time-stamp counter. argv[1] and argv[2] are the low and high word of what it was when the
 * kernel was entered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

__asm__(".section .text\n"
	".globl _start\n"
	".type _start, @function\n"
	"_start:\n"
	"	rdtsc\n"
	"	movl %esp, %ecx\n"
	"	xorl %ebp, %ebp\n"
	"	andl $-16, %esp\n"
	"	subl $4, %esp\n"
	"	pushl %ecx\n"
	"	pushl %edx\n"
	"	pushl %eax\n"
	"	call started\n"
	"	hlt\n"
	".size _start, . - _start\n");

__attribute__((noreturn, used)) void started(unsigned long low, unsigned long high,
					     unsigned long *stack)
{
	char **argv = (char **)(stack + 1), line[100];
	unsigned long long begin, ticks;
	int len;

	begin = (unsigned long long)strtoul(argv[2], NULL, 0) << 32 | strtoul(argv[1], NULL, 0);
	ticks = ((unsigned long long)high << 32 | low) - begin;
	len = snprintf(line, sizeof(line), "bench: %-20s %10llu %10llu  %s\n", "boot", ticks, ticks,
		       "kernel entry to the first user instruction");
	write(1, line, (size_t)len);
	_exit(0);
}
