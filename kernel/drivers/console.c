/*
 * console=ttyS0 (with or without a speed, as Linux takes it; or console=serial) and
 * console=tty0. The first one turns off what it does not name, others add to it: the
 * kernel's log and /dev/console use what is left. Both say the same when nothing is chosen.
 */
#include "kernel/drivers/console.h"
#include "kernel/drivers/serial.h"
#include "kernel/drivers/vga.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/options.h"

static bool chosen; /* console= was given */

bool console_on_serial(void)
{
	return !list_empty(&serial_console.list);
}

bool console_on_vga(void)
{
	return !list_empty(&vga_console.list);
}

/* Add what the option names, if it is there. */
static void enable(struct console *console, bool present)
{
	if (present && list_empty(&console->list))
		register_console(console);
}

static int set_console(const char *value)
{
	bool serial = value && (strcmp(value, "ttyS0") == 0 || strcmp(value, "serial") == 0 ||
				strncmp(value, "ttyS0,", 6) == 0);
	bool vga = value && (strcmp(value, "tty0") == 0 || strcmp(value, "tty1") == 0);

	if (!serial && !vga)
		return -EINVAL;
	if (!chosen && !serial)
		unregister_console(&serial_console);
	if (!chosen && !vga)
		unregister_console(&vga_console);
	chosen = true;
	if (serial)
		enable(&serial_console, serial_present());
	else
		enable(&vga_console, vga_present());
	return 0;
}
BOOT_OPTION("console", set_console);
