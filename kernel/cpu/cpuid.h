/*
 * What the processor can do (Intel SDM vol. 2, CPUID; vol. 1, 19.1 for
 * processors without it).
 */
#ifndef FOLIO_CPU_CPUID_H
#define FOLIO_CPU_CPUID_H

#include "kernel/lib/compiler.h"

/* Bits of CPUID leaf 1: EDX is word 0, ECX word 1. */
#define X86_FEATURE_FPU	   0
#define X86_FEATURE_PSE	   3
#define X86_FEATURE_TSC	   4
#define X86_FEATURE_MSR	   5
#define X86_FEATURE_PAE	   6
#define X86_FEATURE_CX8	   8
#define X86_FEATURE_SEP	   11
#define X86_FEATURE_PGE	   13
#define X86_FEATURE_CMOV   15
#define X86_FEATURE_PAT	   16
#define X86_FEATURE_MMX	   23
#define X86_FEATURE_FXSR   24
#define X86_FEATURE_SSE	   25
#define X86_FEATURE_SSE2   26
#define X86_FEATURE_SSE3   32
#define X86_FEATURE_RDRAND 62

struct cpuinfo {
	bool has_cpuid;
	unsigned int family, model, stepping;
	u32 features[2];
	u32 signature;	 /* leaf 1, EAX */
	char vendor[13]; /* "GenuineIntel" */
	char name[49];	 /* the brand string, or a name made up from the family */
};

extern struct cpuinfo boot_cpu_data;

/* The features that are shown, and their names in /proc/cpuinfo; ends with a name of NULL. */
struct cpu_flag_name {
	unsigned int feature;
	const char *name;
};
extern const struct cpu_flag_name cpu_flag_names[];

static __always_inline bool boot_cpu_has(unsigned int feature)
{
	return boot_cpu_data.features[feature / 32] >> (feature % 32) & 1;
}

/* cpuid_init - fill boot_cpu_data. Boot. */
void cpuid_init(void);

/* cpu_print - one line for the log. */
void cpu_print(void);

/* cpuid - run the instruction; only where boot_cpu_data.has_cpuid. regs: eax ebx ecx edx. */
void cpuid(u32 leaf, u32 regs[4]);

#endif
