/* umount TARGET... - unmount. */
#include <err.h>
#include <sys/mount.h>

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc == 1)
		errx(2, "usage: umount TARGET...");
	for (int i = 1; i < argc; i++) {
		if (umount(argv[i]) < 0) {
			warn("%s", argv[i]);
			failed = 1;
		}
	}
	return failed;
}
