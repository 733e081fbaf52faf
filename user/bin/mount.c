/*
 * mount - list what is mounted; mount -t TYPE: only that type; mount [-t TYPE] [-o OPTION,...]
 * SOURCE TARGET - mount. Without -t the types that live on disks are tried out. Options: ro rw sync
 * nosuid nodev noexec noatime bind move remount (which needs no SOURCE); others go to the file
 * system.
 */
#include <err.h>
#include <errno.h>
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
	{"ro", MS_RDONLY},   {"sync", MS_SYNCHRONOUS}, {"nosuid", MS_NOSUID},
	{"nodev", MS_NODEV}, {"noexec", MS_NOEXEC},    {"noatime", MS_NOATIME},
	{"bind", MS_BIND},   {"move", MS_MOVE},	       {"remount", MS_REMOUNT},
};

static int list(const char *wanted)
{
	FILE *file = fopen("/proc/mounts", "r");
	char source[128], target[128], type[32], how[128];

	if (!file)
		err(1, "/proc/mounts");
	while (fscanf(file, "%127s %127s %31s %127s %*[^\n]", source, target, type, how) == 4)
		if (!wanted || !strcmp(wanted, type))
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

/* The types that /proc/filesystems shows without "nodev", one after the other. -1: none fits. */
static int try_types(const char *source, const char *target, unsigned long flags, const char *data)
{
	FILE *file = fopen("/proc/filesystems", "r");
	char line[80];
	int result = -1;

	errno = ENODEV;
	while (file && result < 0 && fgets(line, sizeof(line), file)) {
		if (*line != '\t')
			continue;
		line[strcspn(line, "\n")] = 0;
		result = mount(source, target, line + 1, flags, data);
		if (result < 0 && errno != EINVAL)
			break;
	}
	if (file)
		fclose(file);
	return result;
}

static int do_mount(const char *source, const char *target, const char *type, unsigned long flags,
		    const char *data)
{
	if (type || (flags & (MS_BIND | MS_MOVE | MS_REMOUNT)))
		return mount(source, target, type, flags, data);
	return try_types(source, target, flags, data);
}

int main(int argc, char **argv)
{
	const char *type = NULL;
	unsigned long flags = 0;
	char *rest;
	int option;

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
	if (optind == argc && !flags && !*rest)
		return list(type);
	if (argc - optind != 2 && !(argc - optind == 1 && (flags & MS_REMOUNT)))
		errx(2, "usage: mount [-t TYPE] [-o OPTION,...] SOURCE TARGET");
	if (do_mount(argv[optind], argv[argc - 1], type, flags, *rest ? rest : NULL) < 0)
		err(1, "%s", argv[argc - 1]);
	return 0;
}
