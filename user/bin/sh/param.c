/* Parameters: $x ${x} ${#x} ${x:-w} ${x:=w} ${x:?w} ${x:+w} ${x#p} ${x##p} ${x%p} ${x%%p}. */
#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sh.h"

/* The value of a parameter, also of $? and the like; NULL: not set. */
static const char *value_of(const char *name)
{
	static char number[16];
	int value;

	if (isdigit((unsigned char)*name)) {
		value = atoi(name);
		if (!value)
			return shell_name;
		return value <= frame->count ? frame->params[value - 1] : NULL;
	}
	switch (*name) {
	case '?':
		value = status;
		break;
	case '$':
		value = (int)shell_pid;
		break;
	case '#':
		value = frame->count;
		break;
	case '!':
		if (!last_background)
			return NULL;
		value = (int)last_background;
		break;
	case '-':
		snprintf(number, sizeof(number), "%s%s%s%s", opt_errexit ? "e" : "",
			 opt_trace ? "x" : "", opt_unset ? "u" : "", interactive ? "i" : "");
		return number;
	default:
		return var_get(name);
	}
	snprintf(number, sizeof(number), "%d", value);
	return number;
}

/* "$@" is one field for each parameter, "$*" one for all. */
static void expand_all(char which, struct text *t, bool quoted, bool *all)
{
	const char *ifs = var_get("IFS");
	char kind = quoted ? QUOTED : RESULT;

	*all = which == '@';
	for (int i = 0; i < frame->count; i++) {
		if (i && which == '*' && quoted) {
			if (!ifs || *ifs)
				text_add(t, ifs ? *ifs : ' ', QUOTED);
		} else if (i) {
			text_add(t, 0, BREAK);
		}
		if (quoted && which == '@')
			text_add(t, 0, EMPTY);
		text_add_string(t, frame->params[i], kind);
	}
}

/* The length of a parameter's name at s: a name, digits, or one special character. */
static size_t param_length(const char *s)
{
	size_t len = name_length(s);

	if (len)
		return len;
	if (isdigit((unsigned char)*s))
		return strspn(s, "0123456789");
	return *s && strchr("?$#!@*-", *s) ? 1 : 0;
}

static void add_value(const char *name, struct text *t, bool quoted, bool *all)
{
	const char *value;

	if (*name == '@' || *name == '*') {
		expand_all(*name, t, quoted, all);
		return;
	}
	value = value_of(name);
	if (!value && opt_unset)
		give_up(2, "%s: not set", name);
	if (value)
		text_add_string(t, value, quoted ? QUOTED : RESULT);
}

/* Without the shortest (or longest) piece that fits the pattern, at the front or the back. */
static const char *trim(const char *value, const char *pattern, char side, bool longest)
{
	size_t len = strlen(value);
	char *copy = grab_string(value, len);

	for (size_t i = 0; i <= len; i++) {
		size_t n = longest ? len - i : i; /* the length of the piece */

		if (side == '%') {
			if (!fnmatch(pattern, copy + len - n, 0)) {
				copy[len - n] = 0;
				return copy;
			}
		} else {
			char saved = copy[n];
			bool fits;

			copy[n] = 0;
			fits = !fnmatch(pattern, copy, 0);
			copy[n] = saved;
			if (fits)
				return copy + n;
		}
	}
	return value;
}

/* What follows the name: one of - = ? +, after a colon if an empty value counts as none. */
static void expand_default(const char *name, const char *op, struct text *t, bool quoted, bool *all)
{
	bool colon = *op == ':', many = *name == '@' || *name == '*';
	const char *word = op + 1 + colon;
	const char *value = many ? (frame->count ? frame->params[0] : NULL) : value_of(name);
	bool there = value && !(colon && !*value);

	switch (op[colon]) {
	case '+':
		if (there)
			expand_part(word, strlen(word), t, quoted);
		return;
	case '?':
		if (!there)
			give_up(2, "%s: %s", name, *word ? expand_one(word) : "not set");
		break;
	case '=':
		if (!there)
			var_set(name, expand_one(word));
		break;
	case '-':
		if (there)
			break;
		expand_part(word, strlen(word), t, quoted);
		return;
	}
	add_value(name, t, quoted, all);
}

/* The result of ${#...}. */
static void expand_length(const char *name, struct text *t, bool quoted)
{
	char number[16];
	const char *value = value_of(name);

	if (*name == '@' || *name == '*')
		snprintf(number, sizeof(number), "%d", frame->count);
	else
		snprintf(number, sizeof(number), "%u", value ? (unsigned int)strlen(value) : 0);
	text_add_string(t, number, quoted ? QUOTED : RESULT);
}

/* What stands between the braces: name and operator. */
static void expand_inside(char *s, struct text *t, bool quoted, bool *all)
{
	size_t len = param_length(s);
	const char *value;
	char *name, op;

	if (*s == '#' && s[1] && param_length(s + 1) == strlen(s + 1)) {
		expand_length(s + 1, t, quoted);
		return;
	}
	op = s[len];
	if (!len || (op && !strchr(":-=?+#%", op)) || (op == ':' && !strchr("-=?+", s[len + 1])))
		give_up(2, "bad substitution: ${%s}", s);
	name = grab_string(s, len);
	if (!op) {
		add_value(name, t, quoted, all);
	} else if (op == '#' || op == '%') {
		bool longest = s[len + 1] == op;
		char *pattern = expand_pattern(s + len + 1 + longest);

		value = value_of(name);
		if (value)
			text_add_string(t, trim(value, pattern, op, longest),
					quoted ? QUOTED : RESULT);
	} else {
		expand_default(name, s + len, t, quoted, all);
	}
}

size_t expand_braces(const char *s, struct text *t, bool quoted, bool *all)
{
	size_t len;

	if (s[1] == '{') {
		len = construct_length(s);
		expand_inside(grab_string(s + 2, len - 3), t, quoted, all);
		return len;
	}
	len = param_length(s + 1);
	if (isdigit((unsigned char)s[1]))
		len = 1;
	if (!len) {
		text_add(t, '$', quoted ? QUOTED : LITERAL);
		return 1;
	}
	add_value(grab_string(s + 1, len), t, quoted, all);
	return 1 + len;
}
