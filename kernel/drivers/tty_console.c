/*
 * The terminals of this machine:
 *
 *	ttyS0	the serial line
 *	tty1	the screen and the keyboard
 *	console	both at once: what is written shows on both, who types on either is heard
 *
 * The boot option console= makes the console one of the first two. A line or keyboard whose own
 * terminal somebody has open for reading is no longer the console's (tty_port.c).
 */
#include "kernel/cpu/irq.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/drivers/console.h"
#include "kernel/drivers/keyboard.h"
#include "kernel/drivers/serial.h"
#include "kernel/drivers/tty.h"
#include "kernel/drivers/tty_port.h"
#include "kernel/drivers/vga.h"
#include "kernel/fs/chrdev.h"
#include "kernel/printk.h"

#define ANY_ROOM 4096u /* a screen takes as much as one likes */

static struct tty_port serial_port, keyboard_port;
static struct tty_struct *serial_tty, *screen_tty, *both_tty;

/* ---- the serial line */

static size_t serial_write_room(struct tty_struct *tty)
{
	(void)tty;
	return serial_tx_room();
}

static void note_end(const char *bytes, size_t len)
{
	if (len)
		console_tty_wrote(bytes[len - 1] == '\n' || bytes[len - 1] == '\r');
}

static void serial_write(struct tty_struct *tty, const char *bytes, size_t len)
{
	(void)tty;
	serial_tx(bytes, len);
	note_end(bytes, len);
}

static size_t serial_chars(struct tty_struct *tty)
{
	(void)tty;
	return serial_tx_pending() + !serial_idle();
}

static void serial_flush(struct tty_struct *tty)
{
	(void)tty;
	serial_tx_discard();
}

static void serial_set_termios(struct tty_struct *tty)
{
	struct ktermios *termios = &tty->termios;
	struct serial_format format = {
		.data_bits = (u8)(5 + ((termios->c_cflag & CSIZE) >> 4)),
		.parity = termios->c_cflag & PARENB,
		.odd = termios->c_cflag & PARODD,
		.two_stops = termios->c_cflag & CSTOPB,
	};

	serial_set_line(termios->c_ospeed, &format);
}

static const struct tty_operations serial_ops = {
	.write_room = serial_write_room,
	.write = serial_write,
	.chars_in_buffer = serial_chars,
	.flush_buffer = serial_flush,
	.set_termios = serial_set_termios,
};

static bool serial_received(u8 byte)
{
	return tty_port_push(&serial_port, byte);
}

static void serial_resume(struct tty_port *port)
{
	(void)port;
	serial_rx_enable(true);
}

static void serial_irq(unsigned int irq, void *dev, struct pt_regs *regs)
{
	(void)irq;
	(void)dev;
	(void)regs;
	if (!serial_interrupt(serial_received))
		return;
	tty_wakeup(serial_tty);
	if (both_tty)
		tty_wakeup(both_tty);
}

static struct irqaction serial_action = {.handler = serial_irq, .name = "ttyS0"};

/* ---- the screen */

static size_t screen_write_room(struct tty_struct *tty)
{
	(void)tty;
	return ANY_ROOM;
}

/* The screen's answers come as if typed, where the keyboard's bytes go. */
static void screen_answer(void)
{
	char answer[32];
	size_t len = vga_tty_answer(answer, sizeof(answer));
	unsigned long flags = local_irq_save();

	if (len)
		tty_port_push_string(&keyboard_port, answer, len);
	local_irq_restore(flags);
}

static void screen_write(struct tty_struct *tty, const char *bytes, size_t len)
{
	(void)tty;
	vga_tty_write(bytes, len);
	screen_answer();
	note_end(bytes, len);
}

static const struct tty_operations screen_ops = {
	.write_room = screen_write_room,
	.write = screen_write,
};

/* ---- both */

static size_t both_write_room(struct tty_struct *tty)
{
	return serial_present() ? serial_write_room(tty) : ANY_ROOM;
}

/*
 * Who sits at a terminal behind the serial line has it answer the programs' questions; two answers
 * would confuse them. So the screen is silent unless there is no such line.
 */
static void both_write(struct tty_struct *tty, const char *bytes, size_t len)
{
	(void)tty;
	if (serial_present())
		serial_tx(bytes, len);
	if (vga_present())
		vga_tty_write(bytes, len);
	if (!serial_present())
		screen_answer();
	note_end(bytes, len);
}

static size_t both_chars(struct tty_struct *tty)
{
	return serial_present() ? serial_chars(tty) : 0;
}

static void both_flush(struct tty_struct *tty)
{
	if (serial_present())
		serial_flush(tty);
}

static void both_set_termios(struct tty_struct *tty)
{
	if (serial_present())
		serial_set_termios(tty);
}

static const struct tty_operations both_ops = {
	.write_room = both_write_room,
	.write = both_write,
	.chars_in_buffer = both_chars,
	.flush_buffer = both_flush,
	.set_termios = both_set_termios,
};

/* ---- at boot */

static struct tty_struct *new_tty(const char *name, dev_t dev, const struct tty_operations *ops)
{
	struct tty_struct *tty = tty_alloc(name, dev, ops);

	if (tty)
		tty_register(tty);
	else
		pr_err("%s: no memory for the terminal\n", name);
	return tty;
}

static void serial_speed(struct tty_struct *tty)
{
	if (!tty)
		return;
	tty->termios.c_cflag = (tty->termios.c_cflag & ~CBAUD) | B115200;
	tty->termios.c_ispeed = tty->termios.c_ospeed = 115200;
}

static void init_serial(void)
{
	serial_tty = new_tty("ttyS0", DEV_TTYS0, &serial_ops);
	serial_speed(serial_tty);
	if (!serial_tty)
		return;
	serial_port.tty = serial_tty;
	serial_port.for_console = console_on_serial();
	serial_port.resume = serial_resume;
	tty_port_add(&serial_port);
	request_irq(SERIAL_IRQ, &serial_action);
	serial_rx_enable(true);
}

static void init_screen(void)
{
	screen_tty = new_tty("tty1", DEV_TTY1, &screen_ops);
	if (!screen_tty)
		return;
	keyboard_port.tty = screen_tty;
	keyboard_port.for_console = console_on_vga();
	tty_port_add(&keyboard_port);
	if (!keyboard_init(&keyboard_port))
		pr_info("keyboard: none\n");
}

/* The console: what is left by console=; both, or neither, make a terminal of their own. */
static void init_console(void)
{
	if (console_on_serial() != console_on_vga()) {
		tty_set_console(console_on_serial() ? serial_tty : screen_tty);
		return;
	}
	both_tty = new_tty("console", DEV_CONSOLE, &both_ops);
	serial_speed(both_tty);
	tty_set_console(both_tty);
}

static const struct {
	const char *name;
	dev_t dev;
	struct tty_struct **tty; /* there is a node if there is this; NULL: always */
} nodes[] = {
	{"console", DEV_CONSOLE, NULL},	   {"tty", DEV_TTY, NULL},
	{"ttyS0", DEV_TTYS0, &serial_tty}, {"tty0", DEV_TTY0, &screen_tty},
	{"tty1", DEV_TTY1, &screen_tty},
};

static void register_nodes(void)
{
	int err = register_chrdev(TTYAUX_MAJOR, 0, 2, "console", &tty_fops);

	if (err >= 0)
		err = register_chrdev(TTY_MAJOR, 0, 2, "tty", &tty_fops);
	if (err >= 0)
		err = register_chrdev(TTY_MAJOR, MINOR(DEV_TTYS0), 1, "ttyS", &tty_fops);
	for (unsigned int i = 0; err >= 0 && i < ARRAY_SIZE(nodes); i++) {
		u32 mode = nodes[i].dev == DEV_TTY ? 0666 : 0620;

		if (!nodes[i].tty || *nodes[i].tty)
			err = device_create(nodes[i].name, S_IFCHR | mode, nodes[i].dev);
	}
	if (err < 0)
		pr_err("terminals: no devices: error %d\n", -err);
}

void tty_init(void)
{
	int err = tty_port_init();

	if (err)
		pr_err("kttyd: error %d: nothing can be typed\n", -err);
	if (serial_present())
		init_serial();
	if (vga_present())
		init_screen();
	init_console();
	register_nodes();
}
