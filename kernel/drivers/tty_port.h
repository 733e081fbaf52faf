/*
 * Where typed bytes come in: a serial line, a keyboard. Its interrupt puts them into a ring; the
 * thread kttyd takes them to the line discipline of a terminal: the port's own one when
 * somebody has it open for reading, else the console.
 */
#ifndef FOLIO_DRIVERS_TTY_PORT_H
#define FOLIO_DRIVERS_TTY_PORT_H

#include "kernel/lib/list.h"

struct tty_struct;

#define TTY_PORT_SIZE 4096u /* bytes; a power of two */

struct tty_port {
	struct tty_struct *tty; /* its own terminal */
	bool for_console;	/* the console hears it too */
	/*
	 * The ring has room again after tty_port_push() has said false. May be NULL. Any context.
	 */
	void (*resume)(struct tty_port *port);
	u8 ring[TTY_PORT_SIZE];
	unsigned int head, tail; /* count on for ever; written by who fills, who empties */
	bool full;
	struct list_head list;
};

/* tty_port_add, tty_port_remove - kttyd serves it. May sleep. */
void tty_port_add(struct tty_port *port);
void tty_port_remove(struct tty_port *port);

/*
 * tty_port_push - a byte has come. False: no more of them, please, until resume(); what comes all
 * the same may be lost. tty_port_push_string - all of it, or nothing when there is no room.
 * Interrupts disabled.
 */
bool tty_port_push(struct tty_port *port, u8 byte);
void tty_port_push_string(struct tty_port *port, const char *bytes, size_t len);

/* tty_port_kick - a reader has made room, a terminal was opened: look again. Any context. */
void tty_port_kick(void);

/* tty_port_init - start kttyd. 0 or -errno. Boot. */
int tty_port_init(void);

#endif
