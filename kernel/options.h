/*
 * Boot options: words of the command line, `name` or `name=value`. Whoever has an
 * option registers it where it is used:
 *
 *	static int set_foo(const char *value) { ... }
 *	BOOT_OPTION("foo", set_foo);
 */
#ifndef FOLIO_OPTIONS_H
#define FOLIO_OPTIONS_H

#include "kernel/lib/compiler.h"

struct boot_option {
	const char *name;
	/*
	 * `value` is what stands after '=', NULL without one; it stays valid for
	 * ever. Returns 0, or an error: then a warning says that the value was bad.
	 * Runs at boot before any memory can be allocated.
	 */
	int (*set)(const char *value);
};

#define BOOT_OPTION(option_name, fn)	     BOOT_OPTION_1(option_name, fn, __LINE__)
#define BOOT_OPTION_1(option_name, fn, line) BOOT_OPTION_2(option_name, fn, line)
#define BOOT_OPTION_2(option_name, fn, line)                                   \
	static const struct boot_option boot_option_##line __used __aligned(4) \
		__section(".boot_options") = {.name = (option_name), .set = (fn)}

/*
 * options_parse - split `command_line` in place and set each option once, in order: whoever wants
 * the line for later gives a copy. What nobody registered, and what its handler refused, gets one
 * warning line. Boot only, after the consoles.
 */
void options_parse(char *command_line);

#endif
