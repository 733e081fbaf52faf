/* The exec functions that look a name up along PATH or take their words one by one. */
#include <errno.h>
#include <limits.h>
#include <paths.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int execv(const char *path, char *const argv[])
{
	return execve(path, argv, environ);
}

/* A file that the kernel does not know the format of is a script of the shell. */
static void try(const char *path, char *const argv[], char *const envp[])
{
	size_t count = 0;

	execve(path, argv, envp);
	if (errno != ENOEXEC)
		return;
	while (argv[count])
		count++;
	{
		char *words[count + 2];

		words[0] = (char *)_PATH_BSHELL;
		words[1] = (char *)path;
		memcpy(words + 2, argv + (count ? 1 : 0), (count ? count : 1) * sizeof(*words));
		execve(_PATH_BSHELL, words, envp);
	}
}

int execvpe(const char *name, char *const argv[], char *const envp[])
{
	const char *path = getenv("PATH");
	int error = ENOENT;

	if (strchr(name, '/')) {
		try(name, argv, envp);
		return -1;
	}
	for (path = path ? path : _PATH_DEFPATH; *name; path++) {
		size_t len = strcspn(path, ":");
		char file[PATH_MAX];

		if (len + strlen(name) + 2 <= sizeof(file)) {
			memcpy(file, path, len);
			strcpy(file + len, len ? "/" : "");
			strcat(file, name);
			try(file, argv, envp);
			if (errno == EACCES)
				error = EACCES;
			else if (errno != ENOENT && errno != ENOTDIR)
				return -1;
		}
		path += len;
		if (!*path)
			break;
	}
	errno = error;
	return -1;
}

int execvp(const char *name, char *const argv[])
{
	return execvpe(name, argv, environ);
}

/* On i386 the words lie on the stack one behind the other: they are the vector already. */
int execl(const char *path, const char *arg0, ...)
{
	return execve(path, (char *const *)(void *)&arg0, environ);
}

int execlp(const char *name, const char *arg0, ...)
{
	return execvpe(name, (char *const *)(void *)&arg0, environ);
}

int execle(const char *path, const char *arg0, ...)
{
	char *const *argv = (char *const *)(void *)&arg0;
	char *const *end = argv;

	while (*end)
		end++;
	return execve(path, argv, (char *const *)(void *)end[1]);
}
