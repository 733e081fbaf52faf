/* What a word that is being typed may become: names of files, and of commands at its place. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sh.h"

struct list {
	const char *begin; /* what the words must begin with */
	char **words;
	size_t count;
};

static void add(struct list *list, const char *directory, const char *name, const char *end)
{
	char **more, *word;

	if (strncmp(name, list->begin, strlen(list->begin)))
		return;
	more = realloc(list->words, (list->count + 2) * sizeof(*more));
	if (!more)
		return;
	list->words = more;
	word = malloc(strlen(directory) + strlen(name) + strlen(end) + 1);
	if (!word)
		return;
	strcpy(stpcpy(stpcpy(word, directory), name), end);
	more[list->count++] = word;
	more[list->count] = NULL;
}

static bool is_directory(const char *directory, const char *name)
{
	char path[4096];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s%s", directory, name) >= (int)sizeof(path))
		return false;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* directory is "" or ends with a slash. */
static void add_files(struct list *list, const char *directory)
{
	DIR *dir = opendir(*directory ? directory : ".");
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' && list->begin[0] != '.')
			continue;
		add(list, directory, entry->d_name,
		    is_directory(directory, entry->d_name) ? "/" : "");
	}
	closedir(dir);
}

void each_command(void (*see)(const char *name, void *arg), void *arg)
{
	const char *path = var_get("PATH");

	for (path = path ? path : ""; *path; path += strspn(path, ":")) {
		size_t len = strcspn(path, ":");
		char directory[256];
		struct dirent *entry;
		DIR *dir;

		snprintf(directory, sizeof(directory), "%.*s", (int)len, path);
		path += len;
		dir = opendir(directory);
		if (!dir)
			continue;
		while ((entry = readdir(dir))) {
			if (entry->d_name[0] != '.')
				see(entry->d_name, arg);
		}
		closedir(dir);
	}
}

static void add_command(const char *name, void *arg)
{
	add(arg, "", name, "");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, each once. */
static void tidy(struct list *list)
{
	size_t kept = 0;

	qsort(list->words, list->count, sizeof(char *), by_name);
	for (size_t i = 0; i < list->count; i++) {
		if (kept && !strcmp(list->words[kept - 1], list->words[i]))
			free(list->words[i]);
		else
			list->words[kept++] = list->words[i];
	}
	list->count = kept;
	if (list->words)
		list->words[kept] = NULL;
}

char **complete(const char *line, size_t pos, size_t *start)
{
	struct list list = {0};
	char *word, *slash;
	size_t before;

	*start = pos;
	while (*start && !strchr(" \t;|&<>()`$=", line[*start - 1]))
		--*start;
	word = strndup(line + *start, pos - *start);
	if (!word)
		return NULL;
	for (before = *start; before && line[before - 1] == ' '; before--)
		;
	slash = strrchr(word, '/');
	if (slash) {
		char *directory = strndup(word, (size_t)(slash - word) + 1);

		list.begin = slash + 1;
		if (directory)
			add_files(&list, directory);
		free(directory);
	} else {
		list.begin = word;
		if (!before || strchr(";|&(`", line[before - 1])) {
			each_command(add_command, &list);
			for (const struct builtin *b = builtins; b->name; b++)
				add(&list, "", b->name, "");
		} else {
			add_files(&list, "");
		}
	}
	tidy(&list);
	free(word);
	return list.words;
}

void complete_free(char **words)
{
	for (size_t i = 0; words && words[i]; i++)
		free(words[i]);
	free(words);
}
