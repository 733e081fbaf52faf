/* Scripts: files that begin with #! and the name of the program that runs them. */
#ifndef FOLIO_EXEC_SCRIPT_H
#define FOLIO_EXEC_SCRIPT_H

#include "kernel/lib/types.h"

#define SCRIPT_HEAD_SIZE 256u /* bytes of a file that are looked at */

/* What the first line says; both point into the head that was given. */
struct script_line {
	const char *interp;
	const char *arg; /* NULL: none */
};

/*
 * script_parse - read the first line of a script; the head is changed (strings get their ends).
 * @head: the first SCRIPT_HEAD_SIZE bytes of the file, zeros behind its end
 * 1 and *line; 0: not a script; -ENOEXEC: a script without an interpreter, or its name does
 * not fit. Touches nothing else: compiles for the host.
 */
int script_parse(char head[SCRIPT_HEAD_SIZE], struct script_line *line);

#endif
