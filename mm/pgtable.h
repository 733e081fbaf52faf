/*
 * Page tables of the i386: two levels, 10 + 10 + 12 bits (Intel SDM vol. 3A,
 * 4.3 "32-Bit Paging"). The code speaks of three levels, pgd, pmd and pte, as
 * Linux does; the middle one is folded: a pmd is the pgd entry itself.
 *
 * An entry:
 *
 *	31        12 11  9  8  7  6  5  4  3  2  1  0
 *	[  frame   ] avail  G PS  D  A CD WT US RW  P
 *	              |
 *	              bit 9: "special": the zero page or device memory; the frame
 *	              is neither counted nor reverse-mapped
 *
 * An entry with P = 0 and not zero:
 *	bit 8 set	PROT_NONE: the frame is there, no access is allowed
 *	bit 8 clear	a swap entry: type in bits 1..6, offset in bits 9..31
 */
#ifndef FOLIO_MM_PGTABLE_H
#define FOLIO_MM_PGTABLE_H

#include "mm/page.h"

typedef struct {
	unsigned long pte;
} pte_t;

typedef struct {
	unsigned long pgd;
} pgd_t;

typedef struct {
	pgd_t pgd;
} pmd_t;

typedef struct {
	unsigned long pgprot;
} pgprot_t;

#define PGDIR_SHIFT	  22
#define PGDIR_SIZE	  (1ul << PGDIR_SHIFT)
#define PGDIR_MASK	  (~(PGDIR_SIZE - 1))
#define PTRS_PER_PGD	  1024
#define PTRS_PER_PTE	  1024

#define USER_PTRS_PER_PGD (TASK_SIZE / PGDIR_SIZE)

#define _PAGE_PRESENT	  0x001ul
#define _PAGE_RW	  0x002ul
#define _PAGE_USER	  0x004ul
#define _PAGE_PWT	  0x008ul
#define _PAGE_PCD	  0x010ul
#define _PAGE_ACCESSED	  0x020ul
#define _PAGE_DIRTY	  0x040ul
#define _PAGE_PSE	  0x080ul /* in a directory entry: maps 4 MiB */
#define _PAGE_GLOBAL	  0x100ul /* survives a CR3 load; needs CR4.PGE */
#define _PAGE_PROTNONE	  0x100ul /* with P = 0 */
#define _PAGE_SPECIAL	  0x200ul /* available to software: not counted */

#define _PAGE_TABLE	  (_PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_ACCESSED | _PAGE_DIRTY)
#define _KERNPG_TABLE	  (_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY)

#define __pgprot(x)	  ((pgprot_t){(x)})
#define pgprot_val(x)	  ((x).pgprot)
#define __pte(x)	  ((pte_t){(x)})
#define pte_val(x)	  ((x).pte)
#define __pgd(x)	  ((pgd_t){(x)})
#define pgd_val(x)	  ((x).pgd)
#define pmd_val(x)	  ((x).pgd.pgd)

#define PAGE_NONE	  __pgprot(_PAGE_PROTNONE | _PAGE_USER | _PAGE_ACCESSED)
#define PAGE_READONLY	  __pgprot(_PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED)
#define PAGE_SHARED	  __pgprot(_PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_ACCESSED)
#define PAGE_COPY	  PAGE_READONLY

/* Kernel mappings; __page_global is _PAGE_GLOBAL where the processor has it, else 0. */
extern unsigned long __page_global;
#define PAGE_KERNEL \
	__pgprot(_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY | __page_global)
#define PAGE_KERNEL_RO	    __pgprot(_PAGE_PRESENT | _PAGE_ACCESSED | __page_global)
#define PAGE_KERNEL_NOCACHE __pgprot(pgprot_val(PAGE_KERNEL) | _PAGE_PCD)

extern pgd_t swapper_pg_dir[PTRS_PER_PGD]; /* the kernel's own directory, of init_mm */

#define pgd_index(addr) ((unsigned long)(addr) >> PGDIR_SHIFT)
#define pte_index(addr) (((unsigned long)(addr) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))

/* The end of the 4 MiB that one table maps, or `end` if that comes first. */
static __always_inline unsigned long pgd_addr_end(unsigned long addr, unsigned long end)
{
	unsigned long boundary = (addr + PGDIR_SIZE) & PGDIR_MASK;

	return boundary - 1 < end - 1 ? boundary : end;
}

static __always_inline pmd_t *pmd_offset(pgd_t *pgd, unsigned long addr)
{
	(void)addr;
	return (pmd_t *)pgd;
}

static __always_inline bool pmd_none(pmd_t pmd)
{
	return !pmd_val(pmd);
}

static __always_inline bool pmd_present(pmd_t pmd)
{
	return pmd_val(pmd) & _PAGE_PRESENT;
}

static __always_inline bool pmd_large(pmd_t pmd)
{
	return (pmd_val(pmd) & (_PAGE_PRESENT | _PAGE_PSE)) == (_PAGE_PRESENT | _PAGE_PSE);
}

static __always_inline struct page *pmd_page(pmd_t pmd)
{
	return pfn_to_page(pmd_val(pmd) >> PAGE_SHIFT);
}

/* Page tables live in low memory: the direct map reaches them. */
static __always_inline pte_t *pmd_page_table(pmd_t pmd)
{
	return (pte_t *)__va(pmd_val(pmd) & PAGE_MASK);
}

static __always_inline pte_t *pte_offset(pmd_t *pmd, unsigned long addr)
{
	return pmd_page_table(*pmd) + pte_index(addr);
}

static __always_inline void set_pmd(pmd_t *pmd, unsigned long val)
{
	WRITE_ONCE(pmd->pgd.pgd, val);
}

static __always_inline void set_pte(pte_t *ptep, pte_t pte)
{
	WRITE_ONCE(ptep->pte, pte_val(pte));
}

static __always_inline void pte_clear(pte_t *ptep)
{
	WRITE_ONCE(ptep->pte, 0);
}

/* Take an entry away in one step: the processor may be setting A and D in it. */
static __always_inline pte_t ptep_get_and_clear(pte_t *ptep)
{
	unsigned long val = 0;

	__asm__ volatile("xchgl %0,%1" : "+r"(val), "+m"(ptep->pte)::"memory");
	return __pte(val);
}

/* Take the right to write away, in one step for the same reason. The TLB does not know yet. */
static __always_inline void ptep_set_wrprotect(pte_t *ptep)
{
	atomic_and_mask(~_PAGE_RW, &ptep->pte);
}

/* Take the note of a use away, in the same way. */
static __always_inline void ptep_mkold(pte_t *ptep)
{
	atomic_and_mask(~_PAGE_ACCESSED, &ptep->pte);
}

static __always_inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return __pte(PFN_PHYS(pfn) | pgprot_val(prot));
}

static __always_inline pte_t mk_pte(struct page *page, pgprot_t prot)
{
	return pfn_pte(page_to_pfn(page), prot);
}

static __always_inline bool pte_none(pte_t pte)
{
	return !pte_val(pte);
}

/* A frame is there, though PROT_NONE may forbid its use. */
static __always_inline bool pte_present(pte_t pte)
{
	return pte_val(pte) & (_PAGE_PRESENT | _PAGE_PROTNONE);
}

static __always_inline bool pte_write(pte_t pte)
{
	return pte_val(pte) & _PAGE_RW;
}

static __always_inline bool pte_dirty(pte_t pte)
{
	return pte_val(pte) & _PAGE_DIRTY;
}

static __always_inline bool pte_young(pte_t pte)
{
	return pte_val(pte) & _PAGE_ACCESSED;
}

static __always_inline bool pte_special(pte_t pte)
{
	return pte_val(pte) & _PAGE_SPECIAL;
}

static __always_inline unsigned long pte_pfn(pte_t pte)
{
	return pte_val(pte) >> PAGE_SHIFT;
}

static __always_inline struct page *pte_page(pte_t pte)
{
	return pfn_to_page(pte_pfn(pte));
}

static __always_inline pte_t pte_mkwrite(pte_t pte)
{
	return __pte(pte_val(pte) | _PAGE_RW);
}

static __always_inline pte_t pte_wrprotect(pte_t pte)
{
	return __pte(pte_val(pte) & ~_PAGE_RW);
}

static __always_inline pte_t pte_mkdirty(pte_t pte)
{
	return __pte(pte_val(pte) | _PAGE_DIRTY);
}

static __always_inline pte_t pte_mkyoung(pte_t pte)
{
	return __pte(pte_val(pte) | _PAGE_ACCESSED);
}

static __always_inline pte_t pte_mkold(pte_t pte)
{
	return __pte(pte_val(pte) & ~_PAGE_ACCESSED);
}

/* The same frame with other rights; A, D and what software noted stay. */
static __always_inline pte_t pte_modify(pte_t pte, pgprot_t prot)
{
	const unsigned long keep = PAGE_MASK | _PAGE_DIRTY | _PAGE_ACCESSED | _PAGE_SPECIAL;

	return __pte((pte_val(pte) & keep) | (pgprot_val(prot) & ~_PAGE_ACCESSED));
}

static __always_inline pte_t pte_mkclean(pte_t pte)
{
	return __pte(pte_val(pte) & ~_PAGE_DIRTY);
}

static __always_inline pte_t pte_mkspecial(pte_t pte)
{
	return __pte(pte_val(pte) | _PAGE_SPECIAL);
}

#endif
