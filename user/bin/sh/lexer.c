/*
 * Text becomes tokens: operators and words. A word is kept as it was written; its quotes and
 * its $ are the business of expand.c. Here only their ends matter.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sh.h"

char *token_text;
size_t token_start;

static enum token token;
static bool have_token;

struct here { /* a here document that is still to be read */
	struct here *next;
	struct redirect *redirect;
	char *mark;
	bool tabs;
};
static struct here *heres;

static const struct {
	const char *text;
	enum token token;
} operators[] = {
	{"<<-", T_DLESS_TABS}, {"&&", T_AND},	  {"||", T_OR},	      {";;", T_DSEMI},
	{"<<", T_DLESS},       {">>", T_DGREAT},  {"<&", T_LESS_AND}, {">&", T_GREAT_AND},
	{"<>", T_LESS_GREAT},  {">|", T_CLOBBER}, {";", T_SEMI},      {"&", T_AMP},
	{"|", T_PIPE},	       {"(", T_LEFT},	  {")", T_RIGHT},     {"<", T_LESS},
	{">", T_GREAT},
};

void lexer_reset(void)
{
	have_token = false;
	heres = NULL;
}

size_t source_read(void)
{
	return have_token && token != T_END ? token_start : source->pos;
}

/* ---------------------------------------------------------------- ends of constructs */

/* Up to the closing quote, which \ hides if `escapes`. */
static size_t quoted_length(const char *s, char quote, bool escapes)
{
	size_t i = 1;

	while (s[i] && s[i] != quote) {
		size_t n = 1;

		if (escapes && s[i] == '\\' && s[i + 1])
			n = 2;
		else if (quote == '"' && (s[i] == '$' || s[i] == '`'))
			n = construct_length(s + i);
		if (!n)
			return 0;
		i += n;
	}
	return s[i] ? i + 1 : 0;
}

/* From ( or { to its partner. */
static size_t bracket_length(const char *s, char open, char close)
{
	int depth = 0;
	size_t i = 0;

	while (s[i]) {
		size_t n = 1;

		if (s[i] == open)
			depth++;
		else if (s[i] == close)
			depth--;
		else if (s[i] == '\\' && s[i + 1])
			n = 2;
		else if (strchr("'\"`", s[i]) || (s[i] == '$' && strchr("({", s[i + 1])))
			n = construct_length(s + i);
		if (!n)
			return 0;
		i += n;
		if (!depth)
			return i;
	}
	return 0;
}

size_t construct_length(const char *s)
{
	size_t n;

	switch (*s) {
	case '\'':
		return quoted_length(s, '\'', false);
	case '"':
	case '`':
		return quoted_length(s, *s, true);
	case '\\':
		return s[1] ? 2 : 0;
	case '$':
		if (s[1] != '(' && s[1] != '{')
			return 1;
		n = bracket_length(s + 1, s[1], s[1] == '(' ? ')' : '}');
		return n ? n + 1 : 0;
	}
	return 1;
}

/* ---------------------------------------------------------------- here documents */

void expect_here(struct redirect *redirect, char *mark, bool tabs)
{
	struct here *here = grab(sizeof(*here)), **last = &heres;

	*here = (struct here){NULL, redirect, mark, tabs};
	while (*last)
		last = &(*last)->next;
	*last = here;
}

/* Takes one line off the source, without its newline; NULL at the end. */
static char *take_line(void)
{
	size_t start = source->pos;
	char *end;

	if (start == source->len && !source_more())
		return NULL;
	end = memchr(source->text + start, '\n', source->len - start);
	source->pos = end ? (size_t)(end - source->text) + 1 : source->len;
	return grab_string(source->text + start, source->pos - start - (end != NULL));
}

static void read_here(struct here *here)
{
	struct text body = {0};
	char *line;

	while ((line = take_line())) {
		if (here->tabs)
			line += strspn(line, "\t");
		if (!strcmp(line, here->mark))
			break;
		text_add_string(&body, line, LITERAL);
		text_add(&body, '\n', LITERAL);
	}
	text_add(&body, 0, LITERAL);
	here->redirect->target = body.chars;
}

static void read_heres(void)
{
	source->continued = true;
	for (; heres; heres = heres->next)
		read_here(heres);
}

/* ---------------------------------------------------------------- tokens */

/* Blanks, comments and joined lines. */
static void skip_blanks(void)
{
	for (;;) {
		const char *s = source->text + source->pos;

		if (source->pos == source->len)
			return;
		if (*s == ' ' || *s == '\t' || *s == '\r')
			source->pos++;
		else if (*s == '\\' && s[1] == '\n')
			source->pos += 2;
		else if (*s == '#')
			source->pos += strcspn(s, "\n");
		else
			return;
		if (source->pos >= source->len && s[0] == '\\')
			source_more();
	}
}

/* How long the word at the position is; reads lines until its quotes are closed. */
static size_t word_length(void)
{
	size_t i = source->pos;

	while (i < source->len && !strchr(" \t\r\n;&|()<>", source->text[i])) {
		size_t n = construct_length(source->text + i);

		if (n) {
			i += n;
			if (i < source->len || source->text[i - 1] != '\n')
				continue;
			/* Joined by a backslash, or quoted: it goes on. */
			source->continued = true;
			source_more();
			continue;
		}
		source->continued = true;
		if (!source_more())
			give_up(2, "syntax error: no end of %c", source->text[i]);
	}
	return i - source->pos;
}

static enum token read_word(void)
{
	size_t len = word_length();
	size_t digits = strspn(source->text + source->pos, "0123456789");
	char after;

	token_text = grab_string(source->text + source->pos, len);
	source->pos += len;
	after = source->pos < source->len ? source->text[source->pos] : 0;
	return digits == len && (after == '<' || after == '>') ? T_NUMBER : T_WORD;
}

static enum token read_token(void)
{
	skip_blanks();
	while (source->pos == source->len) {
		if (!source_more())
			return T_END;
		skip_blanks();
	}
	token_start = source->pos;
	if (source->text[source->pos] == '\n') {
		source->pos++;
		token_text = "newline";
		if (heres)
			read_heres();
		return T_NEWLINE;
	}
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		const char *text = operators[i].text;

		if (!strncmp(source->text + source->pos, text, strlen(text))) {
			source->pos += strlen(text);
			token_text = (char *)text;
			return operators[i].token;
		}
	}
	return read_word();
}

enum token peek(void)
{
	if (!have_token) {
		token = read_token();
		if (token == T_END)
			token_text = "end of file";
		have_token = true;
	}
	return token;
}

enum token next(void)
{
	enum token current = peek();

	have_token = false;
	if (current != T_NEWLINE)
		source->continued = true;
	return current;
}

bool peek_word(const char *text)
{
	return peek() == T_WORD && !strcmp(token_text, text);
}
