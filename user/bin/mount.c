/*
 * mount - list what is mounted;
 * mount [-t TYPE] [-o OPTION,...] SOURCE TARGET - mount. Options: ro rw nosuid nodev noexec bind
 * remount; others go to the file system.
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static const struct {
	const char *name;
	unsigned long flag;
} options[] = {
	{"ro", MS_RDONLY},     {"nosuid", MS_NOSUID}, {"nodev", MS_NODEV},
	{"noexec", MS_NOEXEC}, {"bind", MS_BIND},     {"remount", MS_REMOUNT},
};

static int list(void)
{
	FILE *file = fopen("/proc/mounts", "r");
	char source[128], target[128], type[32], how[128];

	if (!file)
		err(1, "/proc/mounts");
	while (fscanf(file, "%127s %127s %31s %127s %*[^\n]", source, target, type, how) == 4)
		printf("%s on %s type %s (%s)\n", source, target, type, how);
	fclose(file);
	return 0;
}

/* Takes the flags out of the words; what is left is the file system's. */
static unsigned long parse(char *words, char *rest)
{
	unsigned long flags = 0;

	for (char *word = strtok(words, ","); word; word = strtok(NULL, ",")) {
		bool known = !strcmp(word, "rw");

		for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
			if (!strcmp(word, options[i].name)) {
				flags |= options[i].flag;
				known = true;
			}
		}
		if (!known)
			strcat(strcat(rest, *rest ? "," : ""), word);
	}
	return flags;
}

int main(int argc, char **argv)
{
	const char *type = NULL;
	unsigned long flags = 0;
	char *rest;
	int option;

	if (argc == 1)
		return list();
	rest = calloc(1, 4096);
	if (!rest)
		err(1, "memory");
	while ((option = getopt(argc, argv, "t:o:")) != -1) {
		if (option == 't')
			type = optarg;
		else if (option == 'o' && strlen(optarg) < 2000)
			flags |= parse(optarg, rest);
		else
			return 2;
	}
	if (argc - optind != 2)
		errx(2, "usage: mount [-t TYPE] [-o OPTION,...] SOURCE TARGET");
	if (mount(argv[optind], argv[optind + 1], type, flags, *rest ? rest : NULL) < 0)
		err(1, "%s", argv[optind + 1]);
	return 0;
}
