/* The VGA text screen, 80 columns by 25 lines: the kernel's console and a terminal's screen. */
#ifndef FOLIO_DRIVERS_VGA_H
#define FOLIO_DRIVERS_VGA_H

#include "kernel/drivers/vt.h"
#include "kernel/printk.h"

/* vga_console_init - clear the screen and register the console, if there is a screen. */
void vga_console_init(void);

/* The console; its list is empty when it is not registered. */
extern struct console vga_console;

/* vga_present - has vga_console_init() found the screen? */
bool vga_present(void);

/*
 * vga_tty_write - what a program sends. Any context.
 * vga_tty_answer - what the screen answers to it: bytes, at most `size`; 0: nothing.
 */
void vga_tty_write(const char *text, size_t len);
size_t vga_tty_answer(char *buf, size_t size);

/* vga_application_cursor - do programs want ESC O for the arrow keys' ESC [ ? */
bool vga_application_cursor(void);

#endif
