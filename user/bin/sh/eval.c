/*
 * The tree is walked. Compound commands run in the shell itself; each element of a pipeline,
 * (...) and ...& get a process of their own.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sh.h"

int status, loop_depth, skip_loops, tested;
bool skip_continues, returning;

/* break, continue, return: whatever comes next in this list is left out. */
static bool skipping(void)
{
	return skip_loops || returning;
}

static void eval_tested(struct node *node)
{
	tested++;
	eval(node);
	tested--;
}

void becomes_child(void)
{
	in_child = true;
	interactive = job_control = false;
	interrupted = 0;
	traps_forget();
}

void run_child(struct node *node)
{
	if (node->kind == N_SIMPLE)
		run_simple(node, true);
	else
		eval(node);
	leave(status);
}

static int cannot_fork(void)
{
	complain("cannot fork: %s", strerror(errno));
	return 254;
}

/* One process for the node; the shell waits for it. */
static void eval_forked(struct node *node, const char *text)
{
	struct job *job = keep(job_new(text));
	pid_t pid = job_fork(job, false);

	if (!pid) {
		if (node->redirects && !redirect(node->redirects, true))
			leave(1);
		run_child(node->first);
	}
	if (pid < 0) {
		status = cannot_fork();
		job_drop(job);
	} else {
		status = job_wait(job);
	}
}

/* The child of a pipeline: its input is the pipe on the left, its output the one on the right. */
static void run_element(struct node *node, int in, const int *out)
{
	if (in >= 0) {
		dup2(in, STDIN_FILENO);
		close(in);
	}
	if (out) {
		close(out[0]);
		dup2(out[1], STDOUT_FILENO);
		close(out[1]);
	}
	run_child(node);
}

static void eval_pipeline(struct node *node, bool background)
{
	struct job *job = keep(job_new(node->text));
	int in = -1, failed = 0, started = 0;

	for (; node && !failed; node = node->second) {
		int fds[2];
		pid_t pid;

		if (node->second && pipe(fds) < 0) {
			complain("pipe: %s", strerror(errno));
			failed = 1;
			break;
		}
		pid = job_fork(job, background);
		if (!pid)
			run_element(node->first, in, node->second ? fds : NULL);
		if (pid < 0)
			failed = cannot_fork();
		else
			started++;
		if (in >= 0)
			close(in);
		if (node->second)
			close(fds[1]);
		in = node->second ? fds[0] : -1;
	}
	if (in >= 0)
		close(in);
	if (!started)
		job_drop(job);
	else if (background)
		job_background(job);
	else
		status = job_wait(job);
	if (failed)
		status = failed;
	else if (background)
		status = 0;
}

static void eval_background(struct node *node)
{
	struct job *job;
	pid_t pid;

	if (node->first->kind == N_PIPE) {
		eval_pipeline(node->first, true);
		return;
	}
	job = keep(job_new(node->text));
	pid = job_fork(job, true);
	if (!pid)
		run_child(node->first);
	if (pid < 0) {
		status = cannot_fork();
		job_drop(job);
		return;
	}
	job_background(job);
	status = 0;
}

/* ---------------------------------------------------------------- compound commands */

/* After a body: true if the loop goes on. */
static bool loop_continues(void)
{
	if (returning)
		return false;
	if (!skip_loops)
		return true;
	skip_loops--;
	return !skip_loops && skip_continues;
}

static void eval_loop(struct node *node)
{
	int result = 0;

	loop_depth++;
	for (;;) {
		void *here = mark();

		eval_tested(node->first);
		if (skipping() ? !loop_continues() : (status == 0) != (node->kind == N_WHILE))
			break;
		eval(node->second);
		result = status;
		release(here);
		if (!loop_continues())
			break;
	}
	loop_depth--;
	status = result;
}

static void eval_for(struct node *node)
{
	struct fields fields = {frame->params, frame->count};

	status = 0;
	if (node->all_params) {
		fields.words = grab(((size_t)frame->count + 1) * sizeof(char *));
		for (int i = 0; i < frame->count; i++)
			fields.words[i] = grab_string(frame->params[i], strlen(frame->params[i]));
	} else {
		expand_words(node->words, &fields);
	}
	loop_depth++;
	for (int i = 0; i < fields.count; i++) {
		void *here = mark();

		var_set(node->name, fields.words[i]);
		eval(node->first);
		release(here);
		if (!loop_continues())
			break;
	}
	loop_depth--;
}

static void eval_case(struct node *node)
{
	char *value = expand_one(node->words->text);

	status = 0;
	for (struct branch *branch = node->branches; branch; branch = branch->next) {
		for (struct word *p = branch->patterns; p; p = p->next) {
			if (!fnmatch(expand_pattern(p->text), value, 0)) {
				eval(branch->body);
				return;
			}
		}
	}
}

static void eval_if(struct node *node)
{
	eval_tested(node->first);
	if (skipping())
		return;
	if (status == 0)
		eval(node->second);
	else if (node->third)
		eval(node->third);
	else
		status = 0;
}

/* The kinds that run in the shell itself. */
static void eval_compound(struct node *node)
{
	switch (node->kind) {
	case N_GROUP:
		eval(node->first);
		break;
	case N_IF:
		eval_if(node);
		break;
	case N_WHILE:
	case N_UNTIL:
		eval_loop(node);
		break;
	case N_FOR:
		eval_for(node);
		break;
	case N_CASE:
		eval_case(node);
		break;
	case N_FUNCTION:
		function_define(node->name, node->text);
		status = 0;
		break;
	default:
		break;
	}
}

static void eval_redirected(struct node *node)
{
	void *here = redirect_mark();

	if (redirect(node->redirects, false))
		eval_compound(node);
	else
		status = 1;
	redirect_undo(here);
}

static void eval_and_or(struct node *node)
{
	eval_tested(node->first);
	if (!skipping() && (status == 0) == (node->kind == N_AND))
		eval(node->second);
}

static void eval_not(struct node *node)
{
	eval_tested(node->first);
	if (!skipping())
		status = !status;
}

void eval(struct node *node)
{
	check_interrupt();
	traps_run();
	if (!node || skipping())
		return;
	switch (node->kind) {
	case N_SIMPLE:
		run_simple(node, false);
		break;
	case N_PIPE:
		eval_pipeline(node, false);
		break;
	case N_SUBSHELL:
		eval_forked(node, node->text);
		break;
	case N_BACKGROUND:
		eval_background(node);
		return;
	case N_NOT:
		eval_not(node);
		return;
	case N_AND:
	case N_OR:
		eval_and_or(node);
		return;
	case N_SEQUENCE:
		eval(node->first);
		eval(node->second);
		return;
	default:
		eval_redirected(node);
		return;
	}
	if (opt_errexit && status && !tested)
		leave(status);
}

/* ---------------------------------------------------------------- sources */

void run_source(struct source *s)
{
	bool end = false;

	while (!end && !skipping()) {
		void *here = mark();
		struct node *node;

		if (s->interactive)
			jobs_notice(true);
		node = parse_command(&end);
		source_drop();
		eval(node);
		release(here);
	}
	source_close(s);
}

void run_text(const char *text)
{
	struct source *s = grab(sizeof(*s));

	source_string(s, text);
	run_source(s);
}

void leave(int code)
{
	status = code;
	if (!in_child)
		trap_exit();
	fflush(stdout);
	_exit(status);
}
