/*
 * Address spaces as a whole: made, entered, left, taken down.
 *
 * An mm_struct has two counts. mm_users is how many tasks live in it; when it drops to
 * zero, the areas and page tables go. mm_count is for those who need only the struct
 * and its directory, all users together counting as one.
 *
 * Kernel threads have no address space and run on whatever directory was loaded last, as
 * all of them show the same kernel. The owner of the last reference therefore may find
 * the directory in CR3 though it is nobody's any more; pgd_free() sees to that.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/fs/fs.h"
#include "kernel/panic.h"
#include "kernel/random.h"
#include "kernel/sched.h"
#include "mm/mlock.h"
#include "mm/mm.h"
#include "mm/overcommit.h"
#include "mm/pgalloc.h"
#include "mm/slab.h"
#include "mm/unmap.h"
#include "mm/vma.h"

/* How far randomize_va_space moves things: Linux's ranges for i386. */
#define MMAP_RANDOM_PAGES  256u
#define STACK_RANDOM_PAGES 2048u
#define BRK_RANDOM_PAGES   8192u

int randomize_va_space;

static struct kmem_cache *mm_cache;

/* The kernel's own: it has a directory and nothing else. */
struct mm_struct init_mm = {
	.pgd = swapper_pg_dir,
	.mm_users = ATOMIC_INIT(1),
	.mm_count = ATOMIC_INIT(1),
	.page_table_lock = SPIN_LOCK_INIT("init_mm.page_table_lock"),
};

void mm_types_init(void)
{
	mm_cache = kmem_cache_create("mm_struct", sizeof(struct mm_struct), 0, SLAB_PANIC, NULL);
	vma_init();
	overcommit_init();
}

/*
 * Where mappings and the stack begin: the same in every process, which is a lesson, unless
 * randomize_va_space asks for addresses that an attacker cannot foresee.
 */
static void choose_layout(struct mm_struct *mm)
{
	mm->mmap_base = TASK_UNMAPPED_BASE;
	mm->stack_top = STACK_TOP;
	if (!randomize_va_space)
		return;
	mm->mmap_base += get_random_u32() % MMAP_RANDOM_PAGES * PAGE_SIZE;
	mm->stack_top -= get_random_u32() % STACK_RANDOM_PAGES * PAGE_SIZE;
}

unsigned long randomize_brk(unsigned long end)
{
	if (randomize_va_space < 2)
		return end;
	return end + get_random_u32() % BRK_RANDOM_PAGES * PAGE_SIZE;
}

struct mm_struct *mm_alloc(void)
{
	struct mm_struct *mm = kmem_cache_alloc(mm_cache, GFP_KERNEL | __GFP_ZERO);

	if (!mm)
		return NULL;
	mm->pgd = pgd_alloc();
	if (!mm->pgd) {
		kmem_cache_free(mm_cache, mm);
		return NULL;
	}
	atomic_set(&mm->mm_users, 1);
	atomic_set(&mm->mm_count, 1);
	choose_layout(mm);
	init_rwsem_rank(&mm->mmap_sem, "mmap_sem", LOCK_RANK_MMAP_SEM);
	spin_lock_init_rank(&mm->page_table_lock, "page_table_lock", LOCK_RANK_PAGE_TABLE);
	return mm;
}

void mmget(struct mm_struct *mm)
{
	atomic_inc(&mm->mm_users);
}

/* Nothing here sleeps, and exit_mm() takes mm out of the task before it drops it. */
struct mm_struct *get_task_mm(const struct task_struct *task)
{
	struct mm_struct *mm = task->flags & PF_KTHREAD ? NULL : task->mm;

	if (mm)
		mmget(mm);
	return mm;
}

static void mmdrop(struct mm_struct *mm)
{
	if (!atomic_dec_and_test(&mm->mm_count))
		return;
	pgd_free(mm->pgd);
	kmem_cache_free(mm_cache, mm);
}

/* The last user has gone: nobody but us can see the areas. */
static void exit_mmap(struct mm_struct *mm)
{
	struct vm_area_struct *vma;
	long promised = 0;

	account_locked(mm, -(long)mm->locked_vm);
	unmap_all(mm);
	while ((vma = first_vma(mm))) {
		if (vma->vm_flags & VM_ACCOUNT)
			promised += (long)vma_pages(vma);
		vma_unlink(mm, vma);
		vma_free(vma);
		cond_resched();
	}
	vm_unacct_memory(promised);
	WARN_ON(mm->rss_anon || mm->rss_file || mm->nr_ptes);
	if (mm->exe_file)
		fput(mm->exe_file);
}

void mmput(struct mm_struct *mm)
{
	might_sleep();
	if (!atomic_dec_and_test(&mm->mm_users))
		return;
	exit_mmap(mm);
	mmdrop(mm);
}

void use_mm(struct mm_struct *mm)
{
	unsigned long flags = local_irq_save();

	current->mm = mm;
	current->thread.cr3 = __pa(mm->pgd);
	write_cr3(current->thread.cr3);
	local_irq_restore(flags);
}

void exit_mm(void)
{
	struct mm_struct *mm = current->mm;
	unsigned long flags;

	if (!mm)
		return;
	flags = local_irq_save();
	current->mm = NULL;
	current->thread.cr3 = 0;
	write_cr3(__pa(swapper_pg_dir));
	local_irq_restore(flags);
	mmput(mm);
}
