/*
 * Signal numbers and the si_codes of traps, as Linux numbers them on i386: the ABI
 * (signal(7), sigaction(2)). On the machine's floor because traps become signals.
 */
#ifndef FOLIO_CPU_SIGNUM_H
#define FOLIO_CPU_SIGNUM_H

#define SIGILL	    4
#define SIGTRAP	    5
#define SIGABRT	    6
#define SIGBUS	    7
#define SIGFPE	    8
#define SIGKILL	    9
#define SIGSEGV	    11

#define SI_KERNEL   0x80
#define ILL_ILLOPN  2
#define ILL_BADSTK  8
#define FPE_INTDIV  1
#define FPE_FLTINV  7
#define SEGV_MAPERR 1 /* nothing is mapped there */
#define SEGV_ACCERR 2 /* the area does not allow it */
#define BUS_ADRALN  1
#define BUS_ADRERR  2 /* beyond the end of the file */
#define TRAP_BRKPT  1
#define TRAP_TRACE  2
#define TRAP_HWBKPT 4

#endif
