/* test and [: conditions on files, strings and numbers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sh.h"

struct words {
	char **at, **end;
};

static bool either(struct words *w);

static void wrong(const char *word)
{
	give_up(2, "test: %s: what is meant?", word);
}

static bool file_test(char op, const char *path)
{
	struct stat st;

	if (op == 'L' || op == 'h')
		return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
	if (op == 't')
		return isatty(atoi(path));
	if (op == 'r' || op == 'w' || op == 'x')
		return !access(path, op == 'r' ? R_OK : op == 'w' ? W_OK : X_OK);
	if (stat(path, &st) < 0)
		return false;
	switch (op) {
	case 'f':
		return S_ISREG(st.st_mode);
	case 'd':
		return S_ISDIR(st.st_mode);
	case 'c':
		return S_ISCHR(st.st_mode);
	case 'b':
		return S_ISBLK(st.st_mode);
	case 'p':
		return S_ISFIFO(st.st_mode);
	case 's':
		return st.st_size > 0;
	}
	return true; /* e */
}

static long long number(const char *text)
{
	char *end;
	long long n = strtoll(text, &end, 10);

	if (end == text || *end)
		wrong(text);
	return n;
}

static bool is_binary(const char *op)
{
	static const char *const ops[] = {"=",	 "==",	"!=",  "<",   ">",   "-eq", "-ne",
					  "-lt", "-le", "-gt", "-ge", "-nt", "-ot", NULL};

	for (int i = 0; ops[i]; i++) {
		if (!strcmp(ops[i], op))
			return true;
	}
	return false;
}

static bool newer(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && (stat(b, &y) < 0 || x.st_mtime > y.st_mtime);
}

static bool compare_numbers(const char *op, long long a, long long b)
{
	if (!strcmp(op, "-eq"))
		return a == b;
	if (!strcmp(op, "-ne"))
		return a != b;
	if (!strcmp(op, "-lt"))
		return a < b;
	if (!strcmp(op, "-le"))
		return a <= b;
	return !strcmp(op, "-gt") ? a > b : a >= b;
}

static bool binary(const char *a, const char *op, const char *b)
{
	if (*op == '=')
		return !strcmp(a, b);
	if (*op == '!')
		return strcmp(a, b) != 0;
	if (*op == '<')
		return strcmp(a, b) < 0;
	if (*op == '>')
		return strcmp(a, b) > 0;
	if (!strcmp(op, "-nt"))
		return newer(a, b);
	if (!strcmp(op, "-ot"))
		return newer(b, a);
	return compare_numbers(op, number(a), number(b));
}

static bool primary(struct words *w)
{
	char *word = w->at < w->end ? *w->at : NULL;
	ssize_t left = w->end - w->at;
	bool result;

	if (!word)
		return false;
	if (left >= 3 && is_binary(w->at[1])) {
		result = binary(word, w->at[1], w->at[2]);
		w->at += 3;
		return result;
	}
	if (left >= 2 && !strcmp(word, "!")) {
		w->at++;
		return !primary(w);
	}
	if (left >= 3 && !strcmp(word, "(")) {
		w->at++;
		result = either(w);
		if (w->at == w->end || strcmp(*w->at, ")"))
			wrong("(");
		w->at++;
		return result;
	}
	if (left >= 2 && word[0] == '-' && word[1] && !word[2] &&
	    strchr("efdrwxsLhcbptnz", word[1])) {
		char *operand = w->at[1];

		w->at += 2;
		if (word[1] == 'n' || word[1] == 'z')
			return (*operand != 0) == (word[1] == 'n');
		return file_test(word[1], operand);
	}
	w->at++;
	return *word != 0;
}

static bool both(struct words *w)
{
	bool result = primary(w);

	while (w->at < w->end && !strcmp(*w->at, "-a")) {
		w->at++;
		result = primary(w) && result;
	}
	return result;
}

static bool either(struct words *w)
{
	bool result = both(w);

	while (w->at < w->end && !strcmp(*w->at, "-o")) {
		w->at++;
		result = both(w) || result;
	}
	return result;
}

int builtin_test(int argc, char **argv)
{
	struct words w = {argv + 1, argv + argc};
	bool result;

	if (!strcmp(argv[0], "[")) {
		if (strcmp(argv[argc - 1], "]"))
			give_up(2, "[: where is the ]?");
		w.end--;
	}
	result = either(&w);
	if (w.at < w.end)
		wrong(*w.at);
	return !result;
}
