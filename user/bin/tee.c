/* tee [-a] FILE... - copy standard input to standard output and to files; -a: append. */
#include <err.h>
#include <fcntl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int how = O_TRUNC, failed = 0, fds[32], count = 1, option;
	char buf[4096];
	ssize_t n;

	while ((option = getopt(argc, argv, "a")) != -1) {
		if (option != 'a')
			return 2;
		how = O_APPEND;
	}
	fds[0] = STDOUT_FILENO;
	for (int i = optind; i < argc && count < 32; i++) {
		fds[count] = open(argv[i], O_WRONLY | O_CREAT | how, 0666);
		if (fds[count] >= 0) {
			count++;
			continue;
		}
		warn("%s", argv[i]);
		failed = 1;
	}
	while ((n = read(STDIN_FILENO, buf, sizeof(buf))) > 0) {
		for (int i = 0; i < count; i++) {
			if (write(fds[i], buf, (size_t)n) != n)
				failed = 1;
		}
	}
	return failed;
}
