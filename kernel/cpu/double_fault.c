/*
 * A fault while delivering a fault. In a sound kernel the one way to get here is a
 * kernel stack that has grown into its guard page: the page fault needs a stack
 * to be reported on, and there is none.
 */
#include "kernel/cpu/double_fault.h"

#include "kernel/cpu/gdt.h"
#include "kernel/panic.h"
#include "mm/layout.h"

/* The registers that the processor has put into the TSS that it left. */
static struct pt_regs regs_of_tss(const struct tss *tss)
{
	return (struct pt_regs){
		.ebx = tss->ebx,
		.ecx = tss->ecx,
		.edx = tss->edx,
		.esi = tss->esi,
		.edi = tss->edi,
		.ebp = tss->ebp,
		.eax = tss->eax,
		.xds = tss->ds,
		.xes = tss->es,
		.orig_eax = -1ul,
		.eip = tss->eip,
		.xcs = tss->cs,
		.eflags = tss->eflags,
		.esp = tss->esp,
		.xss = tss->ss,
	};
}

/* Below the stack of the boot and of the idle task (boot/entry.asm). */
extern const u8 init_stack_guard[PAGE_SIZE];

static bool on_stacks(unsigned long address)
{
	return (address >= KSTACK_START && address < KSTACK_END) ||
	       address - (unsigned long)init_stack_guard < PAGE_SIZE;
}

/* Pushing a frame at `esp` would have needed the word below it. */
static bool in_stack_guard(unsigned long esp)
{
	unsigned long address = esp - sizeof(long);

	return on_stacks(address) && !kernel_address_readable(address);
}

void double_fault_task(void)
{
	struct pt_regs regs = regs_of_tss(&cpu_tss);
	unsigned long esp = cpu_tss.esp, below = esp - sizeof(long);

	if (in_stack_guard(esp))
		panic_regs(&regs, esp, &below,
			   "kernel stack overflow: esp 0x%08lx has reached a guard page", esp);
	panic_regs(&regs, esp, &below, "double fault: a fault could not be delivered");
}
