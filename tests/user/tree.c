/*
 * tree FOLDER - a line for each thing below the folder, for the host to compare:
 *
 *	PATH TYPE MODE LINKS SIZE and the CRC-32 of a file, the target of a link, or a device
 */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tests/user/seeded.h"

static unsigned char buffer[65536];

static const char *type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "dir";
	case S_IFLNK:
		return "link";
	case S_IFCHR:
		return "char";
	case S_IFBLK:
		return "block";
	case S_IFIFO:
		return "fifo";
	default:
		return "socket";
	}
}

static uint32_t sum(const char *path)
{
	uint32_t crc = 0;
	ssize_t got;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		err(1, "%s", path);
	while ((got = read(fd, buffer, sizeof(buffer))) > 0)
		crc = seeded_crc(crc, buffer, (size_t)got);
	if (got < 0)
		err(1, "%s", path);
	close(fd);
	return crc;
}

static void say(const char *path, const struct stat *st)
{
	char target[512];
	ssize_t size;

	printf("%s %s %o %lu %lld ", path, type_of(st->st_mode), st->st_mode & 07777,
	       (unsigned long)st->st_nlink, S_ISDIR(st->st_mode) ? 0 : (long long)st->st_size);
	if (S_ISREG(st->st_mode)) {
		printf("%08x\n", sum(path));
	} else if (S_ISLNK(st->st_mode)) {
		size = readlink(path, target, sizeof(target) - 1);
		if (size < 0)
			err(1, "%s", path);
		target[size] = '\0';
		printf("%s\n", target);
	} else if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) {
		printf("%u:%u\n", (unsigned int)major(st->st_rdev),
		       (unsigned int)minor(st->st_rdev));
	} else {
		printf("-\n");
	}
}

static void walk(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	struct stat st;
	char path[1024];

	if (!dir)
		err(1, "%s", folder);
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    strcmp(entry->d_name, "lost+found") == 0)
			continue;
		snprintf(path, sizeof(path), "%s%s%s", strcmp(folder, ".") == 0 ? "" : folder,
			 strcmp(folder, ".") == 0 ? "" : "/", entry->d_name);
		if (lstat(path, &st) < 0)
			err(1, "%s", path);
		say(path, &st);
		if (S_ISDIR(st.st_mode))
			walk(path);
	}
	closedir(dir);
}

int main(int argc, char **argv)
{
	if (argc != 2 || chdir(argv[1]) < 0)
		err(2, "usage: tree FOLDER");
	walk(".");
	printf("tree: that is all\n");
	return 0;
}
