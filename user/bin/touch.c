/* touch [-c] FILE... - set the times of files to now; make those that are not there, but for -c. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	bool make = true;
	int option, failed = 0;

	while ((option = getopt(argc, argv, "c")) != -1) {
		if (option == '?')
			return 2;
		make = false;
	}
	for (int i = optind; i < argc; i++) {
		int fd;

		if (!utimensat(AT_FDCWD, argv[i], NULL, 0))
			continue;
		if (errno == ENOENT && !make)
			continue;
		fd = errno == ENOENT ? open(argv[i], O_WRONLY | O_CREAT, 0666) : -1;
		if (fd < 0) {
			warn("%s", argv[i]);
			failed = 1;
			continue;
		}
		close(fd);
	}
	return failed;
}
