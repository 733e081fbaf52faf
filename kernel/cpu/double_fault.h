/* The double fault's own task. */
#ifndef FOLIO_CPU_DOUBLE_FAULT_H
#define FOLIO_CPU_DOUBLE_FAULT_H

#include "kernel/lib/compiler.h"

/*
 * double_fault_task - entered by the processor through a task gate (Intel SDM
 * vol. 3A, 6.14.2), on a stack of its own, with the registers of what failed in
 * cpu_tss. Reports and stops.
 */
void double_fault_task(void) __noreturn;

#endif
