/* COM1 as a console: a 16550 UART, or nothing at all. */
#ifndef FOLIO_DRIVERS_SERIAL_H
#define FOLIO_DRIVERS_SERIAL_H

#include "kernel/lib/compiler.h"

/* serial_console_init - 115200 baud, 8N1, and register the console if the port is there. */
void serial_console_init(void);

#endif
