/* rm [-rf] FILE... - remove files; -r: directories with all that is in them, -f: no complaints. */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool recursive, force;

static int not_dots(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
}

static int remove_tree(const char *path);

static int empty_directory(const char *path)
{
	struct dirent **names;
	int count = scandir(path, &names, not_dots, NULL), failed = 0;

	for (int i = 0; i < count; i++) {
		char inside[PATH_MAX];

		snprintf(inside, sizeof(inside), "%s/%s", path, names[i]->d_name);
		failed |= remove_tree(inside);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return failed;
}

static int remove_tree(const char *path)
{
	struct stat st;
	int ret;

	if (lstat(path, &st) < 0) {
		if (force && errno == ENOENT)
			return 0;
		warn("%s", path);
		return 1;
	}
	if (S_ISDIR(st.st_mode) && !recursive) {
		warnx("%s is a directory: -r removes it", path);
		return 1;
	}
	if (S_ISDIR(st.st_mode) && empty_directory(path))
		return 1;
	ret = S_ISDIR(st.st_mode) ? rmdir(path) : unlink(path);
	if (ret < 0)
		warn("%s", path);
	return ret < 0;
}

int main(int argc, char **argv)
{
	int option, failed = 0;

	while ((option = getopt(argc, argv, "rRf")) != -1) {
		if (option == '?')
			return 2;
		recursive = recursive || option != 'f';
		force = force || option == 'f';
	}
	if (optind == argc && !force)
		errx(2, "usage: rm [-rf] FILE...");
	for (int i = optind; i < argc; i++)
		failed |= remove_tree(argv[i]);
	return failed;
}
