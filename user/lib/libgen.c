/* The parts of a path. */
#include <libgen.h>
#include <string.h>

/* Cuts slashes off the end, but not the only one. */
static void trim(char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		path[--len] = 0;
}

char *basename(char *path)
{
	char *slash;

	if (!path || !*path)
		return ".";
	trim(path);
	slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

char *dirname(char *path)
{
	char *slash;

	if (!path || !*path)
		return ".";
	trim(path);
	slash = strrchr(path, '/');
	if (!slash)
		return ".";
	slash[slash == path] = 0;
	trim(path);
	return path;
}
