/*
 * The first program of an archive that tests/system/test_initramfs.py makes: is everything there as
 * it was packed? Its end's status is 0 then.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

/* Words of struct stat64. */
enum { MODE = 4, NLINK = 5, UID = 6, GID = 7, RDEV = 8, SIZE = 11, MTIME = 18, INO = 22 };

static unsigned int stat_word(const char *path, int word)
{
	unsigned int st[24];

	CHECK(syscall(SYS_lstat64, path, st) == 0);
	return st[word];
}

static void check_contents(const char *path, size_t size)
{
	int fd = open(path, O_RDONLY);
	char buf[1000];
	size_t at = 0;
	long n;

	CHECK(fd >= 0);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (long i = 0; i < n; i++, at++)
			CHECK(buf[i] == (char)(at * 7 + (at >> 8)));
	CHECK(n == 0 && at == size);
	CHECK(close(fd) == 0);
}

int main(void)
{
	char target[20] = "";

	CHECK(stat_word("/file", MODE) == 0100640);
	CHECK(stat_word("/file", MTIME) == 1234567890);
	CHECK(stat_word("/file", SIZE) == 12345);
	check_contents("/file", 12345);
	CHECK(stat_word("/empty", SIZE) == 0);
	CHECK(stat_word("/folder", MODE) == 041755 && stat_word("/folder", MTIME) == 1234567890);
	CHECK(stat_word("/folder/one", NLINK) == 2);
	CHECK(stat_word("/folder/one", INO) == stat_word("/two", INO));
	check_contents("/two", 5000);
	CHECK(stat_word("/link", MODE) == 0120777);
	CHECK(readlink("/link", target, sizeof(target)) == 10 && !strcmp(target, "folder/one"));
	check_contents("/link", 5000);
	CHECK(stat_word("/tty", MODE) == 0020620 && stat_word("/tty", RDEV) == 0x440);
	CHECK(stat_word("/fifo", MODE) == 0010600);
	CHECK(stat_word("/second", SIZE) == 3); /* of the archive behind the first one */
	CHECK(stat_word("/file", UID) == 0 && stat_word("/boot", MODE) == 040755);
	return 0;
}
