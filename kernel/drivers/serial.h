/*
 * COM1: a 16550 UART, or nothing at all. The kernel's log goes out polled and in any context;
 * a terminal's output goes through a ring that the transmitter's interrupt empties where the
 * line is slower than the program.
 */
#ifndef FOLIO_DRIVERS_SERIAL_H
#define FOLIO_DRIVERS_SERIAL_H

#include "kernel/lib/compiler.h"
#include "kernel/printk.h"

#define SERIAL_IRQ 4

/* serial_console_init - 115200 baud, 8N1, and register the console if the port is there. */
void serial_console_init(void);

/* The console; its list is empty when it is not registered. */
extern struct console serial_console;

/* serial_present - has serial_console_init() found the port? */
bool serial_present(void);

/*
 * serial_tx_room - bytes that serial_tx() can take; serial_tx_pending - bytes it has not sent yet.
 * serial_tx - send bytes as they are: at once what the port takes, the rest by and by. At
 * most serial_tx_room() bytes. serial_tx_discard - forget what is pending. Any context.
 */
size_t serial_tx_room(void);
size_t serial_tx_pending(void);
void serial_tx(const char *bytes, size_t len);
void serial_tx_discard(void);

/* serial_idle - is the last bit of the last byte on the line? */
bool serial_idle(void);

/*
 * serial_interrupt - serve the port: what came goes to rx(), one byte after the other, as long
 * as it says true; then the line is asked to be quiet (serial_rx_enable). True when the ring
 * has become half empty. Interrupts disabled.
 */
bool serial_interrupt(bool (*rx)(u8 byte));

/* serial_rx_enable - let received bytes interrupt (and RTS invite the other side), or not. */
void serial_rx_enable(bool on);

/*
 * serial_set_line - bits per second (0: hang up; what the port cannot do becomes the next it can)
 * and the format: data bits 5..8, parity, stop bits. Returns the speed that it really is.
 */
struct serial_format {
	u8 data_bits;
	bool parity, odd, two_stops;
};
unsigned int serial_set_line(unsigned int baud, const struct serial_format *format);

#endif
