/* Input: characters, blocks, lines. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

/* Reads more into an empty buffer. A question on stdout must be seen before we wait. */
static bool fill(FILE *file)
{
	ssize_t n;

	if (!file->readable) {
		errno = EBADF;
		file->error = true;
		return false;
	}
	__flush_file(file);
	if (stdout->mode == _IOLBF)
		__flush_file(stdout);
	n = read(file->fd, file->buf, file->mode == _IONBF ? 1 : file->size);
	if (n < 0)
		file->error = true;
	else if (n == 0)
		file->eof = true;
	file->pos = 0;
	file->end = n > 0 ? (size_t)n : 0;
	return n > 0;
}

int fgetc(FILE *file)
{
	if (file->pushed_count)
		return file->pushed[--file->pushed_count];
	if ((file->dirty || file->pos == file->end) && !fill(file))
		return EOF;
	return (unsigned char)file->buf[file->pos++];
}

int getc(FILE *file)
{
	return fgetc(file);
}

int getchar(void)
{
	return fgetc(stdin);
}

int ungetc(int c, FILE *file)
{
	if (c == EOF || file->pushed_count == 2)
		return EOF;
	file->pushed[file->pushed_count++] = (unsigned char)c;
	file->eof = false;
	return (unsigned char)c;
}

size_t fread(void *data, size_t size, size_t count, FILE *file)
{
	size_t wanted = size * count, done = 0;
	char *to = data;

	while (done < wanted) {
		size_t n = file->dirty ? 0 : file->end - file->pos;
		int c;

		if (n && !file->pushed_count) {
			n = n < wanted - done ? n : wanted - done;
			memcpy(to + done, file->buf + file->pos, n);
			file->pos += n;
			done += n;
			continue;
		}
		c = fgetc(file);
		if (c == EOF)
			break;
		to[done++] = (char)c;
	}
	return size ? done / size : 0;
}

char *fgets(char *buf, int size, FILE *file)
{
	int len = 0, c = 0;

	while (len < size - 1 && c != '\n') {
		c = fgetc(file);
		if (c == EOF)
			break;
		buf[len++] = (char)c;
	}
	if (!len || (c == EOF && file->error))
		return NULL;
	buf[len] = 0;
	return buf;
}

ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *file)
{
	size_t len = 0;
	int c;

	if (!*line)
		*size = 0;
	do {
		if (len + 2 > *size) {
			size_t more = *size ? 2 * *size : 120;
			char *new = realloc(*line, more);

			if (!new)
				return -1;
			*line = new;
			*size = more;
		}
		c = fgetc(file);
		if (c == EOF)
			break;
		(*line)[len++] = (char)c;
	} while (c != delimiter);
	if (!len)
		return -1; /* the end: the line before stays as it is */
	(*line)[len] = 0;
	return (ssize_t)len;
}

ssize_t getline(char **line, size_t *size, FILE *file)
{
	return getdelim(line, size, '\n', file);
}
