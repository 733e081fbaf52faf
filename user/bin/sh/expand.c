/*
 * Words become fields. A word is first turned into a text in which each character knows where
 * it came from: written plainly, within quotes, or out of an expansion. Only the last kind is
 * split at IFS; only what is not quoted can be a pattern for names of files.
 */
#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sh.h"

/* ---------------------------------------------------------------- growing texts */

void text_add(struct text *t, char c, char kind)
{
	if (t->len == t->room) {
		size_t room = 2 * t->room + 64;
		char *chars = grab(room), *kinds = grab(room);

		if (t->len) {
			memcpy(chars, t->chars, t->len);
			memcpy(kinds, t->kinds, t->len);
		}
		t->chars = chars;
		t->kinds = kinds;
		t->room = room;
	}
	t->chars[t->len] = c;
	t->kinds[t->len++] = kind;
}

void text_add_string(struct text *t, const char *s, char kind)
{
	while (*s)
		text_add(t, *s++, kind);
}

/* ---------------------------------------------------------------- command substitution */

static void substitute_child(const char *command, const int *fds)
{
	becomes_child();
	close(fds[0]);
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
	run_text(command);
	leave(status);
}

/* What a command prints, without the newlines at the end. */
static void substitute(const char *command, struct text *t, char kind)
{
	char buf[512];
	size_t newlines = 0;
	int fds[2], result;
	ssize_t n;
	pid_t pid;

	if (pipe(fds) < 0)
		give_up(2, "pipe: %s", strerror(errno));
	fflush(stdout);
	pid = fork();
	if (!pid)
		substitute_child(command, fds);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		give_up(254, "cannot fork: %s", strerror(errno));
	}
	while ((n = read(fds[0], buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)) {
		for (ssize_t i = 0; i < n; i++) {
			if (buf[i] == '\n') {
				newlines++;
				continue;
			}
			for (; newlines; newlines--)
				text_add(t, '\n', kind);
			if (buf[i])
				text_add(t, buf[i], kind);
		}
	}
	close(fds[0]);
	while (waitpid(pid, &result, 0) < 0 && errno == EINTR)
		;
	status = WIFEXITED(result) ? WEXITSTATUS(result) : 128 + WTERMSIG(result);
}

/* `...`: a backslash hides only itself, $ and `. */
static char *backquoted(const char *s, size_t len)
{
	char *command = grab(len + 1), *to = command;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\\' && i + 1 < len && strchr("\\$`", s[i + 1]))
			i++;
		*to++ = s[i];
	}
	*to = 0;
	return command;
}

/* ---------------------------------------------------------------- parts of a word */

static void expand_arithmetic(const char *s, size_t len, struct text *t, char kind)
{
	char number[24];
	struct text inner = {0};

	expand_part(s, len, &inner, true);
	text_add(&inner, 0, QUOTED);
	snprintf(number, sizeof(number), "%lld", arithmetic(inner.chars));
	text_add_string(t, number, kind);
}

size_t expand_dollar(const char *s, struct text *t, bool quoted, bool *all)
{
	char kind = quoted ? QUOTED : RESULT;
	size_t len = construct_length(s);

	if (!len)
		give_up(2, "bad substitution: %s", s);
	if (*s == '`') {
		substitute(backquoted(s + 1, len - 2), t, kind);
		return len;
	}
	if (s[1] == '(' && s[2] == '(' && len > 4 && s[len - 2] == ')') {
		expand_arithmetic(s + 3, len - 5, t, kind);
		return len;
	}
	if (s[1] == '(') {
		substitute(grab_string(s + 2, len - 3), t, kind);
		return len;
	}
	return expand_braces(s, t, quoted, all);
}

/* Between double quotes, for the text up to `len`. */
static void expand_quoted(const char *s, size_t len, struct text *t)
{
	size_t before = t->len;
	bool all = false;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\\' && i + 1 < len && strchr("$`\"\\\n", s[i + 1])) {
			if (s[++i] != '\n')
				text_add(t, s[i], QUOTED);
		} else if (s[i] == '$' || s[i] == '`') {
			i += expand_dollar(s + i, t, true, &all) - 1;
		} else {
			text_add(t, s[i], QUOTED);
		}
	}
	if (t->len == before && !all)
		text_add(t, 0, EMPTY);
}

void expand_part(const char *s, size_t len, struct text *t, bool quoted)
{
	for (size_t i = 0; i < len; i++) {
		size_t n = 1;
		bool all;

		if (s[i] == '$' || s[i] == '`') {
			n = expand_dollar(s + i, t, quoted, &all);
		} else if (s[i] == '"') {
			n = construct_length(s + i);
			expand_quoted(s + i + 1, n - 2, t);
		} else if (s[i] == '\'' && !quoted) {
			n = construct_length(s + i);
			if (n == 2)
				text_add(t, 0, EMPTY);
			for (size_t j = 1; j < n - 1; j++)
				text_add(t, s[i + j], QUOTED);
		} else if (s[i] == '\\' && i + 1 < len) {
			n = 2;
			if (s[i + 1] != '\n')
				text_add(t, s[i + 1], QUOTED);
		} else {
			text_add(t, s[i], quoted ? QUOTED : LITERAL);
		}
		i += n - 1;
	}
}

/* ~ and ~/ at the beginning. */
static const char *expand_tilde(const char *word, struct text *t)
{
	const char *home = var_get("HOME");

	if (*word != '~' || (word[1] && word[1] != '/') || !home)
		return word;
	text_add_string(t, home, QUOTED);
	return word + 1;
}

static void expand(const char *word, struct text *t)
{
	word = expand_tilde(word, t);
	expand_part(word, strlen(word), t, false);
}

/* ---------------------------------------------------------------- fields */

struct splitter {
	struct fields *fields;
	int room;
	struct text field; /* the one that is being collected */
	bool begun;
};

static void add_field(struct splitter *s, const char *text)
{
	struct fields *f = s->fields;

	if (f->count + 1 >= s->room) {
		int room = 2 * s->room + 16;
		char **words = grab((size_t)room * sizeof(*words));

		if (f->count)
			memcpy(words, f->words, (size_t)f->count * sizeof(*words));
		f->words = words;
		s->room = room;
	}
	f->words[f->count++] = (char *)text;
	f->words[f->count] = NULL;
}

/* As a pattern: \ before what must not be special. */
static char *pattern_of(const struct text *t, bool *special)
{
	struct text pattern = {0};

	*special = false;
	for (size_t i = 0; i < t->len; i++) {
		bool plain = t->kinds[i] != QUOTED;

		if (t->kinds[i] == EMPTY || t->kinds[i] == BREAK)
			continue;
		if (strchr("*?[", t->chars[i]) && plain)
			*special = true;
		else if (strchr("*?[]\\-!^", t->chars[i]) && (!plain || t->chars[i] == '\\'))
			text_add(&pattern, '\\', LITERAL);
		text_add(&pattern, t->chars[i], LITERAL);
	}
	text_add(&pattern, 0, LITERAL);
	return pattern.chars;
}

static void end_field(struct splitter *s)
{
	bool special;
	char *pattern = pattern_of(&s->field, &special);
	glob_t found;

	if (special && !opt_noglob && !glob(pattern, 0, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			add_field(s, grab_string(found.gl_pathv[i], strlen(found.gl_pathv[i])));
		globfree(&found);
	} else {
		add_field(s, grab_string(s->field.len ? s->field.chars : "", s->field.len));
	}
	s->field = (struct text){0};
	s->begun = false;
}

static void split(struct splitter *s, const struct text *t)
{
	const char *ifs = var_get("IFS");
	bool blank_before = false;

	ifs = ifs ? ifs : " \t\n";
	for (size_t i = 0; i < t->len; i++) {
		char c = t->chars[i], kind = t->kinds[i];
		bool separator = kind == RESULT && strchr(ifs, c);

		if (kind == BREAK) {
			if (s->begun)
				end_field(s);
		} else if (separator && strchr(" \t\n", c)) {
			blank_before = blank_before || s->begun;
			if (s->begun)
				end_field(s);
			continue;
		} else if (separator) {
			if (s->begun || !blank_before)
				end_field(s);
		} else {
			s->begun = true;
			if (kind != EMPTY)
				text_add(&s->field, c, kind);
		}
		blank_before = false;
	}
	if (s->begun)
		end_field(s);
}

void expand_words(struct word *words, struct fields *fields)
{
	struct splitter s = {.fields = fields};

	*fields = (struct fields){0};
	for (; words; words = words->next) {
		struct text t = {0};

		expand(words->text, &t);
		split(&s, &t);
	}
	if (!fields->words) {
		fields->words = grab(sizeof(char *));
		fields->words[0] = NULL;
	}
}

/* As one string: the breaks of "$@" become blanks. */
static char *joined(const struct text *t)
{
	char *s = grab(t->len + 1), *to = s;

	for (size_t i = 0; i < t->len; i++) {
		if (t->kinds[i] == BREAK)
			*to++ = ' ';
		else if (t->kinds[i] != EMPTY)
			*to++ = t->chars[i];
	}
	*to = 0;
	return s;
}

char *expand_one(const char *word)
{
	struct text t = {0};

	expand(word, &t);
	return joined(&t);
}

char *expand_pattern(const char *word)
{
	struct text t = {0};
	bool special;

	expand(word, &t);
	return pattern_of(&t, &special);
}

/* As between double quotes, but a double quote is one. */
char *expand_here(const char *s)
{
	struct text t = {0};
	bool all;

	for (; *s; s++) {
		if (*s == '\\' && s[1] && strchr("$`\\\n", s[1])) {
			if (*++s != '\n')
				text_add(&t, *s, QUOTED);
		} else if (*s == '$' || *s == '`') {
			s += expand_dollar(s, &t, true, &all) - 1;
		} else {
			text_add(&t, *s, QUOTED);
		}
	}
	return joined(&t);
}
