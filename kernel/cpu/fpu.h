/*
 * The x87 and SSE registers (Intel SDM vol. 1, ch. 8 and 10; vol. 3A, 2.5 CR0.TS
 * and 13.4), as the machine has them. They belong to a task from its first use of them
 * (kernel/task_fpu.h): until then, and after each switch, CR0.TS makes the
 * instruction trap (#NM), so a task that never uses them pays nothing.
 *
 * CR0.TS is clear exactly while current->thread.fpu_live is true.
 */
#ifndef FOLIO_CPU_FPU_H
#define FOLIO_CPU_FPU_H

#include "kernel/sched.h"

/* FXSAVE's layout where there is FXSR (SDM vol. 1, 10.5.1), else FNSAVE's 108 bytes (8.1.10). */
#define FPU_STATE_MAX 512u

struct fpu_state {
	u8 area[FPU_STATE_MAX] __aligned(16);
};

/* fpu_init - find out what there is and prepare CR0 and CR4. Boot, after cpuid_init(). */
void fpu_init(void);

/*
 * Does the processor have an FPU; is fpu_state in FXSAVE's layout; how many bytes are used of it?
 */
bool fpu_present(void);
bool fpu_has_fxsr(void);
unsigned int fpu_state_size(void);

/* fpu_mxcsr_mask - the bits of MXCSR that may be set; FXRSTOR faults on others. 0: no SSE. */
u32 fpu_mxcsr_mask(void);

/* fpu_state_init - what a program finds at its start: exceptions masked, all registers 0. */
void fpu_state_init(struct fpu_state *state);

/*
 * fpu_load - make the current task's area live. fpu_save - move the live state of the current
 * task into its area. Interrupts disabled.
 */
void fpu_load(struct task_struct *task);
void fpu_save(struct task_struct *task);

/* The task switch: interrupts disabled. */
static __always_inline void fpu_switch_from(struct task_struct *prev)
{
	if (unlikely(prev->thread.fpu_live))
		fpu_save(prev);
}

#endif
