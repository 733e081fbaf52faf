/* chmod MODE FILE... - change permissions. MODE: octal, or [ugoa...][+-=][rwxst...],... */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bits of a letter for everybody. */
static mode_t bits_of(char letter)
{
	switch (letter) {
	case 'r':
		return 0444;
	case 'w':
		return 0222;
	case 'x':
		return 0111;
	case 's':
		return S_ISUID | S_ISGID;
	case 't':
		return S_ISVTX;
	}
	errx(2, "no permission is called %c", letter);
}

static mode_t whose(const char **text)
{
	mode_t mask = 0;

	for (; **text && strchr("ugoa", **text); ++*text)
		mask |= **text == 'u'	? 04700
			: **text == 'g' ? 02070
			: **text == 'o' ? 01007
					: 07777;
	return mask ? mask : 07777;
}

/* What `text` makes of a mode. */
static mode_t change(mode_t mode, const char *text)
{
	while (*text) {
		mode_t mask = whose(&text), bits = 0;
		char op = *text ? *text++ : 0;

		if (op != '+' && op != '-' && op != '=')
			errx(2, "usage: chmod MODE FILE...");
		for (; *text && *text != ','; text++)
			bits |= bits_of(*text);
		bits &= mask;
		mode = op == '+' ? mode | bits : op == '-' ? mode & ~bits : (mode & ~mask) | bits;
		text += *text == ',';
	}
	return mode & 07777;
}

int main(int argc, char **argv)
{
	int failed = 0;
	char *end;

	if (argc < 3)
		errx(2, "usage: chmod MODE FILE...");
	for (int i = 2; i < argc; i++) {
		mode_t mode = (mode_t)strtoul(argv[1], &end, 8);
		struct stat st;

		if (*end && !stat(argv[i], &st))
			mode = change(st.st_mode, argv[1]);
		if (chmod(argv[i], mode) < 0) {
			warn("%s", argv[i]);
			failed = 1;
		}
	}
	return failed;
}
