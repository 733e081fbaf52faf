/* dmesg [-r] - print the kernel's log; -r with the level before each line, as <6>. */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>

#define READ_ALL 3
#define SIZE	 10

int main(int argc, char **argv)
{
	bool raw = argc > 1 && !strcmp(argv[1], "-r");
	int size = klogctl(SIZE, NULL, 0), len;
	char *buf;

	if (size <= 0)
		size = 65536;
	buf = malloc((size_t)size + 1);
	if (!buf)
		err(1, "memory");
	len = klogctl(READ_ALL, buf, size);
	if (len < 0)
		err(1, "the kernel's log");
	buf[len] = 0;
	setvbuf(stdout, NULL, _IOFBF, 0);
	for (char *line = buf; *line;) {
		size_t n = strcspn(line, "\n");
		size_t level = !raw && *line == '<' ? strcspn(line, ">") + 1 : 0;

		if (level <= n)
			printf("%.*s\n", (int)(n - level), line + level);
		line += n + (line[n] == '\n');
	}
	free(buf);
	return 0;
}
