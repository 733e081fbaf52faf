/* mkfifo NAME... - make pipes with names. */
#include <err.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc == 1)
		errx(2, "usage: mkfifo NAME...");
	for (int i = 1; i < argc; i++) {
		if (mkfifo(argv[i], 0666) < 0) {
			warn("%s", argv[i]);
			failed = 1;
		}
	}
	return failed;
}
