/*
 * The VGA text screen: 80 x 25 cells of a character and an attribute at physical
 * 0xB8000, and a hardware cursor behind the CRT controller's index and data
 * ports (IBM VGA XGA Technical Reference, "CRT Controller Registers").
 */
#include "kernel/drivers/vga.h"

#include "kernel/cpu/io.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/options.h"
#include "kernel/printk.h"
#include "mm/layout.h"

#define VGA_COLUMNS    80u
#define VGA_ROWS       25u
#define VGA_CELLS      ((u16 *)__va(0xb8000))
#define VGA_ATTRIBUTE  0x0700u /* light grey on black */

#define CRTC_INDEX     0x3d4
#define CRTC_DATA      0x3d5
#define CRTC_CURSOR_HI 0x0e
#define CRTC_CURSOR_LO 0x0f

static unsigned int vga_row, vga_column;

static void vga_clear_row(unsigned int row)
{
	u16 *cell = VGA_CELLS + row * VGA_COLUMNS;

	for (unsigned int i = 0; i < VGA_COLUMNS; i++)
		cell[i] = VGA_ATTRIBUTE | ' ';
}

static void vga_newline(void)
{
	vga_column = 0;
	if (++vga_row < VGA_ROWS)
		return;
	vga_row = VGA_ROWS - 1;
	memmove(VGA_CELLS, VGA_CELLS + VGA_COLUMNS, vga_row * VGA_COLUMNS * sizeof(u16));
	vga_clear_row(vga_row);
}

static void vga_move_cursor(void)
{
	unsigned int position = vga_row * VGA_COLUMNS + vga_column;

	outb(CRTC_INDEX, CRTC_CURSOR_HI);
	outb(CRTC_DATA, (u8)(position >> 8));
	outb(CRTC_INDEX, CRTC_CURSOR_LO);
	outb(CRTC_DATA, (u8)position);
}

static void vga_putc(char c)
{
	switch (c) {
	case '\n':
		vga_newline();
		return;
	case '\r':
		vga_column = 0;
		return;
	case '\t':
		do
			vga_putc(' ');
		while (vga_column % 8);
		return;
	case '\b':
		if (vga_column)
			vga_column--;
		return;
	}
	if (vga_column == VGA_COLUMNS)
		vga_newline();
	VGA_CELLS[vga_row * VGA_COLUMNS + vga_column++] = VGA_ATTRIBUTE | (u8)c;
}

static void vga_write(const char *text, size_t len)
{
	while (len--)
		vga_putc(*text++);
	vga_move_cursor();
}

static struct console vga_console = {.name = "vga", .write = vga_write};

static int set_console(const char *value)
{
	if (!value || strcmp(value, "serial") != 0)
		return -EINVAL;
	unregister_console(&vga_console);
	return 0;
}
BOOT_OPTION("console", set_console);

void vga_console_init(void)
{
	for (unsigned int row = 0; row < VGA_ROWS; row++)
		vga_clear_row(row);
	vga_move_cursor();
	register_console(&vga_console);
}
