/* The system's calls, one function each. On an error: -1, and errno says which. */
#ifndef _UNISTD_H
#define _UNISTD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STDIN_FILENO  0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

extern char **environ;

void _exit(int status) __attribute__((noreturn));
ssize_t read(int fd, void *buf, size_t count);
ssize_t write(int fd, const void *buf, size_t count);
int close(int fd);
pid_t getpid(void);

/*
 * The break is where the heap ends. brk() moves it there; sbrk() moves it by so
 * many bytes and returns where it was, (void *)-1 when there is no room.
 */
int brk(void *end);
void *sbrk(intptr_t increment);

/* Any call, by its number in sys/syscall.h. */
long syscall(long number, ...);

#endif
