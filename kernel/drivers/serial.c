/*
 * COM1 (National PC16550D data sheet, section 8). A port that is missing is found by its scratch
 * register and left alone; one that hangs costs a bounded wait for each byte.
 *
 * The transmitter's FIFO takes 16 bytes when it is empty, so the line status is read once for
 * 16 bytes. What a terminal sends and the FIFO does not take waits in a ring for the
 * interrupt. The log empties the ring first, so that what came first is seen first.
 *
 * Lock: the interrupt flag.
 */
#include "kernel/drivers/serial.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/io.h"
#include "kernel/cpu/irqflags.h"

#define COM1		 0x3f8
#define UART_DATA	 0 /* with DLAB: divisor, low byte */
#define UART_IER	 1 /* with DLAB: divisor, high byte */
#define UART_IIR	 2 /* reading */
#define UART_FCR	 2 /* writing */
#define UART_LCR	 3
#define UART_MCR	 4
#define UART_LSR	 5
#define UART_MSR	 6
#define UART_SCRATCH	 7

#define IER_RECEIVED	 0x01
#define IER_THR_EMPTY	 0x02
#define IIR_NONE	 0x01
#define IIR_ID		 0x0e
#define IIR_ID_MODEM	 0x00
#define IIR_FIFO	 0xc0
#define LCR_8N1		 0x03
#define LCR_TWO_STOPS	 0x04
#define LCR_PARITY	 0x08
#define LCR_EVEN	 0x10
#define LCR_DLAB	 0x80
#define FCR_ENABLE_CLEAR 0x87 /* FIFOs on, both emptied; interrupt at 8 bytes, or after a pause */
#define MCR_DTR		 0x01
#define MCR_RTS		 0x02
#define MCR_OUT2	 0x08 /* lets the interrupt line through */
#define LSR_DATA_READY	 0x01
#define LSR_THR_EMPTY	 0x20
#define LSR_IDLE	 0x40

#define BAUD_BASE	 115200u
#define MAX_DIVISOR	 0xffffu
#define FIFO_SIZE	 16u
#define WAIT_LIMIT	 100000u /* polls: some ten times what a byte needs */
#define ROUNDS		 256	 /* of one interrupt: more is a broken port */
#define TX_RING		 4096u	 /* a power of two */

static bool present;
static unsigned int fifo = 1; /* bytes that an empty transmitter takes */
static u8 ier, mcr;

static char tx_ring[TX_RING];
static unsigned int tx_head, tx_tail; /* count on for ever */

static void set_ier(u8 bits)
{
	if (bits == ier)
		return;
	ier = bits;
	outb(COM1 + UART_IER, ier);
}

static bool thr_empty(void)
{
	return inb(COM1 + UART_LSR) & LSR_THR_EMPTY;
}

static bool await_thr_empty(void)
{
	for (unsigned int polls = WAIT_LIMIT; polls; polls--) {
		if (thr_empty())
			return true;
		cpu_relax();
	}
	return false;
}

/* One FIFO full of the ring; the transmitter is empty. */
static void send_burst(void)
{
	for (unsigned int n = fifo; n && tx_tail != tx_head; n--)
		outb(COM1 + UART_DATA, (u8)tx_ring[tx_tail++ % TX_RING]);
}

/* Before the log's own bytes. A port that does not send loses what it should have sent. */
static void empty_ring(void)
{
	while (tx_tail != tx_head) {
		if (await_thr_empty())
			send_burst();
		else
			tx_tail = tx_head;
	}
}

static void serial_putc(char c)
{
	await_thr_empty();
	outb(COM1 + UART_DATA, (u8)c);
}

static void serial_write(const char *text, size_t len)
{
	unsigned long flags = local_irq_save();

	empty_ring();
	for (; len; len--, text++) {
		if (*text == '\n')
			serial_putc('\r');
		serial_putc(*text);
	}
	local_irq_restore(flags);
}

struct console serial_console = {
	.name = "ttyS0", .write = serial_write, .list = LIST_HEAD_INIT(serial_console.list)};

bool serial_present(void)
{
	return present;
}

size_t serial_tx_pending(void)
{
	return tx_head - tx_tail;
}

size_t serial_tx_room(void)
{
	return TX_RING - serial_tx_pending();
}

void serial_tx(const char *bytes, size_t len)
{
	unsigned long flags = local_irq_save();

	while (len && tx_head == tx_tail && thr_empty()) {
		for (unsigned int n = fifo; n && len; n--, len--)
			outb(COM1 + UART_DATA, (u8)*bytes++);
	}
	while (len--)
		tx_ring[tx_head++ % TX_RING] = *bytes++;
	if (tx_head != tx_tail)
		set_ier(ier | IER_THR_EMPTY);
	local_irq_restore(flags);
}

void serial_tx_discard(void)
{
	unsigned long flags = local_irq_save();

	tx_tail = tx_head;
	set_ier(ier & ~IER_THR_EMPTY);
	local_irq_restore(flags);
}

bool serial_idle(void)
{
	return tx_head == tx_tail && (inb(COM1 + UART_LSR) & LSR_IDLE);
}

static void receive(bool (*rx)(u8 byte))
{
	while (ier & IER_RECEIVED && inb(COM1 + UART_LSR) & LSR_DATA_READY) {
		if (!rx(inb(COM1 + UART_DATA)))
			serial_rx_enable(false);
	}
}

/* The line is edge-triggered: it must fall before it can rise again, so until no cause is left. */
bool serial_interrupt(bool (*rx)(u8 byte))
{
	bool was_full = serial_tx_pending() > TX_RING / 2;

	for (int round = 0; round < ROUNDS; round++) {
		u8 iir = inb(COM1 + UART_IIR);

		if (iir & IIR_NONE)
			break;
		if ((iir & IIR_ID) == IIR_ID_MODEM)
			inb(COM1 + UART_MSR);
		receive(rx);
		if (tx_head != tx_tail && thr_empty())
			send_burst();
		if (tx_head == tx_tail)
			set_ier(ier & ~IER_THR_EMPTY);
	}
	return was_full && serial_tx_pending() <= TX_RING / 2;
}

void serial_rx_enable(bool on)
{
	unsigned long flags = local_irq_save();

	mcr = MCR_DTR | MCR_OUT2 | (on ? MCR_RTS : 0);
	outb(COM1 + UART_MCR, mcr);
	set_ier(on ? ier | IER_RECEIVED : ier & ~IER_RECEIVED);
	local_irq_restore(flags);
}

/* Divisor and format; the interrupt enable register shares a port with the divisor. */
static void program_line(unsigned int divisor, u8 lcr)
{
	outb(COM1 + UART_LCR, LCR_DLAB);
	outb(COM1 + UART_DATA, (u8)divisor);
	outb(COM1 + UART_IER, (u8)(divisor >> 8));
	outb(COM1 + UART_LCR, lcr);
	outb(COM1 + UART_IER, ier);
}

unsigned int serial_set_line(unsigned int baud, const struct serial_format *format)
{
	unsigned int divisor = baud ? max(BAUD_BASE / baud, 1u) : 1;
	unsigned long flags = local_irq_save();
	u8 lcr = (u8)(format->data_bits - 5);

	divisor = min(divisor, MAX_DIVISOR);
	lcr |= format->two_stops ? LCR_TWO_STOPS : 0;
	lcr |= format->parity ? LCR_PARITY | (format->odd ? 0 : LCR_EVEN) : 0;
	if (baud)
		program_line(divisor, lcr);
	outb(COM1 + UART_MCR, baud ? mcr : mcr & ~(MCR_DTR | MCR_RTS));
	local_irq_restore(flags);
	return baud ? BAUD_BASE / divisor : 0;
}

static bool probe(void)
{
	outb(COM1 + UART_SCRATCH, 0x5a);
	if (inb(COM1 + UART_SCRATCH) != 0x5a)
		return false;
	outb(COM1 + UART_SCRATCH, 0xa5);
	return inb(COM1 + UART_SCRATCH) == 0xa5;
}

void serial_console_init(void)
{
	present = probe();
	if (!present)
		return;
	outb(COM1 + UART_IER, 0);
	program_line(1, LCR_8N1);
	outb(COM1 + UART_FCR, FCR_ENABLE_CLEAR);
	if ((inb(COM1 + UART_IIR) & IIR_FIFO) == IIR_FIFO)
		fifo = FIFO_SIZE;
	mcr = MCR_DTR | MCR_RTS | MCR_OUT2;
	outb(COM1 + UART_MCR, mcr);
	register_console(&serial_console);
}
