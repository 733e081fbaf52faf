/* The end of a thread, and of a process. */
#ifndef FOLIO_EXIT_H
#define FOLIO_EXIT_H

#include "kernel/lib/compiler.h"

/* The status of wait(2): ended by itself with a code of 0..255, or by a signal. */
#define W_EXITCODE(code)   (((code)&0xff) << 8)
#define W_SIGNALED(signal) (signal)

/*
 * do_exit - the current task gives back its address space and files, and ends with a wait(2)
 * status. Of a process only this thread ends; do_group_exit() (kernel/signal.h) ends all. A
 * kernel thread that has not become a process may use it too. Process context, no lock held.
 */
void do_exit(int status) __noreturn;

#endif
