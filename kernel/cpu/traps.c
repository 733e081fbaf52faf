/*
 * Exceptions: what each means, and who handles it. A program that causes one gets
 * the signal of the table; the kernel may cause one only where the exception
 * table knows of it, and dies otherwise.
 */
#include "kernel/cpu/traps.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/idt.h"
#include "kernel/cpu/io.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "mm/layout.h"

#define NMI_STATUS_PORT 0x61 /* port B: bit 7 memory parity, bit 6 I/O channel check */
#define NMI_PARITY	0x80
#define NMI_IO_CHECK	0x40
#define NMI_CLEAR	0x0c /* disable and so clear both */

#define DR6_SINGLE_STEP 0x4000ul

_Static_assert(offsetof(struct pt_regs, orig_eax) == 36, "ptrace.inc must agree");
_Static_assert(offsetof(struct pt_regs, xss) == 56, "ptrace.inc must agree");

struct exception_entry {
	unsigned long insn;
	unsigned long fixup;
};

extern struct exception_entry __start___ex_table[], __stop___ex_table[];

/* Names: SDM vol. 3A, table 6-1. Signals and codes: what Linux sends. */
static const struct trap_info trap_infos[] = {
	[TRAP_DE] = {"divide error", "#DE", SIGFPE, FPE_INTDIV},
	[TRAP_DB] = {"debug trap", "#DB", SIGTRAP, TRAP_TRACE},
	[TRAP_NMI] = {"non-maskable interrupt", "NMI", SIGBUS, SI_KERNEL},
	[TRAP_BP] = {"breakpoint", "#BP", SIGTRAP, SI_KERNEL},
	[TRAP_OF] = {"overflow", "#OF", SIGSEGV, SI_KERNEL},
	[TRAP_BR] = {"bound range exceeded", "#BR", SIGSEGV, SI_KERNEL},
	[TRAP_UD] = {"invalid opcode", "#UD", SIGILL, ILL_ILLOPN},
	[TRAP_NM] = {"no floating-point unit", "#NM", SIGSEGV, SI_KERNEL},
	[TRAP_DF] = {"double fault", "#DF", SIGSEGV, SI_KERNEL},
	[9] = {"coprocessor segment overrun", "#9", SIGFPE, SI_KERNEL},
	[TRAP_TS] = {"invalid TSS", "#TS", SIGSEGV, SI_KERNEL},
	[TRAP_NP] = {"segment not present", "#NP", SIGBUS, SI_KERNEL},
	[TRAP_SS] = {"stack segment fault", "#SS", SIGBUS, SI_KERNEL},
	[TRAP_GP] = {"general protection fault", "#GP", SIGSEGV, SI_KERNEL},
	[TRAP_PF] = {"page fault", "#PF", SIGSEGV, SEGV_MAPERR},
	[15] = {"reserved exception 15", "#15", SIGSEGV, SI_KERNEL},
	[TRAP_MF] = {"floating-point error", "#MF", SIGFPE, FPE_FLTINV},
	[TRAP_AC] = {"alignment check", "#AC", SIGBUS, BUS_ADRALN},
	[TRAP_MC] = {"machine check", "#MC", SIGBUS, SI_KERNEL},
	[TRAP_XM] = {"SIMD floating-point error", "#XM", SIGFPE, FPE_FLTINV},
	[20] = {"virtualization exception", "#VE", SIGSEGV, SI_KERNEL},
	[21] = {"control protection exception", "#CP", SIGSEGV, SI_KERNEL},
	[22] = {"reserved exception 22", "#22", SIGSEGV, SI_KERNEL},
	[23] = {"reserved exception 23", "#23", SIGSEGV, SI_KERNEL},
	[24] = {"reserved exception 24", "#24", SIGSEGV, SI_KERNEL},
	[25] = {"reserved exception 25", "#25", SIGSEGV, SI_KERNEL},
	[26] = {"reserved exception 26", "#26", SIGSEGV, SI_KERNEL},
	[27] = {"reserved exception 27", "#27", SIGSEGV, SI_KERNEL},
	[28] = {"hypervisor injection exception", "#HV", SIGSEGV, SI_KERNEL},
	[29] = {"VMM communication exception", "#VC", SIGSEGV, SI_KERNEL},
	[30] = {"security exception", "#SX", SIGSEGV, SI_KERNEL},
	[31] = {"reserved exception 31", "#31", SIGSEGV, SI_KERNEL},
	[TRAP_IRET] = {"bad return frame", "iret", SIGILL, ILL_BADSTK},
};

_Static_assert(ARRAY_SIZE(trap_infos) == TRAP_IRET + 1, "every vector has a name");

static void no_page_fault_handler(struct pt_regs *regs, unsigned long error_code,
				  unsigned long address);

/* entry.asm calls the one of #PF itself. NULL: by the table above. */
trap_handler_t trap_handlers[NR_EXCEPTIONS] = {[TRAP_PF] = no_page_fault_handler};

static send_signal_t send_signal_hook;

static void no_exit_work(struct pt_regs *regs)
{
	panic_regs(regs, regs_stack_pointer(regs), NULL,
		   "a task has work to do on its way to user mode, and nobody does such work");
}

void (*exit_work_hook)(struct pt_regs *regs) = no_exit_work;

const struct trap_info *trap_info(unsigned int vector)
{
	return &trap_infos[min(vector, (unsigned int)TRAP_IRET)];
}

void set_trap_handler(unsigned int vector, trap_handler_t fn)
{
	trap_handlers[vector] = fn;
}

send_signal_t set_send_signal_hook(send_signal_t fn)
{
	send_signal_t before = send_signal_hook;

	send_signal_hook = fn;
	return before;
}

void send_trap_signal(struct pt_regs *regs, int sig, int code, unsigned long addr,
		      unsigned int trapno, unsigned long error_code)
{
	if (!send_signal_hook)
		die("in user mode", regs, trapno, error_code, addr);
	send_signal_hook(regs, sig, code, addr, trapno, error_code);
}

/*
 * The linker puts the entries in the order of the object files, and hot, cold and
 * ordinary code apart: nearly sorted. Done before the constants become read-only.
 */
static void sort_exception_table(void)
{
	struct exception_entry *entry, *at;

	for (entry = __start___ex_table + 1; entry < __stop___ex_table; entry++)
		for (at = entry; at > __start___ex_table && at[-1].insn > at->insn; at--)
			swap(at[-1], *at);
}

unsigned long search_exception_table(unsigned long eip)
{
	const struct exception_entry *low = __start___ex_table, *high = __stop___ex_table;

	while (low < high) {
		const struct exception_entry *middle = low + (high - low) / 2;

		if (middle->insn == eip)
			return middle->fixup;
		if (middle->insn < eip)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

bool fixup_exception(struct pt_regs *regs)
{
	unsigned long fixup = search_exception_table(regs->eip);

	if (!fixup)
		return false;
	regs->eip = fixup;
	return true;
}

static const char *page_fault_verb(const struct pt_regs *regs, unsigned long error_code,
				   unsigned long address)
{
	if (error_code & PF_WRITE)
		return "write to";
	return regs->eip == address ? "jump to" : "read from";
}

void die(const char *what, struct pt_regs *regs, unsigned int vector, unsigned long error_code,
	 unsigned long address)
{
	const struct trap_info *info = trap_info(vector);
	unsigned long esp = regs_stack_pointer(regs);

	if (vector == TRAP_PF)
		panic_regs(regs, esp, &address, "%s (%s) %s: %s 0x%08lx, %s", info->name,
			   info->mnemonic, what, page_fault_verb(regs, error_code, address),
			   address,
			   error_code & PF_PROT	 ? "which the page does not allow"
			   : address < PAGE_SIZE ? "a null pointer"
						 : "where nothing is mapped");
	panic_regs(regs, esp, NULL, "%s (%s) %s, error code 0x%lx", info->name, info->mnemonic,
		   what, error_code);
}

static void no_page_fault_handler(struct pt_regs *regs, unsigned long error_code,
				  unsigned long address)
{
	if (user_mode(regs))
		send_trap_signal(regs, SIGSEGV, SEGV_MAPERR, address, TRAP_PF, error_code);
	else if (!fixup_exception(regs))
		die("in the kernel", regs, TRAP_PF, error_code, address);
}

/* Where si_addr is the instruction: faults of the instruction itself. */
static unsigned long signal_address(const struct pt_regs *regs, int signal, int code)
{
	return code == SI_KERNEL || signal == SIGBUS ? 0 : regs->eip;
}

void do_trap(struct pt_regs *regs, unsigned long error_code, unsigned int vector)
{
	const struct trap_info *info = trap_info(vector);

	if (vector < NR_EXCEPTIONS && trap_handlers[vector])
		trap_handlers[vector](regs, error_code, 0);
	else if (user_mode(regs) || vector == TRAP_IRET)
		send_trap_signal(regs, info->signal, info->si_code,
				 signal_address(regs, info->signal, info->si_code), vector,
				 error_code);
	else if (!fixup_exception(regs))
		die("in the kernel", regs, vector, error_code, 0);
}

/*
 * Single steps and hardware breakpoints. A program that sets TF and enters the
 * kernel can make one single step trap there; it goes no further.
 */
static void do_debug(struct pt_regs *regs, unsigned long error_code, unsigned long address)
{
	unsigned long status = read_dr6();

	(void)address;
	write_dr6(0);
	if (!user_mode(regs)) {
		regs->eflags &= ~X86_EFLAGS_TF;
		return;
	}
	local_irq_enable();
	send_trap_signal(regs, SIGTRAP, status & DR6_SINGLE_STEP ? TRAP_TRACE : TRAP_HWBKPT,
			 regs->eip, TRAP_DB, error_code);
}

void do_nmi(struct pt_regs *regs, unsigned int vector)
{
	u8 status;

	if (vector == TRAP_MC)
		panic_regs(regs, regs_stack_pointer(regs), NULL,
			   "machine check (#MC): the processor found its hardware broken");
	status = inb(NMI_STATUS_PORT);
	pr_warn("NMI at 0x%08lx: %s\n", regs->eip,
		status & NMI_PARITY	? "memory parity error"
		: status & NMI_IO_CHECK ? "I/O channel check"
					: "no known reason");
	outb(NMI_STATUS_PORT, (status & 0x03) | NMI_CLEAR);
	outb(NMI_STATUS_PORT, status & 0x03);
}

void traps_init(void)
{
	sort_exception_table();
	set_trap_handler(TRAP_DB, do_debug);
	idt_init();
}
