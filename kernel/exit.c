/*
 * The end of a process. Files go first, because closing one may still need the
 * process; then the address space, with every page that only it had. The task
 * itself is left to kernel/task.c and whoever waits for it.
 */
#include "kernel/exit.h"
#include "kernel/fs/fdtable.h"
#include "kernel/task.h"
#include "mm/mm.h"

/* What the process has cost goes to its parent's account, as getrusage(2) tells it. */
static void account_faults(const struct mm_struct *mm)
{
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	current->parent->cmin_flt += mm->min_flt;
	current->parent->cmaj_flt += mm->maj_flt;
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

void do_exit(int status)
{
	current->flags |= PF_EXITING;
	exit_files();
	if (current->mm)
		account_faults(current->mm);
	exit_mm();
	task_exit(status);
}
