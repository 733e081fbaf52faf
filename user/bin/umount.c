/*
 * umount [-l] TARGET... - unmount; -l: what is busy stays for its users, and nobody else sees it.
 */
#include <err.h>
#include <sys/mount.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int flags = 0, failed = 0, option;

	while ((option = getopt(argc, argv, "l")) != -1) {
		if (option == '?')
			return 2;
		flags = MNT_DETACH;
	}
	if (optind == argc)
		errx(2, "usage: umount [-l] TARGET...");
	for (int i = optind; i < argc; i++) {
		if (umount2(argv[i], flags) < 0) {
			warn("%s", argv[i]);
			failed = 1;
		}
	}
	return failed;
}
