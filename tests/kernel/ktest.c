/*
 * Running the self-tests and reporting in KTAP.
 *
 * Results are kept in an array that each suite brings along. With selftest=all, or
 * when suites are named, every line is printed as it happens; with selftest=quick a
 * suite is reported only if something in it failed.
 */
#include "tests/kernel/ktest.h"

#include "kernel/fs/mount.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/options.h"
#include "kernel/printk.h"
#include "tests/kernel/test_panic.h"

extern const struct ktest_suite __ktest_suites_start[], __ktest_suites_end[];

static const char *selection = "quick";
static bool wanted;
static bool streaming; /* print everything as it happens */
static struct ktest_accounting *accountings;

static unsigned int cases_run, cases_failed, cases_skipped;

static int set_selftest(const char *value)
{
	if (!value || !*value)
		return -EINVAL;
	selection = value;
	wanted = strcmp(value, "off") != 0;
	return 0;
}
BOOT_OPTION("selftest", set_selftest);

bool ktest_wanted(void)
{
	return wanted;
}

void ktest_register_accounting(struct ktest_accounting *accounting)
{
	accounting->next = accountings;
	accountings = accounting;
}

static const char *case_name(const struct ktest_case *test)
{
	return strncmp(test->name, "test_", 5) == 0 ? test->name + 5 : test->name;
}

static void print_diagnostic(const struct ktest *t, const char *text)
{
	if (streaming)
		pr_raw("  # %s: %s\n", t->name, text);
	else
		pr_raw("# %s: %s: %s\n", t->suite, t->name, text);
}

void ktest_log(struct ktest *t, const char *fmt, ...)
{
	char text[256];
	va_list args;

	if (!streaming)
		return;
	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	print_diagnostic(t, text);
}

void ktest_fail(struct ktest *t, const char *file, int line, const char *fmt, ...)
{
	char text[384];
	va_list args;
	int len;

	t->failures++;
	len = scnprintf(text, sizeof(text), "%s:%d: ", file, line);
	va_start(args, fmt);
	vscnprintf(text + len, sizeof(text) - (size_t)len, fmt, args);
	va_end(args);
	print_diagnostic(t, text);
}

bool ktest_expect_str(struct ktest *t, const char *file, int line, const char *what,
		      const char *got, const char *want)
{
	if (got && strcmp(got, want) == 0)
		return true;
	ktest_fail(t, file, line, "%s is \"%s\", not \"%s\"", what, got ? got : "(null)", want);
	return false;
}

void ktest_abort(struct ktest *t)
{
	ktest_leave(&t->stack);
}

void ktest_skip(struct ktest *t, const char *reason)
{
	t->skip_reason = reason;
	ktest_abort(t);
}

static void run_guarded(struct ktest *t, ktest_fn fn)
{
	if (fn)
		ktest_guard(&t->stack, fn, t);
}

static void print_result(const struct ktest_suite *suite, unsigned int i)
{
	const struct ktest_result *result = &suite->results[i];

	pr_raw("  %s %u %s", result->failed ? "not ok" : "ok", i + 1, case_name(&suite->cases[i]));
	if (result->skip_reason && !result->failed)
		pr_raw(" # SKIP %s", result->skip_reason);
	pr_raw("\n");
}

static void run_case(const struct ktest_suite *suite, unsigned int i)
{
	struct ktest t = {.suite = suite->name, .name = case_name(&suite->cases[i])};
	int loglevel = console_loglevel;

	run_guarded(&t, suite->setup);
	if (!t.failures && !t.skip_reason)
		run_guarded(&t, suite->cases[i].run);
	run_guarded(&t, suite->teardown);
	console_loglevel = loglevel; /* a case that left early may have kept the log quiet */

	suite->results[i] = (struct ktest_result){t.failures != 0, t.skip_reason};
	cases_run++;
	cases_failed += t.failures != 0;
	cases_skipped += !t.failures && t.skip_reason;
	if (streaming)
		print_result(suite, i);
}

/* Compare what every accounting says now with what it said before. */
static bool accounts_balance(const struct ktest_suite *suite,
			     unsigned long (*before)[KTEST_ACCOUNTS])
{
	unsigned long after[KTEST_ACCOUNTS];
	struct ktest_accounting *a;
	bool balanced = true;

	for (a = accountings; a; a = a->next, before++) {
		a->snapshot(after);
		for (unsigned int i = 0; i < a->count; i++) {
			if ((*before)[i] == after[i])
				continue;
			pr_raw("%s# %s: %s: %lu before the suite, %lu after it\n",
			       streaming ? "  " : "", suite->name, a->names[i], (*before)[i],
			       after[i]);
			balanced = false;
		}
	}
	return balanced;
}

static bool run_cases(const struct ktest_suite *suite)
{
	unsigned long before[KTEST_ACCOUNTINGS][KTEST_ACCOUNTS];
	unsigned int failed = cases_failed, i = 0;
	struct ktest_accounting *a;

	for (a = accountings; a; a = a->next)
		a->snapshot(before[i++]);
	for (i = 0; i < suite->nr_cases; i++)
		run_case(suite, i);
	return accounts_balance(suite, before) && cases_failed == failed;
}

static void print_suite_header(const struct ktest_suite *suite)
{
	pr_raw("  KTAP version 1\n  # Subtest: %s\n  1..%u\n", suite->name, suite->nr_cases);
}

/* Run one suite; true if all went well. `number` is its place in the plan. */
static bool run_suite(const struct ktest_suite *suite, unsigned int number)
{
	bool passed;

	if (streaming)
		print_suite_header(suite);
	passed = run_cases(suite);
	if (!passed && !streaming) {
		print_suite_header(suite);
		for (unsigned int i = 0; i < suite->nr_cases; i++)
			print_result(suite, i);
	}
	if (streaming || !passed)
		pr_raw("%s %u %s\n", passed ? "ok" : "not ok", number, suite->name);
	return passed;
}

/* Is `name` one of the words of `list`, which commas separate? */
static bool in_list(const char *list, const char *name)
{
	size_t length = strlen(name);

	while (*list) {
		size_t word = strcspn(list, ",");

		if (word == length && memcmp(list, name, word) == 0)
			return true;
		list += word;
		list += *list == ',';
	}
	return false;
}

static bool selected(const struct ktest_suite *suite)
{
	if (strcmp(selection, "all") == 0)
		return true;
	if (strcmp(selection, "quick") == 0)
		return suite->flags & KTEST_QUICK;
	return in_list(selection, suite->name);
}

static unsigned int count_selected(void)
{
	const struct ktest_suite *suite;
	unsigned int count = 0;

	for (suite = __ktest_suites_start; suite < __ktest_suites_end; suite++)
		count += selected(suite);
	return count;
}

/* Is there a suite whose name is the word of `length` characters? */
static bool suite_exists(const char *word, size_t length)
{
	const struct ktest_suite *suite;

	for (suite = __ktest_suites_start; suite < __ktest_suites_end; suite++)
		if (strlen(suite->name) == length && memcmp(suite->name, word, length) == 0)
			return true;
	return false;
}

static void print_suite_names(void)
{
	const struct ktest_suite *suite;

	pr_err("selftest: there are");
	for (suite = __ktest_suites_start; suite < __ktest_suites_end; suite++)
		pr_cont(" %s", suite->name);
	pr_cont("\n");
}

/* Does every word of selftest= mean something? A misspelt suite must not pass unnoticed. */
static bool selection_is_known(void)
{
	const char *word = selection;
	bool known = true;

	if (strcmp(selection, "all") == 0 || strcmp(selection, "quick") == 0)
		return true;
	while (*word) {
		size_t length = strcspn(word, ",");

		if (!suite_exists(word, length)) {
			pr_err("selftest: no suite is called `%.*s'\n", (int)length, word);
			known = false;
		}
		word += length;
		word += *word == ',';
	}
	if (!known)
		print_suite_names();
	return known;
}

static const char *plural(unsigned int n)
{
	return n == 1 ? "" : "s";
}

static void print_summary(unsigned int suites, unsigned int failed)
{
	char skipped[32] = "";

	if (cases_skipped)
		scnprintf(skipped, sizeof(skipped), ", %u skipped", cases_skipped);
	if (!failed)
		pr_info("selftest: %u suite%s, %u case%s, all passed%s\n", suites, plural(suites),
			cases_run, plural(cases_run), skipped);
	else
		pr_err("selftest: %u suite%s, %u case%s: %u suite%s and %u case%s failed%s\n",
		       suites, plural(suites), cases_run, plural(cases_run), failed, plural(failed),
		       cases_failed, plural(cases_failed), skipped);
}

bool ktest_run(void)
{
	const struct ktest_suite *suite;
	unsigned int planned = count_selected(), number = 0, failed = 0;
	bool mounted;

	panic_test_run();
	if (strcmp(selection, "off") == 0)
		return true;
	if (!selection_is_known())
		return false;
	streaming = strcmp(selection, "quick") != 0;
	if (streaming)
		pr_raw("KTAP version 1\n1..%u\n", planned);
	/* Programs look at it. Where there is an init, it will mount its own. */
	mounted = do_mount("proc", "/proc", "proc", 0, NULL) == 0;
	for (suite = __ktest_suites_start; suite < __ktest_suites_end; suite++)
		if (selected(suite))
			failed += !run_suite(suite, ++number);
	if (mounted)
		do_umount("/proc", 0);
	print_summary(planned, failed);
	return failed == 0;
}
