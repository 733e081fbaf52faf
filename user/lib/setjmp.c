/*
 * Leaving functions from far below: setjmp() keeps the registers that a function must preserve,
 * the stack pointer as it will be after the return, and the return address; longjmp() takes
 * them back, and setjmp() returns a second time.
 */
#include <setjmp.h>

__asm__(".section .text\n"
	".globl setjmp\n"
	".type setjmp, @function\n"
	"setjmp:\n"
	"	movl 4(%esp), %eax\n"
	"	movl $0, 24(%eax)\n" /* has_mask */
	".globl __save_registers\n"
	"__save_registers:\n"
	"	movl 4(%esp), %eax\n"
	"	movl %ebx, (%eax)\n"
	"	movl %esi, 4(%eax)\n"
	"	movl %edi, 8(%eax)\n"
	"	movl %ebp, 12(%eax)\n"
	"	leal 4(%esp), %ecx\n"
	"	movl %ecx, 16(%eax)\n"
	"	movl (%esp), %ecx\n"
	"	movl %ecx, 20(%eax)\n"
	"	xorl %eax, %eax\n"
	"	ret\n"
	".size setjmp, . - setjmp\n"

	/* Its frame must not be ours when it returns again: keep the mask, then jump on. */
	".globl sigsetjmp\n"
	".type sigsetjmp, @function\n"
	"sigsetjmp:\n"
	"	pushl 8(%esp)\n"
	"	pushl 8(%esp)\n"
	"	call __save_mask\n"
	"	addl $8, %esp\n"
	"	jmp __save_registers\n"
	".size sigsetjmp, . - sigsetjmp\n"

	".globl __restore_registers\n"
	".type __restore_registers, @function\n"
	"__restore_registers:\n"
	"	movl 4(%esp), %edx\n"
	"	movl 8(%esp), %eax\n"
	"	movl (%edx), %ebx\n"
	"	movl 4(%edx), %esi\n"
	"	movl 8(%edx), %edi\n"
	"	movl 12(%edx), %ebp\n"
	"	movl 16(%edx), %esp\n"
	"	jmp *20(%edx)\n"
	".size __restore_registers, . - __restore_registers\n");

void __restore_registers(unsigned long *regs, int value) __attribute__((noreturn));
void __save_mask(sigjmp_buf env, int save_mask);

__attribute__((used)) void __save_mask(sigjmp_buf env, int save_mask)
{
	env->has_mask = save_mask;
	if (save_mask)
		sigprocmask(SIG_BLOCK, NULL, &env->mask);
}

void longjmp(jmp_buf env, int value)
{
	if (env->has_mask)
		sigprocmask(SIG_SETMASK, &env->mask, NULL);
	__restore_registers(env->regs, value ? value : 1);
}

void siglongjmp(sigjmp_buf env, int value)
{
	longjmp(env, value);
}
