/* Variables, functions, and the parameters of the shell and of functions. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sh.h"

struct var {
	struct var *next; /* in the order of their names */
	char *name;
	char *value; /* NULL: exported, but not set */
	bool exported;
};

static struct var *vars;
static struct function *functions;
struct frame *frame;
pid_t shell_pid;
bool opt_errexit, opt_trace, opt_unset, opt_noglob;

size_t name_length(const char *s)
{
	size_t len = 0;

	if (isdigit((unsigned char)*s))
		return 0;
	while (isalnum((unsigned char)s[len]) || s[len] == '_')
		len++;
	return len;
}

bool is_name(const char *s, size_t len)
{
	return len && name_length(s) == len;
}

bool is_assignment(const char *word)
{
	size_t len = name_length(word);

	return len && word[len] == '=';
}

/* Where the variable is, or where it would be. */
static struct var **find(const char *name)
{
	struct var **link = &vars;

	while (*link && strcmp((*link)->name, name) < 0)
		link = &(*link)->next;
	return link;
}

static struct var *find_or_make(const char *name)
{
	struct var **link = find(name), *var = *link;

	if (var && !strcmp(var->name, name))
		return var;
	var = keep(malloc(sizeof(*var)));
	*var = (struct var){.next = *link, .name = strdup(name)};
	if (!var->name) {
		free(var);
		keep(NULL);
	}
	*link = var;
	return var;
}

const char *var_get(const char *name)
{
	struct var *var = *find(name);

	return var && !strcmp(var->name, name) ? var->value : NULL;
}

void var_set(const char *name, const char *value)
{
	struct var *var;
	char *copy;

	if (!is_name(name, strlen(name)))
		give_up(2, "%s: not a name", name);
	copy = keep_string(value);
	var = find_or_make(name);
	free(var->value);
	var->value = copy;
}

void var_export(const char *name)
{
	if (!is_name(name, strlen(name)))
		give_up(2, "%s: not a name", name);
	find_or_make(name)->exported = true;
}

void var_unset(const char *name)
{
	struct var **link = find(name), *var = *link;

	if (!var || strcmp(var->name, name))
		return;
	*link = var->next;
	free(var->name);
	free(var->value);
	free(var);
}

void vars_init(void)
{
	char here[4096];

	shell_pid = getpid();
	for (char **entry = environ; *entry; entry++) {
		size_t len = name_length(*entry);
		char *name;

		if (!len || (*entry)[len] != '=')
			continue;
		name = grab_string(*entry, len);
		var_set(name, *entry + len + 1);
		var_export(name);
	}
	if (!var_get("PATH")) {
		var_set("PATH", "/bin:/sbin:/usr/bin:/usr/sbin");
		var_export("PATH");
	}
	if (getcwd(here, sizeof(here)))
		var_set("PWD", here);
}

void vars_print(bool exported_only)
{
	for (struct var *var = vars; var; var = var->next) {
		if (!exported_only && var->value)
			printf("%s='%s'\n", var->name, var->value);
		else if (var->exported && var->value)
			printf("export %s='%s'\n", var->name, var->value);
	}
}

char **vars_environment(void)
{
	size_t count = 0;
	char **env;

	for (struct var *var = vars; var; var = var->next)
		count += var->exported && var->value;
	env = grab((count + 1) * sizeof(*env));
	env[count] = NULL;
	for (struct var *var = vars; var; var = var->next) {
		if (!var->exported || !var->value)
			continue;
		env[--count] = grab(strlen(var->name) + strlen(var->value) + 2);
		strcpy(stpcpy(stpcpy(env[count], var->name), "="), var->value);
	}
	return env;
}

/* ---------------------------------------------------------------- parameters */

static void free_params(char **params, int count)
{
	while (count)
		free(params[--count]);
	free(params);
}

static char **copy_params(char **words, int count)
{
	char **copy = keep(calloc((size_t)count + 1, sizeof(*copy)));

	for (int i = 0; i < count; i++) {
		copy[i] = strdup(words[i]);
		if (!copy[i]) {
			free_params(copy, i);
			keep(NULL);
		}
	}
	return copy;
}

void params_set(char **words, int count)
{
	char **copy = copy_params(words, count);

	free_params(frame->params, frame->count);
	frame->params = copy;
	frame->count = count;
}

void params_shift(int count)
{
	for (int i = 0; i < count; i++)
		free(frame->params[i]);
	frame->count -= count;
	memmove(frame->params, frame->params + count,
		((size_t)frame->count + 1) * sizeof(*frame->params));
}

void frame_push(char **words, int count)
{
	char **copy = copy_params(words, count);
	struct frame *inner = malloc(sizeof(*inner));

	if (!inner) {
		free_params(copy, count);
		keep(NULL);
	}
	*inner = (struct frame){frame, copy, count, NULL};
	frame = inner;
}

void frame_pop(void)
{
	struct frame *inner = frame;

	while (inner->locals) {
		struct local *local = inner->locals;

		if (local->value)
			var_set(local->name, local->value);
		else
			var_unset(local->name);
		inner->locals = local->next;
		free(local->name);
		free(local->value);
		free(local);
	}
	frame = inner->outer;
	free_params(inner->params, inner->count);
	free(inner);
}

void var_local(const char *name)
{
	const char *value = var_get(name);
	struct local *local = calloc(1, sizeof(*local));
	char *copy = strdup(name), *old = value ? strdup(value) : NULL;

	if (!local || !copy || (value && !old)) {
		free(local);
		free(copy);
		free(old);
		keep(NULL);
	}
	*local = (struct local){frame->locals, copy, old};
	frame->locals = local;
}

/* ---------------------------------------------------------------- functions */

struct function *function_find(const char *name)
{
	for (struct function *f = functions; f; f = f->next) {
		if (!strcmp(f->name, name))
			return f;
	}
	return NULL;
}

void function_remove(const char *name)
{
	for (struct function **link = &functions; *link; link = &(*link)->next) {
		struct function *f = *link;

		if (!strcmp(f->name, name)) {
			*link = f->next;
			free(f->name);
			free(f->body);
			free(f);
			return;
		}
	}
}

void function_define(const char *name, const char *body)
{
	struct function *f;

	function_remove(name);
	f = keep(calloc(1, sizeof(*f)));
	f->name = strdup(name);
	f->body = strdup(body);
	if (!f->name || !f->body) {
		free(f->name);
		free(f->body);
		free(f);
		keep(NULL);
	}
	f->next = functions;
	functions = f;
}
