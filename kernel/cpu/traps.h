/*
 * Exceptions (Intel SDM vol. 3A, ch. 6). One table of what each vector means and
 * who handles it; the exception table of kernel instructions that may fault.
 */
#ifndef FOLIO_CPU_TRAPS_H
#define FOLIO_CPU_TRAPS_H

#include "kernel/cpu/ptrace.h"
#include "kernel/cpu/signum.h"

#define NR_EXCEPTIONS  32

#define TRAP_DE	       0
#define TRAP_DB	       1
#define TRAP_NMI       2
#define TRAP_BP	       3
#define TRAP_OF	       4
#define TRAP_BR	       5
#define TRAP_UD	       6
#define TRAP_NM	       7
#define TRAP_DF	       8
#define TRAP_TS	       10
#define TRAP_NP	       11
#define TRAP_SS	       12
#define TRAP_GP	       13
#define TRAP_PF	       14
#define TRAP_MF	       16
#define TRAP_AC	       17
#define TRAP_MC	       18
#define TRAP_XM	       19
#define TRAP_IRET      32 /* not a vector: IRET met a bad user frame; as in Linux */

#define SYSCALL_VECTOR 0x80

/* Bits of a page fault's error code (SDM vol. 3A, 4.7). */
#define PF_PROT	 0x01ul /* the page was present: a right was missing */
#define PF_WRITE 0x02ul
#define PF_USER	 0x04ul /* in ring 3 */
#define PF_RSVD	 0x08ul

/*
 * A trap handler. `error_code` is the processor's, 0 where there is none;
 * `address` is CR2 for vector 14, else 0. Interrupts are as they were where
 * the trap happened, so a handler may sleep if the trap came from user mode;
 * except for NMI, #DB and #MC, which run with interrupts disabled.
 */
typedef void (*trap_handler_t)(struct pt_regs *regs, unsigned long error_code,
			       unsigned long address);

/* What an exception is, and which signal it becomes in user mode (Linux's numbers). */
struct trap_info {
	const char *name;     /* "page fault" */
	const char *mnemonic; /* "#PF" */
	int signal;
	int si_code;
};

/* trap_info - of vector 0..31 or TRAP_IRET. Never NULL. */
const struct trap_info *trap_info(unsigned int vector);

/* set_trap_handler - `fn` handles `vector` (0..31) from now on. Boot only. */
void set_trap_handler(unsigned int vector, trap_handler_t fn);

/* traps_init - build and load the IDT with everything in its default state. */
void traps_init(void);

/*
 * The send-signal hook: a user program cannot go on. `addr` is si_addr, `trapno`
 * the vector. Registered by the signal code; until then a user trap panics.
 * Returns what was registered before.
 */
typedef void (*send_signal_t)(struct pt_regs *regs, int sig, int code, unsigned long addr,
			      unsigned int trapno, unsigned long error_code);
send_signal_t set_send_signal_hook(send_signal_t fn);

/* send_trap_signal - call the hook. Process context, interrupts enabled. */
void send_trap_signal(struct pt_regs *regs, int sig, int code, unsigned long addr,
		      unsigned int trapno, unsigned long error_code);

/*
 * The exit-work hook: called on the way back to user mode, interrupts enabled,
 * while the first word of `current` is not zero, again and again until it is.
 */
extern void (*exit_work_hook)(struct pt_regs *regs);

/*
 * The system-call table (kernel/syscall.c): functions take their arguments from
 * the stack, ebx first. All numbers from nr_syscalls on go to the entry of that index.
 */
typedef long (*sys_call_t)(void);
extern const sys_call_t sys_call_table[];
extern const unsigned int nr_syscalls;

/*
 * fixup_exception - if the kernel instruction at regs->eip is in the exception
 * table, continue at its fixup: true. A page fault handler calls it when an
 * access from kernel mode cannot be satisfied, and else die(). Any context.
 */
bool fixup_exception(struct pt_regs *regs);

/* search_exception_table - the fixup of an instruction, 0 if it has none. */
unsigned long search_exception_table(unsigned long eip);

/*
 * die - the kernel did what it must not: panic with the trap's name, `what` (such as
 * "in the kernel"), the registers of the trap and, if it is a page fault, the address in
 * words.
 */
void die(const char *what, struct pt_regs *regs, unsigned int vector, unsigned long error_code,
	 unsigned long address) __noreturn;

/*
 * An entry of the exception table, for asm in C: `insn` and `fixup` are labels.
 * Use: "1: movb ...\n2:\n .section .fixup...".
 */
#define EXTABLE(insn, fixup) \
	".pushsection __ex_table,\"a\"\n\t.balign 4\n\t.long " #insn "," #fixup "\n\t.popsection\n"

/* What entry.asm calls. */
void do_trap(struct pt_regs *regs, unsigned long error_code, unsigned int vector);
void do_nmi(struct pt_regs *regs, unsigned int vector); /* NMI and #MC */

/* Code labels of entry.asm: leave by the trap frame at esp. For the task switch. */
void ret_from_syscall(void); /* to user mode, by way of the exit work */
void ret_from_trap(void);    /* to wherever the frame says */

#endif
