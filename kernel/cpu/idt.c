/*
 * The IDT. Interrupt gates turn interrupts off on entry, trap gates leave them: all
 * are interrupt gates (entry.asm turns interrupts on again once it has saved what
 * they could destroy), but for the system call, which has nothing to lose.
 */
#include "kernel/cpu/idt.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/irq.h"
#include "kernel/cpu/traps.h"

#define IDT_ENTRIES    256

#define GATE_INTERRUPT 0x8e00u /* present, 32 bits; the access byte and the one below */
#define GATE_TRAP      0x8f00u
#define GATE_TASK      0x8500u
#define GATE_DPL3      0x6000u

struct gate {
	u16 offset_low;
	u16 selector;
	u16 type;
	u16 offset_high;
} __packed;

static struct gate idt[IDT_ENTRIES] __aligned(8);

/* Labels of entry.asm. */
void system_call(void);
void page_fault(void);
void nmi(void);
void machine_check(void);
void debug_trap(void);
extern void (*const exception_entries[NR_EXCEPTIONS])(void);
extern void (*const irq_entries[NR_IRQS])(void);

static void set_gate(unsigned int vector, u16 type, void (*entry)(void))
{
	idt[vector] = (struct gate){
		.offset_low = (u16)(unsigned long)entry,
		.selector = KERNEL_CS,
		.type = type,
		.offset_high = (u16)((unsigned long)entry >> 16),
	};
}

void idt_init(void)
{
	const struct descriptor_pointer pointer = {sizeof(idt) - 1, (u32)idt};

	for (unsigned int i = 0; i < NR_EXCEPTIONS; i++)
		set_gate(i, GATE_INTERRUPT, exception_entries[i]);
	set_gate(TRAP_DB, GATE_INTERRUPT, debug_trap);
	set_gate(TRAP_NMI, GATE_INTERRUPT, nmi);
	set_gate(TRAP_BP, GATE_INTERRUPT | GATE_DPL3, exception_entries[TRAP_BP]);
	set_gate(TRAP_OF, GATE_INTERRUPT | GATE_DPL3, exception_entries[TRAP_OF]);
	set_gate(TRAP_PF, GATE_INTERRUPT, page_fault);
	set_gate(TRAP_MC, GATE_INTERRUPT, machine_check);
	idt[TRAP_DF] = (struct gate){.selector = GDT_ENTRY_DOUBLE_FAULT * 8, .type = GATE_TASK};
	for (unsigned int i = 0; i < NR_IRQS; i++)
		set_gate(IRQ_VECTOR(i), GATE_INTERRUPT, irq_entries[i]);
	set_gate(SYSCALL_VECTOR, GATE_TRAP | GATE_DPL3, system_call);

	__asm__ volatile("lidt %0" ::"m"(pointer));
}
