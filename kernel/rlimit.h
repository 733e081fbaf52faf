/*
 * Resource limits of a process: getrlimit(2). They are kept in signal_struct, which all
 * threads share.
 */
#ifndef FOLIO_RLIMIT_H
#define FOLIO_RLIMIT_H

#include "kernel/lib/types.h"

/* Linux's numbers (asm-generic/resource.h). */
#define RLIMIT_CPU	  0
#define RLIMIT_FSIZE	  1
#define RLIMIT_DATA	  2
#define RLIMIT_STACK	  3
#define RLIMIT_CORE	  4
#define RLIMIT_RSS	  5
#define RLIMIT_NPROC	  6
#define RLIMIT_NOFILE	  7
#define RLIMIT_MEMLOCK	  8
#define RLIMIT_AS	  9
#define RLIMIT_LOCKS	  10
#define RLIMIT_SIGPENDING 11
#define RLIMIT_MSGQUEUE	  12
#define RLIMIT_NICE	  13
#define RLIMIT_RTPRIO	  14
#define RLIMIT_RTTIME	  15
#define RLIM_NLIMITS	  16
#define RLIM_INFINITY	  (~0ul)

struct rlimit {
	unsigned long rlim_cur, rlim_max;
};

#define STACK_LIMIT (8ul << 20) /* bytes: RLIMIT_STACK of the first process */

#define RLIM_NONE                            \
	{                                    \
		RLIM_INFINITY, RLIM_INFINITY \
	}
#define RLIM_ZERO    \
	{            \
		0, 0 \
	}

/*
 * What the first process starts with, as in Linux. The number of processes depends on the size of
 * memory and is set by rlimits_init().
 */
#define INIT_RLIMITS                                                                               \
	{                                                                                          \
		[RLIMIT_CPU] = RLIM_NONE, [RLIMIT_FSIZE] = RLIM_NONE, [RLIMIT_DATA] = RLIM_NONE,   \
		[RLIMIT_STACK] = {STACK_LIMIT, RLIM_INFINITY}, [RLIMIT_CORE] = {0, RLIM_INFINITY}, \
		[RLIMIT_RSS] = RLIM_NONE, [RLIMIT_NPROC] = RLIM_ZERO,                              \
		[RLIMIT_NOFILE] = {1024, 1048576}, [RLIMIT_MEMLOCK] = {8ul << 20, 8ul << 20},      \
		[RLIMIT_AS] = RLIM_NONE, [RLIMIT_LOCKS] = RLIM_NONE,                               \
		[RLIMIT_SIGPENDING] = RLIM_ZERO, [RLIMIT_MSGQUEUE] = {819200, 819200},             \
		[RLIMIT_NICE] = RLIM_ZERO, [RLIMIT_RTPRIO] = RLIM_ZERO,                            \
		[RLIMIT_RTTIME] = RLIM_NONE,                                                       \
	}

/*
 * rlimits_init - RLIMIT_NPROC and RLIMIT_SIGPENDING of the boot task, from the size of memory.
 * Boot.
 */
void rlimits_init(void);

#endif
