/*
 * Signals, as far as a program sends them to itself by what it does: a trap
 * that it cannot go on from ends it.
 */
#ifndef FOLIO_SIGNAL_H
#define FOLIO_SIGNAL_H

#include "kernel/cpu/ptrace.h"
#include "kernel/cpu/signum.h"

/*
 * signal_init - take the traps of user mode (the send-signal hook) and the work
 * before the return to it (the exit-work hook). Boot.
 */
void signal_init(void);

/*
 * force_signal - the current task gets a signal for a trap. It takes effect on the
 * way back to user mode. Process context. The first one counts.
 */
void force_signal(struct pt_regs *regs, int sig, int code, unsigned long addr, unsigned int trapno,
		  unsigned long error_code);

#endif
