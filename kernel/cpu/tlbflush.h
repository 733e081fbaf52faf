/*
 * Forgetting translations (Intel SDM vol. 3A, 4.10.4 "Invalidation of TLBs and
 * Paging-Structure Caches").
 *
 * A CR3 load forgets everything but global entries; INVLPG forgets one page,
 * global or not; clearing and setting CR4.PGE forgets all. QEMU is careless here
 * (its CR3 load forgets global entries too) and real processors are not: what is
 * right is decided by the manual.
 */
#ifndef FOLIO_CPU_TLBFLUSH_H
#define FOLIO_CPU_TLBFLUSH_H

#include "kernel/lib/compiler.h"

/* Up to this many pages are flushed one by one; more, all at once. */
#define TLB_FLUSH_SINGLE_MAX 32

/* Forget the translation of one page of the current address space, or of the kernel. */
static __always_inline void flush_tlb_one(unsigned long addr)
{
	__asm__ volatile("invlpg (%0)" ::"r"(addr) : "memory");
}

/* Forget the current address space's own translations; global ones stay. */
static __always_inline void flush_tlb_current(void)
{
	unsigned long cr3;

	__asm__ volatile("movl %%cr3,%0\n\tmovl %0,%%cr3" : "=r"(cr3)::"memory");
}

/* Forget all translations, global ones too. */
void flush_tlb_all(void);

/* Forget translations of kernel addresses [start, end), global ones too. */
void flush_tlb_kernel_range(unsigned long start, unsigned long end);

/* Forget translations of user addresses [start, end) of the current address space. */
void flush_tlb_user_range(unsigned long start, unsigned long end);

#endif
