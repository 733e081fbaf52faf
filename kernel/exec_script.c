/*
 * The first line of a script: #! blanks, the interpreter's path, blanks, one argument
 * with all blanks inside it, blanks, newline. A line that is longer than the head is cut; but
 * the path must be there in full, or another program could run than was meant.
 */
#include "kernel/exec_script.h"

#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char *skip_blanks(char *s, const char *end)
{
	while (s < end && is_blank(*s))
		s++;
	return s;
}

static char *skip_word(char *s, const char *end)
{
	while (s < end && *s && !is_blank(*s))
		s++;
	return s;
}

int script_parse(char head[SCRIPT_HEAD_SIZE], struct script_line *line)
{
	char *end, *name, *after;

	if (head[0] != '#' || head[1] != '!')
		return 0;
	end = memchr(head, '\n', SCRIPT_HEAD_SIZE);
	if (!end) {
		end = head + SCRIPT_HEAD_SIZE - 1;
		if (skip_word(skip_blanks(head + 2, end), end) == end)
			return -ENOEXEC;
	}
	while (end > head + 2 && is_blank(end[-1]))
		end--;
	*end = 0;
	name = skip_blanks(head + 2, end);
	after = skip_word(name, end);
	if (after == name)
		return -ENOEXEC;
	line->interp = name;
	line->arg = NULL;
	if (*after) {
		*after++ = 0;
		after = skip_blanks(after, end);
		line->arg = *after ? after : NULL;
	}
	return 1;
}
