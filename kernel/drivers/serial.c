/*
 * COM1 (National PC16550D data sheet): polled output. A port that is missing is
 * found by its scratch register and left alone; one that hangs costs a bounded
 * wait for each byte.
 */
#include "kernel/drivers/serial.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/io.h"
#include "kernel/printk.h"

#define COM1		 0x3f8
#define UART_DATA	 0 /* with DLAB: divisor, low byte */
#define UART_IER	 1 /* with DLAB: divisor, high byte */
#define UART_FCR	 2
#define UART_LCR	 3
#define UART_MCR	 4
#define UART_LSR	 5
#define UART_SCRATCH	 7

#define LCR_8N1		 0x03
#define LCR_DLAB	 0x80
#define FCR_ENABLE_CLEAR 0x07 /* FIFOs on, both emptied */
#define MCR_DTR_RTS_OUT2 0x0b /* OUT2 lets the interrupt line through */
#define LSR_THR_EMPTY	 0x20

#define DIVISOR_115200	 1
#define WAIT_LIMIT	 100000u /* polls: some ten times what a byte needs */

static void serial_putc(char c)
{
	unsigned int polls = WAIT_LIMIT;

	while (!(inb(COM1 + UART_LSR) & LSR_THR_EMPTY) && --polls)
		cpu_relax();
	outb(COM1 + UART_DATA, (u8)c);
}

static void serial_write(const char *text, size_t len)
{
	for (; len; len--, text++) {
		if (*text == '\n')
			serial_putc('\r');
		serial_putc(*text);
	}
}

static struct console serial_console = {.name = "ttyS0", .write = serial_write};

static bool serial_present(void)
{
	outb(COM1 + UART_SCRATCH, 0x5a);
	if (inb(COM1 + UART_SCRATCH) != 0x5a)
		return false;
	outb(COM1 + UART_SCRATCH, 0xa5);
	return inb(COM1 + UART_SCRATCH) == 0xa5;
}

void serial_console_init(void)
{
	if (!serial_present())
		return;
	outb(COM1 + UART_IER, 0);
	outb(COM1 + UART_LCR, LCR_DLAB);
	outb(COM1 + UART_DATA, DIVISOR_115200);
	outb(COM1 + UART_IER, 0);
	outb(COM1 + UART_LCR, LCR_8N1);
	outb(COM1 + UART_FCR, FCR_ENABLE_CLEAR);
	outb(COM1 + UART_MCR, MCR_DTR_RTS_OUT2);
	register_console(&serial_console);
}
