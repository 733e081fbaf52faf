/* mknod NAME b|c MAJOR MINOR, mknod NAME p - make the node of a device, or a pipe with a name. */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static unsigned int number(const char *text, unsigned long most)
{
	char *end;
	unsigned long n = strtoul(text, &end, 0);

	if (end == text || *end || n > most)
		errx(1, "%s is no number of a device", text);
	return (unsigned int)n;
}

int main(int argc, char **argv)
{
	mode_t type = argc < 3		      ? 0
		      : !strcmp(argv[2], "b") ? S_IFBLK
		      : !strcmp(argv[2], "c") ? S_IFCHR
		      : !strcmp(argv[2], "p") ? S_IFIFO
					      : 0;
	dev_t dev = 0;

	if (!type || argc != (type == S_IFIFO ? 3 : 5))
		errx(2, "usage: mknod NAME b|c MAJOR MINOR, or mknod NAME p");
	if (type != S_IFIFO)
		dev = makedev(number(argv[3], 0xfff), number(argv[4], 0xfffff));
	if (mknod(argv[1], type | 0666, dev) < 0)
		err(1, "%s", argv[1]);
	return 0;
}
