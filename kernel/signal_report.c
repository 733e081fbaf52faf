/*
 * What a program did that it must not, in one line of the log: who, what, where. There are no core
 * dumps; this is what is left of a program that a trap has ended. A death that was not
 * asked for otherwise (SIGABRT, SIGQUIT) has a shorter line.
 *
 * A bad pointer handed to a system call does not come here: the copy routines make EFAULT of it.
 */
#include "kernel/signal_report.h"

#include "kernel/cpu/traps.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/proc/maps.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/printk.h"
#include "kernel/signal.h"
#include "mm/mmap.h"

#define REASON_SIZE    128
#define ERROR_CODE_IDT 2u

/* Instructions that ring 3 may not use, by their first byte; else a #GP is about a segment. */
static const struct {
	u8 first, last;
	const char *name;
} privileged[] = {
	{0x6c, 0x6d, "ins"}, {0x6e, 0x6f, "outs"}, {0xe4, 0xe5, "in"},
	{0xe6, 0xe7, "out"}, {0xec, 0xed, "in"},   {0xee, 0xef, "out"},
	{0xf4, 0xf4, "hlt"}, {0xfa, 0xfa, "cli"},  {0xfb, 0xfb, "sti"},
};

/* The second byte of two-byte instructions that begin with 0x0f. */
static const struct {
	u8 second;
	const char *name;
} privileged_0f[] = {
	{0x00, "lldt or ltr"},
	{0x01, "lgdt, lidt, lmsw or invlpg"},
	{0x06, "clts"},
	{0x08, "invd"},
	{0x09, "wbinvd"},
	{0x20, "mov from a control register"},
	{0x21, "mov from a debug register"},
	{0x22, "mov to a control register"},
	{0x23, "mov to a debug register"},
	{0x30, "wrmsr"},
	{0x32, "rdmsr"},
};

/* The name of the privileged instruction at eip, or NULL. */
static const char *privileged_name(unsigned long eip)
{
	u8 byte, second;

	if (get_user(byte, (const u8 __user *)eip))
		return NULL;
	for (unsigned int i = 0; i < ARRAY_SIZE(privileged); i++) {
		if (byte >= privileged[i].first && byte <= privileged[i].last)
			return privileged[i].name;
	}
	if (byte != 0x0f || get_user(second, (const u8 __user *)eip + 1))
		return NULL;
	for (unsigned int i = 0; i < ARRAY_SIZE(privileged_0f); i++) {
		if (second == privileged_0f[i].second)
			return privileged_0f[i].name;
	}
	return NULL;
}

/*
 * A #GP without an error code is mostly a privileged instruction. Else the code names a
 * descriptor; its bit 1 says that it is a gate of the IDT (SDM vol. 3A, 6.13 "Error Code").
 */
static void protection_reason(char *buf, const struct pt_regs *regs, const struct signal_info *info)
{
	unsigned long code = info->error_code & 0xffff;
	const char *name = code ? NULL : privileged_name(regs->eip);
	const char *trap = trap_info(info->trapno)->name;

	if (name)
		snprintf(buf, REASON_SIZE, "%s is a privileged instruction", name);
	else if (code & ERROR_CODE_IDT)
		snprintf(buf, REASON_SIZE, "%s: int 0x%02lx is the kernel's", trap, code >> 3);
	else if (code)
		snprintf(buf, REASON_SIZE, "%s: selector 0x%04lx", trap, code);
	else
		snprintf(buf, REASON_SIZE, "%s", trap);
}

/* Is the address so near below a stack that it would belong to it, were there no limit? */
static bool beyond_stack(const struct vm_area_struct *vma, unsigned long addr)
{
	return (vma->vm_flags & VM_GROWSDOWN) && vma->vm_start > addr &&
	       vma->vm_end - addr < 2 * STACK_LIMIT;
}

/* Has the file such a byte? Then it could not be read (or, of a hole, not be given a place). */
static bool within_file(const struct vm_area_struct *vma, unsigned long addr)
{
	loff_t at = ((loff_t)vma->vm_pgoff << PAGE_SHIFT) + (addr - vma->vm_start);

	return vma->vm_file && at < i_size_read(vma->vm_file->f_mapping->host);
}

/* Why an address cannot be had: what the regions say about it. mmap_sem is held. */
static void region_reason(char *buf, size_t size, const struct signal_info *info)
{
	const struct vm_area_struct *vma = find_vma(current->mm, info->addr);
	char name[64];

	if (info->addr < PAGE_SIZE)
		snprintf(buf, size, "a null pointer");
	else if (!vma)
		snprintf(buf, size, "no region there");
	else if (beyond_stack(vma, info->addr))
		snprintf(buf, size, "beyond the limit of the stack");
	else if (vma->vm_start > info->addr)
		snprintf(buf, size, "no region there");
	else if (info->number == SIGBUS)
		snprintf(buf, size, "%s %s",
			 within_file(vma, info->addr) ? "an error of" : "beyond the end of",
			 vma_name(vma, name, sizeof(name)));
	else
		snprintf(buf, size, "region %08lx-%08lx %c%c%c %s", vma->vm_start, vma->vm_end,
			 vma->vm_flags & VM_READ ? 'r' : '-', vma->vm_flags & VM_WRITE ? 'w' : '-',
			 vma->vm_flags & VM_EXEC ? 'x' : '-', vma_name(vma, name, sizeof(name)));
}

static void fault_reason(char *buf, const struct pt_regs *regs, const struct signal_info *info)
{
	const char *act = info->error_code & PF_WRITE ? "write to"
			  : info->addr == regs->eip   ? "jump to"
						      : "read from";
	char why[96];

	if (info->number == SIGKILL) {
		snprintf(buf, REASON_SIZE, "out of memory for a %s 0x%08lx", act, info->addr);
		return;
	}
	if (info->addr >= TASK_SIZE) {
		snprintf(why, sizeof(why), "kernel memory");
	} else {
		down_read(&current->mm->mmap_sem);
		region_reason(why, sizeof(why), info);
		up_read(&current->mm->mmap_sem);
	}
	snprintf(buf, REASON_SIZE, "%s: %s 0x%08lx (%s)",
		 info->number == SIGBUS ? "bus error" : "segmentation fault", act, info->addr, why);
}

static void trap_reason(char *buf, const struct pt_regs *regs, const struct signal_info *info)
{
	switch (info->trapno) {
	case TRAP_PF:
		fault_reason(buf, regs, info);
		break;
	case TRAP_GP:
	case TRAP_SS:
	case TRAP_NP:
	case TRAP_TS:
		protection_reason(buf, regs, info);
		break;
	default:
		snprintf(buf, REASON_SIZE, "%s%s", trap_info(info->trapno)->name,
			 info->number == SIGKILL ? ": out of memory" : "");
		break;
	}
}

static const char *const names[] = {
	[SIGQUIT] = "SIGQUIT", [SIGILL] = "SIGILL", [SIGTRAP] = "SIGTRAP", [SIGABRT] = "SIGABRT",
	[SIGBUS] = "SIGBUS",   [SIGFPE] = "SIGFPE", [SIGSEGV] = "SIGSEGV", [SIGXCPU] = "SIGXCPU",
	[SIGXFSZ] = "SIGXFSZ", [SIGSYS] = "SIGSYS",
};

/* For all that a hundred programs do in a second, the log has other things to tell too. */
struct ratelimit signal_report_limit = {.interval = 5, .burst = 20};

void report_death(const struct pt_regs *regs, int sig, const struct signal_info *trap)
{
	char reason[REASON_SIZE];

	if (!trap && !sig_in(sig, SIG_DUMPS))
		return;
	if (!ratelimit(&signal_report_limit, "signals"))
		return;
	if (trap)
		trap_reason(reason, regs, trap);
	else
		snprintf(reason, sizeof(reason), "ended by %s", names[sig]);
	pr_info("%s[%d]: %s at eip 0x%08lx\n", current->comm, current->pid, reason, regs->eip);
}
