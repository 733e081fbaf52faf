/*
 * cksum [FILE...] - a sum over each file and its size, as POSIX defines it (a CRC of 32 bits whose
 * last bytes are the length): the same number as on every other system.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define POLYNOMIAL 0x04c11db7u

static uint32_t table[256];

static void make_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t rest = i << 24;

		for (int bit = 0; bit < 8; bit++)
			rest = rest & 1u << 31 ? rest << 1 ^ POLYNOMIAL : rest << 1;
		table[i] = rest;
	}
}

static uint32_t add(uint32_t sum, unsigned int byte)
{
	return sum << 8 ^ table[sum >> 24 ^ byte];
}

static int print(int fd, const char *name)
{
	static unsigned char buf[32768];
	unsigned long long size = 0;
	uint32_t sum = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			sum = add(sum, buf[i]);
		size += (unsigned long long)n;
	}
	if (n < 0) {
		warn("%s", name);
		return 1;
	}
	for (unsigned long long rest = size; rest; rest >>= 8)
		sum = add(sum, rest & 0xff);
	printf("%u %llu%s%s\n", ~sum, size, *name ? " " : "", name);
	return 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	make_table();
	if (argc == 1)
		return print(STDIN_FILENO, "");
	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);

		if (fd < 0) {
			warn("%s", argv[i]);
			failed = 1;
			continue;
		}
		failed |= print(fd, argv[i]);
		close(fd);
	}
	return failed;
}
