/*
 * The x87 and SSE registers (Intel SDM vol. 1, ch. 8 and 10; vol. 3A, 2.5 CR0.TS
 * and 13.4). They belong to a task from its first use of them: until then
 * CR0.TS makes the instruction trap (#NM), and a task that never uses them pays
 * nothing. The kernel's own code does not use them.
 */
#ifndef FOLIO_CPU_FPU_H
#define FOLIO_CPU_FPU_H

#include "kernel/sched.h"

/* FXSAVE's layout where there is FXSR (SDM vol. 1, 10.5.1), else FNSAVE's 108 bytes (8.1.10). */
struct fpu_state {
	u8 area[512] __aligned(16);
};

/* fpu_init - find out what there is and prepare CR0 and CR4. Boot, after cpuid_init(). */
void fpu_init(void);

/* fpu_cache_init - the cache of state areas. Boot, after slab. */
void fpu_cache_init(void);

/* fpu_has_fxsr - is fpu_state in FXSAVE's layout? */
bool fpu_has_fxsr(void);

/* fpu_present - does the processor have an FPU? */
bool fpu_present(void);

/*
 * __fpu_save - move the live state of the task that runs into its area, and set CR0.TS.
 * Interrupts disabled. fpu_sync() - the same if there is a live state: the area
 * then is what the registers were. Process context, for the current task.
 */
void __fpu_save(struct task_struct *task);
void fpu_sync(void);

/* The task switch: interrupts disabled. */
static __always_inline void fpu_switch_from(struct task_struct *prev)
{
	if (unlikely(prev->thread.fpu_live))
		__fpu_save(prev);
}

/* fpu_free - a task ends, or begins a new program: forget its state. */
void fpu_free(struct task_struct *task);

#endif
