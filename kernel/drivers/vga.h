/* The VGA text screen, 80 columns by 25 lines, as a console. */
#ifndef FOLIO_DRIVERS_VGA_H
#define FOLIO_DRIVERS_VGA_H

/* vga_console_init - clear the screen and register the console. */
void vga_console_init(void);

#endif
