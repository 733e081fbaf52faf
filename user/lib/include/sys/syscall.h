/* Numbers of system calls: Linux's for i386. */
#ifndef _SYS_SYSCALL_H
#define _SYS_SYSCALL_H

#define SYS_exit       1
#define SYS_read       3
#define SYS_write      4
#define SYS_open       5
#define SYS_close      6
#define SYS_getpid     20
#define SYS_kill       37
#define SYS_brk	       45
#define SYS_munmap     91
#define SYS_writev     146
#define SYS_mmap2      192
#define SYS_exit_group 252

#endif
