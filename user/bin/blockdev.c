/*
 * blockdev --getsize64|--getsz|--getss|--getro|--flushbufs DEVICE... - ask or tell a disk: its size
 * in bytes, in sectors of 512 bytes, the size of its sectors, whether it is read-only; write what
 * is cached of it and forget it.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* linux/fs.h; BLKGETSIZE64's number has the size of a size_t in it. */
#define BLKROGET     0x125e
#define BLKGETSIZE   0x1260
#define BLKFLSBUF    0x1261
#define BLKSSZGET    0x1268
#define BLKGETSIZE64 0x80041272

static const struct {
	const char *name;
	unsigned long request;
} commands[] = {
	{"--getsize64", BLKGETSIZE64}, {"--getsz", BLKGETSIZE},	   {"--getss", BLKSSZGET},
	{"--getro", BLKROGET},	       {"--flushbufs", BLKFLSBUF},
};

static int ask(const char *name, unsigned long request)
{
	int fd = open(name, O_RDONLY), failed;
	unsigned long long answer = 0; /* the lower half, if it is only a word */

	if (fd < 0) {
		warn("%s", name);
		return 1;
	}
	failed = ioctl(fd, request, request == BLKFLSBUF ? NULL : &answer) < 0;
	if (failed)
		warn("%s", name);
	else if (request != BLKFLSBUF)
		printf("%llu\n", answer);
	close(fd);
	return failed;
}

int main(int argc, char **argv)
{
	unsigned long request = 0;
	int failed = 0;

	for (size_t i = 0; argc > 2 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name))
			request = commands[i].request;
	if (!request)
		errx(2,
		     "usage: blockdev --getsize64|--getsz|--getss|--getro|--flushbufs DEVICE...");
	for (int i = 2; i < argc; i++)
		failed |= ask(argv[i], request);
	return failed;
}
