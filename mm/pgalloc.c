/*
 * Pages for page tables and directories.
 *
 * A process's directory has two parts. Its upper quarter (entries 768..1023, from
 * 3 GiB on) is the kernel's, copied from swapper_pg_dir when the directory is made:
 * every process sees the same kernel, through the same tables. What the kernel adds
 * there later is vmalloc's, and copied by the fault handler. The lower part begins
 * empty, and a table is added with the first page of its 4 MiB.
 *
 *	process A            process B
 *	[0..767]  own        [0..767]  own
 *	[768..1023] --.      [768..1023] --.
 *	              `---> the kernel's tables <---'
 *
 * Tables live in low memory, where a pointer reaches them without a mapping.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/memory.h"
#include "mm/page_alloc.h"
#include "mm/pgalloc.h"
#include "mm/vmstat.h"

pgd_t *pgd_alloc(void)
{
	pgd_t *pgd = (pgd_t *)get_free_page(GFP_KERNEL);

	if (!pgd)
		return NULL;
	memset(pgd, 0, USER_PTRS_PER_PGD * sizeof(pgd_t));
	memcpy(pgd + USER_PTRS_PER_PGD, swapper_pg_dir + USER_PTRS_PER_PGD,
	       (PTRS_PER_PGD - USER_PTRS_PER_PGD) * sizeof(pgd_t));
	SetPageTable(virt_to_page(pgd));
	return pgd;
}

void pgd_free(pgd_t *pgd)
{
	/* A kernel thread may still be running on it. */
	if (read_cr3() == __pa(pgd))
		write_cr3(__pa(swapper_pg_dir));
	ClearPageTable(virt_to_page(pgd));
	free_page((unsigned long)pgd);
}

int __pte_alloc(struct mm_struct *mm, pmd_t *pmd)
{
	unsigned long table = get_zeroed_page(GFP_KERNEL | __GFP_NOWARN);

	if (!table)
		return -ENOMEM;
	spin_lock(&mm->page_table_lock);
	if (pmd_none(*pmd)) {
		SetPageTable(virt_to_page(table));
		set_pmd(pmd, __pa(table) | _PAGE_TABLE);
		mm->nr_ptes++;
		add_vm_stat(NR_PAGETABLE, 1);
		table = 0;
	}
	spin_unlock(&mm->page_table_lock);
	/* Another thread's fault was faster while this one slept. */
	free_page(table);
	return 0;
}
