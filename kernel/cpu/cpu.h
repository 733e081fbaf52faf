/*
 * Control registers and the instructions that C has no words for (Intel SDM
 * vol. 3A, 2.5 "Control Registers"; vol. 2). Any context.
 */
#ifndef FOLIO_CPU_CPU_H
#define FOLIO_CPU_CPU_H

#include "kernel/lib/compiler.h"

#define X86_CR0_MP	   0x00000002ul /* wait obeys TS */
#define X86_CR0_EM	   0x00000004ul /* no FPU: its instructions trap */
#define X86_CR0_TS	   0x00000008ul /* the FPU holds another task's state */
#define X86_CR0_NE	   0x00000020ul /* FPU errors by #MF, not by IRQ 13 */
#define X86_CR0_WP	   0x00010000ul /* the kernel obeys read-only pages too */
#define X86_CR0_AM	   0x00040000ul
#define X86_CR0_PG	   0x80000000ul

#define X86_CR4_PSE	   0x00000010ul /* 4 MiB pages */
#define X86_CR4_PGE	   0x00000080ul /* global pages */
#define X86_CR4_OSFXSR	   0x00000200ul
#define X86_CR4_OSXMMEXCPT 0x00000400ul

#define X86_EFLAGS_CF	   0x00000001ul
#define X86_EFLAGS_FIXED   0x00000002ul
#define X86_EFLAGS_TF	   0x00000100ul
#define X86_EFLAGS_DF	   0x00000400ul
#define X86_EFLAGS_IOPL	   0x00003000ul
#define X86_EFLAGS_NT	   0x00004000ul
#define X86_EFLAGS_VM	   0x00020000ul
#define X86_EFLAGS_AC	   0x00040000ul
#define X86_EFLAGS_ID	   0x00200000ul

#define DEFINE_CR_ACCESSORS(reg)                                                \
	static __always_inline unsigned long read_##reg(void)                   \
	{                                                                       \
		unsigned long value;                                            \
                                                                                \
		__asm__ volatile("movl %%" #reg ",%0" : "=r"(value)::"memory"); \
		return value;                                                   \
	}                                                                       \
	static __always_inline void write_##reg(unsigned long value)            \
	{                                                                       \
		__asm__ volatile("movl %0,%%" #reg ::"r"(value) : "memory");    \
	}

DEFINE_CR_ACCESSORS(cr0)
DEFINE_CR_ACCESSORS(cr2)
DEFINE_CR_ACCESSORS(cr3)
DEFINE_CR_ACCESSORS(cr4) /* only if cpu_has_cr4(): #UD else */
DEFINE_CR_ACCESSORS(dr6)
DEFINE_CR_ACCESSORS(dr7)

/* Does this processor have CR4? False before cpuid_init(). */
extern bool cpu_cr4_exists;
#define cpu_has_cr4() (cpu_cr4_exists)

/* Forget the translation of one page, global or not. */
static __always_inline void invlpg(unsigned long address)
{
	__asm__ volatile("invlpg (%0)" ::"r"(address) : "memory");
}

/* Let the FPU's next instruction trap with #NM, or not. */
static __always_inline void stts(void)
{
	write_cr0(read_cr0() | X86_CR0_TS);
}

static __always_inline void clts(void)
{
	__asm__ volatile("clts" ::: "memory");
}

/* Wait for an interrupt; with them disabled, for ever (but for an NMI). */
static __always_inline void cpu_halt(void)
{
	__asm__ volatile("hlt" ::: "memory");
}

/*
 * Enable interrupts and wait for one. STI takes effect after the next
 * instruction, so that no interrupt slips in between the two (SDM vol. 2, STI).
 */
static __always_inline void cpu_idle_wait(void)
{
	__asm__ volatile("sti\n\thlt" ::: "memory");
}

/* A hint in a busy loop; a plain nop on a 486. */
static __always_inline void cpu_relax(void)
{
	__asm__ volatile("rep; nop" ::: "memory");
}

/* The time stamp counter; only where boot_cpu_has(X86_FEATURE_TSC). */
static __always_inline u64 rdtsc(void)
{
	u64 value;

	__asm__ volatile("rdtsc" : "=A"(value)::"memory");
	return value;
}

static __always_inline unsigned long read_eflags(void)
{
	unsigned long flags;

	__asm__ volatile("pushfl\n\tpopl %0" : "=r"(flags)::"memory");
	return flags;
}

/* What LGDT and LIDT take. */
struct descriptor_pointer {
	u16 limit;
	u32 base;
} __packed;

#endif
