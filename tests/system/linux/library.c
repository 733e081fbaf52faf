/*
 * What C libraries ask of a kernel when programs use their ordinary functions: built for Linux, by
 * glibc or musl, and run on Folio as it is.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void check(int ok, const char *what)
{
	if (ok)
		return;
	printf("library: %s (%s)\n", what, strerror(errno));
	exit(1);
}

static void files(void)
{
	char name[] = "/tmp/fileXXXXXX", line[64];
	int fd = mkstemp(name);
	struct stat st;
	FILE *file;

	check(fd >= 0, "mkstemp");
	file = fdopen(fd, "r+");
	fprintf(file, "%s %d %.3f\n", "one", 2, 3.25);
	rewind(file);
	check(fgets(line, sizeof(line), file) && !strcmp(line, "one 2 3.250\n"), "stdio");
	check(fstat(fd, &st) == 0 && st.st_size == 12, "fstat");
	fclose(file);
	check(rename(name, "/tmp/other") == 0 && access(name, F_OK) == -1, "rename");
	check(unlink("/tmp/other") == 0, "unlink");
}

static void folders(void)
{
	DIR *dir = opendir("/proc/self");
	int names = 0;

	check(dir != NULL, "opendir");
	while (readdir(dir))
		names++;
	closedir(dir);
	check(names > 10, "readdir");
}

static void memory(void)
{
	char *small[500], *large = malloc(8 << 20);

	check(large != NULL, "a large malloc");
	memset(large, 1, 8 << 20);
	for (int i = 0; i < 500; i++) {
		small[i] = calloc(1, (size_t)(i * 37) % 5000 + 1);
		check(small[i] != NULL, "calloc");
	}
	large = realloc(large, 16 << 20);
	check(large && large[(8 << 20) - 1] == 1, "realloc");
	for (int i = 0; i < 500; i++)
		free(small[i]);
	free(large);
}

static void processes(void)
{
	char *const argv[] = {"true-or-so", "child", NULL};
	int status, fds[2];
	char text[16];
	FILE *pipe_file;
	pid_t pid;

	check(pipe(fds) == 0, "pipe");
	pid = fork();
	check(pid >= 0, "fork");
	if (pid == 0) {
		write(fds[1], "child", 5);
		_exit(42);
	}
	check(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 42, "waitpid");
	check(read(fds[0], text, sizeof(text)) == 5 && !memcmp(text, "child", 5), "pipe's text");
	check(posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ) == 0, "posix_spawn");
	check(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 3, "the spawned one");
	pipe_file = popen("echo from the shell", "r");
	check(pipe_file && fgets(text, sizeof(text), pipe_file), "popen");
	check(!strncmp(text, "from the shell", 14), "popen's text");
	check(pclose(pipe_file) == 0, "pclose");
}

static sigjmp_buf back;
static volatile int hits;
static volatile double root;

static void on_signal(int sig, siginfo_t *info, void *context)
{
	(void)context;
	root = sqrt(root); /* spoils the FPU, which must be as it was afterwards */
	hits++;
	if (sig == SIGSEGV && info->si_addr == (void *)16)
		siglongjmp(back, 1);
}

static void signals(void)
{
	struct sigaction act = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
	struct itimerval timer = {{0, 10000}, {0, 10000}};
	double a = 1.0 / 3, sum = 0;

	root = 2;
	check(sigaction(SIGSEGV, &act, NULL) == 0 && sigaction(SIGALRM, &act, NULL) == 0,
	      "sigaction");
	if (!sigsetjmp(back, 1))
		*(volatile int *)16 = 1;
	check(hits == 1, "SIGSEGV");
	setitimer(ITIMER_REAL, &timer, NULL);
	while (hits < 6)
		for (int i = 0; i < 1000; i++)
			sum = sum * 0.5 + a;
	memset(&timer, 0, sizeof(timer));
	setitimer(ITIMER_REAL, &timer, NULL);
	check(fabs(sum - 2.0 / 3) < 1e-12, "floating point across signals");
}

static void clocks(void)
{
	struct timespec before, after, pause = {0, 20000000};
	struct tm *tm;
	time_t now = time(NULL);

	clock_gettime(CLOCK_MONOTONIC, &before);
	check(nanosleep(&pause, NULL) == 0, "nanosleep");
	clock_gettime(CLOCK_MONOTONIC, &after);
	check((after.tv_sec - before.tv_sec) * 1000000000ll + after.tv_nsec - before.tv_nsec >=
		      20000000,
	      "20 ms of sleep");
	tm = gmtime(&now);
	check(tm && tm->tm_year >= 120, "the year");
}

static void others(void)
{
	struct utsname names;
	struct rlimit limit;
	struct pollfd none = {.fd = -1};

	check(uname(&names) == 0 && !strcmp(names.sysname, "Linux"), "uname");
	check(getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur >= 1 << 20, "getrlimit");
	check(poll(&none, 1, 10) == 0, "poll");
	check(sysconf(_SC_PAGESIZE) == 4096 && sysconf(_SC_NPROCESSORS_ONLN) == 1, "sysconf");
	check(isatty(0) || errno == ENOTTY, "isatty");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return strcmp(argv[1], "child") ? 4 : 3;
	files();
	folders();
	memory();
	processes();
	signals();
	clocks();
	others();
	puts("library: all well");
	return 0;
}
