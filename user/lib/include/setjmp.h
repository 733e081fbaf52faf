/* Leaving functions from far below. */
#ifndef _SETJMP_H
#define _SETJMP_H

#include <signal.h>

/* ebx, esi, edi, ebp, esp, eip; then whether the signal mask was kept, and the mask. */
typedef struct {
	unsigned long regs[6];
	int has_mask;
	sigset_t mask;
} jmp_buf[1];
typedef jmp_buf sigjmp_buf;

int setjmp(jmp_buf env) __attribute__((returns_twice));
void longjmp(jmp_buf env, int value) __attribute__((noreturn));
int sigsetjmp(sigjmp_buf env, int save_mask) __attribute__((returns_twice));
void siglongjmp(sigjmp_buf env, int value) __attribute__((noreturn));

#endif
