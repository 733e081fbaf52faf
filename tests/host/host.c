/* The frame of the host tests: registration, one process for each test, KTAP output. */
#include "tests/host/host.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How the process of a test ends. A sanitizer's report ends it with another status. */
enum { TEST_PASSED = 0, TEST_FAILED = 1, TEST_SKIPPED = 77 };

static struct host_test *tests, **tests_end = &tests;
static bool panic_expected;
static jmp_buf panic_jump;
static char log_text[65536];
static size_t log_len;

/* Leaks are the business of the tests, which count; the leak checker needs ptrace. */
const char *__asan_default_options(void)
{
	return "detect_leaks=0:allocator_may_return_null=1";
}

const char *__ubsan_default_options(void)
{
	return "print_stacktrace=1";
}

void host_register(struct host_test *test)
{
	*tests_end = test;
	tests_end = &test->next;
}

static void note(const char *fmt, va_list args)
{
	printf("# ");
	vprintf(fmt, args);
	putchar('\n');
}

void host_note(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	note(fmt, args);
	va_end(args);
}

void host_fail(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	printf("# %s:%d: ", file, line);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	exit(TEST_FAILED);
}

void host_skip(const char *reason)
{
	host_note("skipped: %s", reason);
	exit(TEST_SKIPPED);
}

void host_seed(struct prng *rng)
{
	const char *text = getenv("FOLIO_SEED");
	unsigned int seed = 20260101;

	if (text && strcmp(text, "random") == 0)
		seed = (unsigned int)time(NULL) * 2654435761u + (unsigned int)getpid();
	else if (text)
		seed = (unsigned int)strtoul(text, NULL, 0);
	host_note("seed %u", seed);
	prng_seed(rng, seed);
}

void host_check_str(const char *file, int line, const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		host_fail(file, line, "got \"%s\", not \"%s\"", got, want);
}

jmp_buf *host_expect_panic(void)
{
	panic_expected = true;
	return &panic_jump;
}

void host_panic(const char *message)
{
	host_log_add(message);
	if (!panic_expected)
		host_fail("panic", 0, "%s", message);
	panic_expected = false;
	longjmp(panic_jump, 1);
}

const char *host_log(void)
{
	return log_text;
}

void host_log_clear(void)
{
	log_len = 0;
	log_text[0] = '\0';
}

void host_log_add(const char *text)
{
	size_t len = strlen(text);

	if (len > sizeof(log_text) - 1 - log_len)
		len = sizeof(log_text) - 1 - log_len;
	memcpy(log_text + log_len, text, len);
	log_len += len;
	log_text[log_len] = '\0';
}

bool host_log_has(const char *text)
{
	return strstr(log_text, text) != NULL;
}

/* Runs @test in a child; returns how it ended. */
static int run_apart(const struct host_test *test)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		test->run();
		exit(TEST_PASSED);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("# fork");
		return TEST_FAILED;
	}
	if (WIFSIGNALED(status))
		host_note("ended by signal %d", WTERMSIG(status));
	return WIFEXITED(status) ? WEXITSTATUS(status) : TEST_FAILED;
}

static bool chosen(const struct host_test *test, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++) {
		if (strstr(test->name, *names))
			return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	unsigned int number = 0, failed = 0, planned = 0;
	struct host_test *test;

	(void)argc;
	for (test = tests; test; test = test->next)
		planned += chosen(test, argv + 1) ? 1 : 0;
	printf("KTAP version 1\n1..%u\n", planned);
	for (test = tests; test; test = test->next) {
		int result;

		if (!chosen(test, argv + 1))
			continue;
		result = run_apart(test);
		failed += result != TEST_PASSED && result != TEST_SKIPPED;
		printf("%sok %u %s%s\n",
		       result == TEST_PASSED || result == TEST_SKIPPED ? "" : "not ", ++number,
		       test->name, result == TEST_SKIPPED ? " # SKIP" : "");
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
