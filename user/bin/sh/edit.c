/*
 * The line that is being typed. The terminal is in raw mode meanwhile: each key arrives here,
 * and the line is drawn with nothing but \r, \b and blanks, which every terminal understands.
 * A line that is wider than the terminal is shown in part, around the cursor.
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "sh.h"

#define HISTORY	 100
#define LINE_MAX 1000
#define CTRL(c)	 ((c)&31)

enum { KEY_UP = 256, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END, KEY_DELETE, KEY_NONE };

struct editor {
	char text[LINE_MAX + 2];
	size_t len, pos;
	const char *prompt;
	size_t width;	   /* columns for the text */
	size_t drawn;	   /* how many of them are in use */
	size_t cursor;	   /* in which of them the cursor stands */
	size_t from;	   /* the first character that is shown */
	int history_index; /* HISTORY: the new line */
	bool tabbed;	   /* the last key was a tab that could not decide */
};

static char *history[HISTORY];	      /* the newest last */
static char unfinished[LINE_MAX + 2]; /* the new line, while an old one is looked at */
static char cut[LINE_MAX + 2];	      /* what ^K, ^U or ^W took */

/* ---------------------------------------------------------------- drawing */

static void put(const char *s, size_t len)
{
	while (len) {
		ssize_t n = write(STDERR_FILENO, s, len);

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			s += n;
			len -= (size_t)n;
		}
	}
}

static void put_times(char c, size_t count)
{
	while (count--)
		put(&c, 1);
}

/* Draws the visible part again and puts the cursor where it belongs. */
static void draw(struct editor *e)
{
	size_t shown, column;

	if (e->pos < e->from)
		e->from = e->pos;
	if (e->pos > e->from + e->width)
		e->from = e->pos - e->width;
	shown = e->len - e->from < e->width ? e->len - e->from : e->width;
	column = e->pos - e->from;
	put_times('\b', e->cursor);
	put(e->text + e->from, shown);
	if (e->drawn > shown) {
		put_times(' ', e->drawn - shown);
		put_times('\b', e->drawn - shown);
	}
	put_times('\b', shown - column);
	e->drawn = shown;
	e->cursor = column;
}

static void draw_anew(struct editor *e)
{
	put("\r", 1);
	put(e->prompt, strlen(e->prompt));
	e->drawn = e->cursor = 0;
	draw(e);
}

static void find_width(struct editor *e)
{
	struct winsize size;
	size_t columns = 80;

	if (!ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		columns = size.ws_col;
	e->width = columns > strlen(e->prompt) + 11 ? columns - strlen(e->prompt) - 1 : 10;
}

/* ---------------------------------------------------------------- changing */

static void insert(struct editor *e, const char *s, size_t len)
{
	if (e->len + len > LINE_MAX)
		len = LINE_MAX - e->len;
	memmove(e->text + e->pos + len, e->text + e->pos, e->len - e->pos);
	memcpy(e->text + e->pos, s, len);
	e->len += len;
	e->pos += len;
	if (len == 1 && e->pos == e->len && e->len - e->from <= e->width) {
		put(s, 1); /* the usual case: typing at the end */
		e->drawn = e->cursor = e->pos - e->from;
	} else {
		draw(e);
	}
}

static void erase(struct editor *e, size_t from, size_t to, bool keep_it)
{
	if (keep_it && to > from) {
		memcpy(cut, e->text + from, to - from);
		cut[to - from] = 0;
	}
	memmove(e->text + from, e->text + to, e->len - to);
	e->len -= to - from;
	e->pos = from;
	draw(e);
}

static size_t word_before(const struct editor *e)
{
	size_t at = e->pos;

	while (at && e->text[at - 1] == ' ')
		at--;
	while (at && e->text[at - 1] != ' ')
		at--;
	return at;
}

static void replace(struct editor *e, const char *text)
{
	e->len = e->pos = strlen(text);
	memcpy(e->text, text, e->len);
	draw(e);
}

/* ---------------------------------------------------------------- history */

static void remember(const char *line)
{
	char *copy;

	if (!*line || (history[HISTORY - 1] && !strcmp(history[HISTORY - 1], line)))
		return;
	copy = strdup(line);
	if (!copy)
		return;
	free(history[0]);
	memmove(history, history + 1, (HISTORY - 1) * sizeof(*history));
	history[HISTORY - 1] = copy;
}

static void go_in_history(struct editor *e, int step)
{
	int to = e->history_index + step;

	if (to < 0 || to > HISTORY || (to < HISTORY && !history[to]))
		return;
	if (e->history_index == HISTORY) {
		e->text[e->len] = 0;
		strcpy(unfinished, e->text);
	}
	e->history_index = to;
	replace(e, to == HISTORY ? unfinished : history[to]);
}

/* ---------------------------------------------------------------- completion */

static size_t common_length(char **words)
{
	size_t len = strlen(words[0]);

	for (size_t i = 1; words[i]; i++) {
		size_t n = 0;

		while (n < len && words[i][n] == words[0][n])
			n++;
		len = n;
	}
	return len;
}

static void list(char **words)
{
	size_t column = 0;

	put("\n", 1);
	for (size_t i = 0; words[i]; i++) {
		char text[64];
		int len = snprintf(text, sizeof(text), "%-18s ", words[i]);

		if (column + (size_t)len > 79) {
			put("\n", 1);
			column = 0;
		}
		put(text, strlen(text));
		column += (size_t)len;
	}
	put("\n", 1);
}

static void tab(struct editor *e)
{
	size_t start, have, common;
	char **words;

	e->text[e->len] = 0;
	words = complete(e->text, e->pos, &start);
	if (!words || !words[0]) {
		complete_free(words);
		return;
	}
	have = e->pos - start;
	common = common_length(words);
	if (common > have)
		insert(e, words[0] + have, common - have);
	if (!words[1]) {
		if (words[0][common - 1] != '/')
			insert(e, " ", 1);
	} else if (common == have && e->tabbed) {
		list(words);
		draw_anew(e);
	}
	e->tabbed = true;
	complete_free(words);
}

/* ---------------------------------------------------------------- keys */

/* A byte; -1 at the end of input. */
static int read_byte(void)
{
	unsigned char c;
	ssize_t n;

	do
		n = read(STDIN_FILENO, &c, 1);
	while (n < 0 && errno == EINTR);
	return n == 1 ? c : -1;
}

/* Is there more of an escape sequence? A lone Esc is followed by nothing. */
static bool more_follows(void)
{
	struct pollfd fd = {STDIN_FILENO, POLLIN, 0};

	return poll(&fd, 1, 50) != 0;
}

/* What follows Esc: [A, [3~, OH ... */
static int read_sequence(void)
{
	static const struct {
		char letter;
		int key;
	} letters[] = {{'A', KEY_UP},	{'B', KEY_DOWN}, {'C', KEY_RIGHT},
		       {'D', KEY_LEFT}, {'H', KEY_HOME}, {'F', KEY_END}};
	int number = 0, c;

	if (!more_follows())
		return KEY_NONE;
	c = read_byte();
	if (c != '[' && c != 'O')
		return KEY_NONE;
	for (c = read_byte(); isdigit(c) || c == ';'; c = read_byte())
		number = number * 10 + (c - '0');
	if (c == '~') {
		if (number == 1 || number == 7)
			return KEY_HOME;
		if (number == 4 || number == 8)
			return KEY_END;
		return number == 3 ? KEY_DELETE : KEY_NONE;
	}
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		if (letters[i].letter == c)
			return letters[i].key;
	}
	return KEY_NONE;
}

static void move(struct editor *e, size_t pos)
{
	e->pos = pos;
	draw(e);
}

static void clear_screen(struct editor *e)
{
	put("\033[H\033[2J", 7);
	draw_anew(e);
}

static void to_start(struct editor *e)
{
	move(e, 0);
}

static void to_end(struct editor *e)
{
	move(e, e->len);
}

static void left(struct editor *e)
{
	move(e, e->pos - (e->pos > 0));
}

static void right(struct editor *e)
{
	move(e, e->pos + (e->pos < e->len));
}

static void older(struct editor *e)
{
	go_in_history(e, -1);
}

static void newer(struct editor *e)
{
	go_in_history(e, 1);
}

static void erase_before(struct editor *e)
{
	erase(e, e->pos - (e->pos > 0), e->pos, false);
}

static void erase_here(struct editor *e)
{
	erase(e, e->pos, e->pos + (e->pos < e->len), false);
}

static void cut_to_end(struct editor *e)
{
	erase(e, e->pos, e->len, true);
}

static void cut_to_start(struct editor *e)
{
	erase(e, 0, e->pos, true);
}

static void cut_word(struct editor *e)
{
	erase(e, word_before(e), e->pos, true);
}

static void paste(struct editor *e)
{
	insert(e, cut, strlen(cut));
}

static const struct {
	int key;
	void (*act)(struct editor *e);
} keys[] = {
	{CTRL('A'), to_start},	   {KEY_HOME, to_start},
	{CTRL('E'), to_end},	   {KEY_END, to_end},
	{CTRL('B'), left},	   {KEY_LEFT, left},
	{CTRL('F'), right},	   {KEY_RIGHT, right},
	{CTRL('P'), older},	   {KEY_UP, older},
	{CTRL('N'), newer},	   {KEY_DOWN, newer},
	{CTRL('H'), erase_before}, {127, erase_before},
	{CTRL('D'), erase_here},   {KEY_DELETE, erase_here},
	{CTRL('K'), cut_to_end},   {CTRL('U'), cut_to_start},
	{CTRL('W'), cut_word},	   {CTRL('Y'), paste},
	{CTRL('L'), clear_screen}, {'\t', tab},
};

static void act(struct editor *e, int key)
{
	char c = (char)key;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (keys[i].key == key)
			keys[i].act(e);
	}
	if (key >= ' ' && key < 256 && key != 127)
		insert(e, &c, 1);
	if (key != '\t')
		e->tabbed = false;
}

/* Keys until the line is complete. False: the end of input. */
static bool edit(struct editor *e)
{
	for (;;) {
		int key = read_byte();

		if (key == 27)
			key = read_sequence();
		if (key < 0 || (key == CTRL('D') && !e->len))
			return false;
		if (key == '\r' || key == '\n')
			return true;
		if (key == CTRL('C')) {
			e->len = e->pos = 0;
			put("^C\n", 3);
			e->from = 0;
			interrupted = 1;
			return true;
		}
		act(e, key);
	}
}

char *edit_line(const char *prompt)
{
	struct editor e = {.prompt = prompt, .history_index = HISTORY};
	struct termios before, raw;
	bool good;

	fflush(stdout);
	if (tcgetattr(STDIN_FILENO, &before) < 0)
		return NULL;
	raw = before;
	raw.c_iflag &= ~(tcflag_t)(IXON | ISTRIP);
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	find_width(&e);
	put(prompt, strlen(prompt));
	good = edit(&e);
	if (!interrupted) {
		if (e.pos < e.len)
			move(&e, e.len);
		e.text[e.len] = 0;
		put("\n", 1);
	}
	tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	check_interrupt();
	if (!good)
		return NULL;
	remember(e.text);
	strcpy(e.text + e.len, "\n");
	return strdup(e.text);
}
