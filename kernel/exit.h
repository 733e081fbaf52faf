/* The end of a process. */
#ifndef FOLIO_EXIT_H
#define FOLIO_EXIT_H

#include "kernel/lib/compiler.h"

/* The status of wait(2): ended by itself with a code of 0..255, or by a signal. */
#define W_EXITCODE(code)   (((code)&0xff) << 8)
#define W_SIGNALED(signal) (signal)

/*
 * do_exit - give back the current task's address space and files, and end it with
 * a wait(2) status. Process context, no lock held.
 */
void do_exit(int status) __noreturn;

#endif
