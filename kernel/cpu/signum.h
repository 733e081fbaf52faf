/*
 * Signal numbers and the si_codes of traps, as Linux numbers them on i386: the ABI
 * (signal(7), sigaction(2)). On the machine's floor because traps become signals.
 */
#ifndef FOLIO_CPU_SIGNUM_H
#define FOLIO_CPU_SIGNUM_H

#define SIGHUP	      1
#define SIGINT	      2
#define SIGQUIT	      3
#define SIGILL	      4
#define SIGTRAP	      5
#define SIGABRT	      6
#define SIGBUS	      7
#define SIGFPE	      8
#define SIGKILL	      9
#define SIGUSR1	      10
#define SIGSEGV	      11
#define SIGUSR2	      12
#define SIGPIPE	      13
#define SIGALRM	      14
#define SIGTERM	      15
#define SIGSTKFLT     16
#define SIGCHLD	      17
#define SIGCONT	      18
#define SIGSTOP	      19
#define SIGTSTP	      20
#define SIGTTIN	      21
#define SIGTTOU	      22
#define SIGURG	      23
#define SIGXCPU	      24
#define SIGXFSZ	      25
#define SIGVTALRM     26
#define SIGPROF	      27
#define SIGWINCH      28
#define SIGIO	      29
#define SIGPWR	      30
#define SIGSYS	      31
#define SIGRTMIN      32
#define _NSIG	      64

#define SI_USER	      0
#define SI_QUEUE      (-1)
#define SI_TIMER      (-2)
#define SI_TKILL      (-6)
#define CLD_EXITED    1
#define CLD_KILLED    2
#define CLD_DUMPED    3
#define CLD_STOPPED   5
#define CLD_CONTINUED 6

#define SI_KERNEL     0x80
#define ILL_ILLOPN    2
#define ILL_BADSTK    8
#define FPE_INTDIV    1
#define FPE_FLTDIV    3
#define FPE_FLTOVF    4
#define FPE_FLTUND    5
#define FPE_FLTRES    6
#define FPE_FLTINV    7
#define SEGV_MAPERR   1 /* nothing is mapped there */
#define SEGV_ACCERR   2 /* the area does not allow it */
#define BUS_ADRALN    1
#define BUS_ADRERR    2 /* beyond the end of the file */
#define TRAP_BRKPT    1
#define TRAP_TRACE    2
#define TRAP_HWBKPT   4

#endif
