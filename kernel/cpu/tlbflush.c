/* Forgetting translations, one by one or all at once. */
#include "kernel/cpu/tlbflush.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/cpuid.h"
#include "kernel/cpu/irqflags.h"
#include "mm/layout.h"

void flush_tlb_all(void)
{
	unsigned long flags = local_irq_save();

	if (boot_cpu_has(X86_FEATURE_PGE)) {
		unsigned long cr4 = read_cr4();

		write_cr4(cr4 & ~X86_CR4_PGE);
		write_cr4(cr4);
	} else {
		flush_tlb_current();
	}
	local_irq_restore(flags);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	if ((end - start) >> PAGE_SHIFT > TLB_FLUSH_SINGLE_MAX) {
		flush_tlb_all();
		return;
	}
	for (; start < end; start += PAGE_SIZE)
		flush_tlb_one(start);
}

void flush_tlb_user_range(unsigned long start, unsigned long end)
{
	if ((end - start) >> PAGE_SHIFT > TLB_FLUSH_SINGLE_MAX) {
		flush_tlb_current();
		return;
	}
	for (; start < end; start += PAGE_SIZE)
		flush_tlb_one(start);
}
