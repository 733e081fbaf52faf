/* Names of directories: where we are, and what a path stands for without links. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

char *getcwd(char *buf, size_t size)
{
	char here[PATH_MAX];

	if (buf)
		return syscall(SYS_getcwd, buf, size) < 0 ? NULL : buf;
	return syscall(SYS_getcwd, here, sizeof(here)) < 0 ? NULL : strdup(here);
}

/* The kernel walks the path; /proc says what it found. */
char *realpath(const char *path, char *buf)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	char name[32], found[PATH_MAX];
	ssize_t len;

	if (fd < 0)
		return NULL;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	len = readlink(name, found, sizeof(found) - 1);
	close(fd);
	if (len < 0)
		return NULL;
	found[len] = 0;
	return buf ? strcpy(buf, found) : strdup(found);
}
