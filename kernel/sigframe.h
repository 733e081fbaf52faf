/*
 * Signal frames: what a handler finds on its stack, in Linux's layout for i386. Programs look
 * at these structures (sigaction(2), ucontext), and change them.
 */
#ifndef FOLIO_SIGFRAME_H
#define FOLIO_SIGFRAME_H

#include "kernel/signal.h"

/* A signal that is about to be handled. */
struct ksignal {
	int sig;
	sigset_t oldset; /* the mask that sigreturn gives back */
	struct sigaction action;
	siginfo_t info;
};

/* asm/sigcontext.h: struct sigcontext of i386, 88 bytes. */
struct sigcontext {
	u16 gs, __gsh;
	u16 fs, __fsh;
	u16 es, __esh;
	u16 ds, __dsh;
	u32 edi, esi, ebp, esp;
	u32 ebx, edx, ecx, eax;
	u32 trapno, err;
	u32 eip;
	u16 cs, __csh;
	u32 eflags;
	u32 esp_at_signal;
	u16 ss, __ssh;
	u32 fpstate; /* address of a struct fpstate, or 0 */
	u32 oldmask;
	u32 cr2;
};

_Static_assert(sizeof(struct sigcontext) == 88, "the ABI's size");

struct sigaltstack {
	u32 ss_sp;
	u32 ss_flags;
	u32 ss_size;
};

#define SS_ONSTACK    1u
#define SS_DISABLE    2u
#define SS_AUTODISARM (1u << 31)
#define MINSIGSTKSZ   2048u

/* asm-generic/ucontext.h with the kernel's 8-byte mask: 116 bytes. */
struct ucontext {
	u32 uc_flags;
	u32 uc_link;
	struct sigaltstack uc_stack;
	struct sigcontext uc_mcontext;
	sigset_t uc_sigmask;
};

/*
 * asm/sigcontext.h: struct _fpstate_32. The first part is FNSAVE's image, for all processors;
 * behind it lies FXSAVE's where there is one, which `magic` tells.
 */
struct fpstate_legacy {
	u32 cw, sw, tag, ipoff, cssel, dataoff, datasel; /* 16-bit values in the first three */
	u8 st[8][10];
	u16 status; /* = sw */
	u16 magic;  /* FPSTATE_FXSR or FPSTATE_LEGACY */
};

#define FPSTATE_FXSR   0x0000
#define FPSTATE_LEGACY 0xffff
#define FPSTATE_SIZE   624 /* struct _fpstate_32 in whole */

_Static_assert(sizeof(struct fpstate_legacy) == 112, "the ABI's size");

/* The frame of a handler with one argument; ends with sigreturn(2). */
struct sigframe {
	u32 pretcode; /* where the handler returns to */
	u32 sig;
	struct sigcontext sc;
	u8 fpstate_unused
		[FPSTATE_SIZE]; /* older kernels had it here: what follows keeps its place */
	u32 extramask;		/* the upper half of the mask */
	u8 retcode[8];
};

/* The frame of a handler with three (SA_SIGINFO); ends with rt_sigreturn(2). */
struct rt_sigframe {
	u32 pretcode;
	u32 sig;
	u32 pinfo;
	u32 puc;
	siginfo_t info;
	struct ucontext uc;
	u8 retcode[8];
};

/*
 * setup_frame - let the current task enter a handler: its stack gets a frame, regs go to the
 * handler. 0; -EFAULT: there is no room for it, and nothing has changed. May sleep.
 */
int setup_frame(struct pt_regs *regs, const struct ksignal *ksig);

/*
 * do_sigaltstack - sigaltstack(2), in kernel memory; either pointer may be NULL. `sp` is the
 * program's stack pointer. 0, -EPERM, -EINVAL, -ENOMEM.
 */
int do_sigaltstack(const struct sigaltstack *stack, struct sigaltstack *old, unsigned long sp);

/* on_sig_stack - is `sp` within the alternate stack? */
bool on_sig_stack(unsigned long sp);

/*
 * kernel/sigframe_fpu.c: the FPU in frames.
 * fpu_frame_place - where the state goes below `sp`, which becomes the end of what is left; 0: the
 * task has no state. fpu_frame_save - write it there, and give the handler a fresh FPU.
 * fpu_frame_restore - the other way; address 0: the task has no state from now on. 0, -EFAULT,
 * -ENOMEM. May sleep.
 */
unsigned long fpu_frame_place(unsigned long *sp);
int fpu_frame_save(unsigned long address);
int fpu_frame_restore(unsigned long address);

#endif
