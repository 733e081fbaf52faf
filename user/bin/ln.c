/* ln [-s] [-f] FROM TO - give a file another name; -s: a symbolic link, -f: in place of TO. */
#include <err.h>
#include <stdbool.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	bool symbolic = false, force = false;
	const char *from, *to;
	int option;

	while ((option = getopt(argc, argv, "sf")) != -1) {
		if (option == '?')
			return 2;
		symbolic = symbolic || option == 's';
		force = force || option == 'f';
	}
	if (argc - optind != 2)
		errx(2, "usage: ln [-s] [-f] FROM TO");
	from = argv[optind];
	to = argv[optind + 1];
	if (force)
		unlink(to);
	if ((symbolic ? symlink : link)(from, to) < 0)
		err(1, "%s", to);
	return 0;
}
