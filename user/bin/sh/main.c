/*
 * sh - the shell.
 *
 *	sh                   commands from the terminal, or from standard input
 *	sh FILE [WORD...]    a script, with its words as $1 $2 ...
 *	sh -c TEXT [NAME [WORD...]]
 *	-e end at the first failure, -x show commands, -u unset variables are errors, -i
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "main.h"
#include "sh.h"

jmp_buf prompt_env;
bool interactive, in_child;
char *shell_name;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void read_rc(const char *path)
{
	struct source s;
	int fd = open_high(path);

	if (fd < 0)
		return;
	source_fd(&s, fd, false);
	run_source(&s);
}

/* Commands one after another; an error of the terminal's user comes back to setjmp(). */
static void __attribute__((noreturn)) main_loop(int fd)
{
	static struct source s; /* static, as the jump must not lose it */
	static bool begun;

	source_fd(&s, fd, interactive);
	if (setjmp(prompt_env)) {
		while (source != &s && source)
			source_close(source);
		while (frame->outer)
			frame_pop();
		redirect_undo(NULL);
		release(NULL);
		skip_loops = loop_depth = tested = 0;
		returning = false;
		s.len = s.pos = 0;
		lexer_reset();
	}
	if (!begun && shell_name[0] == '-') {
		begun = true;
		read_rc("/etc/profile");
	}
	run_source(&s);
	if (interactive)
		puts("exit");
	leave(status);
}

static void set_option(char letter)
{
	switch (letter) {
	case 'e':
		opt_errexit = true;
		break;
	case 'x':
		opt_trace = true;
		break;
	case 'u':
		opt_unset = true;
		break;
	case 'f':
		opt_noglob = true;
		break;
	case 'i':
		interactive = true;
		break;
	case 'l':
		break;
	default:
		fprintf(stderr, "sh: no option -%c\n", letter);
		exit(2);
	}
}

static int open_script(const char *path)
{
	int fd = open_high(path);

	if (fd < 0) {
		fprintf(stderr, "sh: %s: %s\n", path, strerror(errno));
		exit(127);
	}
	return fd;
}

/* The index of the first word that is no option. */
static int read_options(int argc, char **argv, bool *want_text)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (!strcmp(argv[i], "--"))
			return i + 1;
		for (const char *letter = argv[i] + 1; *letter; letter++) {
			if (*letter == 'c')
				*want_text = true;
			else
				set_option(*letter);
		}
	}
	return i;
}

static void start_interactive(void)
{
	signal(SIGINT, on_interrupt);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	jobs_init();
}

int main(int argc, char **argv)
{
	bool want_text = false;
	int i, fd = STDIN_FILENO;

	shell_name = argv[0] && *argv[0] ? argv[0] : "sh";
	i = read_options(argc, argv, &want_text);
	vars_init();
	if (want_text) {
		const char *text = i < argc ? argv[i++] : "";

		if (i < argc)
			shell_name = argv[i++];
		frame_push(argv + i, argc - i);
		run_text(text);
		leave(status);
	}
	if (i < argc) {
		fd = open_script(argv[i]);
		shell_name = argv[i++];
	} else if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO)) {
		interactive = true;
	}
	frame_push(argv + i, argc - i);
	if (interactive)
		start_interactive();
	main_loop(fd);
}
