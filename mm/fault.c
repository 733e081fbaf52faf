/*
 * The page fault: who did it, and may they?
 *
 *	address         mode     what it is
 *	--------------------------------------------------------------------------
 *	>= 3 GiB        user     SIGSEGV: the kernel's memory
 *	vmalloc region  kernel   a directory entry that this directory lacks: copied
 *	>= 3 GiB        kernel   a bug, unless the instruction is in the exception table
 *	< 3 GiB         user     an area holds it and allows it: handle_mm_fault()
 *	                         below a stack: the stack grows
 *	                         else: SIGSEGV, or SIGBUS beyond the end of a file
 *	< 3 GiB         kernel   the same for the copy routines of kernel/cpu/uaccess, which are in
 *	                         the exception table; failure becomes EFAULT. Any other
 *	                         instruction: a bug
 *
 * The processor gives the address in CR2 and an error code: was the page present, was it a write,
 * was it user mode (Intel SDM vol. 3A, 4.7).
 *
 * Locks: mmap_sem is taken here, for reading; for writing when a stack grows, as that moves an
 * area's border.
 */
#include "mm/fault.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/traps.h"
#include "kernel/panic.h"
#include "kernel/sched.h"
#include "kernel/signal_types.h"
#include "kernel/timer_list.h"
#include "mm/memory.h"
#include "mm/mmap.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"

#define RETRY_MSEC 20u

/* What is the matter with a fault that cannot be satisfied; a NULL pointer: it was. */
struct fault_verdict {
	int signal;
	int code;
};

static const struct fault_verdict not_mapped = {SIGSEGV, SEGV_MAPERR};
static const struct fault_verdict not_allowed = {SIGSEGV, SEGV_ACCERR};
static const struct fault_verdict no_file_there = {SIGBUS, BUS_ADRERR};
static const struct fault_verdict no_memory = {SIGKILL, 0};

/* Is there a stack above the address that may grow down to it? */
static bool grow_stack(struct mm_struct *mm, unsigned long address)
{
	struct vm_area_struct *vma;
	bool grown = false;

	down_write(&mm->mmap_sem);
	vma = find_vma(mm, address);
	if (vma && (vma->vm_start <= address ||
		    ((vma->vm_flags & VM_GROWSDOWN) && !expand_stack(vma, address))))
		grown = true;
	up_write(&mm->mmap_sem);
	return grown;
}

/* The area that holds an address, with mmap_sem held for reading; or NULL, without it. */
static struct vm_area_struct *find_area(struct mm_struct *mm, unsigned long address)
{
	struct vm_area_struct *vma;

	down_read(&mm->mmap_sem);
	vma = find_vma(mm, address);
	if (likely(vma && vma->vm_start <= address))
		return vma;
	if (vma && (vma->vm_flags & VM_GROWSDOWN)) {
		up_read(&mm->mmap_sem);
		if (!grow_stack(mm, address))
			return NULL;
		down_read(&mm->mmap_sem);
		vma = find_vma(mm, address);
		if (vma && vma->vm_start <= address)
			return vma;
	}
	up_read(&mm->mmap_sem);
	return NULL;
}

static const struct fault_verdict *verdict_of(unsigned int result)
{
	if (result & VM_FAULT_OOM)
		return &no_memory;
	return result & VM_FAULT_SIGBUS ? &no_file_there : &not_mapped;
}

static __always_inline void count_fault(unsigned int result)
{
	count_vm_event(PGFAULT);
	if (unlikely(result & VM_FAULT_MAJOR)) {
		count_vm_event(PGMAJFAULT);
		current->maj_flt++;
	} else {
		current->min_flt++;
	}
}

static const struct fault_verdict *user_address_fault(struct mm_struct *mm, unsigned long address,
						      unsigned long error_code)
{
	struct vm_area_struct *vma = find_area(mm, address);
	const struct fault_verdict *verdict = NULL;
	unsigned int result;

	if (unlikely(!vma))
		return &not_mapped;
	if (unlikely(!vma_allows(vma, error_code & PF_WRITE))) {
		verdict = &not_allowed;
		goto out;
	}
	result = handle_mm_fault(mm, vma, address, error_code & PF_WRITE);
	count_fault(result);
	if (unlikely(result & VM_FAULT_ERROR))
		verdict = verdict_of(result);
out:
	up_read(&mm->mmap_sem);
	return verdict;
}

/* A fault in kernel mode: a copy routine's, a missing entry of vmalloc's, or a bug. */
static __noinline void kernel_fault(struct pt_regs *regs, unsigned long error_code,
				    unsigned long address)
{
	struct mm_struct *mm = current->mm;

	if (!(error_code & PF_PROT) && vmalloc_sync_one(__va(read_cr3() & PAGE_MASK), address))
		return;
	if (address < TASK_SIZE && mm && !in_interrupt() && !current->pagefault_disabled &&
	    search_exception_table(regs->eip)) {
		if (!user_address_fault(mm, address, error_code))
			return;
	}
	if (!fixup_exception(regs))
		die("in the kernel", regs, TRAP_PF, error_code, address);
}

/* Without init nothing runs: it waits until others have ended, and then tries the access again. */
static bool must_survive(void)
{
	return current->signal->flags & SIGNAL_UNKILLABLE;
}

static void do_page_fault(struct pt_regs *regs, unsigned long error_code, unsigned long address)
{
	const struct fault_verdict *verdict = &not_mapped;

	if (unlikely(!(error_code & PF_USER))) {
		kernel_fault(regs, error_code, address);
		return;
	}
	/* What the kernel has mapped where is not told to programs: nothing, it seems. */
	if (likely(address < TASK_SIZE))
		verdict = user_address_fault(current->mm, address, error_code);
	if (unlikely(verdict == &no_memory && must_survive()))
		msleep(RETRY_MSEC);
	else if (unlikely(verdict))
		send_trap_signal(regs, verdict->signal, verdict->code, address, TRAP_PF,
				 error_code);
}

void fault_init(void)
{
	set_trap_handler(TRAP_PF, do_page_fault);
}
