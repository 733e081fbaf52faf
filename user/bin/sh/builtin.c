/* The commands that the shell runs itself: those that change it, and a few for speed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <limits.h>

#include "sh.h"

static int builtin_true(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static int builtin_false(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 1;
}

static int builtin_cd(int argc, char **argv)
{
	const char *to = argc > 1 ? argv[1] : var_get("HOME");
	const char *old = var_get("PWD");
	char here[PATH_MAX];
	bool back = to && !strcmp(to, "-");

	if (back)
		to = var_get("OLDPWD");
	if (!to)
		to = "/";
	if (chdir(to) < 0) {
		complain("cd: %s: %s", to, strerror(errno));
		return 1;
	}
	var_set("OLDPWD", old ? old : "/");
	if (getcwd(here, sizeof(here)))
		var_set("PWD", here);
	if (back)
		puts(here);
	return 0;
}

static int builtin_pwd(int argc, char **argv)
{
	char here[PATH_MAX];

	(void)argc;
	(void)argv;
	if (!getcwd(here, sizeof(here))) {
		complain("pwd: %s", strerror(errno));
		return 1;
	}
	puts(here);
	return 0;
}

static int builtin_exit(int argc, char **argv)
{
	leave(argc > 1 ? atoi(argv[1]) & 255 : status);
}

static int builtin_return(int argc, char **argv)
{
	returning = true;
	return argc > 1 ? atoi(argv[1]) & 255 : status;
}

static int leave_loop(int argc, char **argv, bool continues)
{
	int count = argc > 1 ? atoi(argv[1]) : 1;

	if (!loop_depth || count < 1)
		return 0;
	skip_loops = count < loop_depth ? count : loop_depth;
	skip_continues = continues;
	return 0;
}

static int builtin_break(int argc, char **argv)
{
	return leave_loop(argc, argv, false);
}

static int builtin_continue(int argc, char **argv)
{
	return leave_loop(argc, argv, true);
}

static int builtin_eval(int argc, char **argv)
{
	struct text t = {0};

	for (int i = 1; i < argc; i++) {
		text_add_string(&t, argv[i], LITERAL);
		text_add(&t, ' ', LITERAL);
	}
	text_add(&t, 0, LITERAL);
	status = 0;
	run_text(t.chars);
	return status;
}

static int builtin_source(int argc, char **argv)
{
	struct source *s;
	int fd;

	if (argc < 2) {
		complain(".: which file?");
		return 2;
	}
	fd = open_high(argv[1]);
	if (fd < 0) {
		complain("%s: %s", argv[1], strerror(errno));
		return 1;
	}
	s = grab(sizeof(*s));
	source_fd(s, fd, false);
	status = 0;
	run_source(s);
	returning = false;
	return status;
}

/* Where PATH leads for a name; NULL: nowhere. */
static char *find_program(const char *name)
{
	const char *path = var_get("PATH");

	if (strchr(name, '/'))
		return access(name, X_OK) ? NULL : (char *)name;
	for (path = path ? path : ""; *path; path += strspn(path, ":")) {
		size_t len = strcspn(path, ":");
		char *file = grab(len + strlen(name) + 2);

		memcpy(file, path, len);
		strcpy(stpcpy(file + len, "/"), name);
		if (!access(file, X_OK))
			return file;
		path += len;
	}
	return NULL;
}

static int builtin_type(int argc, char **argv)
{
	int result = 0;

	for (int i = 1; i < argc; i++) {
		char *path = find_program(argv[i]);

		if (function_find(argv[i]))
			printf("%s is a function\n", argv[i]);
		else if (builtin_find(argv[i]))
			printf("%s is inside the shell\n", argv[i]);
		else if (path)
			printf("%s is %s\n", argv[i], path);
		else {
			complain("%s: not found", argv[i]);
			result = 1;
		}
	}
	return result;
}

static int builtin_exec(int argc, char **argv)
{
	if (argc > 1)
		exec_program(argv + 1);
	return 0;
}

const struct builtin builtins[] = {
	{".", builtin_source, "FILE: run the commands of a file in this shell"},
	{":", builtin_true, "do nothing"},
	{"[", builtin_test, "CONDITION ]: the same as test"},
	{"bg", builtin_bg, "[%N]: let a stopped job go on in the background"},
	{"break", builtin_break, "[N]: leave a loop, or N of them"},
	{"cd", builtin_cd, "[DIRECTORY|-]: go to a directory"},
	{"continue", builtin_continue, "[N]: begin the next turn of a loop"},
	{"echo", builtin_echo, "[-n] [-e] WORD...: print the words"},
	{"eval", builtin_eval, "WORD...: run the words as a command"},
	{"exec", builtin_exec, "COMMAND: become the command; or redirect this shell"},
	{"exit", builtin_exit, "[STATUS]: end this shell"},
	{"export", builtin_export, "NAME[=VALUE]...: give variables to programs"},
	{"false", builtin_false, "fail"},
	{"fg", builtin_fg, "[%N]: bring a job to the foreground"},
	{"help", builtin_help, "this list"},
	{"jobs", builtin_jobs, "list the jobs of this shell"},
	{"kill", builtin_kill, "[-SIGNAL] PID|%N...: send a signal"},
	{"local", builtin_local, "NAME[=VALUE]...: variables of a function"},
	{"printf", builtin_printf, "FORMAT WORD...: print the words in a format"},
	{"pwd", builtin_pwd, "print the directory we are in"},
	{"read", builtin_read, "[-r] [-p PROMPT] NAME...: read a line into variables"},
	{"return", builtin_return, "[STATUS]: leave a function"},
	{"set", builtin_set, "[-eufx] [--] [WORD...]: options and $1 $2 ...; alone: variables"},
	{"shift", builtin_shift, "[N]: $2 becomes $1, and so on"},
	{"source", builtin_source, "FILE: the same as ."},
	{"test", builtin_test, "CONDITION: -e FILE, A = B, N -lt M, ..."},
	{"trap", builtin_trap, "[COMMAND|- SIGNAL...]: what to do when a signal arrives"},
	{"true", builtin_true, "succeed"},
	{"type", builtin_type, "NAME...: what a name stands for"},
	{"ulimit", builtin_ulimit, "[-SHa] [-cdflmnstuv [LIMIT]]: limits on resources"},
	{"umask", builtin_umask, "[MODE]: permissions that new files do not get"},
	{"unset", builtin_unset, "[-f] NAME...: forget variables or functions"},
	{"wait", builtin_wait, "[PID|%N...]: wait for jobs in the background"},
	{NULL, NULL, NULL},
};

const struct builtin *builtin_find(const char *name)
{
	for (const struct builtin *b = builtins; b->name; b++) {
		if (!strcmp(b->name, name))
			return b;
	}
	return NULL;
}
