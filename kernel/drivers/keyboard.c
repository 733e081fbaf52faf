/*
 * The PC keyboard: scan codes of set 1, as the i8042 controller translates them (IBM PS/2
 * Technical Reference, "Keyboard and Auxiliary Device Controller").
 *
 * A key sends its code when pressed (again and again while it is held), and the code with bit 7
 * when released; 0xe0 comes before keys that the first keyboards did not have, 0xe1 before the two
 * codes of Pause. The lights are set by a command of two bytes, each of which the keyboard
 * acknowledges in the stream of codes: the interrupt sends the second when the first was heard.
 *
 * Waiting for the controller is bounded everywhere: one that is missing or dead costs a moment.
 */
#include "kernel/drivers/keyboard.h"

#include "kernel/cpu/io.h"
#include "kernel/cpu/irq.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/drivers/keymap.h"
#include "kernel/drivers/tty_port.h"
#include "kernel/drivers/vga.h"
#include "kernel/lib/ctype.h"
#include "kernel/lib/string.h"
#include "kernel/power.h"

#define KEYBOARD_IRQ	 1
#define DATA		 0x60
#define STATUS		 0x64 /* reading */
#define COMMAND		 0x64 /* writing */
#define STATUS_OUTPUT	 0x01 /* a byte is there to be read */
#define STATUS_INPUT	 0x02 /* the last byte has not been taken yet */
#define STATUS_MOUSE	 0x20 /* it is the mouse's */

#define READ_CONFIG	 0x20
#define WRITE_CONFIG	 0x60
#define DISABLE_MOUSE	 0xa7
#define DISABLE_KEYS	 0xad
#define ENABLE_KEYS	 0xae
#define CONFIG_IRQ_KEYS	 0x01
#define CONFIG_IRQ_MOUSE 0x02
#define CONFIG_NO_KEYS	 0x10
#define CONFIG_SET_1	 0x40 /* translate to set 1 */

#define SET_LIGHTS	 0xed
#define ENABLE_SCANNING	 0xf4
#define ACKNOWLEDGED	 0xfa
#define RESEND		 0xfe
#define LIGHT_SCROLL	 1u
#define LIGHT_NUM	 2u
#define LIGHT_CAPS	 4u

#define RELEASED	 0x80u
#define WAIT_LIMIT	 20000u /* io_delay()s: some tens of milliseconds */
#define FLUSH_LIMIT	 64

static struct tty_port *keys_to;

/* What has been pressed and not released; which locks are on. */
static bool shift[2], ctrl[2], alt[2]; /* left, right */
static u8 lights;

static bool extended;	     /* 0xe0 came */
static unsigned int swallow; /* bytes of Pause still to come */

static enum { LIGHTS_IDLE, LIGHTS_COMMAND, LIGHTS_VALUE } lights_state;
static bool present;

static bool wait_status(u8 bit, u8 value)
{
	for (unsigned int i = 0; i < WAIT_LIMIT; i++) {
		if ((inb(STATUS) & bit) == value)
			return true;
		io_delay();
	}
	return false;
}

static bool send_to(u16 port, u8 byte)
{
	if (!wait_status(STATUS_INPUT, 0))
		return false;
	outb(port, byte);
	return true;
}

/* ---- lights */

static void update_lights(void)
{
	if (present && send_to(DATA, SET_LIGHTS))
		lights_state = LIGHTS_COMMAND;
}

/* Is the byte an answer to the lights' command? Then the command goes on. */
static bool lights_answer(u8 byte)
{
	if (lights_state == LIGHTS_IDLE || (byte != ACKNOWLEDGED && byte != RESEND))
		return false;
	if (byte == ACKNOWLEDGED && lights_state == LIGHTS_COMMAND && send_to(DATA, lights))
		lights_state = LIGHTS_VALUE;
	else
		lights_state = LIGHTS_IDLE;
	return true;
}

static void toggle(u8 light)
{
	lights ^= light;
	update_lights();
}

/* ---- keys */

static bool modifier(u8 meaning, bool right, bool pressed)
{
	switch (meaning) {
	case KEY_SHIFT:
		shift[right] = pressed;
		return true;
	case KEY_CTRL:
		ctrl[right] = pressed;
		return true;
	case KEY_ALT:
		alt[right] = pressed;
		return true;
	}
	return false;
}

static bool lock(u8 meaning)
{
	switch (meaning) {
	case KEY_CAPS_LOCK:
		toggle(LIGHT_CAPS);
		return true;
	case KEY_NUM_LOCK:
		toggle(LIGHT_NUM);
		return true;
	case KEY_SCROLL_LOCK:
		toggle(LIGHT_SCROLL);
		return true;
	}
	return false;
}

static u8 meaning_of(u8 code)
{
	bool shifted = shift[0] || shift[1];
	const struct key *key = &keymap[code];

	if (extended)
		return keymap_extended(code);
	if (code >= KEYPAD_FIRST && code <= KEYPAD_LAST) {
		key = &keymap_keypad[code - KEYPAD_FIRST];
		return !(lights & LIGHT_NUM) == !shifted ? key->plain : key->shifted;
	}
	if (lights & LIGHT_CAPS && isalpha(key->plain))
		shifted = !shifted;
	return shifted ? key->shifted : key->plain;
}

static void type(u8 meaning)
{
	char text[3];
	size_t len = 0;
	int c = meaning;

	if (meaning >= KEY_F1 && meaning < KEY_SEQUENCES) {
		const char *sequence = keymap_sequence(meaning, vga_application_cursor());

		tty_port_push_string(keys_to, sequence, strlen(sequence));
		return;
	}
	if (ctrl[0] || ctrl[1])
		c = keymap_control(meaning);
	if (c < 0 || c >= 0x80)
		return;
	if (alt[0] || alt[1])
		text[len++] = 27;
	text[len++] = (char)c;
	tty_port_push_string(keys_to, text, len);
}

static void key_event(u8 code, bool pressed)
{
	u8 meaning = meaning_of(code);
	bool right = extended || code == 0x36;

	if (extended && (code == 0x2a || code == 0x36)) /* a shift that nobody has pressed */
		return;
	if (modifier(meaning, right, pressed) || !pressed || !meaning)
		return;
	if (meaning == KEY_DELETE && (ctrl[0] || ctrl[1]) && (alt[0] || alt[1]))
		machine_restart();
	if (!lock(meaning))
		type(meaning);
}

void keyboard_scancode(u8 byte)
{
	if (lights_answer(byte))
		return;
	if (swallow) {
		swallow--;
		return;
	}
	if (byte == 0xe1) {
		swallow = 2;
	} else if (byte == 0xe0) {
		extended = true;
	} else {
		key_event(byte & ~RELEASED, !(byte & RELEASED));
		extended = false;
	}
}

static void keyboard_interrupt(unsigned int irq, void *dev, struct pt_regs *regs)
{
	u8 status;

	(void)irq;
	(void)dev;
	(void)regs;
	for (int i = 0; i < FLUSH_LIMIT && (status = inb(STATUS)) & STATUS_OUTPUT; i++) {
		u8 byte = inb(DATA);

		if (!(status & STATUS_MOUSE))
			keyboard_scancode(byte);
	}
}

static struct irqaction keyboard_action = {.handler = keyboard_interrupt, .name = "keyboard"};

struct tty_port *keyboard_set_port(struct tty_port *port)
{
	struct tty_port *former = keys_to;

	keys_to = port;
	return former;
}

/* ---- the controller */

static void flush_controller(void)
{
	for (int i = 0; i < FLUSH_LIMIT && inb(STATUS) & STATUS_OUTPUT; i++)
		inb(DATA);
}

/* Let it translate, interrupt for keys, and keep the mouse quiet. */
static bool setup_controller(void)
{
	u8 config;

	if (inb(STATUS) == 0xff) /* nobody drives the bus */
		return false;
	if (!send_to(COMMAND, DISABLE_KEYS) || !send_to(COMMAND, DISABLE_MOUSE))
		return false;
	flush_controller();
	if (!send_to(COMMAND, READ_CONFIG) || !wait_status(STATUS_OUTPUT, STATUS_OUTPUT))
		return false;
	config = inb(DATA);
	config &= ~(CONFIG_NO_KEYS | CONFIG_IRQ_MOUSE);
	config |= CONFIG_IRQ_KEYS | CONFIG_SET_1;
	return send_to(COMMAND, WRITE_CONFIG) && send_to(DATA, config) &&
	       send_to(COMMAND, ENABLE_KEYS);
}

/* The loader may have left the keyboard silent. One that is not there does not acknowledge. */
static void enable_scanning(void)
{
	if (send_to(DATA, ENABLE_SCANNING) && wait_status(STATUS_OUTPUT, STATUS_OUTPUT))
		inb(DATA);
}

bool keyboard_init(struct tty_port *port)
{
	unsigned long flags = local_irq_save();

	keys_to = port;
	present = setup_controller();
	if (present) {
		enable_scanning();
		request_irq(KEYBOARD_IRQ, &keyboard_action);
	}
	local_irq_restore(flags);
	if (present)
		update_lights();
	return present;
}
