/* Builtins that change the shell: variables, options, parameters, umask, limits, traps. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sh.h"

/* NAME or NAME=VALUE; the name. */
static char *define(const char *word)
{
	size_t len = name_length(word);
	char *name = grab_string(word, len ? len : strlen(word));

	if (len && word[len] == '=')
		var_set(name, word + len + 1);
	else if (!is_name(word, strlen(word)))
		give_up(2, "%s: not a name", word);
	return name;
}

int builtin_export(int argc, char **argv)
{
	if (argc == 1 || !strcmp(argv[1], "-p"))
		vars_print(true);
	else
		for (int i = 1; i < argc; i++)
			var_export(define(argv[i]));
	return 0;
}

int builtin_local(int argc, char **argv)
{
	if (!frame->outer) {
		complain("local: not in a function");
		return 1;
	}
	for (int i = 1; i < argc; i++) {
		size_t len = name_length(argv[i]);

		var_local(grab_string(argv[i], len));
		define(argv[i]);
	}
	return 0;
}

int builtin_unset(int argc, char **argv)
{
	bool functions = argc > 1 && !strcmp(argv[1], "-f");

	for (int i = 1 + functions; i < argc; i++) {
		if (functions)
			function_remove(argv[i]);
		else if (strcmp(argv[i], "-v"))
			var_unset(argv[i]);
	}
	return 0;
}

static bool set_option(char letter, bool on)
{
	switch (letter) {
	case 'e':
		opt_errexit = on;
		return true;
	case 'u':
		opt_unset = on;
		return true;
	case 'x':
		opt_trace = on;
		return true;
	case 'f':
		opt_noglob = on;
		return true;
	}
	complain("set: no option %c", letter);
	return false;
}

int builtin_set(int argc, char **argv)
{
	int i;

	if (argc == 1)
		vars_print(false);
	for (i = 1; i < argc && (argv[i][0] == '-' || argv[i][0] == '+') && argv[i][1]; i++) {
		if (!strcmp(argv[i], "--")) {
			params_set(argv + i + 1, argc - i - 1);
			return 0;
		}
		for (const char *letter = argv[i] + 1; *letter; letter++) {
			if (!set_option(*letter, argv[i][0] == '-'))
				return 2;
		}
	}
	if (i < argc)
		params_set(argv + i, argc - i);
	return 0;
}

int builtin_shift(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 1;

	if (count < 0 || count > frame->count) {
		complain("shift: only %d words", frame->count);
		return 1;
	}
	params_shift(count);
	return 0;
}

int builtin_umask(int argc, char **argv)
{
	mode_t mask;

	if (argc > 1) {
		umask((mode_t)strtoul(argv[1], NULL, 8) & 0777);
		return 0;
	}
	mask = umask(0);
	umask(mask);
	printf("%04o\n", mask);
	return 0;
}

/* ---------------------------------------------------------------- limits */

static const struct limit {
	char letter;
	int resource;
	unsigned int unit;
	const char *name;
} limits[] = {
	{'c', RLIMIT_CORE, 512, "core file (512-byte blocks)"},
	{'d', RLIMIT_DATA, 1024, "data (KiB)"},
	{'f', RLIMIT_FSIZE, 512, "file size (512-byte blocks)"},
	{'l', RLIMIT_MEMLOCK, 1024, "locked memory (KiB)"},
	{'m', RLIMIT_RSS, 1024, "resident memory (KiB)"},
	{'n', RLIMIT_NOFILE, 1, "open files"},
	{'s', RLIMIT_STACK, 1024, "stack (KiB)"},
	{'t', RLIMIT_CPU, 1, "processor time (s)"},
	{'u', RLIMIT_NPROC, 1, "processes"},
	{'v', RLIMIT_AS, 1024, "address space (KiB)"},
};

static void print_limit(const struct limit *l, bool hard)
{
	struct rlimit r;
	rlim_t value;

	if (getrlimit(l->resource, &r) < 0) {
		complain("ulimit: %s", strerror(errno));
		return;
	}
	value = hard ? r.rlim_max : r.rlim_cur;
	if (value == RLIM_INFINITY)
		puts("unlimited");
	else
		printf("%llu\n", value / l->unit);
}

static int set_limit(const struct limit *l, const char *text, bool soft, bool hard)
{
	struct rlimit r;
	rlim_t value = RLIM_INFINITY;
	char *end;

	if (strcmp(text, "unlimited")) {
		value = strtoull(text, &end, 10) * l->unit;
		if (*end) {
			complain("ulimit: %s: not a number", text);
			return 2;
		}
	}
	getrlimit(l->resource, &r);
	if (soft)
		r.rlim_cur = value;
	if (hard)
		r.rlim_max = value;
	if (setrlimit(l->resource, &r) < 0) {
		complain("ulimit: %s", strerror(errno));
		return 1;
	}
	return 0;
}

int builtin_ulimit(int argc, char **argv)
{
	const struct limit *end = limits + sizeof(limits) / sizeof(limits[0]), *l = NULL;
	bool soft = false, hard = false, all = false;
	char which = 'f';
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		for (const char *letter = argv[i] + 1; *letter; letter++) {
			soft = soft || *letter == 'S';
			hard = hard || *letter == 'H';
			all = all || *letter == 'a';
			if (!strchr("SHa", *letter))
				which = *letter;
		}
	}
	for (l = limits; l < end; l++) {
		if (all) {
			printf("-%c  %-30s", l->letter, l->name);
			print_limit(l, hard);
		} else if (l->letter == which) {
			if (i < argc)
				return set_limit(l, argv[i], soft || !hard, hard || !soft);
			print_limit(l, hard);
			return 0;
		}
	}
	if (!all)
		complain("ulimit: no limit -%c", which);
	return all ? 0 : 2;
}

/* ---------------------------------------------------------------- traps */

static const char *const names[] = {
	"EXIT", "HUP",	"INT",	"QUIT", "ILL",	  "TRAP",   "ABRT",  "BUS",  "FPE",  "KILL", "USR1",
	"SEGV", "USR2", "PIPE", "ALRM", "TERM",	  "STKFLT", "CHLD",  "CONT", "STOP", "TSTP", "TTIN",
	"TTOU", "URG",	"XCPU", "XFSZ", "VTALRM", "PROF",   "WINCH", "IO",   "PWR",  "SYS"};

#define NAMES (int)(sizeof(names) / sizeof(names[0]))

static char *traps[NAMES]; /* what to run */
static volatile sig_atomic_t pending[NAMES], any_pending;

int signal_number(const char *name)
{
	char *end;
	long number = strtol(name, &end, 10);

	if (*name && !*end)
		return number >= 0 && number < NSIG ? (int)number : -1;
	if (!strncmp(name, "SIG", 3))
		name += 3;
	for (int i = 0; i < NAMES; i++) {
		if (!strcasecmp(names[i], name))
			return i;
	}
	return -1;
}

static void on_signal(int sig)
{
	pending[sig] = 1;
	any_pending = 1;
}

void traps_run(void)
{
	if (!any_pending)
		return;
	any_pending = 0;
	for (int sig = 1; sig < NAMES; sig++) {
		int before = status;

		if (!pending[sig])
			continue;
		pending[sig] = 0;
		if (traps[sig])
			run_text(traps[sig]);
		status = before;
	}
}

void traps_forget(void)
{
	for (int sig = 0; sig < NAMES; sig++) {
		if (sig && traps[sig] && *traps[sig])
			signal(sig, SIG_DFL);
		if (traps[sig] && *traps[sig]) {
			free(traps[sig]);
			traps[sig] = NULL;
		}
		pending[sig] = 0;
	}
}

void trap_exit(void)
{
	char *text = traps[0];
	int before = status;

	traps[0] = NULL;
	if (text) {
		skip_loops = 0;
		returning = false;
		run_text(text);
	}
	free(text);
	status = before;
}

static int set_trap(const char *action, int sig)
{
	bool drop = !strcmp(action, "-");
	char *copy = drop ? NULL : keep_string(action);

	free(traps[sig]);
	traps[sig] = copy;
	if (sig)
		signal(sig, drop ? SIG_DFL : *action ? on_signal : SIG_IGN);
	return 0;
}

int builtin_trap(int argc, char **argv)
{
	int result = 0;

	for (int sig = 0; argc == 1 && sig < NAMES; sig++) {
		if (traps[sig])
			printf("trap -- '%s' %s\n", traps[sig], names[sig]);
	}
	for (int i = 2; i < argc; i++) {
		int sig = signal_number(argv[i]);

		if (sig < 0 || sig >= NAMES) {
			complain("trap: %s: no such signal", argv[i]);
			result = 1;
		} else {
			set_trap(argv[1], sig);
		}
	}
	return result;
}
