/* stat FILE... - what is known of a file. */
#include <err.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

static const char *type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "directory";
	case S_IFLNK:
		return "symbolic link";
	case S_IFCHR:
		return "character device";
	case S_IFBLK:
		return "block device";
	case S_IFIFO:
		return "pipe";
	case S_IFSOCK:
		return "socket";
	}
	return "regular file";
}

static void print_time(const char *what, const struct timespec *ts)
{
	char text[32];

	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", gmtime(&ts->tv_sec));
	printf("  %-8s %s.%09ld\n", what, text, ts->tv_nsec);
}

static void print(const char *name, const struct stat *st)
{
	printf("%s: %s\n", name, type_of(st->st_mode));
	printf("  %-8s %lld bytes, %llu blocks of 512 bytes\n", "size", st->st_size, st->st_blocks);
	printf("  %-8s %llu on device %u:%u, %u links\n", "inode", st->st_ino, major(st->st_dev),
	       minor(st->st_dev), st->st_nlink);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		printf("  %-8s %u:%u\n", "device", major(st->st_rdev), minor(st->st_rdev));
	printf("  %-8s %04o, user %u, group %u\n", "mode", st->st_mode & 07777, st->st_uid,
	       st->st_gid);
	print_time("read", &st->st_atim);
	print_time("written", &st->st_mtim);
	print_time("changed", &st->st_ctim);
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc == 1)
		errx(2, "usage: stat FILE...");
	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (lstat(argv[i], &st) < 0) {
			warn("%s", argv[i]);
			failed = 1;
			continue;
		}
		print(argv[i], &st);
	}
	return failed;
}
