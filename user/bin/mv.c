/* mv FROM... TO - rename files, or move them into a directory of the same file system. */
#include <err.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int option, failed = 0;
	struct stat st;
	bool into;

	while ((option = getopt(argc, argv, "f")) != -1) {
		if (option == '?')
			return 2;
	}
	if (argc - optind < 2)
		errx(2, "usage: mv FROM... TO");
	into = !stat(argv[argc - 1], &st) && S_ISDIR(st.st_mode);
	if (argc - optind > 2 && !into)
		errx(1, "%s is no directory", argv[argc - 1]);
	for (int i = optind; i < argc - 1; i++) {
		char name[PATH_MAX], to[PATH_MAX];

		strlcpy(name, argv[i], sizeof(name));
		snprintf(to, sizeof(to), into ? "%s/%s" : "%s", argv[argc - 1], basename(name));
		if (rename(argv[i], to) < 0) {
			warn(errno == EXDEV ? "%s: use cp and rm" : "%s", argv[i]);
			failed = 1;
		}
	}
	return failed;
}
