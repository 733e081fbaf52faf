/* Reading directories. struct dirent is the kernel's record of getdents64. */
#ifndef _DIRENT_H
#define _DIRENT_H

#include <sys/types.h>

struct dirent {
	ino_t d_ino;
	off_t d_off;
	unsigned short d_reclen;
	unsigned char d_type;
	char d_name[256];
};

#define DT_UNKNOWN 0
#define DT_FIFO	   1
#define DT_CHR	   2
#define DT_DIR	   4
#define DT_BLK	   6
#define DT_REG	   8
#define DT_LNK	   10
#define DT_SOCK	   12

typedef struct __dir DIR;

DIR *opendir(const char *path);
DIR *fdopendir(int fd);
struct dirent *readdir(DIR *dir); /* NULL at the end; errno is set only by an error */
void rewinddir(DIR *dir);
int closedir(DIR *dir);
int dirfd(DIR *dir);

ssize_t getdents64(int fd, void *buf, size_t size);

/* All names that `select` likes (NULL: all), in malloc'ed memory; their number, or -1. */
int scandir(const char *path, struct dirent ***names, int (*select)(const struct dirent *),
	    int (*compare)(const struct dirent **, const struct dirent **));
int alphasort(const struct dirent **a, const struct dirent **b);

#endif
