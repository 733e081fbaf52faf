/* The command line against the table that the linker gathers from BOOT_OPTION(). */
#include "kernel/options.h"

#include "kernel/lib/string.h"
#include "kernel/printk.h"

extern const struct boot_option __boot_options_start[], __boot_options_end[];

static const struct boot_option *find_option(const char *name)
{
	const struct boot_option *option;

	for (option = __boot_options_start; option < __boot_options_end; option++)
		if (strcmp(option->name, name) == 0)
			return option;
	return NULL;
}

static void parse_option(char *word)
{
	const struct boot_option *option;
	char *value = strchr(word, '=');

	if (value)
		*value++ = '\0';
	option = find_option(word);
	if (!option)
		pr_warn("options: `%s' is not known and has no effect\n", word);
	else if (option->set(value))
		pr_warn("options: `%s' cannot be `%s'\n", word, value ? value : "");
}

void options_parse(char *command_line)
{
	char *next = command_line;

	while (next) {
		char *word = strsep(&next, " \t\r\n");

		if (*word)
			parse_option(word);
	}
}
