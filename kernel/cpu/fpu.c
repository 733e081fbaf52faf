/*
 * The FPU as the machine has it.
 *
 * Three kinds of processor: without an FPU (CR0.EM makes its instructions trap, and a
 * program that uses one is ended), with x87 only (FNSAVE, FRSTOR), and with FXSR and
 * perhaps SSE (FXSAVE, FXRSTOR; CR4.OSFXSR must be set, or SSE instructions are
 * undefined). The save instructions are used without waiting: an error that is
 * pending in the FPU belongs to the task and moves with its state.
 */
#include "kernel/cpu/fpu.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/cpuid.h"
#include "kernel/lib/string.h"

#define FNSAVE_SIZE   108u

#define FCW_DEFAULT   0x037fu /* all exceptions masked, 64-bit precision, to nearest */
#define FTW_EMPTY     0xffffu /* FNSAVE's tag word: every register is empty */
#define MXCSR_DEFAULT 0x1f80u /* all exceptions masked */
#define FXSAVE_MXCSR  24      /* offsets in bytes */
#define FXSAVE_MASK   28
#define MXCSR_OLDEST  0xffbfu /* what a mask of 0 means: SDM vol. 1, 11.6.6 */

static bool has_fpu, has_fxsr;
static u32 mxcsr_mask;

bool fpu_present(void)
{
	return has_fpu;
}

bool fpu_has_fxsr(void)
{
	return has_fxsr;
}

unsigned int fpu_state_size(void)
{
	return has_fxsr ? FPU_STATE_MAX : FNSAVE_SIZE;
}

u32 fpu_mxcsr_mask(void)
{
	return mxcsr_mask;
}

/* The processor tells in what FXSAVE writes. */
static u32 probe_mxcsr_mask(void)
{
	struct fpu_state state = {0};
	u32 mask;

	clts();
	__asm__ volatile("fxsave %0" : "+m"(state));
	stts();
	mask = *(u32 *)(state.area + FXSAVE_MASK);
	return mask ? mask : MXCSR_OLDEST;
}

/*
 * Ask the FPU itself (SDM vol. 3A, 9.2.1): processors without CPUID cannot tell. Where
 * there is none, the words keep what they held.
 */
static bool probe_fpu(void)
{
	u16 status = 0x5a5a, control = 0;

	__asm__ volatile("fninit\n\tfnstsw %0\n\tfnstcw %1" : "+m"(status), "+m"(control));
	return (status & 0xff) == 0 && (control & 0x103f) == 0x003f;
}

void fpu_init(void)
{
	unsigned long cr0 = read_cr0() & ~(X86_CR0_EM | X86_CR0_TS);

	write_cr0(cr0);
	has_fpu = boot_cpu_data.has_cpuid ? boot_cpu_has(X86_FEATURE_FPU) : probe_fpu();
	has_fxsr = has_fpu && boot_cpu_has(X86_FEATURE_FXSR);
	cr0 |= X86_CR0_TS | X86_CR0_NE | (has_fpu ? X86_CR0_MP : X86_CR0_EM);
	write_cr0(cr0);
	if (has_fxsr)
		write_cr4(read_cr4() | X86_CR4_OSFXSR |
			  (boot_cpu_has(X86_FEATURE_SSE) ? X86_CR4_OSXMMEXCPT : 0));
	if (has_fxsr && boot_cpu_has(X86_FEATURE_SSE))
		mxcsr_mask = probe_mxcsr_mask();
}

void fpu_state_init(struct fpu_state *state)
{
	u32 *words = (u32 *)state->area;

	memset(state, 0, fpu_state_size());
	words[0] = FCW_DEFAULT;
	if (!has_fxsr)
		words[2] = FTW_EMPTY;
	else if (boot_cpu_has(X86_FEATURE_SSE))
		words[FXSAVE_MXCSR / 4] = MXCSR_DEFAULT;
}

void fpu_load(struct task_struct *task)
{
	const struct fpu_state *state = task->thread.fpu;

	clts();
	if (has_fxsr)
		__asm__ volatile("fxrstor %0" ::"m"(*state));
	else
		__asm__ volatile("frstor %0" ::"m"(*state));
	task->thread.fpu_live = true;
}

void fpu_save(struct task_struct *task)
{
	struct fpu_state *state = task->thread.fpu;

	if (has_fxsr)
		__asm__ volatile("fxsave %0" : "=m"(*state));
	else
		__asm__ volatile("fnsave %0" : "=m"(*state));
	task->thread.fpu_live = false;
	stts();
}
