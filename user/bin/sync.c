/*
 * sync [-d|-f] [FILE...] - what is still in memory goes to the disk, and is there at the end: all
 * of it, or that of the files; -d: without times and the like; -f: that of the file systems on
 * which they lie.
 */
#include <err.h>
#include <fcntl.h>
#include <unistd.h>

static int write_one(const char *name, int (*how)(int fd))
{
	int fd = open(name, O_RDONLY), failed;

	if (fd < 0) {
		warn("%s", name);
		return 1;
	}
	failed = how(fd) < 0;
	if (failed)
		warn("%s", name);
	close(fd);
	return failed;
}

int main(int argc, char **argv)
{
	int (*how)(int fd) = fsync;
	int option, failed = 0;

	while ((option = getopt(argc, argv, "df")) != -1) {
		if (option == '?')
			return 2;
		how = option == 'd' ? fdatasync : syncfs;
	}
	if (optind == argc)
		sync();
	for (int i = optind; i < argc; i++)
		failed |= write_one(argv[i], how);
	return failed;
}
