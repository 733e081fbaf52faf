/*
 * ls [-alihd1] [FILE...] - list files and the contents of directories.
 * -a with names that begin with a dot, -l in full, -i with inode numbers, -h sizes for people,
 * -d directories themselves, -1 one in a line.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <procinfo.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

static bool show_hidden, in_full, with_inode, for_people, not_inside, one_in_a_line;
static int failed;

struct entry {
	char *name;
	struct stat st;
	char target[256]; /* where a symbolic link leads */
};

static void mode_text(mode_t mode, char *text)
{
	static const char bits[] = "rwxrwxrwx";
	const char *type = S_ISDIR(mode)    ? "d"
			   : S_ISLNK(mode)  ? "l"
			   : S_ISCHR(mode)  ? "c"
			   : S_ISBLK(mode)  ? "b"
			   : S_ISFIFO(mode) ? "p"
			   : S_ISSOCK(mode) ? "s"
					    : "-";

	text[0] = *type;
	for (int i = 0; i < 9; i++)
		text[1 + i] = mode & (0400u >> i) ? bits[i] : '-';
	if (mode & S_ISUID)
		text[3] = mode & S_IXUSR ? 's' : 'S';
	if (mode & S_ISGID)
		text[6] = mode & S_IXGRP ? 's' : 'S';
	if (mode & S_ISVTX)
		text[9] = mode & S_IXOTH ? 't' : 'T';
	text[10] = 0;
}

static void size_text(const struct stat *st, char *text, size_t size)
{
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		snprintf(text, size, "%u, %u", major(st->st_rdev), minor(st->st_rdev));
	else if (for_people)
		human_size(text, (unsigned long long)st->st_size);
	else
		snprintf(text, size, "%lld", st->st_size);
}

static void print_in_full(const struct entry *e)
{
	char mode[12], size[24], when[20];

	mode_text(e->st.st_mode, mode);
	size_text(&e->st, size, sizeof(size));
	strftime(when, sizeof(when), "%Y-%m-%d %H:%M", gmtime(&e->st.st_mtime));
	printf("%s %3u %5u %5u %10s %s %s", mode, e->st.st_nlink, e->st.st_uid, e->st.st_gid, size,
	       when, e->name);
	if (S_ISLNK(e->st.st_mode))
		printf(" -> %s", e->target);
	putchar('\n');
}

static size_t screen_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_col ? 80 : size.ws_col;
}

/* Names in columns, each column from top to bottom. */
static void print_names(const struct entry *entries, size_t count)
{
	size_t width = 0, columns, rows, screen = one_in_a_line ? 0 : screen_width();

	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(entries[i].name) + (with_inode ? 9 : 0) + 2;

		width = len > width ? len : width;
	}
	columns = width && width <= screen ? screen / width : 1;
	rows = (count + columns - 1) / columns;
	for (size_t row = 0; row < rows; row++) {
		for (size_t i = row; i < count; i += rows) {
			int rest = i + rows < count ? (int)width : 0;

			if (with_inode) {
				printf("%8llu ", entries[i].st.st_ino);
				rest = rest ? rest - 9 : 0;
			}
			printf("%-*s", rest, entries[i].name);
		}
		putchar('\n');
	}
}

static void print(const struct entry *entries, size_t count)
{
	if (!in_full) {
		print_names(entries, count);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (with_inode)
			printf("%8llu ", entries[i].st.st_ino);
		print_in_full(&entries[i]);
	}
}

/* What is to be known of path, under the name given. */
static bool look_at(const char *path, const char *name, struct entry *e)
{
	ssize_t len;

	if (lstat(path, &e->st) < 0) {
		warn("%s", path);
		failed = 1;
		return false;
	}
	if (S_ISLNK(e->st.st_mode)) {
		len = readlink(path, e->target, sizeof(e->target) - 1);
		e->target[len > 0 ? len : 0] = 0;
	}
	e->name = strdup(name);
	if (!e->name)
		err(1, "memory");
	return true;
}

static int is_shown(const struct dirent *entry)
{
	return show_hidden || entry->d_name[0] != '.';
}

static void list_directory(const char *path)
{
	struct dirent **names;
	struct entry *entries;
	size_t shown = 0;
	int count = scandir(path, &names, is_shown, alphasort);

	if (count < 0) {
		warn("%s", path);
		failed = 1;
		return;
	}
	entries = calloc((size_t)count + 1, sizeof(*entries));
	if (!entries)
		err(1, "memory");
	for (int i = 0; i < count; i++) {
		char full[PATH_MAX];

		snprintf(full, sizeof(full), "%s/%s", path, names[i]->d_name);
		shown += look_at(full, names[i]->d_name, &entries[shown]);
		free(names[i]);
	}
	free(names);
	print(entries, shown);
	while (shown)
		free(entries[--shown].name);
	free(entries);
}

static bool is_directory(const char *path)
{
	struct stat st;

	return !not_inside && (in_full ? lstat : stat)(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void list_all(char **paths, int count)
{
	bool first = true;

	for (int i = 0; i < count; i++) {
		struct entry e;

		if (!is_directory(paths[i]) && look_at(paths[i], paths[i], &e)) {
			print(&e, 1);
			free(e.name);
			first = false;
		}
	}
	for (int i = 0; i < count; i++) {
		if (!is_directory(paths[i]))
			continue;
		if (count > 1)
			printf("%s%s:\n", first ? "" : "\n", paths[i]);
		list_directory(paths[i]);
		first = false;
	}
}

int main(int argc, char **argv)
{
	char *here[] = {(char *)"."};
	int option;

	setvbuf(stdout, NULL, _IOFBF, 0);
	while ((option = getopt(argc, argv, "alihd1")) != -1) {
		show_hidden = show_hidden || option == 'a';
		in_full = in_full || option == 'l';
		with_inode = with_inode || option == 'i';
		for_people = for_people || option == 'h';
		not_inside = not_inside || option == 'd';
		one_in_a_line = one_in_a_line || option == '1';
		if (option == '?')
			return 2;
	}
	if (optind < argc)
		list_all(argv + optind, argc - optind);
	else
		list_all(here, 1);
	return failed;
}
