/* kill [-SIGNAL] PID... - send a signal: a number, or a name as in KILL, TERM, STOP, CONT. */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	int number;
} signals[] = {
	{"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"ILL", SIGILL},
	{"ABRT", SIGABRT}, {"BUS", SIGBUS},   {"FPE", SIGFPE},	 {"KILL", SIGKILL},
	{"USR1", SIGUSR1}, {"SEGV", SIGSEGV}, {"USR2", SIGUSR2}, {"PIPE", SIGPIPE},
	{"ALRM", SIGALRM}, {"TERM", SIGTERM}, {"CHLD", SIGCHLD}, {"CONT", SIGCONT},
	{"STOP", SIGSTOP}, {"TSTP", SIGTSTP}, {"TTIN", SIGTTIN}, {"TTOU", SIGTTOU},
};

#define COUNT (sizeof(signals) / sizeof(signals[0]))

static int number_of(const char *name)
{
	char *end;
	long number = strtol(name, &end, 10);

	if (*name && !*end)
		return (int)number;
	if (!strncmp(name, "SIG", 3))
		name += 3;
	for (size_t i = 0; i < COUNT; i++) {
		if (!strcmp(signals[i].name, name))
			return signals[i].number;
	}
	errx(2, "no signal is called %s", name);
}

int main(int argc, char **argv)
{
	int sig = SIGTERM, first = 1, failed = 0;

	if (argc == 2 && !strcmp(argv[1], "-l")) {
		for (size_t i = 0; i < COUNT; i++)
			printf("%2d %s\n", signals[i].number, signals[i].name);
		return 0;
	}
	if (argc > 1 && argv[1][0] == '-') {
		sig = number_of(argv[1] + 1);
		first = 2;
	}
	if (first >= argc)
		errx(2, "usage: kill [-SIGNAL] PID...");
	for (int i = first; i < argc; i++) {
		if (kill(atoi(argv[i]), sig) < 0) {
			warn("%s", argv[i]);
			failed = 1;
		}
	}
	return failed;
}
