/* One simple command: assignments, then a builtin, a function or a program. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sh.h"

/* Variables that stand before a builtin or function: as they were, for afterwards. */
struct kept {
	struct kept *next;
	const char *name, *value;
};

static void assign(const char *word, bool export)
{
	size_t len = name_length(word);
	char *name = grab_string(word, len);

	var_set(name, expand_one(word + len + 1));
	if (export)
		var_export(name);
}

static struct kept *keep_variable(const char *word, struct kept *next)
{
	struct kept *k = grab(sizeof(*k));
	const char *value;

	k->next = next;
	k->name = grab_string(word, name_length(word));
	value = var_get(k->name);
	k->value = value ? grab_string(value, strlen(value)) : NULL;
	return k;
}

static void give_back(struct kept *kept)
{
	for (; kept; kept = kept->next) {
		if (kept->value)
			var_set(kept->name, kept->value);
		else
			var_unset(kept->name);
	}
}

void exec_program(char **argv)
{
	int error;

	environ = vars_environment();
	fflush(stdout);
	execvp(argv[0], argv);
	error = errno;
	if (error == ENOENT && !strchr(argv[0], '/'))
		complain("%s: not found", argv[0]);
	else
		complain("%s: %s", argv[0], strerror(error));
	leave(error == ENOENT ? 127 : 126);
}

static void run_program(struct node *node, struct word *assignments, size_t count, char **argv,
			bool may_exec)
{
	struct job *job = NULL;
	pid_t pid = 0;

	if (!may_exec) {
		job = keep(job_new(node->text ? node->text : argv[0]));
		pid = job_fork(job, false);
	}
	if (!pid) {
		for (; count; count--, assignments = assignments->next)
			assign(assignments->text, true);
		if (!redirect(node->redirects, true))
			leave(1);
		exec_program(argv);
	}
	if (pid < 0) {
		complain("cannot fork: %s", strerror(errno));
		job_drop(job);
		status = 254;
		return;
	}
	status = job_wait(job);
}

static void run_function(struct function *function, int argc, char **argv)
{
	int depth = loop_depth;

	frame_push(argv + 1, argc - 1);
	loop_depth = 0;
	run_text(function->body);
	loop_depth = depth;
	returning = false;
	frame_pop();
}

/* exec changes the shell's own files for good, or the shell itself. */
static void run_exec(struct node *node, int argc, char **argv)
{
	status = 0;
	if (!redirect(node->redirects, true)) {
		status = 1;
		return;
	}
	if (argc > 1)
		exec_program(argv + 1);
}

static void run_inside(struct node *node, struct word *assignments, size_t count, int argc,
		       char **argv, bool forked)
{
	const struct builtin *builtin = builtin_find(argv[0]);
	struct function *function = function_find(argv[0]);
	void *here = redirect_mark();
	struct kept *kept = NULL;

	if (!function && builtin && !strcmp(argv[0], "exec")) {
		run_exec(node, argc, argv);
		return;
	}
	for (; count; count--, assignments = assignments->next) {
		kept = keep_variable(assignments->text, kept);
		assign(assignments->text, false);
	}
	if (!redirect(node->redirects, forked))
		status = 1;
	else if (function)
		run_function(function, argc, argv);
	else
		status = builtin->run(argc, argv);
	redirect_undo(here);
	give_back(kept);
}

static void trace(struct word *assignments, size_t count, char **argv)
{
	fflush(stdout);
	fputs("+", stderr);
	for (; count; count--, assignments = assignments->next)
		fprintf(stderr, " %s", assignments->text);
	for (; *argv; argv++)
		fprintf(stderr, " %s", *argv);
	fputc('\n', stderr);
}

/* Only assignments and redirections: the status is that of a $(...) in them. */
static void run_nothing(struct node *node, size_t count)
{
	void *here = redirect_mark();

	status = 0;
	for (struct word *w = node->words; count; count--, w = w->next)
		assign(w->text, false);
	if (!redirect(node->redirects, false))
		status = 1;
	redirect_undo(here);
}

void run_simple(struct node *node, bool may_exec)
{
	struct word *word = node->words;
	struct fields fields;
	size_t count = 0;

	while (word && is_assignment(word->text)) {
		word = word->next;
		count++;
	}
	expand_words(word, &fields);
	if (opt_trace)
		trace(node->words, count, fields.words);
	if (!fields.count)
		run_nothing(node, count);
	else if (function_find(fields.words[0]) || builtin_find(fields.words[0]))
		run_inside(node, node->words, count, fields.count, fields.words, may_exec);
	else
		run_program(node, node->words, count, fields.words, may_exec);
}
