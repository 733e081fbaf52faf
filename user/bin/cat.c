/* cat [FILE...] - print files; without a name, or for -, standard input. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static char buf[32768];

static bool write_all(const char *s, ssize_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, s, (size_t)len);

		if (n < 0)
			return false;
		s += n;
		len -= n;
	}
	return true;
}

static int copy(int fd, const char *name)
{
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		if (!write_all(buf, n))
			err(1, "writing");
	}
	if (n < 0)
		warn("%s", name);
	return n < 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc == 1)
		return copy(STDIN_FILENO, "standard input");
	for (int i = 1; i < argc; i++) {
		bool input = !strcmp(argv[i], "-");
		int fd = input ? STDIN_FILENO : open(argv[i], O_RDONLY);

		if (fd < 0) {
			warn("%s", argv[i]);
			failed = 1;
			continue;
		}
		failed |= copy(fd, argv[i]);
		if (!input)
			close(fd);
	}
	return failed;
}
