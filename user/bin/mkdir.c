/* mkdir [-p] [-m MODE] DIRECTORY... - make directories; -p: with those above, if need be. */
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(path, 0777);
		*slash = '/';
	}
}

int main(int argc, char **argv)
{
	int option, failed = 0;
	bool parents = false;
	mode_t mode = 0777;

	while ((option = getopt(argc, argv, "pm:")) != -1) {
		if (option == 'p')
			parents = true;
		else if (option == 'm')
			mode = (mode_t)strtoul(optarg, NULL, 8);
		else
			return 2;
	}
	if (optind == argc)
		errx(2, "usage: mkdir [-p] DIRECTORY...");
	for (int i = optind; i < argc; i++) {
		struct stat st;

		if (parents)
			make_parents(argv[i]);
		if (!mkdir(argv[i], mode))
			continue;
		if (parents && errno == EEXIST && !stat(argv[i], &st) && S_ISDIR(st.st_mode))
			continue;
		warn("%s", argv[i]);
		failed = 1;
	}
	return failed;
}
