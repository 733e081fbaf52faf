/* One line of the log about a program that a signal ends. */
#ifndef FOLIO_SIGNAL_REPORT_H
#define FOLIO_SIGNAL_REPORT_H

#include "kernel/cpu/ptrace.h"
#include "kernel/printk.h"
#include "kernel/sched.h"

/*
 * report_death - the current process ends by a signal. `trap`: by this trap; NULL: by other means,
 * which is worth a line only for signals whose default is a core dump. Rate limited. May sleep.
 */
void report_death(const struct pt_regs *regs, int sig, const struct signal_info *trap);

/* How many lines there may be; tests that look for lines give it new credit. */
extern struct ratelimit signal_report_limit;

#endif
