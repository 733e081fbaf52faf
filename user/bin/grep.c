/*
 * grep [-ivnclqhF] PATTERN [FILE...] - print the lines that match a basic regular expression:
 * . [a-z] [^a-z] * \+ \? ^ $ and \ before a character that means itself.
 * -i without regard to case, -v those that do not, -n with numbers, -c only how many,
 * -l only names of files, -q nothing at all, -h without names, -F the pattern is plain text.
 */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char LETTERS[] = "ivnclqhF";

static bool fold, invert, numbers, only_count, only_names, quiet, no_names, plain;

static int folded(char c)
{
	return fold ? tolower((unsigned char)c) : (unsigned char)c;
}

/* ---------------------------------------------------------------- expressions */

/* The length of the element at p: one character, \c or [...]. */
static size_t element_length(const char *p)
{
	size_t i = 1;

	if (*p == '\\' && p[1])
		return 2;
	if (*p != '[')
		return 1;
	if (p[i] == '^')
		i++;
	if (p[i] == ']')
		i++;
	while (p[i] && p[i] != ']')
		i++;
	return p[i] ? i + 1 : 1;
}

static bool in_set(const char *p, size_t len, char c)
{
	bool not = p[1] == '^';

	for (size_t i = 1 + not ; i < len - 1; i++) {
		int low = folded(p[i]), high = low;

		if (p[i + 1] == '-' && i + 2 < len - 1) {
			high = folded(p[i + 2]);
			i += 2;
		}
		if (folded(c) >= low && folded(c) <= high)
			return !not ;
	}
	return not ;
}

static bool element_matches(const char *p, size_t len, char c)
{
	if (!c)
		return false;
	if (*p == '.')
		return true;
	if (*p == '[' && len > 1)
		return in_set(p, len, c);
	return folded(p[len - 1]) == folded(c);
}

/* Does the text begin with the expression? As many repetitions as possible are tried first. */
static bool matches_here(const char *p, const char *s)
{
	while (*p) {
		size_t len = element_length(p);
		const char *rest = p + len;
		const char *begin = s;
		size_t least = 0, most = (size_t)-1;

		if (*p == '$' && !p[1])
			return !*s;
		if (*rest == '*') {
			rest++;
		} else if (*rest == '\\' && (rest[1] == '+' || rest[1] == '?')) {
			least = rest[1] == '+';
			most = rest[1] == '?' ? 1 : most;
			rest += 2;
		} else {
			if (!element_matches(p, len, *s))
				return false;
			p = rest;
			s++;
			continue;
		}
		while ((size_t)(s - begin) < most && element_matches(p, len, *s))
			s++;
		for (; s >= begin + least; s--) {
			if (matches_here(rest, s))
				return true;
		}
		return false;
	}
	return true;
}

static bool matches(const char *pattern, const char *line)
{
	if (plain)
		return (fold ? strcasestr : strstr)(line, pattern) != NULL;
	if (*pattern == '^')
		return matches_here(pattern + 1, line);
	do {
		if (matches_here(pattern, line))
			return true;
	} while (*line++);
	return false;
}

/* ---------------------------------------------------------------- files */

/* How many lines were found. */
static unsigned long search(FILE *file, const char *name, const char *pattern)
{
	unsigned long found = 0, number = 0;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, file)) > 0) {
		number++;
		if (line[len - 1] == '\n')
			line[len - 1] = 0;
		if (matches(pattern, line) == invert)
			continue;
		found++;
		if (quiet || only_names)
			break;
		if (only_count)
			continue;
		if (!no_names)
			printf("%s:", name);
		if (numbers)
			printf("%lu:", number);
		puts(line);
	}
	free(line);
	if (only_names && found)
		puts(name);
	if (only_count && !quiet)
		printf(no_names ? "%s%lu\n" : "%s:%lu\n", no_names ? "" : name, found);
	return found;
}

static void set_option(int option)
{
	bool *const options[] = {&fold,	      &invert, &numbers,  &only_count,
				 &only_names, &quiet,  &no_names, &plain};

	*options[strchr(LETTERS, option) - LETTERS] = true;
}

int main(int argc, char **argv)
{
	const char *pattern;
	bool found = false;
	int option, status = 0;

	while ((option = getopt(argc, argv, LETTERS)) != -1) {
		if (option == '?')
			return 2;
		set_option(option);
	}
	if (optind == argc)
		errx(2, "usage: grep [-ivnclqhF] PATTERN [FILE...]");
	pattern = argv[optind++];
	no_names = no_names || argc - optind < 2;
	if (optind == argc)
		return search(stdin, "(standard input)", pattern) ? 0 : 1;
	for (int i = optind; i < argc; i++) {
		FILE *file = fopen(argv[i], "r");

		if (!file) {
			warn("%s", argv[i]);
			status = 2;
			continue;
		}
		found |= search(file, argv[i], pattern) > 0;
		fclose(file);
	}
	return status ? status : !found;
}
