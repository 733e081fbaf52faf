/*
 * scarce - calls about files that need memory, each of which may be the one that finds none: it
 * says so, or does without. The exit status is 0, or tells the line that found a mistake.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/kernel/programs/check.h"

#define CHECK_OR(call, number)                           \
	do {                                             \
		errno = 0;                               \
		CHECK((call) >= 0 || errno == (number)); \
	} while (0)

static struct pollfd many[600];
static char big[65536];

int main(void)
{
	struct flock lock = {.l_type = F_WRLCK, .l_start = 10, .l_len = 10};
	struct timeval now = {0, 0};
	struct iovec iov[20];
	fd_set in;
	int fds[2];

	for (int i = 0; i < 20; i++)
		iov[i] = (struct iovec){"x", 1};
	for (int i = 0; i < 600; i++)
		many[i] = (struct pollfd){0, POLLIN, 0};
	FD_ZERO(&in);
	FD_SET(0, &in);
	if (pipe2(fds, O_NONBLOCK) < 0) {
		CHECK(errno == ENOMEM);
		return 0;
	}
	for (int i = 0; i < 600; i++)
		many[i].fd = fds[0];
	CHECK_OR(poll(many, 600, 10), ENOMEM);
	CHECK_OR(writev(fds[1], iov, 20), ENOMEM);
	CHECK_OR(write(fds[1], big, sizeof(big)), ENOMEM);
	CHECK_OR(fcntl(fds[0], F_SETPIPE_SZ, 128 * 4096), ENOMEM);
	CHECK_OR(fcntl(fds[1], F_SETLK, &lock), ENOLCK);
	lock.l_start = 14;
	lock.l_len = 2;
	lock.l_type = F_UNLCK;
	CHECK_OR(fcntl(fds[1], F_SETLK, &lock), ENOLCK);
	CHECK_OR(fcntl(0, F_DUPFD, 900), ENOMEM);
	CHECK_OR(select(1000, &in, NULL, NULL, &now), ENOMEM);
	return 0;
}
