/*
 * Jobs: the processes of one pipeline, which with job control are a process group. The group
 * in the foreground has the terminal: it reads, and it gets ^C and ^Z. The shell takes the
 * terminal back when the job has ended or stopped.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "sh.h"

enum state { RUNNING, STOPPED, DONE };

struct process {
	pid_t pid;
	enum state state;
	int status; /* as waitpid() gave it */
};

struct job {
	struct job *next; /* the oldest first */
	int number;	  /* 0: it is in the foreground and never left it */
	pid_t group;	  /* 0: no job control */
	struct process *processes;
	int count;
	bool told; /* its state has been printed */
	char *text;
};

static struct job *jobs;
static int terminal = -1;
static struct termios shell_modes;
static pid_t shell_group;
pid_t last_background;
bool job_control;

static const int ours[] = {SIGTSTP, SIGTTIN, SIGTTOU}; /* the shell itself never stops */

void jobs_init(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	pid_t group;

	if (fd < 0)
		fd = dup(STDERR_FILENO);
	terminal = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	close(fd);
	while ((group = tcgetpgrp(terminal)) >= 0 && group != getpgrp())
		kill(0, SIGTTIN); /* until somebody puts us into the foreground */
	if (terminal < 0 || group < 0) {
		complain("no job control on this terminal");
		return;
	}
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		signal(ours[i], SIG_IGN);
	setpgid(0, 0); /* fails for the leader of a session, which is one already */
	shell_group = getpgrp();
	tcsetpgrp(terminal, shell_group);
	tcgetattr(terminal, &shell_modes);
	job_control = true;
}

/* ---------------------------------------------------------------- the list */

struct job *job_new(const char *text)
{
	struct job *job = calloc(1, sizeof(*job)), **end = &jobs;

	if (!job)
		return NULL;
	job->text = strdup(text ? text : "");
	if (!job->text) {
		free(job);
		return NULL;
	}
	while (*end)
		end = &(*end)->next;
	*end = job;
	return job;
}

void job_drop(struct job *job)
{
	struct job **link = &jobs;

	while (*link && *link != job)
		link = &(*link)->next;
	if (*link)
		*link = job->next;
	free(job->processes);
	free(job->text);
	free(job);
}

static void give_number(struct job *job)
{
	int highest = 0;

	for (struct job *j = jobs; j; j = j->next) {
		if (j->number > highest)
			highest = j->number;
	}
	if (!job->number)
		job->number = highest + 1;
}

/* Running if any process is; done if all are. */
static enum state state_of(const struct job *job)
{
	enum state state = DONE;

	for (int i = 0; i < job->count; i++) {
		if (job->processes[i].state < state)
			state = job->processes[i].state;
	}
	return state;
}

static int exit_status(const struct job *job)
{
	int result = job->count ? job->processes[job->count - 1].status : 0;

	if (WIFSTOPPED(result))
		return 128 + WSTOPSIG(result);
	return WIFSIGNALED(result) ? 128 + WTERMSIG(result) : WEXITSTATUS(result);
}

/* The newest job with a number: what fg, bg and %% mean. */
static struct job *current_job(void)
{
	struct job *current = NULL;

	for (struct job *job = jobs; job; job = job->next) {
		if (job->number &&
		    (state_of(job) == STOPPED || !current || state_of(current) != STOPPED))
			current = job;
	}
	return current;
}

/* %n, %%, %text or a process id. */
static struct job *job_by_name(const char *name)
{
	struct job *job;

	if (!name || !strcmp(name, "%%") || !strcmp(name, "%+") || !strcmp(name, "%"))
		return current_job();
	for (job = jobs; job; job = job->next) {
		if (*name == '%' && (job->number == atoi(name + 1) ||
				     !strncmp(job->text, name + 1, strlen(name + 1))))
			break;
		for (int i = 0; i < job->count; i++) {
			if (*name != '%' && job->processes[i].pid == atoi(name))
				return job;
		}
	}
	return job && job->number ? job : NULL;
}

static void note(pid_t pid, int result)
{
	for (struct job *job = jobs; job; job = job->next) {
		for (int i = 0; i < job->count; i++) {
			struct process *p = &job->processes[i];

			if (p->pid != pid)
				continue;
			p->status = result;
			p->state = WIFSTOPPED(result)	  ? STOPPED
				   : WIFCONTINUED(result) ? RUNNING
							  : DONE;
			job->told = false;
			return;
		}
	}
}

/* ---------------------------------------------------------------- starting */

static void enter_group(struct job *job, pid_t pid, bool background)
{
	setpgid(pid, job->group ? job->group : pid);
	if (!job->group)
		job->group = pid ? pid : getpid();
	if (!background)
		tcsetpgrp(terminal, job->group);
}

static void prepare_child(struct job *job, bool background, bool control, bool was_interactive)
{
	if (control) {
		enter_group(job, 0, background);
		for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
			signal(ours[i], SIG_DFL);
	} else if (background) {
		int null = open("/dev/null", O_RDONLY);

		signal(SIGINT, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
		if (null >= 0) {
			dup2(null, STDIN_FILENO);
			close(null);
		}
	}
	if (was_interactive && (control || !background)) {
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
	}
	if (was_interactive)
		signal(SIGTERM, SIG_DFL);
	jobs = NULL;
}

pid_t job_fork(struct job *job, bool background)
{
	bool control = job_control, was_interactive = interactive;
	struct process *more = realloc(job->processes, (size_t)(job->count + 1) * sizeof(*more));
	pid_t pid;

	if (!more)
		return -1;
	job->processes = more;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		becomes_child();
		prepare_child(job, background, control, was_interactive);
		return 0;
	}
	if (pid < 0)
		return -1;
	if (control)
		enter_group(job, pid, background);
	job->processes[job->count++] = (struct process){pid, RUNNING, 0};
	return pid;
}

void job_background(struct job *job)
{
	last_background = job->processes[job->count - 1].pid;
	give_number(job);
	job->told = true;
	if (interactive)
		printf("[%d] %d\n", job->number, last_background);
}

/* ---------------------------------------------------------------- waiting */

static void print_job(const struct job *job)
{
	int result = job->count ? job->processes[job->count - 1].status : 0;
	char state[48] = "Running";

	if (state_of(job) == STOPPED)
		strcpy(state, "Stopped");
	else if (state_of(job) == DONE && WIFSIGNALED(result))
		strlcpy(state, strsignal(WTERMSIG(result)), sizeof(state));
	else if (state_of(job) == DONE && WEXITSTATUS(result))
		snprintf(state, sizeof(state), "Exit %d", WEXITSTATUS(result));
	else if (state_of(job) == DONE)
		strcpy(state, "Done");
	printf("[%d]%c %-22s %s\n", job->number, job == current_job() ? '+' : ' ', state,
	       job->text);
}

/* Waits for any child. False: there is none. */
static bool wait_any(void)
{
	int result;
	pid_t pid = waitpid(-1, &result, WUNTRACED);

	if (pid > 0)
		note(pid, result);
	return pid > 0 || errno == EINTR;
}

static void take_terminal_back(void)
{
	if (!job_control)
		return;
	tcsetpgrp(terminal, shell_group);
	tcsetattr(terminal, TCSADRAIN, &shell_modes);
}

/* Says what has killed the last process, unless everybody knows. */
static void tell_signal(const struct job *job)
{
	int result = job->count ? job->processes[job->count - 1].status : 0;

	if (!WIFSIGNALED(result))
		return;
	fflush(stdout);
	if (WTERMSIG(result) == SIGINT && interactive)
		fputc('\n', stderr);
	else if (WTERMSIG(result) != SIGINT && WTERMSIG(result) != SIGPIPE)
		fprintf(stderr, "%s\n", strsignal(WTERMSIG(result)));
}

int job_wait(struct job *job)
{
	int result;

	while (state_of(job) == RUNNING && wait_any())
		;
	take_terminal_back();
	result = exit_status(job);
	if (state_of(job) == STOPPED) {
		give_number(job);
		putchar('\n');
		print_job(job);
		job->told = true;
		return result;
	}
	tell_signal(job);
	job_drop(job);
	if (interactive && result == 128 + SIGINT)
		back_to_prompt(result);
	return result;
}

void jobs_notice(bool print)
{
	struct job *job, *next;
	int result;
	pid_t pid;

	while ((pid = waitpid(-1, &result, WNOHANG | WUNTRACED | WCONTINUED)) > 0)
		note(pid, result);
	for (job = jobs; job; job = next) {
		next = job->next;
		if (job->told)
			continue;
		if (print && job->number)
			print_job(job);
		job->told = true;
		if (state_of(job) == DONE)
			job_drop(job);
	}
}

/* ---------------------------------------------------------------- builtins */

int builtin_jobs(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	jobs_notice(true);
	for (struct job *job = jobs; job; job = job->next) {
		if (job->number)
			print_job(job);
	}
	return 0;
}

static struct job *find_or_complain(const char *name)
{
	struct job *job = job_by_name(name);

	if (!job)
		complain("%s: no such job", name ? name : "current");
	return job;
}

static void resume(struct job *job)
{
	for (int i = 0; i < job->count; i++) {
		if (job->processes[i].state == STOPPED)
			job->processes[i].state = RUNNING;
	}
	kill(-job->group, SIGCONT);
}

int builtin_fg(int argc, char **argv)
{
	struct job *job = find_or_complain(argc > 1 ? argv[1] : NULL);

	if (!job)
		return 1;
	if (!job_control || !job->group) {
		complain("fg: no job control");
		return 1;
	}
	puts(job->text);
	tcsetpgrp(terminal, job->group);
	resume(job);
	return job_wait(job);
}

int builtin_bg(int argc, char **argv)
{
	struct job *job = find_or_complain(argc > 1 ? argv[1] : NULL);

	if (!job)
		return 1;
	if (!job_control || !job->group) {
		complain("bg: no job control");
		return 1;
	}
	printf("[%d] %s &\n", job->number, job->text);
	resume(job);
	return 0;
}

static int wait_for_job(struct job *job)
{
	int result;

	while (state_of(job) == RUNNING) {
		if (!wait_any())
			break;
		check_interrupt();
		traps_run();
	}
	result = exit_status(job);
	if (state_of(job) != STOPPED)
		job_drop(job);
	return result;
}

int builtin_wait(int argc, char **argv)
{
	int result = 0;
	struct job *job, *next;

	for (int i = 1; i < argc; i++) {
		job = job_by_name(argv[i]);
		result = job ? wait_for_job(job) : 127;
	}
	if (argc > 1)
		return result;
	for (job = jobs; job; job = next) {
		next = job->next;
		if (state_of(job) != STOPPED)
			wait_for_job(job);
	}
	return 0;
}

static int kill_one(const char *target, int sig)
{
	struct job *job = *target == '%' ? find_or_complain(target) : NULL;
	char *end;
	long pid = strtol(target, &end, 10);

	if (*target == '%') {
		if (!job)
			return 1;
		pid = job->group ? -job->group : job->processes[0].pid;
	} else if (*end || end == target) {
		complain("kill: %s: not a process id", target);
		return 1;
	}
	if (kill((pid_t)pid, sig) < 0) {
		complain("kill: %s: %s", target, strerror(errno));
		return 1;
	}
	return 0;
}

int builtin_kill(int argc, char **argv)
{
	int sig = SIGTERM, first = 1, result = 0;

	if (argc > 2 && !strcmp(argv[1], "-s"))
		first = 2;
	if (argc > 1 && argv[1][0] == '-') {
		sig = signal_number(argv[first] + (first == 1));
		first++;
	}
	if (sig < 0 || first >= argc) {
		complain("kill: usage: kill [-SIGNAL] PID|%%JOB ...");
		return 2;
	}
	for (int i = first; i < argc; i++)
		result |= kill_one(argv[i], sig);
	return result;
}
