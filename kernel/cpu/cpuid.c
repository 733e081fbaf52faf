/* Asking the processor what it is. */
#include "kernel/cpu/cpuid.h"

#include "kernel/cpu/cpu.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/printk.h"

#define CPUID_BRAND_FIRST 0x80000002u
#define CPUID_BRAND_LAST  0x80000004u

/* CPUID features that CR4 controls: where one is, the register is (SDM vol. 3A, 2.5). */
#define CR4_FEATURES (BIT(1) | BIT(2) | BIT(3) | BIT(4) | BIT(6) | BIT(7) | BIT(13))

struct cpuinfo boot_cpu_data;
bool cpu_cr4_exists;

/* A processor has CPUID if EFLAGS.ID can be changed (SDM vol. 1, 19.1.1). */
static bool detect_cpuid(void)
{
	unsigned long before, after;

	__asm__ volatile("pushfl\n\t"
			 "pushfl\n\t"
			 "popl %0\n\t"
			 "movl %0,%1\n\t"
			 "xorl %2,%1\n\t"
			 "pushl %1\n\t"
			 "popfl\n\t"
			 "pushfl\n\t"
			 "popl %1\n\t"
			 "popfl"
			 : "=&r"(before), "=&r"(after)
			 : "i"(X86_EFLAGS_ID)
			 : "cc");
	return (before ^ after) & X86_EFLAGS_ID;
}

void cpuid(u32 leaf, u32 regs[4])
{
	__asm__ volatile("cpuid"
			 : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3])
			 : "0"(leaf), "2"(0));
}

static void read_features(struct cpuinfo *info)
{
	u32 regs[4];

	cpuid(1, regs);
	info->signature = regs[0];
	info->features[0] = regs[3];
	info->features[1] = regs[2];
	info->stepping = regs[0] & 0xf;
	info->model = regs[0] >> 4 & 0xf;
	info->family = regs[0] >> 8 & 0xf;
	if (info->family == 0x6 || info->family == 0xf)
		info->model |= regs[0] >> 12 & 0xf0;
	if (info->family == 0xf)
		info->family += regs[0] >> 20 & 0xff;
}

/* The brand string, without the blanks that some put in front of it. */
static bool read_brand(struct cpuinfo *info)
{
	u32 regs[4];
	char brand[sizeof(info->name)] = "";

	cpuid(0x80000000u, regs);
	if (regs[0] < CPUID_BRAND_LAST)
		return false;
	for (u32 leaf = CPUID_BRAND_FIRST; leaf <= CPUID_BRAND_LAST; leaf++) {
		cpuid(leaf, regs);
		memcpy(brand + (leaf - CPUID_BRAND_FIRST) * sizeof(regs), regs, sizeof(regs));
	}
	strlcpy(info->name, strim(brand), sizeof(info->name));
	return info->name[0] != '\0';
}

void cpuid_init(void)
{
	struct cpuinfo *info = &boot_cpu_data;
	u32 regs[4];

	info->has_cpuid = detect_cpuid();
	if (!info->has_cpuid) {
		info->family = 4;
		strlcpy(info->name, "486 without CPUID", sizeof(info->name));
		return;
	}
	cpuid(0, regs);
	memcpy(info->vendor, &regs[1], 4);
	memcpy(info->vendor + 4, &regs[3], 4);
	memcpy(info->vendor + 8, &regs[2], 4);
	if (regs[0] >= 1)
		read_features(info);
	cpu_cr4_exists = info->features[0] & CR4_FEATURES;
	if (!read_brand(info))
		scnprintf(info->name, sizeof(info->name), "family %u model %u", info->family,
			  info->model);
}

const struct cpu_flag_name cpu_flag_names[] = {
	{X86_FEATURE_FPU, "fpu"},
	{X86_FEATURE_PSE, "pse"},
	{X86_FEATURE_PGE, "pge"},
	{X86_FEATURE_TSC, "tsc"},
	{X86_FEATURE_SEP, "sep"},
	{X86_FEATURE_CMOV, "cmov"},
	{X86_FEATURE_MMX, "mmx"},
	{X86_FEATURE_FXSR, "fxsr"},
	{X86_FEATURE_SSE, "sse"},
	{X86_FEATURE_SSE2, "sse2"},
	{0, NULL},
};

void cpu_print(void)
{
	const struct cpuinfo *info = &boot_cpu_data;

	pr_info("cpu: %s%s%s, features:", info->vendor, info->vendor[0] ? " " : "", info->name);
	for (const struct cpu_flag_name *flag = cpu_flag_names; flag->name; flag++)
		if (boot_cpu_has(flag->feature))
			pr_cont(" %s", flag->name);
	pr_cont("\n");
}
