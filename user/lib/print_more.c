/* printf to a descriptor and to the heap. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "internal.h"

struct fd_sink {
	struct sink sink; /* first: the engine hands back a pointer to it */
	int fd;
	bool error;
};

static void put_to_fd(struct sink *sink, const char *s, size_t len)
{
	struct fd_sink *f = (struct fd_sink *)sink;

	while (len && !f->error) {
		ssize_t n = write(f->fd, s, len);

		if (n < 0 && errno != EINTR)
			f->error = true;
		else if (n > 0) {
			s += n;
			len -= (size_t)n;
		}
	}
}

int vdprintf(int fd, const char *fmt, va_list args)
{
	struct fd_sink sink = {{put_to_fd}, fd, false};
	int len = __format(&sink.sink, fmt, args);

	return sink.error ? -1 : len;
}

int dprintf(int fd, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vdprintf(fd, fmt, args);
	va_end(args);
	return len;
}

/* Once to measure, once to write. */
int vasprintf(char **s, const char *fmt, va_list args)
{
	int len = vsnprintf(NULL, 0, fmt, args);

	*s = malloc((size_t)len + 1);
	return *s ? vsnprintf(*s, (size_t)len + 1, fmt, args) : -1;
}

int asprintf(char **s, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vasprintf(s, fmt, args);
	va_end(args);
	return len;
}
