/*
 * du [-ahs] [PATH...] - the room that files take on their disk: of directories with all in them.
 * -a of files too, -s of the given paths only, -h sizes for people, else in KiB.
 */
#include <dirent.h>
#include <errno.h>
#include <err.h>
#include <limits.h>
#include <procinfo.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool of_files, for_people, sums_only;
static int failed;

/* Files with several names, which count once. */
static struct seen {
	dev_t dev;
	ino_t ino;
} * seen;
static size_t nr_seen;

static bool seen_before(const struct stat *st)
{
	struct seen *more;

	if (S_ISDIR(st->st_mode) || st->st_nlink < 2)
		return false;
	for (size_t i = 0; i < nr_seen; i++)
		if (seen[i].dev == st->st_dev && seen[i].ino == st->st_ino)
			return true;
	more = realloc(seen, (nr_seen + 1) * sizeof(*seen));
	if (!more)
		err(1, "memory");
	seen = more;
	seen[nr_seen++] = (struct seen){st->st_dev, st->st_ino};
	return false;
}

static void print(const char *path, unsigned long long blocks)
{
	char text[16];

	if (for_people)
		human_size(text, blocks * 512);
	else
		snprintf(text, sizeof(text), "%llu", (blocks + 1) / 2);
	printf("%-7s %s\n", text, path);
}

static unsigned long long count(const char *path, bool given);

static unsigned long long count_inside(const char *path)
{
	unsigned long long blocks = 0;
	struct dirent *entry;
	DIR *dir = opendir(path);

	if (!dir) {
		warn("%s", path);
		failed = 1;
		return 0;
	}
	while (errno = 0, (entry = readdir(dir))) {
		char name[PATH_MAX];

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(name, sizeof(name), "%s%s%s", path,
			 path[strlen(path) - 1] == '/' ? "" : "/", entry->d_name);
		blocks += count(name, false);
	}
	if (errno) {
		warn("%s", path);
		failed = 1;
	}
	closedir(dir);
	return blocks;
}

/* Blocks of 512 bytes. */
static unsigned long long count(const char *path, bool given)
{
	unsigned long long blocks;
	struct stat st;

	if (lstat(path, &st) < 0) {
		warn("%s", path);
		failed = 1;
		return 0;
	}
	if (seen_before(&st))
		return 0;
	blocks = st.st_blocks;
	if (S_ISDIR(st.st_mode))
		blocks += count_inside(path);
	if (given || (!sums_only && (of_files || S_ISDIR(st.st_mode))))
		print(path, blocks);
	return blocks;
}

int main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "ahks")) != -1) {
		if (option == '?')
			return 2;
		of_files = of_files || option == 'a';
		for_people = for_people || option == 'h';
		sums_only = sums_only || option == 's';
	}
	if (optind == argc)
		count(".", true);
	for (int i = optind; i < argc; i++)
		count(argv[i], true);
	return failed;
}
