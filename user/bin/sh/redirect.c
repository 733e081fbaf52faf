/*
 * Redirections. Before a descriptor of the shell itself is changed, a copy of it goes to a
 * high number; the stack of copies is unwound when the command has ended, or by an error.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sh.h"

#define HIGH 10 /* the shell's own descriptors begin here */

struct saved {
	struct saved *older;
	int fd, copy; /* copy -1: it was not open */
};

static struct saved *stack;

void *redirect_mark(void)
{
	return stack;
}

void redirect_undo(void *until)
{
	fflush(stdout);
	while (stack != until) {
		struct saved *s = stack;

		if (s->copy < 0) {
			close(s->fd);
		} else {
			dup2(s->copy, s->fd);
			close(s->copy);
		}
		stack = s->older;
		free(s);
	}
}

static void save(int fd)
{
	struct saved *s = keep(malloc(sizeof(*s)));

	s->fd = fd;
	s->copy = fcntl(fd, F_DUPFD_CLOEXEC, HIGH);
	s->older = stack;
	stack = s;
}

/* The text through a pipe; a process feeds it if the pipe could not hold it. */
static int open_here(struct redirect *r)
{
	const char *text = r->expand ? expand_here(r->target) : r->target;
	size_t len = strlen(text);
	int fds[2];
	pid_t pid;

	if (pipe(fds) < 0)
		return -1;
	if (len <= PIPE_BUF) {
		write(fds[1], text, len);
		close(fds[1]);
		return fds[0];
	}
	pid = fork();
	if (!pid) {
		ssize_t n = 1;

		close(fds[0]);
		for (; len && n > 0; len -= (size_t)n, text += n)
			n = write(fds[1], text, len);
		_exit(0);
	}
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return -1;
	}
	return fds[0];
}

/* A new descriptor; -1: failed; -2: the target is `-`. */
static int open_target(struct redirect *r, const char *target)
{
	static const int flags[] = {
		[R_READ] = O_RDONLY,
		[R_WRITE] = O_WRONLY | O_CREAT | O_TRUNC,
		[R_APPEND] = O_WRONLY | O_CREAT | O_APPEND,
		[R_BOTH] = O_RDWR | O_CREAT,
	};

	if (r->kind == R_HERE)
		return open_here(r);
	if (r->kind != R_DUP)
		return open(target, flags[r->kind], 0666);
	if (!strcmp(target, "-"))
		return -2;
	if (!*target || target[strspn(target, "0123456789")]) {
		errno = EBADF;
		return -1;
	}
	return dup(atoi(target));
}

static bool redirect_one(struct redirect *r, bool forget)
{
	const char *target = r->kind == R_HERE ? "here document" : expand_one(r->target);
	int fd = open_target(r, target);

	if (fd == -1) {
		complain("%s: %s", target, strerror(errno));
		return false;
	}
	if (fd == r->fd)
		return true;
	if (!forget)
		save(r->fd);
	if (fd < 0) {
		close(r->fd);
		return true;
	}
	if (dup2(fd, r->fd) < 0) {
		complain("%d: %s", r->fd, strerror(errno));
		close(fd);
		return false;
	}
	close(fd);
	return true;
}

bool redirect(struct redirect *list, bool forget)
{
	fflush(stdout);
	for (; list; list = list->next) {
		if (!redirect_one(list, forget))
			return false;
	}
	return true;
}
