/*
 * Where a program begins. The kernel enters _start with the stack pointer at a
 * word that holds argc; above it lie, in this order (System V ABI, Intel386
 * supplement, "Process Initialization"):
 *
 *	argc | argv[0] ... NULL | envp[0] ... NULL | auxv pairs ... AT_NULL | strings
 *
 * The outermost frame is marked by ebp = 0, for debuggers.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

__asm__(".section .text\n"
	".globl _start\n"
	".type _start, @function\n"
	"_start:\n"
	"	xorl %ebp, %ebp\n"
	"	movl %esp, %eax\n"
	"	andl $-16, %esp\n"
	"	subl $12, %esp\n"
	"	pushl %eax\n"
	"	call __libc_start\n"
	"	hlt\n"
	".size _start, . - _start\n");

int main(int argc, char **argv, char **envp);

char **environ;
static const unsigned long *auxv;

__attribute__((noreturn, used)) void __libc_start(unsigned long *stack)
{
	int argc = (int)stack[0];
	char **argv = (char **)(stack + 1);
	char **end;

	environ = argv + argc + 1;
	for (end = environ; *end; end++)
		;
	auxv = (const unsigned long *)(end + 1);
	exit(main(argc, argv, environ));
}

unsigned long getauxval(unsigned long type)
{
	for (const unsigned long *pair = auxv; pair[0] != AT_NULL; pair += 2) {
		if (pair[0] == type)
			return pair[1];
	}
	errno = ENOENT;
	return 0;
}
