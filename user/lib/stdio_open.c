/* Opening, closing and positioning of files with buffers. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

int __mode_flags(const char *mode)
{
	int flags;

	switch (*mode) {
	case 'r':
		flags = O_RDONLY;
		break;
	case 'w':
		flags = O_WRONLY | O_CREAT | O_TRUNC;
		break;
	case 'a':
		flags = O_WRONLY | O_CREAT | O_APPEND;
		break;
	default:
		errno = EINVAL;
		return -1;
	}
	if (strchr(mode, '+'))
		flags = (flags & ~O_ACCMODE) | O_RDWR;
	if (strchr(mode, 'x'))
		flags |= O_EXCL;
	if (strchr(mode, 'e'))
		flags |= O_CLOEXEC;
	return flags;
}

static void set_access(FILE *file, int flags)
{
	file->readable = (flags & O_ACCMODE) != O_WRONLY;
	file->writable = (flags & O_ACCMODE) != O_RDONLY;
}

FILE *__new_file(int fd, int flags)
{
	FILE *file = malloc(sizeof(*file) + BUFSIZ);

	if (!file)
		return NULL;
	*file = (FILE){.fd = fd, .mode = _IOFBF, .own_buf = true, .size = BUFSIZ};
	file->buf = (char *)(file + 1);
	set_access(file, flags);
	file->next = __files;
	__files = file;
	return file;
}

FILE *fdopen(int fd, const char *mode)
{
	int flags = __mode_flags(mode);

	return flags < 0 ? NULL : __new_file(fd, flags);
}

FILE *fopen(const char *path, const char *mode)
{
	int flags = __mode_flags(mode);
	int fd = flags < 0 ? -1 : open(path, flags, 0666);
	FILE *file;

	if (fd < 0)
		return NULL;
	file = __new_file(fd, flags);
	if (!file)
		close(fd);
	return file;
}

FILE *freopen(const char *path, const char *mode, FILE *file)
{
	int flags = __mode_flags(mode), fd;

	__flush_file(file);
	fd = flags < 0 ? -1 : open(path, flags, 0666);
	if (fd < 0)
		return NULL;
	if (fd != file->fd) {
		dup2(fd, file->fd);
		close(fd);
	}
	set_access(file, flags);
	clearerr(file);
	return file;
}

int fclose(FILE *file)
{
	int ret = __flush_file(file);

	if (close(file->fd) < 0)
		ret = EOF;
	for (FILE **link = &__files; file->own_buf && *link; link = &(*link)->next) {
		if (*link == file) {
			*link = file->next;
			free(file);
			break;
		}
	}
	return ret;
}

int fseeko(FILE *file, off_t offset, int whence)
{
	if (__flush_file(file) || lseek(file->fd, offset, whence) < 0)
		return -1;
	file->eof = false;
	return 0;
}

int fseek(FILE *file, long offset, int whence)
{
	return fseeko(file, offset, whence);
}

off_t ftello(FILE *file)
{
	off_t at = lseek(file->fd, 0, SEEK_CUR);

	if (at < 0)
		return -1;
	if (file->dirty)
		return at + (off_t)file->end;
	return at - (off_t)(file->end - file->pos) - file->pushed_count;
}

long ftell(FILE *file)
{
	return (long)ftello(file);
}

void rewind(FILE *file)
{
	fseeko(file, 0, SEEK_SET);
	file->error = false;
}
