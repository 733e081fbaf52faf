/*
 * Error numbers as Linux numbers them on i386: the ABI of errno(3), also used
 * inside the kernel as negative results.
 */
#ifndef FOLIO_LIB_ERRNO_H
#define FOLIO_LIB_ERRNO_H

#if __STDC_HOSTED__
#include <errno.h>
#else
#define EPERM	     1
#define ENOENT	     2
#define ESRCH	     3
#define EINTR	     4
#define EIO	     5
#define ENXIO	     6
#define E2BIG	     7
#define ENOEXEC	     8
#define EBADF	     9
#define ECHILD	     10
#define EAGAIN	     11
#define ENOMEM	     12
#define EACCES	     13
#define EFAULT	     14
#define ENOTBLK	     15
#define EBUSY	     16
#define EEXIST	     17
#define EXDEV	     18
#define ENODEV	     19
#define ENOTDIR	     20
#define EISDIR	     21
#define EINVAL	     22
#define ENFILE	     23
#define EMFILE	     24
#define ENOTTY	     25
#define ETXTBSY	     26
#define EFBIG	     27
#define ENOSPC	     28
#define ESPIPE	     29
#define EROFS	     30
#define EMLINK	     31
#define EPIPE	     32
#define EDOM	     33
#define ERANGE	     34
#define EDEADLK	     35
#define ENAMETOOLONG 36
#define ENOLCK	     37
#define ENOSYS	     38
#define ENOTEMPTY    39
#define ELOOP	     40
#define EOVERFLOW    75
#define ELIBBAD	     80
#define EUSERS	     87
#define ENOTSUP	     95
#define EOPNOTSUPP   95
#define ETIMEDOUT    110
#define ESTALE	     116
#define EUCLEAN	     117
#endif

/*
 * Never seen by a program: what an interrupted system call returns, and what becomes of it on the
 * way back to user mode when the signal has (has not) a handler (kernel/signal.c). Linux's values.
 */
#define ERESTARTSYS	      512 /* handler: EINTR, or again with SA_RESTART; none: again */
#define ERESTARTNOINTR	      513 /* again */
#define ERESTARTNOHAND	      514 /* handler: EINTR; none: again */
#define ERESTART_RESTARTBLOCK 516 /* handler: EINTR; none: go on by restart_syscall(2) */

#endif
