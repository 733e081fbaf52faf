/* Options of one letter: -a, -ab, -o word, -oword; `--` ends them. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

char *optarg;
int optind = 1, opterr = 1, optopt;

static const char *next = ""; /* the letters still to come in the current word */

static int wrong(char *const argv[], const char *what, const char *letters)
{
	if (opterr && *letters != ':')
		fprintf(stderr, "%s: %s -- '%c'\n", argv[0], what, optopt);
	return *letters == ':' && *what == 'o' ? ':' : '?';
}

int getopt(int argc, char *const argv[], const char *letters)
{
	const char *known;

	if (!optind) {
		optind = 1;
		next = "";
	}
	if (!*next) {
		if (optind >= argc || argv[optind][0] != '-' || !argv[optind][1])
			return -1;
		next = argv[optind++] + 1;
		if (!strcmp(next, "-")) {
			next = "";
			return -1;
		}
	}
	optopt = *next++;
	known = optopt == ':' ? NULL : strchr(letters, optopt);
	if (!known)
		return wrong(argv, "invalid option", letters);
	optarg = NULL;
	if (known[1] != ':')
		return optopt;
	if (*next)
		optarg = (char *)next;
	else if (optind < argc)
		optarg = argv[optind++];
	else
		return wrong(argv, "option requires an argument", letters);
	next = "";
	return optopt;
}
