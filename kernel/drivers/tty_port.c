/*
 * kttyd: from the rings that interrupts fill to the line disciplines.
 *
 * A byte is taken out of a ring when its terminal has taken it, so a program that does not
 * read fills first the line discipline's buffer, then the ring; then the port is told to
 * stop (tty_port_push() says false) and to go on when half of the ring is free. Nothing is lost
 * on the way from a sender who can be stopped. Before a terminal is open, what comes waits in the
 * ring.
 *
 * Locks: port_mutex: the list of ports. A ring has one who fills (interrupts off) and one
 * who empties; `full` changes with interrupts off.
 */
#include "kernel/drivers/tty_port.h"

#include "kernel/cpu/irqflags.h"
#include "kernel/drivers/tty.h"
#include "kernel/kthread.h"
#include "kernel/wait.h"

#define SPARE 64u /* bytes that still find room after tty_port_push() has said false */

static DEFINE_MUTEX(port_mutex);
static LIST_HEAD(ports);
static DECLARE_WAIT_QUEUE_HEAD(kttyd_wait);
static bool kicked;

void tty_port_kick(void)
{
	WRITE_ONCE(kicked, true);
	wake_up(&kttyd_wait);
}

static unsigned int filled(const struct tty_port *port)
{
	return READ_ONCE(port->head) - READ_ONCE(port->tail);
}

static void put(struct tty_port *port, u8 byte)
{
	port->ring[port->head % TTY_PORT_SIZE] = byte;
	WRITE_ONCE(port->head, port->head + 1);
}

bool tty_port_push(struct tty_port *port, u8 byte)
{
	if (filled(port) < TTY_PORT_SIZE)
		put(port, byte);
	if (filled(port) >= TTY_PORT_SIZE - SPARE)
		port->full = true;
	tty_port_kick();
	return !port->full;
}

void tty_port_push_string(struct tty_port *port, const char *bytes, size_t len)
{
	if (len > TTY_PORT_SIZE - filled(port))
		return;
	while (len--)
		put(port, (u8)*bytes++);
	tty_port_kick();
}

/* Who gets what was typed; NULL: nobody yet. tty_mutex held. */
static struct tty_struct *receiver(const struct tty_port *port)
{
	struct tty_struct *console = tty_console();

	if (port->tty && port->tty->readers)
		return port->tty;
	return port->for_console && console && console->readers ? console : NULL;
}

/* The piece of the ring up to its end; what was taken of it leaves. */
static bool deliver_piece(struct tty_port *port, struct tty_struct *tty)
{
	unsigned int from = port->tail % TTY_PORT_SIZE;
	unsigned int len = min(filled(port), TTY_PORT_SIZE - from);
	unsigned int taken = (unsigned int)n_tty_receive(tty, port->ring + from, len);

	WRITE_ONCE(port->tail, port->tail + taken);
	return taken == len;
}

static void resume(struct tty_port *port)
{
	unsigned long flags = local_irq_save();

	if (port->full && filled(port) <= TTY_PORT_SIZE / 2) {
		port->full = false;
		if (port->resume)
			port->resume(port);
	}
	local_irq_restore(flags);
}

static void deliver(struct tty_port *port)
{
	struct tty_struct *tty = receiver(port);

	if (!tty)
		return;
	while (filled(port) && deliver_piece(port, tty))
		cond_resched();
	resume(port);
}

/* tty_mutex keeps the terminals; it is held while they are served, so none goes away meanwhile. */
static int kttyd(void *unused)
{
	struct tty_port *port;

	(void)unused;
	for (;;) {
		(void)wait_event_interruptible(kttyd_wait, READ_ONCE(kicked));
		WRITE_ONCE(kicked, false);
		mutex_lock(&tty_mutex);
		mutex_lock(&port_mutex);
		list_for_each_entry (port, &ports, list)
			deliver(port);
		mutex_unlock(&port_mutex);
		tty_flush_echoes();
		mutex_unlock(&tty_mutex);
	}
	return 0;
}

void tty_port_add(struct tty_port *port)
{
	mutex_lock(&port_mutex);
	list_add_tail(&port->list, &ports);
	mutex_unlock(&port_mutex);
	tty_port_kick();
}

void tty_port_remove(struct tty_port *port)
{
	mutex_lock(&port_mutex);
	list_del(&port->list);
	mutex_unlock(&port_mutex);
}

int tty_port_init(void)
{
	struct task_struct *task = kthread_create(kttyd, NULL, "kttyd");

	if (IS_ERR(task))
		return (int)PTR_ERR(task);
	set_user_nice(task, -20); /* ^C comes through whatever is running */
	wake_up_process(task);
	return 0;
}
