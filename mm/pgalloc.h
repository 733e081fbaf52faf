/*
 * Page tables of processes: making them.
 */
#ifndef FOLIO_MM_PGALLOC_H
#define FOLIO_MM_PGALLOC_H

#include "mm/mm_types.h"

/*
 * pgd_alloc, pgd_free - a directory with the kernel's entries, for a process. May sleep; NULL: no
 * memory.
 */
pgd_t *pgd_alloc(void);
void pgd_free(pgd_t *pgd);

/*
 * pte_alloc - the entry for an address, with a table made when it is missing. NULL: no
 * memory. May sleep; takes page_table_lock.
 */
int __pte_alloc(struct mm_struct *mm, pmd_t *pmd);
static __always_inline pte_t *pte_alloc(struct mm_struct *mm, unsigned long address)
{
	pmd_t *pmd = pmd_offset(&mm->pgd[pgd_index(address)], address);

	if (unlikely(pmd_none(*pmd)) && __pte_alloc(mm, pmd))
		return NULL;
	return pte_offset(pmd, address);
}

#endif
