/* The older way of waiting for several files. */
#ifndef _SYS_SELECT_H
#define _SYS_SELECT_H

#include <signal.h>
#include <sys/time.h>
#include <time.h>

#define FD_SETSIZE 1024

typedef struct {
	unsigned long bits[FD_SETSIZE / 32];
} fd_set;

#define FD_ZERO(set)	  __builtin_memset((set), 0, sizeof(fd_set))
#define FD_SET(fd, set)	  ((set)->bits[(fd) / 32] |= 1ul << (fd) % 32)
#define FD_CLR(fd, set)	  ((set)->bits[(fd) / 32] &= ~(1ul << (fd) % 32))
#define FD_ISSET(fd, set) ((set)->bits[(fd) / 32] >> (fd) % 32 & 1)

int select(int count, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout);
int pselect(int count, fd_set *in, fd_set *out, fd_set *except, const struct timespec *timeout,
	    const sigset_t *mask);

#endif
