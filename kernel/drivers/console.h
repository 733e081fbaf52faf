/* Which hardware is the console: the boot option console=. */
#ifndef FOLIO_DRIVERS_CONSOLE_H
#define FOLIO_DRIVERS_CONSOLE_H

#include "kernel/lib/compiler.h"

/*
 * console_on_serial, console_on_vga - is the port there, and is it (part of) the console?
 * Without console= both are. Any context.
 */
bool console_on_serial(void);
bool console_on_vga(void);

#endif
