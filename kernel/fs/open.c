/* The paths that there are before there is a file system: a few names, and boot files. */
#include "kernel/fs/bootfile.h"
#include "kernel/fs/open.h"
#include "kernel/fs/proc_maps.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"

static const struct {
	const char *path;
	struct file *(*open)(void);
} early_paths[] = {
	{"/proc/self/maps", proc_maps_open},
};

#define BOOT_PREFIX "/boot/" /* before the name of a boot file */

static struct file *open_path(const char *path)
{
	const size_t prefix = sizeof(BOOT_PREFIX) - 1;

	for (unsigned int i = 0; i < ARRAY_SIZE(early_paths); i++) {
		if (!strcmp(path, early_paths[i].path))
			return early_paths[i].open();
	}
	if (!strncmp(path, BOOT_PREFIX, prefix))
		return bootfile_open(path + prefix);
	return ERR_PTR(-ENOENT);
}

struct file *file_open(const char *path, int flags)
{
	struct file *file = open_path(path);

	if (IS_ERR(file) || (flags & O_ACCMODE) == O_RDONLY)
		return file;
	fput(file);
	return ERR_PTR(-EACCES);
}
