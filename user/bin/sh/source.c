/* Where the text comes from: lines that are typed, a file, or a string. Sources nest. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sh.h"

#define DEEPEST 1000 /* sources within sources, so that the stack does not end first */

struct source *source;

static void check_depth(void)
{
	if (source && source->depth == DEEPEST)
		give_up(2, "commands within commands, too deep");
}

static void open_source(struct source *s)
{
	s->depth = source ? source->depth + 1 : 0;
	s->outer = source;
	source = s;
	lexer_reset();
}

void source_string(struct source *s, const char *text)
{
	check_depth();
	*s = (struct source){.fd = -1, .len = strlen(text)};
	s->text = keep(strdup(text));
	open_source(s);
}

void source_fd(struct source *s, int fd, bool from_editor)
{
	check_depth();
	*s = (struct source){.fd = fd, .interactive = from_editor};
	open_source(s);
}

void source_close(struct source *s)
{
	source = s->outer;
	if (s->fd > STDIN_FILENO)
		close(s->fd);
	free(s->text);
	s->text = NULL;
	lexer_reset();
}

int open_high(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), high;

	if (fd < 0)
		return -1;
	high = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	close(fd);
	return high;
}

static bool append(const char *line, size_t len)
{
	if (source->len + len + 1 > source->room) {
		size_t room = 2 * (source->len + len) + 128;
		char *more = realloc(source->text, room);

		if (!more)
			return false;
		source->text = more;
		source->room = room;
	}
	memcpy(source->text + source->len, line, len);
	source->len += len;
	source->text[source->len] = 0;
	return true;
}

static const char *prompt(void)
{
	static char text[200];
	char host[65] = "", here[128] = "?";
	const char *own = var_get(source->continued ? "PS2" : "PS1");

	if (own)
		return own;
	if (source->continued)
		return "> ";
	gethostname(host, sizeof(host));
	getcwd(here, sizeof(here));
	snprintf(text, sizeof(text), "%s:%s %c ", host, here, geteuid() ? '$' : '#');
	return text;
}

/*
 * At least one whole line. Standard input is read byte by byte: what follows the line belongs
 * to the commands that we run. Nobody else has the descriptor of a script: of that as much as
 * comes is taken.
 */
static bool read_lines(void)
{
	size_t most = source->fd == STDIN_FILENO ? 1 : 1024;
	bool any = false;
	char buf[1024];
	ssize_t n;

	do {
		n = read(source->fd, buf, most);
		if (n < 0 && errno == EINTR)
			check_interrupt();
		if (n > 0 && !append(buf, (size_t)n))
			give_up(2, "out of memory");
		any = any || n > 0;
	} while ((n < 0 && errno == EINTR) || (n > 0 && buf[n - 1] != '\n'));
	return any;
}

bool source_more(void)
{
	char *line;
	bool good;

	if (source->fd < 0)
		return false;
	if (!source->interactive)
		return read_lines();
	line = edit_line(prompt());
	if (!line)
		return false;
	good = append(line, strlen(line));
	free(line);
	if (!good)
		give_up(2, "out of memory");
	return true;
}

void source_drop(void)
{
	size_t used = source_read();

	memmove(source->text, source->text + used, source->len - used);
	source->len -= used;
	source->pos = 0;
	lexer_reset();
}
