/* Reading directories: the kernel fills a buffer with records, we hand them out. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BUFFER 4096

struct __dir {
	int fd;
	size_t pos, end;
	char buf[BUFFER] __attribute__((aligned(8)));
};

ssize_t getdents64(int fd, void *buf, size_t size)
{
	return syscall(SYS_getdents64, fd, buf, size);
}

DIR *fdopendir(int fd)
{
	DIR *dir = malloc(sizeof(*dir));

	if (!dir)
		return NULL;
	dir->fd = fd;
	dir->pos = dir->end = 0;
	return dir;
}

DIR *opendir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir;

	if (fd < 0)
		return NULL;
	dir = fdopendir(fd);
	if (!dir)
		close(fd);
	return dir;
}

struct dirent *readdir(DIR *dir)
{
	struct dirent *entry;

	if (dir->pos == dir->end) {
		ssize_t n = getdents64(dir->fd, dir->buf, sizeof(dir->buf));

		if (n <= 0)
			return NULL;
		dir->pos = 0;
		dir->end = (size_t)n;
	}
	entry = (struct dirent *)(dir->buf + dir->pos);
	dir->pos += entry->d_reclen;
	return entry;
}

void rewinddir(DIR *dir)
{
	lseek(dir->fd, 0, SEEK_SET);
	dir->pos = dir->end = 0;
}

int dirfd(DIR *dir)
{
	return dir->fd;
}

int closedir(DIR *dir)
{
	int fd = dir->fd;

	free(dir);
	return close(fd);
}

int alphasort(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int give_up(DIR *dir, struct dirent **names, size_t count)
{
	int saved = errno;

	while (count)
		free(names[--count]);
	free(names);
	closedir(dir);
	errno = saved;
	return -1;
}

int scandir(const char *path, struct dirent ***result, int (*select)(const struct dirent *),
	    int (*compare)(const struct dirent **, const struct dirent **))
{
	struct dirent **names = NULL, *entry;
	size_t count = 0, room = 0;
	DIR *dir = opendir(path);

	if (!dir)
		return -1;
	while (errno = 0, (entry = readdir(dir))) {
		struct dirent **more = names;

		if (select && !select(entry))
			continue;
		if (count == room) {
			room = room ? 2 * room : 16;
			more = realloc(names, room * sizeof(*names));
		}
		if (more)
			names = more;
		if (more && (names[count] = malloc(entry->d_reclen)))
			memcpy(names[count++], entry, entry->d_reclen);
		else
			return give_up(dir, names, count);
	}
	if (errno)
		return give_up(dir, names, count);
	closedir(dir);
	if (compare)
		qsort(names, count, sizeof(*names),
		      (int (*)(const void *, const void *))(void *)compare);
	*result = names;
	return (int)count;
}
