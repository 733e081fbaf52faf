/*
 * Files with buffers: the state of each, and how the buffer is emptied. A buffer holds either
 * bytes that were read ahead or bytes still to be written, never both.
 *
 * stdout writes its buffer when a line ends or the buffer is full, stderr after every call.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

static char stdin_buf[BUFSIZ], stdout_buf[BUFSIZ], stderr_buf[BUFSIZ];

static FILE stderr_file = {
	.fd = STDERR_FILENO, .mode = _IONBF, .writable = true, .buf = stderr_buf, .size = BUFSIZ};
static FILE stdout_file = {.fd = STDOUT_FILENO,
			   .mode = _IOLBF,
			   .writable = true,
			   .buf = stdout_buf,
			   .size = BUFSIZ,
			   .next = &stderr_file};
static FILE stdin_file = {.fd = STDIN_FILENO,
			  .mode = _IOFBF,
			  .readable = true,
			  .buf = stdin_buf,
			  .size = BUFSIZ,
			  .next = &stdout_file};

FILE *const stdin = &stdin_file;
FILE *const stdout = &stdout_file;
FILE *const stderr = &stderr_file;
FILE *__files = &stdin_file;

static int write_all(FILE *file)
{
	size_t done = 0;

	while (done < file->end) {
		ssize_t n = write(file->fd, file->buf + done, file->end - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			file->error = true;
			break;
		}
		done += (size_t)n;
	}
	file->end = 0;
	file->dirty = false;
	return done ? 0 : EOF;
}

/* What was read ahead and not used is still to be read by the next who has the descriptor. */
static void give_back(FILE *file)
{
	if (file->end > file->pos)
		lseek(file->fd, -(off_t)(file->end - file->pos), SEEK_CUR);
	file->pos = file->end = 0;
	file->pushed_count = 0;
}

int __flush_file(FILE *file)
{
	bool failed = file->error;

	if (file->dirty)
		write_all(file);
	else if (file->end)
		give_back(file);
	return file->error && !failed ? EOF : 0;
}

int fflush(FILE *file)
{
	int ret = 0;

	if (file)
		return __flush_file(file);
	for (file = __files; file; file = file->next) {
		if (file->dirty)
			ret |= __flush_file(file);
	}
	return ret;
}

void __stdio_flush(void)
{
	fflush(NULL);
	if (stdin_file.end > stdin_file.pos)
		give_back(&stdin_file);
}

void __put_bytes(FILE *file, const char *s, size_t len)
{
	if (!file->writable) {
		file->error = true;
		errno = EBADF;
		return;
	}
	if (!file->dirty && file->end)
		give_back(file);
	while (len) {
		size_t room = file->size - file->end;
		size_t n = len < room ? len : room;

		memcpy(file->buf + file->end, s, n);
		file->end += n;
		file->dirty = true;
		s += n;
		len -= n;
		if (file->end == file->size)
			write_all(file);
	}
}

int __settle(FILE *file)
{
	if (file->dirty &&
	    (file->mode == _IONBF || (file->mode == _IOLBF && memchr(file->buf, '\n', file->end))))
		write_all(file);
	return file->error ? EOF : 0;
}

int fileno(FILE *file)
{
	return file->fd;
}

int feof(FILE *file)
{
	return file->eof;
}

int ferror(FILE *file)
{
	return file->error;
}

void clearerr(FILE *file)
{
	file->error = file->eof = false;
}

int setvbuf(FILE *file, char *buf, int mode, size_t size)
{
	if (mode < _IOFBF || mode > _IONBF) {
		errno = EINVAL;
		return -1;
	}
	__flush_file(file);
	file->mode = mode;
	if (buf && size && mode != _IONBF) {
		file->buf = buf;
		file->size = size;
	}
	return 0;
}

void setbuf(FILE *file, char *buf)
{
	setvbuf(file, buf, buf ? _IOFBF : _IONBF, BUFSIZ);
}

void setlinebuf(FILE *file)
{
	setvbuf(file, NULL, _IOLBF, 0);
}
