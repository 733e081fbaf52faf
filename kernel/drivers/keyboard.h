/* The PC keyboard behind an i8042, as a source of typed bytes. */
#ifndef FOLIO_DRIVERS_KEYBOARD_H
#define FOLIO_DRIVERS_KEYBOARD_H

#include "kernel/lib/compiler.h"

struct tty_port;

/*
 * keyboard_init - find the controller, and let keys go to `port`. False: there is none, or it
 * does not answer. Boot.
 */
bool keyboard_init(struct tty_port *port);

/* keyboard_scancode - what the interrupt does with a byte of the keyboard. Interrupts disabled. */
void keyboard_scancode(u8 byte);

/* keyboard_set_port - where the keys go; the former port. For tests. */
struct tty_port *keyboard_set_port(struct tty_port *port);

#endif
