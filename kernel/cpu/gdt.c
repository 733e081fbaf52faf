/*
 * The global descriptor table, and the two TSSs: one for the stack pointer that
 * ring 3 is left with, one that the processor switches to on a double fault,
 * because then the stack itself may be what is broken.
 */
#include "kernel/cpu/gdt.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/double_fault.h"

#define DOUBLE_FAULT_STACK 4096

struct tss cpu_tss __aligned(128);
static struct tss double_fault_tss __aligned(128);
static u8 double_fault_stack[DOUBLE_FAULT_STACK] __aligned(16);

static struct segment_descriptor gdt[GDT_ENTRIES] __aligned(8);

struct segment_descriptor segment_pack(u32 base, u32 limit, unsigned int access, unsigned int flags)
{
	return (struct segment_descriptor){
		.limit_low = (u16)limit,
		.base_low = (u16)base,
		.base_mid = (u8)(base >> 16),
		.access = (u8)access,
		.limit_high_flags = (u8)((limit >> 16 & 0xf) | flags << 4),
		.base_high = (u8)(base >> 24),
	};
}

u32 segment_base(const struct segment_descriptor *desc)
{
	return (u32)desc->base_high << 24 | (u32)desc->base_mid << 16 | desc->base_low;
}

u32 segment_limit(const struct segment_descriptor *desc)
{
	return (u32)(desc->limit_high_flags & 0xf) << 16 | desc->limit_low;
}

void gdt_set(unsigned int entry, struct segment_descriptor desc)
{
	gdt[entry] = desc;
}

struct segment_descriptor gdt_get(unsigned int entry)
{
	return gdt[entry];
}

void gdt_load_tls(const struct segment_descriptor tls[GDT_ENTRY_TLS_ENTRIES])
{
	for (unsigned int i = 0; i < GDT_ENTRY_TLS_ENTRIES; i++)
		gdt[GDT_ENTRY_TLS_MIN + i] = tls[i];
}

void gdt_load_ldt(const struct segment_descriptor *table, unsigned int entries)
{
	u16 selector = 0;

	if (entries) {
		gdt[GDT_ENTRY_LDT] = segment_pack((u32)table, entries * sizeof(*table) - 1,
						  DESC_PRESENT | DESC_LDT, 0);
		selector = GDT_ENTRY_LDT * 8;
	}
	__asm__ volatile("lldt %0" ::"r"(selector));
}

void double_fault_set_cr3(unsigned long phys)
{
	double_fault_tss.cr3 = phys;
}

static struct segment_descriptor flat_segment(unsigned int type, unsigned int dpl)
{
	return segment_pack(0, 0xfffff, DESC_PRESENT | DESC_DPL(dpl) | DESC_CODE_DATA | type,
			    DESC_GRAN_4K | DESC_32BIT);
}

static struct segment_descriptor tss_segment(struct tss *tss)
{
	return segment_pack((u32)tss, sizeof(*tss) - 1, DESC_PRESENT | DESC_TSS, 0);
}

static void tss_setup(void)
{
	cpu_tss.ss0 = KERNEL_DS;
	cpu_tss.iomap_base = sizeof(cpu_tss); /* beyond the limit: no port for ring 3 */

	double_fault_tss.cr3 = read_cr3();
	double_fault_tss.eip = (u32)double_fault_task;
	double_fault_tss.eflags = X86_EFLAGS_FIXED;
	double_fault_tss.esp = (u32)double_fault_stack + DOUBLE_FAULT_STACK - 16;
	double_fault_tss.cs = KERNEL_CS;
	double_fault_tss.ss = double_fault_tss.ds = double_fault_tss.es = KERNEL_DS;
	double_fault_tss.iomap_base = sizeof(double_fault_tss);
}

/* A segment register keeps its old descriptor until it is loaded anew. */
static void reload_segments(void)
{
	__asm__ volatile("ljmp %0,$1f\n"
			 "1:\n\t"
			 "movl %1,%%ds\n\t"
			 "movl %1,%%es\n\t"
			 "movl %1,%%ss\n\t"
			 "movl %2,%%fs\n\t"
			 "movl %2,%%gs" ::"i"(KERNEL_CS),
			 "r"(KERNEL_DS), "r"(0)
			 : "memory");
}

void gdt_init(void)
{
	const struct descriptor_pointer pointer = {sizeof(gdt) - 1, (u32)gdt};

	gdt[GDT_ENTRY_KERNEL_CS] = flat_segment(DESC_CODE, 0);
	gdt[GDT_ENTRY_KERNEL_DS] = flat_segment(DESC_DATA, 0);
	gdt[GDT_ENTRY_USER_CS] = flat_segment(DESC_CODE, 3);
	gdt[GDT_ENTRY_USER_DS] = flat_segment(DESC_DATA, 3);
	tss_setup();
	gdt[GDT_ENTRY_TSS] = tss_segment(&cpu_tss);
	gdt[GDT_ENTRY_DOUBLE_FAULT] = tss_segment(&double_fault_tss);

	__asm__ volatile("lgdt %0" ::"m"(pointer));
	reload_segments();
	__asm__ volatile("ltr %0" ::"r"((u16)(GDT_ENTRY_TSS * 8)));
	gdt_load_ldt(NULL, 0);
}
