/* echo, printf and read. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sh.h"

/* One character, perhaps written with a backslash, at *s; -1: \c, stop here. */
static int unescape(const char **s)
{
	static const char letters[] = "abefnrtv\\", values[] = "\a\b\033\f\n\r\t\v\\";
	const char *letter;
	int value = 0, digits;

	if (**s != '\\' || !(*s)[1])
		return (unsigned char)*(*s)++;
	++*s;
	if (**s == 'c')
		return -1;
	letter = strchr(letters, **s);
	if (letter) {
		++*s;
		return (unsigned char)values[letter - letters];
	}
	if (**s < '0' || **s > '7')
		return '\\';
	for (digits = 0; digits < 4 && **s >= '0' && **s <= '7'; digits++)
		value = value * 8 + (*(*s)++ - '0');
	return value & 255;
}

/* False: \c was met. */
static bool print_escaped(const char *s)
{
	while (*s) {
		int c = unescape(&s);

		if (c < 0)
			return false;
		putchar(c);
	}
	return true;
}

/* Everything that was printed must have arrived. */
static int finish(const char *name)
{
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	clearerr(stdout);
	complain("%s: %s", name, strerror(errno));
	return 1;
}

int builtin_echo(int argc, char **argv)
{
	bool newline = true, escapes = false;
	int i = 1;

	for (; i < argc && argv[i][0] == '-' && argv[i][1] &&
	       !argv[i][1 + strspn(argv[i] + 1, "neE")];
	     i++) {
		newline = newline && !strchr(argv[i], 'n');
		escapes = strchr(argv[i], 'e') || (escapes && !strchr(argv[i], 'E'));
	}
	for (; i < argc; i++) {
		if (escapes && !print_escaped(argv[i])) {
			newline = false;
			break;
		}
		if (!escapes)
			fputs(argv[i], stdout);
		if (i + 1 < argc)
			putchar(' ');
	}
	if (newline)
		putchar('\n');
	return finish("echo");
}

/* ---------------------------------------------------------------- printf */

struct arguments {
	char **next;
	int left;
	bool bad; /* a number was expected */
};

static const char *take_text(struct arguments *a)
{
	if (!a->left)
		return "";
	a->left--;
	return *a->next++;
}

static long long take_number(struct arguments *a)
{
	const char *text = take_text(a);
	char *end;
	long long value;

	if (*text == '\'' || *text == '"')
		return (unsigned char)text[1];
	value = strtoll(text, &end, 0);
	if (*end) {
		complain("printf: %s: not a number", text);
		a->bad = true;
	}
	return value;
}

/* %... at s: prints it; the length of the conversion. */
static size_t print_conversion(const char *s, struct arguments *a)
{
	size_t len = 1 + strspn(s + 1, "-+ #0");
	char fmt[40] = "", type;

	len += strspn(s + len, "0123456789");
	if (s[len] == '.')
		len += 1 + strspn(s + len + 1, "0123456789");
	type = s[len];
	if (!type || len > sizeof(fmt) - 4) {
		fputs(s, stdout);
		return strlen(s);
	}
	memcpy(fmt, s, len);
	if (strchr("diouxX", type)) {
		strcpy(fmt + len, "ll");
		fmt[len + 2] = type;
		printf(fmt, take_number(a));
	} else if (type == 's') {
		fmt[len] = 's';
		printf(fmt, take_text(a));
	} else if (type == 'c') {
		putchar(*take_text(a));
	} else if (type == 'b') {
		print_escaped(take_text(a));
	} else {
		putchar(type);
	}
	return len + 1;
}

int builtin_printf(int argc, char **argv)
{
	struct arguments a = {argv + 2, argc - 2, false};

	if (argc < 2) {
		complain("printf: which format?");
		return 2;
	}
	do {
		const char *s = argv[1];
		int before = a.left;

		while (*s) {
			if (*s == '%') {
				s += print_conversion(s, &a);
			} else {
				int c = unescape(&s);

				if (c < 0)
					return finish("printf");
				putchar(c);
			}
		}
		if (a.left == before)
			break;
	} while (a.left);
	return finish("printf") || a.bad;
}

/* ---------------------------------------------------------------- read */

/* A line from standard input, a byte at a time; false at the end. Escaped ones are QUOTED. */
static bool read_text(struct text *t, bool raw)
{
	char c;
	bool escaped = false;

	for (;;) {
		ssize_t n = read(STDIN_FILENO, &c, 1);

		if (n < 0 && errno == EINTR) {
			check_interrupt();
			traps_run();
			continue;
		}
		if (n <= 0)
			return false;
		if (escaped) {
			if (c != '\n')
				text_add(t, c, QUOTED);
			escaped = false;
		} else if (c == '\\' && !raw) {
			escaped = true;
		} else if (c == '\n') {
			return true;
		} else {
			text_add(t, c, RESULT);
		}
	}
}

static bool is_separator(const struct text *t, size_t i, const char *set)
{
	return i < t->len && t->kinds[i] == RESULT && strchr(set, t->chars[i]);
}

/* The next variable's part of the line from *at on; the last one takes all that is left. */
static char *take_part(const struct text *t, size_t *at, const char *ifs, bool last)
{
	size_t start, end;

	while (is_separator(t, *at, ifs) && strchr(" \t\n", t->chars[*at]))
		++*at;
	start = end = *at;
	while (end < t->len && (last || !is_separator(t, end, ifs)))
		end++;
	*at = end;
	while (last && end > start && is_separator(t, end - 1, ifs) &&
	       strchr(" \t\n", t->chars[end - 1]))
		end--;
	if (!last) {
		while (is_separator(t, *at, ifs) && strchr(" \t\n", t->chars[*at]))
			++*at;
		if (is_separator(t, *at, ifs) && !strchr(" \t\n", t->chars[*at]))
			++*at;
	}
	return grab_string(t->len ? t->chars + start : "", end - start);
}

int builtin_read(int argc, char **argv)
{
	static char reply[] = "REPLY";
	char *only[] = {reply, NULL};
	const char *ifs = var_get("IFS");
	struct text t = {0};
	bool raw = false, good;
	size_t at = 0;
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "-r"))
			raw = true;
		else if (!strcmp(argv[i], "-p") && i + 1 < argc)
			fputs(argv[++i], stderr);
	}
	if (i == argc) {
		argv = only;
		argc = 1;
		i = 0;
	}
	fflush(stdout);
	good = read_text(&t, raw);
	for (; i < argc; i++)
		var_set(argv[i], take_part(&t, &at, ifs ? ifs : " \t\n", i + 1 == argc));
	return !good;
}
