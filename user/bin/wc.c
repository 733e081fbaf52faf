/* wc [-lwc] [FILE...] - count lines, words and bytes. */
#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

struct counts {
	unsigned long long lines, words, bytes;
};

static bool lines, words, bytes;

static bool count(int fd, struct counts *c)
{
	static char buf[32768];
	bool in_word = false;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		c->bytes += (unsigned long long)n;
		for (ssize_t i = 0; i < n; i++) {
			bool space = isspace((unsigned char)buf[i]);

			c->lines += buf[i] == '\n';
			c->words += !space && !in_word;
			in_word = !space;
		}
	}
	return n == 0;
}

static void print(const struct counts *c, const char *name)
{
	bool one = lines + words + bytes == 1 && !*name;

	if (lines)
		printf(one ? "%llu" : "%7llu", c->lines);
	if (words)
		printf(one ? "%llu" : " %7llu", c->words);
	if (bytes)
		printf(one ? "%llu" : " %7llu", c->bytes);
	printf("%s%s\n", *name ? " " : "", name);
}

int main(int argc, char **argv)
{
	struct counts total = {0};
	int option, failed = 0;

	while ((option = getopt(argc, argv, "lwc")) != -1) {
		lines = lines || option == 'l';
		words = words || option == 'w';
		bytes = bytes || option == 'c';
		if (option == '?')
			return 2;
	}
	if (!lines && !words && !bytes)
		lines = words = bytes = true;
	if (optind == argc) {
		failed = !count(STDIN_FILENO, &total);
		print(&total, "");
		return failed;
	}
	for (int i = optind; i < argc; i++) {
		struct counts c = {0};
		int fd = open(argv[i], O_RDONLY);

		if (fd < 0 || !count(fd, &c)) {
			warn("%s", argv[i]);
			failed = 1;
		}
		if (fd >= 0) {
			print(&c, argv[i]);
			close(fd);
		}
		total.lines += c.lines;
		total.words += c.words;
		total.bytes += c.bytes;
	}
	if (argc - optind > 1)
		print(&total, "total");
	return failed;
}
