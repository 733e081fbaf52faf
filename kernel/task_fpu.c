/*
 * The FPU state of tasks.
 *
 *	never used  --#NM-->  live in the registers  --switch-->  in the area
 *	                              ^                               |
 *	                              +-------------#NM---------------+
 *
 * A switch saves what is live and sets CR0.TS; the next instruction of any task traps and
 * loads that task's own state. So nobody but the running task ever has something in
 * the registers.
 */
#include "kernel/task_fpu.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/traps.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

static struct kmem_cache *fpu_cache;

static bool give_state(struct task_struct *task)
{
	struct fpu_state *state = kmem_cache_alloc(fpu_cache, GFP_KERNEL);

	if (!state)
		return false;
	fpu_state_init(state);
	task->thread.fpu = state;
	return true;
}

static void device_not_available(struct pt_regs *regs, unsigned long error_code,
				 unsigned long address)
{
	struct task_struct *task = current;
	unsigned long flags;

	if (!user_mode(regs) && (in_interrupt() || !(task->flags & PF_KTHREAD)))
		die("in the kernel, which does not use the FPU", regs, TRAP_NM, error_code,
		    address);
	if (!fpu_present()) {
		send_trap_signal(regs, SIGFPE, SI_KERNEL, regs->eip, TRAP_NM, error_code);
		return;
	}
	if (!task->thread.fpu && !give_state(task)) {
		send_trap_signal(regs, SIGKILL, SI_KERNEL, 0, TRAP_NM, error_code);
		return;
	}
	flags = local_irq_save();
	fpu_load(task);
	local_irq_restore(flags);
}

struct fpu_state *task_fpu_sync(void)
{
	unsigned long flags = local_irq_save();

	fpu_switch_from(current);
	local_irq_restore(flags);
	return current->thread.fpu;
}

/*
 * FPE_ codes by the bits of exceptions that were raised and not masked: invalid, denormal, division
 * by zero, overflow, underflow, precision (SDM vol. 1, 8.1.3 and 10.2.3), looked at as Linux does.
 */
static int fpe_code(unsigned int raised)
{
	static const struct {
		unsigned int bits;
		int code;
	} codes[] = {
		{0x01, FPE_FLTINV}, {0x04, FPE_FLTDIV}, {0x08, FPE_FLTOVF},
		{0x12, FPE_FLTUND}, {0x20, FPE_FLTRES},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(codes); i++)
		if (raised & codes[i].bits)
			return codes[i].code;
	return SI_KERNEL;
}

/*
 * Raised and not masked, by the control and status words or by MXCSR (SDM vol. 1, 8.1.10, 10.5.1).
 */
static unsigned int fpu_raised(unsigned int vector, const struct fpu_state *state)
{
	const u16 *x87 = (const u16 *)state->area;
	u32 mxcsr = *(const u32 *)(state->area + 24);

	if (vector == TRAP_XM)
		return mxcsr & ~(mxcsr >> 7);
	return x87[fpu_has_fxsr() ? 1 : 2] & ~x87[0];
}

static void send_fpe(struct pt_regs *regs, unsigned int vector, unsigned long error_code)
{
	const struct fpu_state *state;

	if (!user_mode(regs))
		die("in the kernel", regs, vector, error_code, 0);
	state = task_fpu_sync();
	send_trap_signal(regs, SIGFPE, state ? fpe_code(fpu_raised(vector, state)) : SI_KERNEL,
			 regs->eip, vector, error_code);
}

static void x87_error(struct pt_regs *regs, unsigned long error_code, unsigned long address)
{
	(void)address;
	send_fpe(regs, TRAP_MF, error_code);
}

static void simd_error(struct pt_regs *regs, unsigned long error_code, unsigned long address)
{
	(void)address;
	send_fpe(regs, TRAP_XM, error_code);
}

struct fpu_state *task_fpu_get(void)
{
	if (!current->thread.fpu && !give_state(current))
		return NULL;
	return task_fpu_sync();
}

void task_fpu_free(void)
{
	struct fpu_state *state = task_fpu_sync();

	current->thread.fpu = NULL;
	kmem_cache_free(fpu_cache, state);
}

int task_fpu_copy(struct task_struct *child)
{
	const struct fpu_state *state = task_fpu_sync();

	if (!state)
		return 0;
	child->thread.fpu = kmem_cache_alloc(fpu_cache, GFP_KERNEL);
	if (!child->thread.fpu)
		return -ENOMEM;
	memcpy(child->thread.fpu, state, fpu_state_size());
	return 0;
}

void task_fpu_drop(struct task_struct *child)
{
	kmem_cache_free(fpu_cache, child->thread.fpu);
	child->thread.fpu = NULL;
}

void task_fpu_init(void)
{
	fpu_cache = kmem_cache_create("fpu_state", fpu_state_size(), 16, SLAB_PANIC, NULL);
	set_trap_handler(TRAP_NM, device_not_available);
	set_trap_handler(TRAP_MF, x87_error);
	set_trap_handler(TRAP_XM, simd_error);
}
