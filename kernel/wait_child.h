/* Waiting for children: wait4(2), waitpid(2), waitid(2). */
#ifndef FOLIO_WAIT_CHILD_H
#define FOLIO_WAIT_CHILD_H

#include "kernel/lib/types.h"
#include "kernel/lib/compiler.h"

/* Linux's values (linux/wait.h). */
#define WNOHANG	    0x00000001u
#define WUNTRACED   0x00000002u
#define WSTOPPED    WUNTRACED
#define WEXITED	    0x00000004u
#define WCONTINUED  0x00000008u
#define WNOWAIT	    0x01000000u
#define __WNOTHREAD 0x20000000u
#define __WALL	    0x40000000u
#define __WCLONE    0x80000000u

#define P_ALL	    0
#define P_PID	    1
#define P_PGID	    2

struct rusage;
struct siginfo;

long sys_wait4(pid_t pid, int __user *status, unsigned int options, struct rusage __user *ru);
long sys_waitpid(pid_t pid, int __user *status, unsigned int options);
long sys_waitid(int type, pid_t id, struct siginfo __user *info, unsigned int options,
		struct rusage __user *ru);

#endif
