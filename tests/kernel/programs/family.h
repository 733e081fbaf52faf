/* What programs with children use. */
#ifndef FOLIO_TESTS_PROGRAMS_FAMILY_H
#define FOLIO_TESTS_PROGRAMS_FAMILY_H

#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

#define WNOHANG	   1
#define WUNTRACED  2
#define WEXITED	   4
#define WCONTINUED 8
#define WNOWAIT	   0x01000000
#define __WALL	   0x40000000
#define __WCLONE   0x80000000

static inline int do_fork(void)
{
	return (int)syscall(SYS_fork, 0, 0, 0, 0, 0, 0);
}

static inline int do_wait4(int pid, int *status, int options)
{
	return (int)syscall(SYS_wait4, pid, status, options, NULL, 0, 0);
}

/* What a child that is expected to end gives back: wait4's status, or -1. */
static inline int status_of(int pid)
{
	int status = -1;

	return do_wait4(pid, &status, 0) == pid ? status : -1;
}

static inline void leave(int status)
{
	syscall(SYS_exit, status, 0, 0, 0, 0, 0);
}

#endif
