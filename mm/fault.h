/*
 * The page fault's entry, and careful looks at kernel memory.
 */
#ifndef FOLIO_MM_FAULT_H
#define FOLIO_MM_FAULT_H

#include "kernel/lib/compiler.h"

/* fault_init - take over vector 14. Boot. */
void fault_init(void);

#endif
