/* The system's calls, one function each. On an error: -1, and errno says which. */
#ifndef _UNISTD_H
#define _UNISTD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <getopt.h>

#define STDIN_FILENO	     0
#define STDOUT_FILENO	     1
#define STDERR_FILENO	     2

#define R_OK		     4
#define W_OK		     2
#define X_OK		     1
#define F_OK		     0

#define SEEK_SET	     0
#define SEEK_CUR	     1
#define SEEK_END	     2

#define _SC_ARG_MAX	     0
#define _SC_CHILD_MAX	     1
#define _SC_CLK_TCK	     2
#define _SC_OPEN_MAX	     4
#define _SC_PAGESIZE	     30
#define _SC_PAGE_SIZE	     _SC_PAGESIZE
#define _SC_NPROCESSORS_CONF 83
#define _SC_NPROCESSORS_ONLN 84
#define _SC_PHYS_PAGES	     85
#define _SC_AVPHYS_PAGES     86

extern char **environ;

/* Processes. */
void _exit(int status) __attribute__((noreturn));
pid_t fork(void);
/* The child runs in its parent's memory until it calls _exit() or an exec function. */
pid_t vfork(void) __attribute__((returns_twice));
int execve(const char *path, char *const argv[], char *const envp[]);
int execv(const char *path, char *const argv[]);
int execvp(const char *name, char *const argv[]);
int execvpe(const char *name, char *const argv[], char *const envp[]);
int execl(const char *path, const char *arg0, ...);
int execlp(const char *name, const char *arg0, ...);
int execle(const char *path, const char *arg0, ...); /* NULL, then the environment */
pid_t getpid(void);
pid_t getppid(void);
pid_t gettid(void);
pid_t getpgrp(void);
pid_t getpgid(pid_t pid);
int setpgid(pid_t pid, pid_t pgid);
pid_t setsid(void);
pid_t getsid(pid_t pid);
int nice(int increment);
int pause(void);
unsigned int alarm(unsigned int seconds);
unsigned int sleep(unsigned int seconds);
int usleep(useconds_t microseconds);

/* Identities. */
uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);
int setuid(uid_t uid);
int setgid(gid_t gid);
int setreuid(uid_t real, uid_t effective);
int setregid(gid_t real, gid_t effective);
int setresuid(uid_t real, uid_t effective, uid_t saved);
int setresgid(gid_t real, gid_t effective, gid_t saved);
int getgroups(int count, gid_t *groups);
int setgroups(size_t count, const gid_t *groups);

/* Open files. */
ssize_t read(int fd, void *buf, size_t count);
ssize_t write(int fd, const void *buf, size_t count);
ssize_t pread(int fd, void *buf, size_t count, off_t offset);
ssize_t pwrite(int fd, const void *buf, size_t count, off_t offset);
off_t lseek(int fd, off_t offset, int whence);
int close(int fd);
int dup(int fd);
int dup2(int fd, int to);
int dup3(int fd, int to, int flags);
int pipe(int fds[2]);
int pipe2(int fds[2], int flags);
int fsync(int fd);
int fdatasync(int fd);
int syncfs(int fd);
void sync(void);
int ftruncate(int fd, off_t len);
int isatty(int fd);
char *ttyname(int fd); /* in a static buffer; NULL: no terminal */
pid_t tcgetpgrp(int fd);
int tcsetpgrp(int fd, pid_t pgid);

/* Names. */
int access(const char *path, int mode);
int faccessat(int dirfd, const char *path, int mode, int flags);
int link(const char *from, const char *to);
int linkat(int fromfd, const char *from, int tofd, const char *to, int flags);
int symlink(const char *target, const char *path);
int symlinkat(const char *target, int dirfd, const char *path);
ssize_t readlink(const char *path, char *buf, size_t size); /* without a final 0 */
ssize_t readlinkat(int dirfd, const char *path, char *buf, size_t size);
int unlink(const char *path);
int unlinkat(int dirfd, const char *path, int flags);
int rmdir(const char *path);
int truncate(const char *path, off_t len);
int chown(const char *path, uid_t uid, gid_t gid);
int fchown(int fd, uid_t uid, gid_t gid);
int lchown(const char *path, uid_t uid, gid_t gid);
int fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags);
int chdir(const char *path);
int fchdir(int fd);
int chroot(const char *path);
char *getcwd(char *buf, size_t size); /* buf NULL: in malloc'ed memory */

/*
 * The break is where the heap ends. brk() moves it there; sbrk() moves it by so
 * many bytes and returns where it was, (void *)-1 when there is no room.
 */
int brk(void *end);
void *sbrk(intptr_t increment);

int gethostname(char *name, size_t size);
int sethostname(const char *name, size_t len);
int getpagesize(void);
long sysconf(int name);

/* Any call, by its number in sys/syscall.h. */
long syscall(long number, ...);

#endif
