/* How the machine stops. None of these returns; any context. */
#ifndef FOLIO_POWER_H
#define FOLIO_POWER_H

#include "kernel/lib/compiler.h"

/*
 * What machine_finish() is told. QEMU's isa-debug-exit makes the status
 * 2 * value + 1 of it: 33, 35, 37.
 */
enum finish_result {
	FINISH_PASSED = 16,
	FINISH_FAILED = 17,
	FINISH_PANIC = 18,
};

/*
 * machine_finish - the work is done. With the boot option `autoexit` leave QEMU
 * with the status that belongs to `result`; without it power off, or after a
 * panic halt, so that the report stays on the screen.
 */
void machine_finish(enum finish_result result) __noreturn;

void machine_power_off(void) __noreturn; /* halts where there is no way to */
void machine_restart(void) __noreturn;
void machine_halt(void) __noreturn;

/* Was `autoexit` given? */
bool autoexit_enabled(void);

#endif
