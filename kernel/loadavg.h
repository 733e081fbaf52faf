/* The load average: how many tasks wanted to run in the last 1, 5 and 15 minutes. */
#ifndef FOLIO_LOADAVG_H
#define FOLIO_LOADAVG_H

#include "kernel/lib/compiler.h"

#define FSHIFT	16 /* bits behind the point */
#define FIXED_1 (1ul << FSHIFT)

extern unsigned long avenrun[3];

/* calc_load - from the tick: so many tasks want to run just now. Interrupts disabled. */
void calc_load(unsigned long tasks);

#endif
