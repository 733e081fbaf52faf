/*
 * The VGA text screen: 80 x 25 cells of a character and an attribute at physical
 * 0xB8000, and a hardware cursor behind the CRT controller's index and data
 * ports (IBM VGA XGA Technical Reference, "CRT Controller Registers").
 *
 * What is to be seen is made in vga_vt (vt.c). After each piece of output the cells that differ
 * from what the screen shows are written to it: the hardware is slow, and reading it
 * slower, so a text that scrolls ten times is shown once, and nothing is read back.
 *
 * Lock: the interrupt flag; vt_print() leaves alone what a program is in the midst of.
 */
#include "kernel/drivers/vga.h"

#include "kernel/cpu/io.h"
#include "kernel/cpu/irqflags.h"
#include "mm/layout.h"

#define VGA_CELLS	  ((volatile u16 *)__va(0xb8000))

#define CRTC_INDEX	  0x3d4
#define CRTC_DATA	  0x3d5
#define CRTC_CURSOR_START 0x0a
#define CRTC_CURSOR_HI	  0x0e
#define CRTC_CURSOR_LO	  0x0f
#define CURSOR_OFF	  0x20 /* in CURSOR_START, above the cursor's first scan line */

static struct vt vga_vt;
static u16 shown[VT_ROWS * VT_COLUMNS];
static bool present;

static void crtc_write(u8 index, u8 value)
{
	outb(CRTC_INDEX, index);
	outb(CRTC_DATA, value);
}

static void show_cursor(void)
{
	static unsigned int shown_at = ~0u;
	static bool shown_on = true;
	unsigned int position = vga_vt.pen.row * VT_COLUMNS + vga_vt.pen.column;
	u8 start;

	if (position != shown_at) {
		crtc_write(CRTC_CURSOR_HI, (u8)(position >> 8));
		crtc_write(CRTC_CURSOR_LO, (u8)position);
		shown_at = position;
	}
	if (vga_vt.cursor_visible != shown_on) {
		outb(CRTC_INDEX, CRTC_CURSOR_START);
		start = inb(CRTC_DATA) & ~CURSOR_OFF;
		shown_on = vga_vt.cursor_visible;
		crtc_write(CRTC_CURSOR_START, shown_on ? start : start | CURSOR_OFF);
	}
}

static void show_row(unsigned int row)
{
	for (unsigned int i = row * VT_COLUMNS; i < (row + 1) * VT_COLUMNS; i++) {
		if (shown[i] != vga_vt.cells[i])
			VGA_CELLS[i] = shown[i] = vga_vt.cells[i];
	}
}

static void show(void)
{
	for (; vga_vt.dirty; vga_vt.dirty &= vga_vt.dirty - 1)
		show_row((unsigned int)__builtin_ctz(vga_vt.dirty));
	show_cursor();
}

static void vga_write(const char *text, size_t len)
{
	unsigned long flags = local_irq_save();

	vt_print(&vga_vt, text, len);
	show();
	local_irq_restore(flags);
}

struct console vga_console = {
	.name = "tty0", .write = vga_write, .list = LIST_HEAD_INIT(vga_console.list)};

void vga_tty_write(const char *text, size_t len)
{
	unsigned long flags = local_irq_save();

	vt_write(&vga_vt, text, len);
	show();
	local_irq_restore(flags);
}

size_t vga_tty_answer(char *buf, size_t size)
{
	unsigned long flags = local_irq_save();
	size_t len = vt_take_answer(&vga_vt, buf, size);

	local_irq_restore(flags);
	return len;
}

bool vga_application_cursor(void)
{
	return vga_vt.application_cursor;
}

bool vga_present(void)
{
	return present;
}

/* Memory that keeps what is written to it. */
static bool probe(void)
{
	u16 old = VGA_CELLS[0];
	bool found;

	VGA_CELLS[0] = 0x0755;
	found = VGA_CELLS[0] == 0x0755;
	VGA_CELLS[0] = 0x07aa;
	found &= VGA_CELLS[0] == 0x07aa;
	VGA_CELLS[0] = old;
	return found;
}

void vga_console_init(void)
{
	present = probe();
	if (!present)
		return;
	vt_reset(&vga_vt);
	for (unsigned int i = 0; i < VT_ROWS * VT_COLUMNS; i++)
		VGA_CELLS[i] = shown[i] = vga_vt.cells[i];
	show_cursor();
	register_console(&vga_console);
}
