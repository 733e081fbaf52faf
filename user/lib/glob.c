/*
 * The names of files that fit a pattern, found part by part: a part without * ? [ is only
 * appended; for another one the directory is read, and each name that fits leads on.
 */
#include <dirent.h>
#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int add(glob_t *g, const char *path)
{
	char **more = realloc(g->gl_pathv, (g->gl_pathc + 2) * sizeof(*more));
	char *copy = strdup(path);

	if (more)
		g->gl_pathv = more;
	if (!more || !copy) {
		free(copy);
		return GLOB_NOSPACE;
	}
	more[g->gl_pathc++] = copy;
	more[g->gl_pathc] = NULL;
	return 0;
}

/* Copies a part without its backslashes. */
static void plain(char *to, const char *part, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (part[i] == '\\' && i + 1 < len)
			i++;
		*to++ = part[i];
	}
	*to = 0;
}

static bool has_magic(const char *part, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (part[i] == '\\')
			i++;
		else if (strchr("*?[", part[i]))
			return true;
	}
	return false;
}

static int walk(glob_t *g, char *path, size_t len, const char *pattern);

/* All names in the directory `path` that fit the part, each followed by the rest. */
static int walk_directory(glob_t *g, char *path, size_t len, const char *part, const char *rest)
{
	DIR *dir = opendir(len ? path : ".");
	struct dirent *entry;
	int ret = 0;

	if (!dir)
		return 0;
	while (!ret && (entry = readdir(dir))) {
		if (fnmatch(part, entry->d_name, FNM_PERIOD) ||
		    len + strlen(entry->d_name) + 2 > PATH_MAX)
			continue;
		strcpy(path + len, entry->d_name);
		ret = walk(g, path, len + strlen(entry->d_name), rest);
		path[len] = 0;
	}
	closedir(dir);
	return ret;
}

/* path, of this length, is a name so far; the pattern says how it goes on. */
static int walk(glob_t *g, char *path, size_t len, const char *pattern)
{
	struct stat st;
	char part[NAME_MAX + 1];
	size_t n;

	for (; *pattern == '/'; pattern++) {
		if (len + 1 >= PATH_MAX)
			return 0;
		path[len++] = '/';
		path[len] = 0;
	}
	if (!*pattern)
		return lstat(path, &st) < 0 ? 0 : add(g, path);
	n = strcspn(pattern, "/");
	if (n >= sizeof(part) || len + n + 2 > PATH_MAX)
		return 0;
	if (!has_magic(pattern, n)) {
		plain(path + len, pattern, n);
		return walk(g, path, strlen(path), pattern + n);
	}
	memcpy(part, pattern, n);
	part[n] = 0;
	return walk_directory(g, path, len, part, pattern + n);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int glob(const char *pattern, int flags, int (*error)(const char *, int), glob_t *result)
{
	char path[PATH_MAX] = "";
	int ret;

	(void)flags;
	(void)error;
	*result = (glob_t){0, NULL};
	ret = walk(result, path, 0, pattern);
	if (ret)
		globfree(result);
	else if (!result->gl_pathc)
		return GLOB_NOMATCH;
	else
		qsort(result->gl_pathv, result->gl_pathc, sizeof(char *), by_name);
	return ret;
}

void globfree(glob_t *result)
{
	while (result->gl_pathc)
		free(result->gl_pathv[--result->gl_pathc]);
	free(result->gl_pathv);
	result->gl_pathv = NULL;
}
