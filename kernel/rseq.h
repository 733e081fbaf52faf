/* Restartable sequences: rseq(2). */
#ifndef FOLIO_RSEQ_H
#define FOLIO_RSEQ_H

#include "kernel/cpu/ptrace.h"

/*
 * rseq_resume - the current thread, which has registered itself, returns to user mode after another
 * task has run (TIF_RSEQ), or with a handler: if it was in a sequence it goes to that one's abort
 * handler. Its registers are in the frame. May sleep; ends the thread by SIGSEGV if what it
 * registered is no good.
 */
void rseq_resume(struct pt_regs *regs);

#endif
